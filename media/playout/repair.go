package playout

import "time"

const (
	// repairFor is for how long after losses it is worth waiting for the packet
	// behind a lost one, which may carry a copy of it; and how long ago a packet
	// may have carried one (only speech is copied).
	repairFor = 10 * time.Second
	carryFor  = 5 * time.Second
)

// repairs knows whether copies of lost packets are to be expected.
type repairs struct {
	lost    [2]time.Duration // moments of the last two losses, newest first
	losses  int
	carried time.Duration // the last time that a packet carried a copy
	length  int           // of the packet that carries it, 0 if none ever did
}

// lose takes note of a loss.
func (r *repairs) lose(now time.Duration) {
	r.lost[1], r.lost[0] = r.lost[0], now
	r.losses++
}

// carry takes note of a copy in a packet of that length.
func (r *repairs) carry(length int, now time.Duration) { r.length, r.carried = length, now }

// worth reports whether to wait for copies.
func (r *repairs) worth(now time.Duration) bool {
	return r.losses > 1 && r.length > 0 && now-r.lost[1] < repairFor && now-r.carried < carryFor
}
