package peer

import "time"

const (
	onsetPackets = 2                      // that follow a picture, until it is shown
	onsetDense   = 10 * time.Millisecond  // they usually take at most, for that to be waited for
	onsetMost    = 100 * time.Millisecond // that it is
	onsetWeight  = 16                     // pictures that make up what is usual
)

// onset notices that a path begins to stall, as radio does: where packets come without
// pause, few or none come after a picture's last. That picture would stand until the stall is
// over, so it is kept back for a while, and there are two shorter intervals instead of
// a long one. What follows usually comes while a picture is decoded, so that this costs
// next to nothing; where there are pauses between pictures it is not done. The zero
// value is ready.
type onset struct {
	usual time.Duration // until as many have followed
	ended time.Time     // when the newest picture was complete; zero: they have
	left  int           // packets that have yet to follow
}

// came takes a packet, which was not sent again.
func (o *onset) came(at time.Time) {
	if o.ended.IsZero() {
		return
	}
	if o.left--; o.left > 0 {
		return
	}
	if o.usual == 0 {
		o.usual = onsetMost
	}
	pause := min(max(at.Sub(o.ended), 0), onsetMost)
	o.usual += (pause - o.usual) / onsetWeight
	o.ended = time.Time{}
}

// complete takes a picture, and whether nothing has followed it yet.
func (o *onset) complete(newest bool, at time.Time) {
	if o.ended, o.left = at, onsetPackets; !newest {
		o.ended = time.Time{}
	}
}

// until is how long the newest picture is kept back, should too little follow it; zero if
// it is not.
func (o *onset) until() time.Time {
	if o.ended.IsZero() || o.usual == 0 || o.usual > onsetDense {
		return time.Time{}
	}
	return o.ended.Add(onsetMost)
}
