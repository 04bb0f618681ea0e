package peer

import (
	"time"

	"github.com/pion/rtp"

	"parley/call"
	"parley/call/peer/repair"
)

// Who decodes is behind when packets have waited for mostBehind to be read, for
// behindSpan on end: by then it is no hiccup, which is made up for without losing
// anything. Then all is passed over up to what has waited for caughtUp.
const (
	mostBehind = 300 * time.Millisecond
	behindSpan = 500 * time.Millisecond
	caughtUp   = 50 * time.Millisecond
)

// behind tells when decoding does not follow what comes. The zero value is ready.
type behind struct {
	since   time.Time
	skipped bool // the last packet was
}

// skips takes how long the packet that was read just now had waited for that, and reports
// whether it is passed over.
func (b *behind) skips(waited time.Duration, now time.Time) bool {
	switch {
	case b.skipped:
		b.skipped = waited > caughtUp
	case waited < mostBehind:
		b.since = time.Time{}
	case b.since.IsZero():
		b.since = now
	case now.Sub(b.since) >= behindSpan:
		b.since, b.skipped = time.Time{}, true
	}
	return b.skipped
}

// isBehind reports whether a packet of the stream is passed over because decoding does
// not follow.
func (v *videoReceiver) isBehind(now time.Time) bool {
	return v.waited != nil && v.behind.skips(v.waited(), now)
}

// arrival is when the packet came that was read just now.
func (v *videoReceiver) arrival(now time.Time) time.Time {
	if v.waited == nil {
		return now
	}
	return now.Add(-v.waited())
}

// pass passes over a packet. The picture goes on with a key frame, which is asked for.
func (v *videoReceiver) pass(p *rtp.Packet, sequence int64, now time.Time) {
	v.repairs.Came(repair.Packet{Sequence: sequence, Last: true}, now)
	v.assemble.pass(sequence)
	if p.Marker {
		v.count(func(s *call.StreamStats) {
			s.FramesReceived++
			s.FramesDropped++
		})
	}
	v.advance(now)
}
