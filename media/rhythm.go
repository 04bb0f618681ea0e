package media

import (
	"sync"
	"time"
)

// How a rhythm is followed. What comes less often than rhythmSlowest is not
// expected at a moment, and a longer pause begins a new rhythm.
const (
	rhythmWeight  = 0.25
	rhythmSwing   = 0.5 // share of the interval that one beat changes it by, at most
	rhythmSlowest = 100 * time.Millisecond
	rhythmPause   = 400 * time.Millisecond

	// A beat is expected from rhythmEarly before its moment until rhythmLate after it.
	rhythmEarly = 3 * time.Millisecond
	rhythmLate  = 16 * time.Millisecond
)

// rhythm learns at what intervals something comes, and so when it will next. One
// goroutine tells of what came, another one asks. The zero rhythm expects nothing.
type rhythm struct {
	mu       sync.Mutex
	last     time.Time
	interval time.Duration // 0: not known
}

// beat takes a moment at which something came.
func (r *rhythm) beat(now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	since := now.Sub(r.last)
	r.last = now
	switch {
	case since > rhythmPause: // the first, too
		r.interval = 0
	case r.interval == 0:
		r.interval = since
	default:
		swing := time.Duration(rhythmSwing * float64(r.interval))
		change := min(max(since-r.interval, -swing), swing)
		r.interval += time.Duration(rhythmWeight * float64(change))
	}
}

// wait returns how long it is worth waiting for the next beat, if at most is all
// that can be waited; 0 if it is not expected by then, or overdue.
func (r *rhythm) wait(now time.Time, most time.Duration) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.interval == 0 || r.interval > rhythmSlowest {
		return 0
	}
	due := r.last.Add(r.interval).Sub(now)
	if due-rhythmEarly > most {
		return 0
	}
	return max(0, min(most, due+rhythmLate))
}
