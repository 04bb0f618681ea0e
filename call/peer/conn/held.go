package conn

import (
	"sync"
	"time"
)

// held is when the packets of a stream came that nobody has read yet. Its zero value is
// ready.
type held struct {
	mu     sync.Mutex
	ring   []time.Time
	first  int
	count  int
	waited time.Duration // of the packet that was read last
}

// put takes what hands a packet over, and notes when that was, if it worked.
func (h *held) put(now time.Time, write func() error) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := write(); err != nil {
		return err
	}
	if h.count == len(h.ring) {
		h.grow()
	}
	h.ring[(h.first+h.count)%len(h.ring)] = now
	h.count++
	return nil
}

func (h *held) grow() {
	larger := make([]time.Time, max(64, 2*len(h.ring)))
	for i := range h.count {
		larger[i] = h.ring[(h.first+i)%len(h.ring)]
	}
	h.ring, h.first = larger, 0
}

// read takes note that the oldest packet was read.
func (h *held) read(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.count == 0 {
		return
	}
	h.waited = now.Sub(h.ring[h.first])
	h.first = (h.first + 1) % len(h.ring)
	h.count--
}

func (h *held) last() time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.waited
}

// waited is how long the packet of a declared stream that was read last had waited for
// that, 0 for others.
func (s *splice) waited(ssrc uint32) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.declared[ssrc]
	if l == nil || l.rtp == nil {
		return 0
	}
	return l.rtp.held.last()
}

// Waited returns what tells how long the packet of a remote stream that was read last had
// waited for that: much, where whoever reads does not follow. What it returns may be
// called from any goroutine, Waited from the queue only.
func (c *Conn) Waited(ssrc uint32) func() time.Duration {
	splice := c.splice
	return func() time.Duration { return splice.waited(ssrc) }
}
