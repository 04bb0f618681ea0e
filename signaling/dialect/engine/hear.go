package engine

import (
	"errors"
	"slices"
	"time"

	"parley/media"
	"parley/signaling"
	"parley/signaling/dialect/profile"
)

// Heard takes a frame.
func (e *Engine) Heard(via string, frame any, now time.Time) []Act {
	e.now = now
	if e.over || e.expected(via, frame) {
		return e.take()
	}
	for i := range e.profile.Recv {
		if r := &e.profile.Recv[i]; e.matches(r, via, frame) {
			e.obey(r, frame, nil)
			return e.take()
		}
	}
	if !e.entered(via, frame) {
		e.misunderstood(frame)
	}
	return e.take()
}

// entered tells whether a frame is Socket.IO's word that we are in, of which
// few profiles want to know.
func (e *Engine) entered(via string, frame any) bool {
	f, _ := frame.(map[string]any)
	return e.profile.Channels[via].Kind == profile.SocketIO && f["event"] == "connect"
}

// obey does what a rule makes of a frame. Of is the talk that the frame answers,
// or nil.
func (e *Engine) obey(r *profile.Rule, frame any, of *talk) {
	e.note(r, frame)
	a, ok := e.read(r, frame)
	if !ok {
		e.misunderstood(frame)
		return
	}
	a.talk = of
	if of != nil {
		of.keep(a)
	}
	e.act(a)
	if len(r.Reply) > 0 && !e.over {
		// What a reply lacks it lacks because the frame did.
		_ = e.write(r.Reply, scope{talk: e.talkOf(a), to: a.from}, ticket{})
	}
}

// note remembers what a frame tells of the connection.
func (e *Engine) note(r *profile.Rule, frame any) {
	for key, v := range e.captured(r.Capture, frame) {
		e.capture(key, v)
	}
	told := e.named(r, frame)
	if v, ok := find(r.ICE, frame); ok {
		if all, ok := readICE(v); ok && !sameICE(all, e.ice) {
			e.ice, told = all, true
		}
	}
	if told && e.ready {
		e.tellReady()
	}
	if v, ok := find(r.Present, frame); ok {
		e.crowd.present(truth(v))
		e.tellHere()
	}
}

// named takes our own id. It tells whether that is news.
func (e *Engine) named(r *profile.Rule, frame any) bool {
	v, _ := find(r.Self, frame)
	if _, ok := textID(v); !ok {
		return false
	}
	known := e.isSelf(v)
	e.self = v
	if e.first() {
		e.once.self = v
	}
	return !known
}

// act sorts an arrival by what it means.
func (e *Engine) act(a *arrival) {
	switch a.do {
	case profile.DoRefuse:
		e.refused(e.reason(a.rule, a.frame, "refused"))
	case profile.DoReplaced:
		e.end(e.reason(a.rule, a.frame, "replaced"))
	case profile.DoFault:
		code, text := e.reason(a.rule, a.frame, "refused")
		e.fault(code, errors.New(orWord(text, code)))
	case profile.DoRoster:
		e.roster(a)
	case profile.DoCame:
		e.came(a)
	case profile.DoGone:
		e.gone(a)
	case profile.DoIgnore, profile.DoCommit, profile.DoSignal, "":
		if t := e.talkOf(a); t != nil {
			t.keep(a)
		}
	case profile.DoCandidate:
		e.candidates(a)
	default:
		e.spoken(a)
	}
}

// refused takes the server's word that it will not have us. Where it had us
// before, what stands in the way is most likely our own lost connection, which
// it has not missed yet.
func (e *Engine) refused(code, text string) {
	if !e.welcome {
		e.end(code, text)
		return
	}
	e.fault(code, &RefusedError{Code: code, Text: text})
	e.drop()
}

// spoken takes what a peer says of a call, but for candidates.
func (e *Engine) spoken(a *arrival) {
	if a.from != nil && e.isSelf(a.from) || e.profile.Flow.Echo && e.echoes.heard(a, e.now) {
		return
	}
	e.seen(a)
	t := e.talkOf(a)
	switch a.do {
	case profile.DoInvite:
		e.rung(a)
	case profile.DoOffer:
		e.offeredBy(a, t)
	case profile.DoRinging:
		if t != nil && t.stage == calling {
			e.learn(t, a)
			e.post(t, signaling.Ringing{})
		}
	case profile.DoAccept:
		e.accepted(a, t)
	case profile.DoAnswer:
		e.answered(a, t)
	default:
		e.ended(a, t)
	}
}

