package call

import "parley/signaling"

// end leaves the call for reason r, after saying goodbye unless that is nil. A
// call with a peer is over only once the peer is closed.
func (s State) end(r Reason, goodbye signaling.Message) (State, []Effect) {
	var effects []Effect
	if goodbye != nil {
		effects = append(effects, s.send(goodbye))
	}
	if !s.HasPeer() {
		return s.idle(r), append(effects, Forget{s.ID})
	}
	closing := s.to(Closing)
	closing.End = r
	return closing, append(effects, Close{s.ID})
}

// withdraw ends a call that is not answered. An invite that never left needs no
// goodbye.
func (s State) withdraw(r Reason, goodbye signaling.Message) (State, []Effect) {
	if !s.Invited {
		goodbye = nil
	}
	return s.end(r, goodbye)
}

func (s State) timeout(e Timeout) (State, []Effect) {
	if e.Seq != s.Seq {
		return s, nil
	}
	switch s.Phase {
	case Calling:
		return s.withdraw(NoAnswer, signaling.Cancel{Timeout: true})
	case Ringing:
		return s.end(Missed, signaling.Bye{})
	case Connecting:
		return s.end(SetupFailed, signaling.Bye{})
	case Recovering:
		return s.end(Lost, signaling.Bye{})
	case Idle, Active, Closing:
	}
	return s, nil
}
