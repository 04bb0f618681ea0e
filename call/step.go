package call

import (
	"parley/media"
	"parley/signaling"
)

// Step returns the state that follows from s when e happens, and what must be
// done, in this order. An event that means nothing in s, as late ones do,
// leaves s as it is.
//
// Step holds no call open by itself: each way out of a phase is an event, and
// where the other side might never say anything State.Timer limits the wait.
func Step(s State, e Event) (State, []Effect) {
	switch e := e.(type) {
	case Dial:
		return s.dial(e)
	case Accept:
		return s.accept(e)
	case Reject:
		return s.reject(e)
	case Hangup:
		return s.hangup()
	case Link, Returned, Received:
		return s.told(e)
	case LocalDescription:
		return s.localDescription(e)
	case LocalCandidate:
		return s.localCandidate(e)
	case PeerUp:
		return s.peerUp(e)
	case PeerDown:
		return s.peerDown(e)
	case PeerFailed:
		return s.peerFailed(e)
	case PeerLeft:
		return s.peerLeft(e)
	case PeerClosed:
		return s.peerClosed(e)
	case Timeout:
		return s.timeout(e)
	}
	return s, nil
}

// told takes what comes of the server.
func (s State) told(e Event) (State, []Effect) {
	switch e := e.(type) {
	case Link:
		return s.link(e)
	case Returned:
		return s.returned(e)
	case Received:
		return s.received(e)
	}
	return s, nil
}

// to enters a phase of the same call. What only Calling knows ends with it, and so does
// what was said to nobody.
func (s State) to(p Phase) State {
	s.Phase = p
	s.Seq++
	s.Name, s.Invited, s.Alerted, s.Unheard = "", false, false, false
	return s
}

// idle forgets the call but for why it ended.
func (s State) idle(r Reason) State {
	return State{Phase: Idle, Seq: s.Seq + 1, Online: true, End: r}
}

// ring starts the call that w invites to. Its server is connected, or the
// invite would not be here.
func (s State) ring(w Waiting) (State, []Effect) {
	ringing := State{
		Phase: Ringing, ID: w.ID, Remote: w.From, Role: Callee, Kind: w.Kind,
		OfferFirst: w.OfferFirst, Reversed: w.Reversed, Once: w.Once, Seq: s.Seq + 1, Online: true,
	}
	return ringing, []Effect{ringing.send(signaling.Ringing{})}
}

// open makes the peer of the call.
func (s State) open() Effect {
	return Open{ID: s.ID, Remote: s.Remote, Offers: s.Offers(), Kind: s.Kind}
}

// send addresses m to the other side of the call.
func (s State) send(m signaling.Message) Effect { return sendTo(s.Remote, s.ID, m) }

func sendTo(peer signaling.Address, id signaling.CallID, m signaling.Message) Effect {
	return Send{signaling.Envelope{Peer: peer, Call: id, Message: m}}
}

// narrower returns what both a and b allow. Zero, from a server that has no
// word for it, allows everything.
func narrower(a, b media.Kind) media.Kind {
	if a == media.Audio || b == media.Audio {
		return media.Audio
	}
	return media.Video
}
