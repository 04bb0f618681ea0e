package peer

import "time"

// The pace of a source is an average of its intervals.
const (
	rhythmWeight  = 0.1
	longInterval  = time.Second // a pause, and no interval
	mostFrames    = 120.0
	framesApart   = 0.15 // share by which a rate must change to be told
	framesEarly   = 0.5  // of an interval, by which a frame may come before it is due
	leastInterval = time.Millisecond
)

// sourcePace measures how many frames a second come, by their capture times.
type sourcePace struct {
	last     time.Time
	interval float64 // seconds
	told     float64
}

// take notes a frame of a source that is expected to have usual frames a second.
func (p *sourcePace) take(captured time.Time, usual float64) {
	if p.interval == 0 {
		p.interval, p.told = 1/usual, usual
	}
	since := captured.Sub(p.last)
	first := p.last.IsZero()
	p.last = captured
	if first || since < leastInterval || since > longInterval {
		return
	}
	p.interval += rhythmWeight * (since.Seconds() - p.interval)
}

// framesPerSecond is the rate as it is told: it changes by leaps only.
func (p *sourcePace) framesPerSecond() float64 {
	now := min(1/p.interval, mostFrames)
	if now > (1+framesApart)*p.told || now < (1-framesApart)*p.told {
		p.told = now
	}
	return p.told
}

// thinning lets no more than so many frames a second through.
type thinning struct{ due time.Time }

// pass reports whether a frame is to be sent.
func (t *thinning) pass(captured time.Time, framesPerSecond float64) bool {
	interval := time.Duration(float64(time.Second) / framesPerSecond)
	early := time.Duration(framesEarly * float64(interval))
	if captured.Before(t.due.Add(-early)) && t.due.Sub(captured) < 2*time.Second {
		return false
	}
	t.due = t.due.Add(interval)
	if t.due.Before(captured) || t.due.Sub(captured) > 2*interval {
		t.due = captured.Add(interval)
	}
	return true
}
