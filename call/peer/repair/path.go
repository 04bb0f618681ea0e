package repair

import "time"

// Bounds of the time between two requests for the same packet.
const (
	leastInterval   = 10 * time.Millisecond
	mostInterval    = 500 * time.Millisecond
	defaultInterval = 100 * time.Millisecond // while nothing is known of the path
	leastSpread     = 5 * time.Millisecond
	boundWeight     = 32 // answers of which nobody knows what they answer weigh less than others
)

// trip is how long an answer takes, as RFC 6298 section 2 smooths it.
type trip struct {
	path   time.Duration // as measured otherwise; 0: unknown
	mean   time.Duration // of answers; 0: none yet
	spread time.Duration
}

func (t *trip) take(d time.Duration) {
	d = min(max(d, time.Microsecond), mostInterval)
	if t.mean == 0 {
		t.mean, t.spread = d, d/4
		return
	}
	off := d - t.mean
	t.spread += (off.Abs() - t.spread) / 4
	t.mean += off / 8
}

// bound takes the time since the first of several requests, one of which was
// answered now. If every answer came to the second, the first would be asked too
// early, and nothing would ever be measured.
func (t *trip) bound(d time.Duration) {
	d = min(d, mostInterval)
	switch {
	case t.mean == 0:
		t.take(d)
	case d > t.mean:
		t.mean += (d - t.mean) / boundWeight
	}
}

// usual follows the path too where that has become longer: then no answer comes
// before it is overdue, and none is measured. It is 0 while nothing is known.
func (t *trip) usual() time.Duration { return max(t.mean, t.path) }

// interval is after how long an answer is overdue.
func (t *trip) interval() time.Duration {
	if t.usual() == 0 {
		return defaultInterval
	}
	return min(max(t.usual()+max(2*t.spread, leastSpread), leastInterval), mostInterval)
}

// mostSlack is the longest that a packet is waited for before it is asked for.
const mostSlack = 60 * time.Millisecond

// order is how much later packets come that others have overtaken.
type order struct {
	slack     time.Duration // a packet that is missing may come by itself within it
	separates bool          // retransmissions are told from originals
}

// late takes a packet that was missing, and reports whether it only came late.
func (o *order) late(g gap, again bool, t trip, now time.Time) bool {
	usual := t.usual()
	byItself := !again && (g.tries == 0 || o.separates || usual == 0 || now.Sub(g.asked) < usual/2)
	if !byItself {
		o.slack -= o.slack / 16 // it was lost, and waiting for it was in vain
		return false
	}
	age := now.Sub(g.noticed)
	o.slack = max(o.slack, min(age+age/4, mostSlack))
	return true
}

// Bounds of how long a frame may come to a halt before its next packet is taken to
// be lost, and how fast what was seen is forgotten.
const (
	leastHalt   = 8 * time.Millisecond
	mostHalt    = time.Second
	haltRoom    = 2
	spaceForget = 256 // packets
)

// tail watches for the end of a frame. Where its last packets get lost nothing
// comes that shows it until the next frame, which may be long.
type tail struct {
	open  bool          // the newest packet is not the last of its frame
	at    time.Time     // when it came
	space time.Duration // the longest of late between two packets of a frame
}

// due is when a frame that goes on is late.
func (t *tail) due() time.Time { return t.at.Add(max(haltRoom*t.space, leastHalt)) }

// came takes the time between two packets of a frame, and so many packets.
func (t *tail) came(packets int64, now time.Time) {
	if t.open && packets == 1 {
		t.space = min(max(t.space-t.space/spaceForget, now.Sub(t.at)), mostHalt)
	}
}

// early says that a packet came by itself that was taken to be lost.
func (t *tail) early(now time.Time) { t.space = min(max(t.space, now.Sub(t.at)), mostHalt) }
