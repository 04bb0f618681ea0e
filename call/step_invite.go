package call

import "parley/signaling"

// invited decides about a call that is new to us.
func (s State) invited(r Received, m signaling.Invite) (State, []Effect) {
	e := r.Envelope
	w := Waiting{
		ID: e.Call, From: e.Peer, Kind: narrower(m.Kind, 0),
		OfferFirst: m.Offer != nil, Reversed: m.Reversed && m.Offer == nil, Once: r.Once,
	}
	if e.Call == s.ID || e.Call == s.Next.ID {
		// No id at all, or one that is taken, by somebody else: two peers never
		// share an id.
		return s, busy(w)
	}
	switch s.Phase {
	case Idle:
		return s.take(w, m.Offer)
	case Calling:
		if w.From == s.Remote {
			return s.collide(w, m.Offer)
		}
	case Ringing:
		if w.From == s.Remote {
			return s.rungAgain(w, m.Offer)
		}
	case Connecting, Active, Recovering:
		if w.From == s.Remote {
			return s.restarted(w, m.Offer)
		}
	case Closing:
		return s.hold(w, m.Offer)
	}
	return s, busy(w)
}

// take rings, and keeps the offer for the peer that may come.
func (s State) take(w Waiting, offer *signaling.Description) (State, []Effect) {
	ringing, effects := s.ring(w)
	return ringing, append(effects, keep(w, offer)...)
}

// collide settles two calls that met on their way. Both ends see the same two
// ids, so they agree without another word: the larger goes on. The loser
// withdraws its own and, since its user wants this conversation, answers. An
// invite that is not out yet always loses, because the other end cannot see it.
func (s State) collide(w Waiting, offer *signaling.Description) (State, []Effect) {
	if s.Invited && w.ID < s.ID {
		return s, nil // they will answer ours
	}
	_, effects := s.withdraw(Withdrawn, signaling.Cancel{})
	adopted, _ := s.ring(w)
	effects = append(effects, keep(w, offer)...)
	connecting, more := adopted.join(narrower(w.Kind, s.Kind))
	return connecting, append(effects, more...)
}

// echoed takes an invite with the id of our own call: our own invite come back,
// which is a call to oneself, or a repetition.
func (s State) echoed() (State, []Effect) {
	if s.Phase != Calling {
		return s, nil
	}
	return s.withdraw(Collision, signaling.Cancel{})
}

// rungAgain follows a caller that gave up without our hearing of it and rings again.
func (s State) rungAgain(w Waiting, offer *signaling.Description) (State, []Effect) {
	ringing, effects := s.take(w, offer)
	return ringing, append([]Effect{Forget{s.ID}}, effects...)
}

// restarted ends a call of which the other side knows nothing any more, since
// it rings, and lets that ring next.
func (s State) restarted(w Waiting, offer *signaling.Description) (State, []Effect) {
	closing, effects := s.end(RemoteHangup, nil)
	closing.Next = w
	return closing, append(effects, keep(w, offer)...)
}

// hold keeps one invite until the peer is closed; a newer one of the same
// caller takes its place.
func (s State) hold(w Waiting, offer *signaling.Description) (State, []Effect) {
	if s.Next.ID != "" && s.Next.From != w.From {
		return s, busy(w)
	}
	var effects []Effect
	if s.Next.ID != "" {
		s, effects = s.release()
	}
	s.Next = w
	return s, append(effects, keep(w, offer)...)
}

// keep hands on an offer that came with an invite.
func keep(w Waiting, offer *signaling.Description) []Effect {
	if offer == nil {
		return nil
	}
	return []Effect{SetRemote{w.ID, *offer}}
}

func busy(w Waiting) []Effect { return []Effect{sendTo(w.From, w.ID, signaling.Busy{})} }
