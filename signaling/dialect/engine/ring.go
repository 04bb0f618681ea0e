package engine

import (
	"cmp"
	"encoding/binary"
	"slices"
	"time"

	"parley/media"
	"parley/signaling"
	"parley/signaling/dialect/profile"
	"parley/signaling/dialect/value"
)

// joining tells whether joining a room rings.
func (e *Engine) joining() bool {
	return e.profile.Flow.Offer == profile.ByNewcomer || e.profile.Flow.Offer == profile.ByMember
}

// offeredBy takes an offer: the ring, where offers are that; else what follows
// our accept.
func (e *Engine) offeredBy(a *arrival, t *talk) {
	if e.profile.Flow.Offer != profile.AfterAccept {
		e.rung(a)
		return
	}
	// Without our accept an offer is for somebody else in the room.
	if t == nil || t.stage != live || t.offers() {
		return
	}
	e.learn(t, a)
	if !t.offered {
		e.takeOffer(t, a, 0)
	} else {
		e.again(t, a)
	}
}

// takeOffer hands on an offer of a call that is on.
func (e *Engine) takeOffer(t *talk, a *arrival, round int) {
	t.offered, t.answered, t.round = true, false, round
	t.heardSDP(a.description.SDP)
	e.post(t, signaling.Description{Type: signaling.Offer, SDP: a.description.SDP, Round: round})
}

// again takes another offer in a call: a repetition is nothing, and a new round
// only where the server's calls have rounds.
func (e *Engine) again(t *talk, a *arrival) {
	sdp := a.description.SDP
	if e.profile.Flow.Restart && !t.offers() && !sameSDP(sdp, t.theirs) && sameSession(sdp, t.theirs) {
		e.takeOffer(t, a, t.round+1)
	}
}

// rung takes an invite, with or without an offer.
func (e *Engine) rung(a *arrival) {
	key, ok := e.key(a)
	if !ok {
		e.misunderstood(a.frame)
		return
	}
	t := e.talks[key]
	switch {
	case t == nil:
		e.ring(key, a)
	case e.stranger(t, a) && t.stage != waiting && !e.supersedes(t):
		e.intrude(t, a)
	case t.stage == waiting:
		e.ringNow(key, a) // ours never left
	case t.stage == calling:
		e.meet(t, a)
	case t.stage == ringing:
		if a.description == nil || !sameSDP(a.description.SDP, t.theirs) {
			e.ringNow(key, a)
		}
	case t.stage == live:
		e.rungInCall(t, a)
	}
}

// hush keeps a room quiet after a goodbye: whoever said it joins anew, and meets
// who stayed.
func (e *Engine) hush() {
	if quiet := e.profile.Flow.Quiet; quiet > 0 && e.joining() {
		e.quiet = e.now.Add(quiet)
	}
}

// supersedes tells whether somebody else in the room may answer our call with
// one of theirs: whom we rang may be gone, which few such servers tell.
func (e *Engine) supersedes(t *talk) bool { return t.stage == calling && e.joining() }

// ring rings our user, or keeps the offer of somebody who only meets us anew.
func (e *Engine) ring(key string, a *arrival) {
	if e.joining() && e.now.Before(e.quiet) {
		e.keep(a)
		return
	}
	e.ringNow(key, a)
}

// ringNow makes the call and hands it on.
func (e *Engine) ringNow(key string, a *arrival) {
	t := e.newTalk(key, e.incomingID())
	t.stage = ringing
	e.learn(t, a)
	t.kind = a.kind
	invite := signaling.Invite{Name: a.display}
	if a.description != nil {
		t.offered = true
		t.heardSDP(a.description.SDP)
		t.kind = cmp.Or(t.kind, kindOf(a.description.SDP))
		invite.Offer = &signaling.Description{Type: signaling.Offer, SDP: a.description.SDP}
	} else if e.joining() {
		t.reversed, invite.Reversed = true, true
	}
	t.kind = cmp.Or(t.kind, media.Video)
	invite.Kind = t.kind
	e.ringLimit(t)
	e.kept = nil
	e.post(t, invite)
	e.replay(t, a)
}

// replay hands on the candidates that came before their call.
func (e *Engine) replay(t *talk, a *arrival) {
	for _, c := range e.early.release(earlyKey(a), e.now) {
		if t.fits(c) {
			e.post(t, c)
		}
	}
}

// intrude takes an invite of somebody else in the room: they are told that we
// are busy, if that can be said to them alone.
func (e *Engine) intrude(t *talk, a *arrival) {
	if a.from != nil && e.speaks(profile.SayBusy, "to") {
		_ = e.say(profile.SayBusy, scope{talk: t, to: a.from}) // best effort
	}
}

