package call

import "parley/signaling"

// localDescription sends what the peer made: the first offer inside the invite
// where that is the order, everything else by itself. What belongs to a round
// that was overtaken is not worth sending.
func (s State) localDescription(e LocalDescription) (State, []Effect) {
	if e.ID != s.ID {
		return s, nil
	}
	switch s.Phase {
	case Calling:
		if !s.Invited && e.Description.Type == signaling.Offer {
			offer := e.Description
			invite := s.send(signaling.Invite{Kind: s.Kind, Name: s.Name, Offer: &offer})
			s.Name, s.Invited = "", true
			return s, []Effect{invite}
		}
	case Connecting, Active, Recovering:
		if e.Description.Round >= s.Round {
			return s, []Effect{s.send(e.Description)}
		}
	case Idle, Ringing, Closing:
	}
	return s, nil
}

func (s State) localCandidate(e LocalCandidate) (State, []Effect) {
	if e.ID != s.ID || s.Phase == Closing || !s.HasPeer() {
		return s, nil
	}
	return s, []Effect{s.send(e.Candidate)}
}

func (s State) peerUp(e PeerUp) (State, []Effect) {
	if e.ID == s.ID && (s.Phase == Connecting || s.Phase == Recovering) {
		return s.to(Active), nil
	}
	return s, nil
}

func (s State) peerDown(e PeerDown) (State, []Effect) {
	if e.ID == s.ID && s.Phase == Active {
		return s.to(Recovering).restart()
	}
	return s, nil
}

// peerFailed gives up a call that never worked, and tries to mend one that did,
// if there is a way.
func (s State) peerFailed(e PeerFailed) (State, []Effect) {
	if e.ID != s.ID {
		return s, nil
	}
	switch s.Phase {
	case Calling:
		return s.withdraw(SetupFailed, signaling.Cancel{})
	case Connecting:
		return s.end(SetupFailed, signaling.Bye{})
	case Active, Recovering:
		if s.Once {
			return s.end(Lost, signaling.Bye{})
		}
		if s.Phase == Active {
			return s.to(Recovering).restart()
		}
	case Idle, Ringing, Closing:
	}
	return s, nil
}

// peerLeft follows the other side out of the call, as its goodbye would: some
// servers cannot carry one. Before the answer there is nothing that it could
// have left but the call.
func (s State) peerLeft(e PeerLeft) (State, []Effect) {
	if e.ID != s.ID {
		return s, nil
	}
	switch s.Phase {
	case Calling:
		return s.withdraw(NoAnswer, signaling.Cancel{})
	case Connecting, Active, Recovering:
		return s.end(RemoteHangup, signaling.Bye{})
	case Idle, Ringing, Closing:
	}
	return s, nil
}

// peerClosed ends Closing, and lets the held invite ring. The peer of a call
// that lost a collision closes under another id and is no concern of the state.
func (s State) peerClosed(e PeerClosed) (State, []Effect) {
	if e.ID != s.ID || s.Phase != Closing {
		return s, nil
	}
	if s.Next.ID != "" {
		return s.ring(s.Next)
	}
	return s.idle(s.End), nil
}
