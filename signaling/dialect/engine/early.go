package engine

import (
	"slices"
	"time"

	"parley/signaling"
	"parley/signaling/dialect/value"
)

// Candidates can overtake the offer of their call where a server sends them
// another way. They wait a short while, few of few senders, since anybody can
// send them.
const (
	maxSenders    = 8
	maxEarly      = 64
	maxEarlyBytes = 32 << 10 // of one sender
)

type early struct{ senders []earlySender }

type earlySender struct {
	key        earlyOf
	candidates []signaling.Candidate
	bytes      int
	until      time.Time
}

// earlyOf says whose candidates these are, and of which call, as far as the
// frames tell.
type earlyOf struct{ from, ref string }

func earlyKey(a *arrival) earlyOf {
	ref, _ := value.Text(a.ref)
	return earlyOf{a.name, ref}
}

func (k earlyOf) fits(other earlyOf) bool {
	return (k.from == other.from || k.from == "" || other.from == "") && (k.ref == other.ref || k.ref == "" || other.ref == "")
}

func (x *early) expire(now time.Time) {
	x.senders = slices.DeleteFunc(x.senders, func(s earlySender) bool { return due(s.until, now) })
}

func (x *early) keep(key earlyOf, c signaling.Candidate, now time.Time) {
	x.expire(now)
	i := slices.IndexFunc(x.senders, func(s earlySender) bool { return s.key == key })
	if i < 0 {
		if len(x.senders) >= maxSenders {
			return
		}
		i = len(x.senders)
		x.senders = append(x.senders, earlySender{key: key, until: now.Add(earlyLimit)})
	}
	s := &x.senders[i]
	if len(s.candidates) < maxEarly && s.bytes+len(c.Candidate) <= maxEarlyBytes {
		s.candidates = append(s.candidates, c)
		s.bytes += len(c.Candidate)
	}
}

// release returns what waited for a call, in order.
func (x *early) release(key earlyOf, now time.Time) []signaling.Candidate {
	x.expire(now)
	var out []signaling.Candidate
	x.senders = slices.DeleteFunc(x.senders, func(s earlySender) bool {
		if !s.key.fits(key) {
			return false
		}
		out = append(out, s.candidates...)
		return true
	})
	return out
}