// accepted takes the word that the other side took our call. Whoever says so
// while we are rung tells that the call went to them.
func (e *Engine) accepted(a *arrival, t *talk) {
	switch {
	case t == nil:
		e.taken(a)
	case t.stage == calling:
		e.learn(t, a)
		t.take(e.now)
		e.post(t, signaling.Accept{Kind: a.kind})
		e.answerOf(a, t)
	case t.stage == ringing:
		e.taken(a)
	case t.stage == live:
		e.answerOf(a, t)
	}
}

// answered takes an answer. Without another word it is an accept as well.
func (e *Engine) answered(a *arrival, t *talk) {
	switch {
	case t == nil || t.stage == ringing:
		e.taken(a)
	case t.stage == calling && t.offered && t.offers():
		e.learn(t, a)
		t.take(e.now)
		if kind := kindOf(a.description.SDP); kind == media.Audio && t.kind != kind {
			e.post(t, signaling.Accept{Kind: kind})
		}
		e.answerOf(a, t)
	case t.stage == live:
		e.answerOf(a, t)
	}
}

// answerOf hands on the first answer to our offer.
func (e *Engine) answerOf(a *arrival, t *talk) {
	if a.description == nil || !t.offered || !t.offers() || t.answered {
		return
	}
	t.answered = true
	t.heardSDP(a.description.SDP)
	e.post(t, signaling.Description{Type: signaling.Answer, SDP: a.description.SDP, Round: t.round})
	e.release(t)
	e.apply(t)
}

// taken ends the ring of a call that another one in the room took.
func (e *Engine) taken(a *arrival) {
	if !e.inRoom() {
		return
	}
	t := e.talks[e.room()]
	caller := t != nil && t.to != nil && e.sameID(t.to, a.from)
	if t == nil || t.stage != ringing || t.reversed || caller {
		return
	}
	e.dropTalk(t)
	e.post(t, signaling.Cancel{})
}

// ended takes the end of a call: a refusal, a withdrawal or a goodbye.
func (e *Engine) ended(a *arrival, t *talk) {
	defer e.walkedOut(a)
	if t == nil {
		e.forgetKept(a)
		e.seated(a)
		e.quiet = time.Time{} // who stayed is gone; who comes now means it
		return
	}
	m := e.endOf(a, t)
	if m == nil {
		return
	}
	e.hush()
	if _, lasting := m.(signaling.Unavailable); !lasting || t.stage != live {
		e.dropTalk(t)
	}
	e.post(t, m)
}

// endOf returns what an end means at this stage, or nil for nothing: an answered
// call is not refused any more, by whoever else heard it ring.
func (e *Engine) endOf(a *arrival, t *talk) signaling.Message {
	if a.do == profile.DoUnavailable {
		return signaling.Unavailable{Code: a.code}
	}
	switch t.stage {
	case ringing:
		return signaling.Cancel{}
	case live:
		return e.endOfLive(a)
	case waiting, calling:
	}
	switch {
	case a.do == profile.DoCancel:
		t.rival = nil
		return nil // of a call of theirs, which met ours
	case a.do == profile.DoBusy:
		return signaling.Busy{}
	case a.do == profile.DoDecline, !e.hears(profile.DoDecline) && !e.profile.Flow.Hint:
		// Where a refusal has no word of its own, a goodbye is one.
		return signaling.Decline{Text: a.text}
	}
	return signaling.Bye{}
}

func (e *Engine) endOfLive(a *arrival) signaling.Message {
	switch {
	case a.do == profile.DoDecline, a.do == profile.DoBusy:
		return nil
	case a.do == profile.DoCancel && e.joining():
		return nil // of one who only sits there
	case e.profile.Flow.Hint:
		return signaling.Unavailable{Code: a.code} // the media tell better
	}
	return signaling.Bye{}
}

// hears tells whether the profile has a rule for an action.
func (e *Engine) hears(do profile.Action) bool {
	return slices.ContainsFunc(e.profile.Recv, func(r profile.Rule) bool { return r.Do == do })
}
