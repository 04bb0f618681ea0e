package calltest

import (
	"fmt"
	"slices"

	"parley/call"
	"parley/signaling"
)

// checkStep looks at what one step did.
func (w *world) checkStep(who int, before call.State, e call.Event, effects []call.Effect) {
	after := w.sides[who].state
	changed := after.Phase != before.Phase || after.ID != before.ID
	if changed && after.Seq == before.Seq {
		w.fail("another phase with the same Seq")
	}
	if id, ok := peerOf(e); ok && id != before.ID && (after != before || len(effects) > 0) {
		w.fail("the peer of another call acted")
	}
	received, ok := e.(call.Received)
	if !ok || !unanswerable(received.Envelope.Message) {
		return
	}
	for _, effect := range effects {
		if _, sent := effect.(call.Send); sent {
			w.fail("a goodbye was answered")
		}
	}
}

// peerOf returns the call whose peer says e.
func peerOf(e call.Event) (signaling.CallID, bool) {
	switch e := e.(type) {
	case call.LocalDescription:
		return e.ID, true
	case call.LocalCandidate:
		return e.ID, true
	case call.PeerUp:
		return e.ID, true
	case call.PeerDown:
		return e.ID, true
	case call.PeerFailed:
		return e.ID, true
	case call.PeerLeft:
		return e.ID, true
	case call.PeerClosed:
		return e.ID, true
	case call.Dial, call.Accept, call.Reject, call.Hangup, call.Link, call.Received, call.Timeout:
	}
	return "", false
}

// checkSide looks at one side at rest.
func (w *world) checkSide(who int) {
	s := &w.sides[who]
	if err := Check(s.state); err != nil {
		w.fail(err.Error())
	}
	if has := s.find(s.state.ID) != nil; has != s.state.HasPeer() {
		w.fail(fmt.Sprintf("peer open: %v, in phase %v", has, s.state.Phase))
	}
	for _, p := range s.ends {
		if p.id != s.state.ID && !p.closing {
			w.fail("a peer of another call is not closing")
		}
	}
	for _, id := range s.kept {
		if id != s.state.ID && id != s.state.Next.ID {
			w.fail("something is kept for a call that is over")
		}
	}
}

// checkTimers makes sure that only the timer of the present phase acts.
func (r *Rules) checkTimers(w *world, who int) {
	s := w.sides[who].state
	stale := []uint64{s.Seq - 1, s.Seq + 1}
	if _, armed := s.Timer(); !armed {
		stale = append(stale, s.Seq)
	}
	for _, seq := range stale {
		if after, effects := r.Step(s, call.Timeout{Seq: seq}); after != s || len(effects) > 0 {
			w.fail("a stale timer acted")
		}
	}
}

// Check returns what is wrong with a state in itself, or nil.
func Check(s call.State) error {
	rules := callRules(s)
	if s.Phase == call.Idle {
		rules = idleRules(s)
	}
	for _, rule := range append(rules, heldRules(s)...) {
		if rule.broken {
			return fmt.Errorf("%s (%s)", rule.text, call.DescribeState(s))
		}
	}
	return nil
}

type rule struct {
	broken bool
	text   string
}

func idleRules(s call.State) []rule {
	_, timed := s.Timer()
	rest := s
	rest.Phase, rest.Seq, rest.Online, rest.End = 0, 0, false, 0
	return []rule{
		{rest != (call.State{}), "idle remembers a call"},
		{timed, "idle has a timer"},
		{!s.Online, "idle is offline"},
	}
}

func callRules(s call.State) []rule {
	calling, ringing, closing := s.Phase == call.Calling, s.Phase == call.Ringing, s.Phase == call.Closing
	return []rule{
		{s.ID == "" || s.Remote == (signaling.Address{}), "a call of nobody"},
		{s.Role == call.NoRole || s.Kind == 0, "a call without role or kind"},
		{calling && s.Role != call.Caller, "calling as callee"},
		{ringing && s.Role != call.Callee, "ringing as caller"},
		{!calling && (s.Invited || s.Alerted || s.Name != ""), "what only calling knows is left over"},
		{s.OfferFirst && s.Reversed, "an offer by both sides"},
		{s.Answered && (!s.Offers() || calling), "an answer that nobody waits for"},
		{(calling || ringing) && !s.Online, "a phone that rings without a server"},
		{closing != (s.End != call.NoReason), "a reason without an end, or an end without a reason"},
	}
}

func heldRules(s call.State) []rule {
	held := s.Next.ID != ""
	return []rule{
		{held && s.Phase != call.Closing, "an invite is held outside of closing"},
		{held && s.Next.ID == s.ID, "the held invite has the id of the call"},
		{!held && s.Next != (call.Waiting{}), "a held invite without id"},
	}
}

// quiet reports whether nothing but a person, a fault or a timer can move w.
func (r *Rules) quiet(w *world) bool {
	return !slices.ContainsFunc(every, func(a action) bool {
		return a.verb.fair() && a.verb != timeout && r.can(w, a)
	})
}

// agreed reports whether both sides believe the same: no call, or one in which
// they talk.
func (w *world) agreed() bool {
	a, b := w.sides[0].state, w.sides[1].state
	if a.Phase == call.Idle || b.Phase == call.Idle {
		return a.Phase == b.Phase
	}
	return a.Phase == call.Active && b.Phase == call.Active && a.ID == b.ID && a.Kind == b.Kind
}

// ringing reports whether one side waits for the other's user.
func (w *world) ringing() bool {
	a, b := w.sides[0].state, w.sides[1].state
	if a.Phase == call.Ringing {
		a, b = b, a
	}
	return a.Phase == call.Calling && a.Invited && a.Alerted && b.Phase == call.Ringing && a.ID == b.ID
}
