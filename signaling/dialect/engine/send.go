package engine

import (
	"cmp"
	"time"

	"parley/media"
	"parley/signaling"
	"parley/signaling/dialect/profile"
)

// Send says a message, or nothing where the server has no word for it. The error
// is signaling.ErrOffline before Ready, or one that wraps value.ErrNoValue and
// tells what the profile's words lack; the state of the call follows in any case.
func (e *Engine) Send(m signaling.Envelope, now time.Time) ([]Act, error) {
	e.now = now
	if !e.ready || e.over {
		e.forsake(m)
		return e.take(), signaling.ErrOffline
	}
	var err error
	if invite, ok := m.Message.(signaling.Invite); ok {
		err = e.call(m, invite)
	} else if t := e.talks[m.Peer.Name]; t != nil && t.id == m.Call {
		err = e.tell(t, m.Message)
	} // else it is over, or gave way to another of the same peer, which a goodbye would end
	return e.take(), err
}

// forsake ends a call whose end cannot be told.
func (e *Engine) forsake(m signaling.Envelope) {
	switch m.Message.(type) {
	case signaling.Decline, signaling.Busy, signaling.Cancel, signaling.Bye:
		if t := e.talks[m.Peer.Name]; t != nil && t.id == m.Call {
			e.dropTalk(t)
		}
	}
}

// call rings somebody.
func (e *Engine) call(m signaling.Envelope, invite signaling.Invite) error {
	key := m.Peer.Name
	before := e.talks[key]
	switch {
	case before != nil && before.stage == ringing && e.now.Sub(before.began) < crossing:
		return nil // theirs was handed on, and wins where both meet
	case e.kept != nil && e.inRoom():
		e.takeUp(key)
		return nil
	}
	t := e.newTalk(key, m.Call)
	t.mine, t.reversed, t.kind = true, invite.Reversed, cmp.Or(invite.Kind, media.Video)
	e.aim(t)
	if e.isSelf(t.to) {
		e.dropTalk(t)
		e.post(t, signaling.Unavailable{Code: "self"})
		return nil
	}
	e.ringLimit(t)
	t.invite = invite
	if e.unheard(t) {
		t.stage = waiting
		return nil
	}
	return e.ringOut(t)
}

// unheard tells whether an invite would reach nobody yet: who comes into the
// room is told of, or offers by itself.
func (e *Engine) unheard(t *talk) bool {
	if !e.inRoom() || !e.joining() && !e.hears(profile.DoCame) {
		return false
	}
	return e.crowd.empty() || t.to == nil && e.aims()
}

// aims tells whether what rings is for one member of the room.
func (e *Engine) aims() bool {
	return e.speaks(profile.SayInvite, "to") || e.profile.Flow.Offer != profile.AfterAccept && e.speaks(profile.SayOffer, "to")
}

// aim chooses who in a room is meant, where words are for one: who was heard of
// last is there most likely.
func (e *Engine) aim(t *talk) {
	if e.inRoom() && e.aims() {
		t.to = e.crowd.last()
	}
}

// ringOut says an invite. One that cannot be said reaches nobody.
func (e *Engine) ringOut(t *talk) error {
	t.stage, t.offer = calling, time.Time{}
	if err := e.invite(t, t.invite.Offer); err != nil {
		e.dropTalk(t)
		e.post(t, signaling.Unavailable{Code: "unaddressed"})
		return err
	}
	e.releaseEarly(t)
	return nil
}

// releaseEarly lets go own candidates that only waited for the invite.
func (e *Engine) releaseEarly(t *talk) {
	if !e.mustHold(t) {
		e.release(t)
	}
}

// tell says what is not an invite.
func (e *Engine) tell(t *talk, m signaling.Message) error {
	switch m := m.(type) {
	case signaling.Ringing:
		return e.say(profile.SayRinging, scope{talk: t})
	case signaling.Accept:
		return e.accept(t, m)
	case signaling.Description:
		return e.describe(t, m)
	case signaling.Candidate:
		return e.trickle(t, m)
	case signaling.Decline:
		return e.leave(t, scope{talk: t, text: m.Text}, profile.SayDecline)
	case signaling.Busy:
		e.dropTalk(t)
		return e.say(profile.SayBusy, scope{talk: t})
	case signaling.Cancel:
		return e.withdraw(t, m)
	case signaling.Bye:
		if t.stage == ringing {
			return e.leave(t, scope{talk: t}, profile.SayBye, profile.SayDecline)
		}
		return e.leave(t, scope{talk: t}, profile.SayBye)
	case signaling.Invite, signaling.Unavailable:
	}
	return nil
}

// withdraw ends a call of ours, which the other side may just have taken.
func (e *Engine) withdraw(t *talk, m signaling.Cancel) error {
	words := []profile.Message{profile.SayCancel}
	switch {
	case t.stage == live:
		words = []profile.Message{profile.SayBye, profile.SayCancel}
	case m.Timeout:
		words = []profile.Message{profile.SayTimeout, profile.SayCancel}
	}
	return e.leave(t, scope{talk: t}, words...)
}

func (e *Engine) accept(t *talk, m signaling.Accept) error {
	if t.stage != ringing {
		return nil
	}
	if e.profile.Flow.Offer == profile.AfterAccept { // otherwise our answer tells
		t.kind = cmp.Or(m.Kind, t.kind)
	}
	t.take(e.now)
	if e.acceptsBySDP() {
		return nil // the answer will say it
	}
	return e.say(profile.SayAccept, scope{talk: t})
}

// acceptsBySDP tells whether the answer travels with the accept.
func (e *Engine) acceptsBySDP() bool {
	return e.speaks(profile.SayAccept, "sdp", "sdp.text", "sdp.type")
}

// describe says an offer or an answer. After an answer our candidates need wait
// no longer.
func (e *Engine) describe(t *talk, d signaling.Description) error {
	if t.stage != live || d.Round > 0 && !e.profile.Flow.Restart {
		return nil
	}
	t.round = d.Round
	if d.Type == signaling.Offer {
		t.offered, t.answered = true, false
		err := e.sayDescription(t, d)
		e.releaseEarly(t)
		return err
	}
	t.answered = true
	err := e.sayDescription(t, d)
	e.release(t)
	return err
}

// leave says the first goodbye that the server has a word for, unless nobody
// heard of the call, and ends the call.
func (e *Engine) leave(t *talk, s scope, words ...profile.Message) error {
	e.dropTalk(t)
	if t.stage == waiting {
		return nil
	}
	e.forgetKept(&arrival{from: t.to}) // whoever hears it gives up
	var err error
	for _, m := range words {
		if e.has(m) {
			err = e.say(m, s)
			break
		}
	}
	if e.inCall() {
		return err
	}
	e.hush()
	if e.profile.Flow.Leave == profile.Reconnect {
		e.renew(true)
	}
	return err
}

// inCall tells whether a call is on that the end of the connection might end.
func (e *Engine) inCall() bool {
	for _, t := range e.talks {
		if t.stage == live {
			return true
		}
	}
	return false
}

// Leave says what is to be said before the connection is closed for good.
func (e *Engine) Leave(now time.Time) []Act {
	e.now = now
	if e.ready && !e.over {
		_ = e.say(profile.SayLeave, scope{}) // it ends either way
	}
	e.over = true
	return e.take()
}
