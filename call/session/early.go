package session

import (
	"time"

	"parley/signaling"
)

// Candidates may overtake their invite where a server sends them another way.
// They wait a short while, few of few calls, since anybody can send them.
const (
	earlyCalls = 8
	earlyItems = 64
	earlyBytes = 32 << 10 // of one call
	earlyLimit = 10 * time.Second
)

// early keeps candidates of calls that are not known yet.
type early struct{ calls map[callKey]*earlyCall }

type earlyCall struct {
	candidates []signaling.Envelope
	bytes      int
	until      time.Time
}

func newEarly() early { return early{map[callKey]*earlyCall{}} }

func (e early) keep(key callKey, c signaling.Candidate) {
	waiting := e.calls[key]
	if waiting == nil {
		if len(e.calls) >= earlyCalls {
			return
		}
		waiting = &earlyCall{until: time.Now().Add(earlyLimit)}
		e.calls[key] = waiting
	}
	if len(waiting.candidates) < earlyItems && waiting.bytes+len(c.Candidate) <= earlyBytes {
		envelope := signaling.Envelope{Peer: key.peer, Call: key.call, Message: c}
		waiting.candidates = append(waiting.candidates, envelope)
		waiting.bytes += len(c.Candidate)
	}
}

// release returns what waited for a call, in order.
func (e early) release(key callKey) []signaling.Envelope {
	waiting := e.calls[key]
	if waiting == nil {
		return nil
	}
	delete(e.calls, key)
	return waiting.candidates
}

func (e early) expire(now time.Time) {
	for key, waiting := range e.calls {
		if due(waiting.until, now) {
			delete(e.calls, key)
		}
	}
}

// next returns when the first of them expires, or zero.
func (e early) next() time.Time {
	var first time.Time
	for _, waiting := range e.calls {
		first = earliest(first, waiting.until)
	}
	return first
}
