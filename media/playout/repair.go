package playout

import "time"

// carryFor is how long after a packet with a copy of the one before it the next
// one is waited for: only speech is copied, and speakers pause. A sender makes
// copies when it has been told of losses, so they are reason enough.
const carryFor = 5 * time.Second

// repairs knows whether copies of lost packets are to be expected.
type repairs struct {
	carried time.Duration // the last time that a packet carried a copy
	length  int           // of that packet, 0 if there was none
}

// carry takes note of a packet with a copy. A packet of several frames has a copy
// of one frame only, for which it is not worth waiting.
func (r *repairs) carry(payload []byte, now time.Duration) {
	if length := packetLength(payload); length == frameLength(payload[0]) {
		r.length, r.carried = length, now
	}
}

// worth reports whether to wait for copies.
func (r *repairs) worth(now time.Duration) bool { return r.length > 0 && now-r.carried < carryFor }

const (
	// spare is waited for, above what is needed, on a path that loses what cannot
	// be repaired: a hole is then left out that far, instead of invented, and the
	// delay grows again between words. What is heard less well is shorter.
	spare = 10 * time.Millisecond
	// spareFor is how long two holes are reason enough.
	spareFor = 4 * time.Second
)

// holes knows how often something is lost of which no copy came.
type holes struct {
	behind       int64         // sequence number of the packet behind the newest
	last, before time.Duration // when the last two were there
	count        int
}

// note takes a hole before the packet of that number into account, once.
func (h *holes) note(behind int64, now time.Duration) {
	if h.count > 0 && h.behind == behind {
		return
	}
	h.behind, h.before, h.last = behind, h.last, now
	h.count++
}

// frequent reports whether more are to be expected.
func (h *holes) frequent(now time.Duration) bool { return h.count > 1 && now-h.before < spareFor }
