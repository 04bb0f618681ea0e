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
