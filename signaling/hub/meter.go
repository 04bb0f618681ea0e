package hub

import (
	"slices"
	"time"
)

// verdict says what to do with a frame, or with who sent it.
type verdict uint8

const (
	pass    verdict = iota
	warn            // drop the frame and tell so
	drop            // drop the frame
	dismiss         // close the connection
)

// meter measures how fast frames come, as a bucket of tokens: one frame costs
// one, rate come back a second, and there are never more than burst.
type meter struct {
	rate, burst float64
	flood       time.Duration

	tokens  float64
	last    time.Time // the bucket was filled up to
	dropped time.Time // the last frame was
	warned  time.Time
	since   time.Time // it has gone on
}

// lull is the time without a dropped frame after which it no longer goes on.
const lull = time.Second

func newMeter(l Limits, now time.Time) *meter {
	return &meter{rate: float64(l.Rate), burst: float64(l.Burst), flood: l.Flood, tokens: float64(l.Burst), last: now}
}

// take judges a frame that came now.
func (m *meter) take(now time.Time) verdict {
	m.tokens = min(m.burst, m.tokens+m.rate*now.Sub(m.last).Seconds())
	m.last = now
	if m.tokens >= 1 {
		m.tokens--
		return pass
	}
	if now.Sub(m.dropped) > lull {
		m.since = now
	}
	m.dropped = now
	switch {
	case now.Sub(m.since) >= m.flood:
		return dismiss
	case now.Sub(m.warned) >= lull:
		m.warned = now
		return warn
	}
	return drop
}

// tally counts faults of the last minute.
type tally struct {
	most  int
	times []time.Time
}

// add counts a fault and tells whether there are too many.
func (t *tally) add(now time.Time) bool {
	t.times = slices.DeleteFunc(t.times, func(at time.Time) bool { return now.Sub(at) >= time.Minute })
	t.times = append(t.times, now)
	return len(t.times) >= t.most
}
