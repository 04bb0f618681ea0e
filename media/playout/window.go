package playout

import "time"

const (
	windowSpan  = 2 * time.Second
	windowParts = 20
	windowPart  = windowSpan / windowParts
)

// window knows the least and the greatest of the values of the last two
// seconds, to a tenth of a second, in constant memory.
type window struct {
	parts [windowParts]extremes
	now   int64 // the newest part
}

// extremes are those of a tenth of a second.
type extremes struct {
	part        int64 // number of the tenth of a second, plus one; 0 is none
	least, most time.Duration
}

// add takes a value of the moment at. Time does not run backwards: what is
// older than what was added counts as if it was added now.
func (w *window) add(at, value time.Duration) {
	w.turn(at)
	e := &w.parts[w.now%windowParts]
	if e.part != w.now+1 {
		*e = extremes{w.now + 1, value, value}
		return
	}
	e.least, e.most = min(e.least, value), max(e.most, value)
}

// turn lets the window end at the moment at.
func (w *window) turn(at time.Duration) { w.now = max(w.now, int64(at/windowPart)) }

// span returns the least and the greatest value; false if there is none.
func (w *window) span() (least, most time.Duration, ok bool) {
	for i := range w.parts {
		e := &w.parts[i]
		if e.part == 0 || e.part+windowParts <= w.now+1 {
			continue
		}
		if !ok {
			least, most, ok = e.least, e.most, true
			continue
		}
		least, most = min(least, e.least), max(most, e.most)
	}
	return least, most, ok
}

// tempo turns the moments at which sound is asked for, which a busy computer
// shakes, into steady ones.
type tempo struct {
	steps int64
	early window // of moment less steps
}

// behindTempo is how late a step may be; later, the device has paused.
const behindTempo = 60 * time.Millisecond

// beat takes the moment of the next step and returns when it would have been if
// every step was as early as the earliest of the last two seconds.
func (t *tempo) beat(now, step time.Duration) time.Duration {
	due := time.Duration(t.steps) * step
	t.steps++
	t.early.add(now, now-due)
	least, _, _ := t.early.span()
	if now-due-least > behindTempo {
		*t = tempo{steps: t.steps, early: window{now: t.early.now}}
		t.early.add(now, now-due)
		least = now - due
	}
	return due + least
}
