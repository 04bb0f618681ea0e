package call

// link follows the servers that the call and a held invite depend on.
func (s State) link(e Link) (State, []Effect) {
	var effects []Effect
	if !e.Up && s.Next.ID != "" && s.Next.From.Server == e.Server {
		s, effects = s.release()
	}
	if s.Phase == Idle || s.Remote.Server != e.Server || s.Online == e.Up {
		return s, effects
	}
	s.Online = e.Up
	next, more := s.linkChanged()
	return next, append(effects, more...)
}

// linkChanged looks at Online anew. Before the answer a call needs its server;
// whose phone rang has missed it. After the answer the media path stands on its
// own, and what was lost on the way while the server was gone is made good by a
// new round.
func (s State) linkChanged() (State, []Effect) {
	switch s.Phase {
	case Calling:
		if !s.Online {
			return s.end(Offline, nil)
		}
	case Ringing:
		if !s.Online {
			return s.end(Missed, nil)
		}
	case Connecting, Recovering:
		if s.Online {
			return s.restart()
		}
	case Idle, Active, Closing:
	}
	return s, nil
}

// restart begins the next round of ICE, which is for the side that offers to do.
// Where it could not be told to the other side it would only take away the
// credentials by which the path may still come back by itself.
func (s State) restart() (State, []Effect) {
	if s.Once || !s.Offers() {
		return s, nil
	}
	s.Round++
	s.Answered, s.Unheard = false, false
	return s, []Effect{Restart{s.ID, s.Round}}
}

// returned says again what nobody heard: where both sides lose the server and the path
// together, as behind one router, who offers may be back first.
func (s State) returned(e Returned) (State, []Effect) {
	if !s.Unheard || !s.Online || e.Who != s.Remote {
		return s, nil
	}
	return s.restart()
}

// release forgets the held invite.
func (s State) release() (State, []Effect) {
	held := s.Next.ID
	s.Next = Waiting{}
	return s, []Effect{Forget{held}}
}
