package engine

import (
	"time"

	"parley/signaling"
	"parley/signaling/dialect/profile"
)

// trickle says a candidate of ours, or keeps it until it can be understood.
func (e *Engine) trickle(t *talk, c signaling.Candidate) error {
	if !e.profile.Candidates.Trickle || c.Candidate == "" && e.endless() {
		return nil
	}
	if e.mustHold(t) {
		if len(t.queue) < maxHeld {
			t.queue = append(t.queue, c)
		}
		return nil
	}
	return e.sayCandidate(t, c)
}

// endless tells whether the server has no word for the end of candidates.
func (e *Engine) endless() bool {
	end := e.profile.Candidates.End
	return end == profile.EndNone || end == ""
}

// mustHold tells whether candidates have to wait: for the invite, and where pages
// lose what comes before they have both descriptions, for the answer.
func (e *Engine) mustHold(t *talk) bool {
	return t.stage == waiting || e.profile.Candidates.Hold == profile.HoldUntilAnswer && !t.answered
}

// release says the candidates that waited.
func (e *Engine) release(t *talk) {
	queue := t.queue
	t.queue = nil
	for _, c := range queue {
		_ = e.sayCandidate(t, c) // descriptions have candidates, too
	}
}

func (e *Engine) sayCandidate(t *talk, c signaling.Candidate) error {
	e.echoes.trickled(c)
	if t.stage == calling && e.inRoom() && len(t.said) < maxHeld {
		t.said = append(t.said, c)
	}
	if t.answered && e.has(profile.SayCommit) {
		t.commit = e.now.Add(commitPause)
	}
	return e.say(profile.SayCandidate, scope{talk: t, candidate: &c})
}

// apply tells pages that wait for it to use the candidates that they have.
func (e *Engine) apply(t *talk) {
	t.commit = time.Time{}
	_ = e.say(profile.SayCommit, scope{talk: t}) // descriptions have candidates, too
}
