package call

import (
	"parley/media"
	"parley/signaling"
)

// dial rings somebody. With OfferFirst the invite waits for the peer's offer.
func (s State) dial(e Dial) (State, []Effect) {
	if s.Phase != Idle {
		return s, nil
	}
	if !e.Reachable {
		return s.idle(Offline), nil
	}
	calling := State{
		Phase: Calling, ID: e.ID, Remote: e.To, Role: Caller, Kind: narrower(e.Kind, 0),
		OfferFirst: e.OfferFirst && !e.Reversed, Reversed: e.Reversed, Once: e.Once, Seq: s.Seq + 1, Online: true,
	}
	if calling.OfferFirst {
		calling.Name = e.Name
		return calling, []Effect{calling.open()}
	}
	calling.Invited = true
	return calling, []Effect{calling.send(signaling.Invite{Kind: calling.Kind, Name: e.Name, Reversed: e.Reversed})}
}

func (s State) accept(e Accept) (State, []Effect) {
	if s.Phase != Ringing {
		return s, nil
	}
	return s.join(narrower(s.Kind, e.Kind))
}

// join answers the call as its callee. The accept goes ahead of the description
// that the peer will make.
func (s State) join(kind media.Kind) (State, []Effect) {
	connecting := s.to(Connecting)
	connecting.Kind = kind
	return connecting, []Effect{
		connecting.send(signaling.Accept{Kind: kind}),
		connecting.open(),
	}
}

func (s State) reject(e Reject) (State, []Effect) {
	if s.Phase != Ringing {
		return s, nil
	}
	return s.end(Rejected, signaling.Decline{Text: e.Text})
}

func (s State) hangup() (State, []Effect) {
	switch s.Phase {
	case Calling:
		return s.withdraw(Withdrawn, signaling.Cancel{})
	case Ringing:
		return s.end(Rejected, signaling.Decline{})
	case Connecting, Active, Recovering:
		return s.end(LocalHangup, signaling.Bye{})
	case Idle, Closing:
	}
	return s, nil
}
