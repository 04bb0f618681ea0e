package call

import (
	"parley/media"
	"parley/signaling"
)

// received sorts a message by the call it speaks of: ours, the one that is held,
// or one that we do not know. An id is only a call together with its peer.
func (s State) received(r Received) (State, []Effect) {
	e := r.Envelope
	switch {
	case s.Phase != Idle && e.Call == s.ID && e.Peer == s.Remote:
		return s.ours(e.Message)
	case s.Next.ID != "" && e.Call == s.Next.ID && e.Peer == s.Next.From:
		return s.held(e.Message)
	}
	return s.unknown(r)
}

// ours takes a message of the present call.
func (s State) ours(m signaling.Message) (State, []Effect) {
	switch m := m.(type) {
	case signaling.Invite:
		return s.echoed()
	case signaling.Ringing:
		s.Alerted = s.Phase == Calling
	case signaling.Accept:
		return s.accepted(m)
	case signaling.Decline:
		return s.refused(Declined)
	case signaling.Busy:
		return s.refused(Busy)
	case signaling.Cancel:
		return s.ended()
	case signaling.Description:
		return s.description(m)
	case signaling.Candidate:
		return s.candidate(m)
	case signaling.Bye:
		return s.ended()
	case signaling.Unavailable:
		return s.unavailable()
	}
	return s, nil
}

// held takes a message of the invite that waits for Closing to end. Its caller
// can only add candidates or give up.
func (s State) held(m signaling.Message) (State, []Effect) {
	switch m := m.(type) {
	case signaling.Candidate:
		return s, []Effect{AddCandidate{s.Next.ID, m}}
	case signaling.Cancel, signaling.Bye:
		return s.release()
	case signaling.Invite, signaling.Ringing, signaling.Accept, signaling.Decline,
		signaling.Busy, signaling.Description, signaling.Unavailable:
	}
	return s, nil
}

// unknown takes a message of a call that we are not in. Whoever believes that
// we are is told the truth, which ends a call that only one side believes in.
// A goodbye is never answered, or two programs would say it for ever; nor are
// candidates, which go on arriving for a while after a refusal.
func (s State) unknown(r Received) (State, []Effect) {
	e := r.Envelope
	switch m := e.Message.(type) {
	case signaling.Invite:
		return s.invited(r, m)
	case signaling.Ringing, signaling.Accept, signaling.Description:
		return s, []Effect{sendTo(e.Peer, e.Call, signaling.Bye{})}
	case signaling.Decline, signaling.Busy, signaling.Cancel, signaling.Candidate,
		signaling.Bye, signaling.Unavailable:
	}
	return s, nil
}

// accepted goes on to connect. An answer that came first has done so already,
// and what is left to learn is the kind.
func (s State) accepted(m signaling.Accept) (State, []Effect) {
	kind := narrower(s.Kind, m.Kind)
	switch s.Phase {
	case Calling:
		if !s.Invited {
			return s, nil
		}
		connecting := s.to(Connecting)
		if s.OfferFirst {
			return connecting.lower(kind)
		}
		connecting.Kind = kind
		return connecting, []Effect{connecting.open()}
	case Connecting:
		if s.Role == Caller {
			return s.lower(kind)
		}
	case Idle, Ringing, Active, Recovering, Closing:
	}
	return s, nil
}

// lower follows an answer of sound only to a call with picture, whose peer is
// open already.
func (s State) lower(kind media.Kind) (State, []Effect) {
	if kind == s.Kind {
		return s, nil
	}
	s.Kind = kind
	return s, []Effect{Narrow{s.ID}}
}

// refused ends a call that is not answered. After an answer it is too late: the
// first answer wins.
func (s State) refused(r Reason) (State, []Effect) {
	if s.Phase != Calling {
		return s, nil
	}
	return s.end(r, nil)
}

// ended follows the other side out of the call. A goodbye instead of an answer
// is what a callee says whose phone rang until its limit.
func (s State) ended() (State, []Effect) {
	switch s.Phase {
	case Calling:
		return s.end(NoAnswer, nil)
	case Ringing:
		return s.end(Missed, nil)
	case Connecting, Active, Recovering:
		return s.end(RemoteHangup, nil)
	case Idle, Closing:
	}
	return s, nil
}

// unavailable ends a call whose other end is not there. Once it is answered the
// media path tells better than the server whether somebody is there, but an offer is
// said again once they are back.
func (s State) unavailable() (State, []Effect) {
	switch s.Phase {
	case Calling:
		return s.end(Unreachable, nil)
	case Ringing:
		return s.end(Missed, nil)
	case Connecting, Recovering:
		s.Unheard = s.Unheard || s.Offers() && !s.Answered && !s.Once
	case Idle, Active, Closing:
	}
	return s, nil
}

// description hands the peer an offer, or an answer to its own.
func (s State) description(d signaling.Description) (State, []Effect) {
	switch d.Type {
	case signaling.Offer:
		if !s.Offers() && d.Round >= s.Round {
			return s.offered(d)
		}
	case signaling.Answer:
		if s.Offers() && d.Round == s.Round && !s.Answered {
			return s.answered(d)
		}
	}
	return s, nil
}

// offered takes an offer. Where the callee offers, that is an accept in itself,
// if the accept did not come first.
func (s State) offered(d signaling.Description) (State, []Effect) {
	var effects []Effect
	switch s.Phase {
	case Calling:
		s = s.to(Connecting)
		effects = []Effect{s.open()}
	case Idle, Closing:
		return s, nil
	case Ringing, Connecting, Active, Recovering:
	}
	s.Round = d.Round
	return s, append(effects, SetRemote{s.ID, d})
}

// answered takes the first answer of the round. Where the offer went with the
// invite, an answer is an accept in itself: some servers have no other.
func (s State) answered(d signaling.Description) (State, []Effect) {
	switch s.Phase {
	case Calling:
		if !s.OfferFirst || !s.Invited {
			return s, nil
		}
		s = s.to(Connecting)
	case Idle, Ringing, Closing:
		return s, nil
	case Connecting, Active, Recovering:
	}
	s.Answered, s.Unheard = true, false
	return s, []Effect{SetRemote{s.ID, d}}
}

func (s State) candidate(c signaling.Candidate) (State, []Effect) {
	if s.Phase == Closing {
		return s, nil
	}
	return s, []Effect{AddCandidate{s.ID, c}}
}