// rungInCall takes an invite of whom we talk to, or, in a room where nobody has
// an id, of anybody: then only a lost connection makes it believable.
func (e *Engine) rungInCall(t *talk, a *arrival) {
	if a.description != nil && (sameSDP(a.description.SDP, t.theirs) || sameSession(a.description.SDP, t.theirs)) {
		e.again(t, a)
		return
	}
	if e.inRoom() && a.from == nil && !t.stale {
		e.keep(a)
		return
	}
	e.ringNow(t.peer.Name, a)
}

// meet settles an invite that met ours on its way.
func (e *Engine) meet(t *talk, a *arrival) {
	how := e.profile.Flow.Glare
	if e.crowd.empty() && e.joining() {
		how = profile.GlareYield // nobody heard ours
	}
	self, named := e.selfID()
	if how == profile.GlareCompare && (!named || a.from == nil) {
		how = profile.GlareWait
	}
	switch how {
	case profile.GlareInsist:
		t.refuse(a)
	case profile.GlareCompare:
		if mine, _ := textID(self); a.name > mine {
			e.ringNow(t.peer.Name, a)
		} else {
			e.outrank(t, a)
		}
	case profile.GlareWait:
		if t.rival == nil {
			t.rival, t.yield = a, e.now.Add(e.moment())
		}
	default:
		e.ringNow(t.peer.Name, a)
	}
}

// outrank sets an invite back behind ours, which whoever sent it takes at once,
// if they have heard it: the server may have lost it, because they were away.
func (e *Engine) outrank(t *talk, a *arrival) {
	t.refuse(a)
	if t.rival == nil {
		t.yield = e.now.Add(insistMost)
	}
	t.rival = a // the last one: they may have begun anew
}

// moment is how long we wait for the other side to give in.
func (e *Engine) moment() time.Duration {
	b := e.chance()
	spread := uint64(waitMost - waitLeast)
	return waitLeast + time.Duration(binary.BigEndian.Uint64(b[:8])%spread)
}

// keptOffer is an offer that did not ring, but that our user's next call takes up.
type keptOffer struct {
	arrival    *arrival
	candidates []signaling.Candidate
}

func (e *Engine) keep(a *arrival) {
	if a.description != nil && e.inRoom() {
		e.kept = &keptOffer{arrival: a, candidates: e.early.release(earlyKey(a), e.now)}
	}
}

// forgetKept drops a kept offer whose maker is gone.
func (e *Engine) forgetKept(a *arrival) {
	if e.kept != nil && (a.from == nil || e.kept.arrival.from == nil || value.Equal(a.from, e.kept.arrival.from)) {
		e.kept = nil
	}
}

// takeUp answers our user's call with the offer that was kept.
func (e *Engine) takeUp(key string) {
	kept := e.kept
	e.ringNow(key, kept.arrival)
	t := e.talks[key]
	for _, c := range kept.candidates {
		if t.fits(c) {
			e.post(t, c)
		}
	}
}

// candidates takes candidates of theirs.
func (e *Engine) candidates(a *arrival) {
	if a.from != nil && e.isSelf(a.from) {
		return
	}
	a.candidates = slices.DeleteFunc(a.candidates, e.echoes.knowsCandidate)
	if e.profile.Flow.Echo && len(a.candidates) == 1 && a.candidates[0].Candidate == "" && e.profile.Candidates.End != profile.EndNone {
		return // whose end it is nobody can tell
	}
	t := e.talkOf(a)
	for _, c := range a.candidates {
		if t == nil || !e.deliver(t, c) {
			e.putAside(a, c)
		}
	}
}

// deliver hands a candidate to the call that it is of.
func (e *Engine) deliver(t *talk, c signaling.Candidate) bool {
	early := t.rival != nil && t.rival.description != nil && slices.Contains(ufrags(t.rival.description.SDP), ufragOf(c))
	switch {
	case early, t.stage == waiting, !t.fits(c):
		return false
	case slices.Contains(t.refused, ufragOf(c)): // of a call that ours overrode
	case t.stage == ringing && e.profile.Flow.Offer == profile.AfterAccept: // of one that another member took
	default:
		e.post(t, c)
	}
	return true
}

// putAside keeps a candidate for the call that may follow, where an offer rings.
func (e *Engine) putAside(a *arrival, c signaling.Candidate) {
	switch {
	case e.kept != nil && e.sameID(e.kept.arrival.from, a.from):
		if len(e.kept.candidates) < maxEarly {
			e.kept.candidates = append(e.kept.candidates, c)
		}
	case e.profile.Flow.Offer != profile.AfterAccept:
		e.early.keep(earlyKey(a), c, e.now)
	}
}

// sameID compares two ids, either of which may be missing.
func (e *Engine) sameID(a, b any) bool {
	return a == nil && b == nil || a != nil && b != nil && value.Equal(a, b)
}
