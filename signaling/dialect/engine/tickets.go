package engine

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"parley/signaling"
	"parley/signaling/dialect/profile"
	"parley/signaling/dialect/value"
)

// ticket is a frame whose answer is waited for.
type ticket struct {
	number  int
	frame   *profile.Frame
	message profile.Message
	call    signaling.CallID
	step    bool // of identification
	puzzle  bool
}

type tickets struct {
	last int
	open []ticket
}

// issue numbers a ticket. If nobody answers any, the oldest are forgotten.
func (t *tickets) issue(one ticket) int {
	t.last++
	one.number = t.last
	t.open = append(t.open, one)
	if len(t.open) > maxTickets {
		t.open = slices.Delete(t.open, 0, 1)
	}
	return t.last
}

func (t *tickets) redeem(number int) (ticket, bool) {
	i := slices.IndexFunc(t.open, func(one ticket) bool { return one.number == number })
	if i < 0 {
		return ticket{}, false
	}
	one := t.open[i]
	t.open = slices.Delete(t.open, i, i+1)
	return one, true
}

// Answered takes what came back for a Write: an error if nothing did. The frame
// of an acknowledgement is {"args": [...]}, that of HTTP {"status", "body"}.
func (e *Engine) Answered(number int, frame any, err error, now time.Time) []Act {
	e.now = now
	t, ok := e.tickets.redeem(number)
	if !ok || e.over {
		return e.take()
	}
	if t.puzzle {
		e.puzzleAnswered(frame, err)
		return e.take()
	}
	if err != nil {
		e.unanswered(t, err)
		return e.take()
	}
	talk := e.talkByID(t.call)
	if e.allHold(t.frame.OK, frame) {
		e.fulfilled(t, frame, talk)
	} else {
		e.denied(t, frame)
	}
	return e.take()
}

func (e *Engine) talkByID(id signaling.CallID) *talk {
	for _, t := range e.talks {
		if t.id == id {
			return t
		}
	}
	return nil
}

// fulfilled reads an answer that is as it should be.
func (e *Engine) fulfilled(t ticket, frame any, of *talk) {
	if r := t.frame.Then; r != nil && e.allHold(r.Match, frame) {
		e.obey(r, frame, of)
	}
	if t.step && !e.over {
		e.stepAnswered()
	}
}

// denied tells of an answer that is not as it should be. While we make ourselves
// known that is a refusal, unless the server has trouble of its own.
func (e *Engine) denied(t ticket, frame any) {
	code, text := "refused", ""
	if r := t.frame.Then; r != nil {
		code, text = e.reason(r, frame, code)
	}
	switch {
	case t.step && e.identity.spared: // what was done once has lost its worth
		e.once = once{}
		e.fault(code, errors.New(orWord(text, code)))
		e.drop()
		return
	case t.step && !troubled(frame):
		e.end(code, text)
		return
	}
	e.failed(t, code, fmt.Errorf("%s: %s", orWord(t.message, "a frame"), orWord(text, "not as expected")))
}

// errUnanswered is wrapped where nothing came back.
var errUnanswered = errors.New("no answer")

func (e *Engine) unanswered(t ticket, err error) {
	e.failed(t, "no-answer", fmt.Errorf("%w: %w", errUnanswered, err))
}

// failed draws the conclusion: a call that did not get out is over.
func (e *Engine) failed(t ticket, code string, err error) {
	if t.step {
		e.fault(code, err)
		e.drop()
		return
	}
	if talk := e.talkByID(t.call); talk != nil && e.rang(t, talk) {
		e.dropTalk(talk)
		e.post(talk, signaling.Unavailable{Code: code})
		return
	}
	if t.message != "" {
		e.fault(code, err)
	}
}

// rang tells whether a frame was to ring the other side of a call.
func (e *Engine) rang(t ticket, of *talk) bool {
	return of.stage == calling && (t.message == profile.SayInvite || t.message == profile.SayOffer)
}

// troubled tells of an HTTP answer that another try may better (RFC 9110 section
// 15.6, RFC 6585 section 4).
func troubled(frame any) bool {
	object, _ := frame.(map[string]any)
	status, _ := value.Text(object["status"])
	return len(status) == 3 && status[0] == '5' || status == "429"
}

func orWord[T ~string](s T, other string) string {
	if s == "" {
		return other
	}
	return string(s)
}
