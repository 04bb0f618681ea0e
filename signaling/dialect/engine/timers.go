package engine

import (
	"maps"
	"slices"
	"time"

	"parley/signaling"
	"parley/signaling/dialect/profile"
)

// wind starts the profile's timers.
func (e *Engine) wind() {
	e.timers = make([]time.Time, len(e.profile.Timers))
	for i := range e.profile.Timers {
		if after := e.profile.Timers[i].After; after > 0 {
			e.timers[i] = e.now.Add(after)
		}
	}
}

// Tick does what is due.
func (e *Engine) Tick(now time.Time) []Act {
	e.now = now
	if e.over {
		return e.take()
	}
	e.late()
	for i := range e.timers {
		e.tickTimer(i)
	}
	if c := e.coming; c.arrival != nil && due(c.ring, e.now) {
		e.ringNow(e.room(), c.arrival)
	}
	for _, key := range slices.Sorted(maps.Keys(e.talks)) {
		if t := e.talks[key]; t != nil && !e.over {
			e.tickTalk(t)
		}
	}
	return e.take()
}

// tickTimer sends what is due. What lacks a value is not due yet: it is captured
// later, as the id of a session is.
func (e *Engine) tickTimer(i int) {
	if e.over || !due(e.timers[i], e.now) {
		return
	}
	t := &e.profile.Timers[i]
	e.timers[i] = time.Time{}
	if t.Repeat {
		e.timers[i] = e.now.Add(t.After)
	}
	_ = e.write(t.Frames, scope{}, ticket{})
}

func (e *Engine) tickTalk(t *talk) {
	switch {
	case due(t.ring, e.now):
		e.rungOut(t)
	case t.rival != nil && due(t.yield, e.now):
		e.ringNow(t.peer.Name, t.rival)
	case t.stage == waiting && due(t.offer, e.now):
		e.ringHeld(t)
	case due(t.commit, e.now):
		e.apply(t)
	}
}

// rungOut ends a call that nobody took for as long as the server's users wait.
func (e *Engine) rungOut(t *talk) {
	t.ring = time.Time{}
	if t.stage == ringing {
		e.dropTalk(t)
		e.post(t, signaling.Cancel{Timeout: true})
		return
	}
	e.post(t, signaling.Bye{}) // what the machine takes for no answer
	_ = e.leave(t, scope{talk: t}, profile.SayTimeout, profile.SayCancel)
}

// Next is when Tick has something to do; zero for never.
func (e *Engine) Next() time.Time {
	var next time.Time
	if e.over {
		return next
	}
	if !e.ready {
		next = e.identity.until
	}
	for _, at := range e.timers {
		next = sooner(next, at)
	}
	next = sooner(next, e.coming.ring)
	for _, t := range e.talks {
		for _, at := range []time.Time{t.ring, t.yield, t.offer, t.commit} {
			next = sooner(next, at)
		}
	}
	return next
}

// sooner returns the earlier of two times, of which zero is never.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
