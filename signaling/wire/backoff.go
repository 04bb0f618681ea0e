package wire

import (
	"math/rand/v2"
	"time"
)

// Backoff says how long to pause before connecting again: anything up to a
// ceiling that doubles with every failure in a row, so that the clients of a
// server that comes back do not all come at once.
type Backoff struct {
	First   time.Duration       // the first ceiling; 500 ms
	Longest time.Duration       // the highest ceiling; 30 s
	Settled time.Duration       // a connection that lasted so long was no failure; 10 s
	Rand    func(n int64) int64 // in [0, n); math/rand/v2.Int64N
}

// least keeps a client from knocking without any pause.
const least = 50 * time.Millisecond

func (b Backoff) complete() Backoff {
	b.First = or(b.First, 500*time.Millisecond)
	b.Longest = or(b.Longest, 30*time.Second)
	b.Settled = or(b.Settled, 10*time.Second)
	if b.Rand == nil {
		b.Rand = rand.Int64N
	}
	return b
}

// pause returns the pause after so many failures in a row before the last one.
func (b Backoff) pause(failures int) time.Duration {
	ceiling := b.First
	for ; failures > 0 && ceiling < b.Longest; failures-- {
		ceiling *= 2
	}
	ceiling = min(ceiling, b.Longest)
	return max(time.Duration(b.Rand(int64(ceiling)+1)), least)
}
