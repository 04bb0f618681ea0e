package session

import (
	"maps"
	"slices"

	"parley/call"
	"parley/signaling"
)

// take sorts one input to whom it concerns.
func (s *Session) take(in Input) {
	switch in := in.(type) {
	case Called:
		s.step(in.Event)
	case Signaled:
		s.signaled(in.Event)
	case fromPeer:
		s.heard(in)
	case DeviceReport:
		s.devices.report(in)
		s.sound.heard = in.Sound
		s.notices.report(in.Notices)
	case ShareEnded:
		s.shareEnded(in)
	case BookChanged:
		s.book = BookChanged{slices.Clone(in.Contacts), slices.Clone(in.History)}
	case Noticed:
		s.notices.add(in.Notice)
	case Forgotten:
		s.forgotten(in.Server)
	default:
		if !s.flowed(in) && !s.recorded(in) {
			s.command(in)
		}
	}
}

// flowed takes what the peer says about the media of a call.
func (s *Session) flowed(in Input) bool {
	switch in := in.(type) {
	case FirstFrame:
		s.firstFrame(in)
	case Reading:
		s.reading(in)
	case TakesTwo:
		if in.ID == s.state.ID {
			s.times.takesTwo = in.On
		}
	case SeesShare:
		if in.ID == s.state.ID {
			s.times.seesShare = in.On
		}
	default:
		return false
	}
	return true
}

// command does what the user wants.
func (s *Session) command(in Input) {
	switch in := in.(type) {
	case Dial:
		s.dial(in)
	case Accept:
		s.step(call.Accept{Kind: in.Kind})
	case Reject:
		s.step(call.Reject{Text: in.Text})
	case Hangup:
		s.next = nil
		s.step(call.Hangup{})
	case Mute:
		s.devices.mute(in)
	case Choose:
		s.devices.choose(in)
	case Invite:
		s.askLink(in)
	case Solve:
		s.solve(in)
	case SaveContact:
		s.deps.Ledger.Save(in.Contact)
	case RemoveContact:
		s.deps.Ledger.Remove(in.Address)
	case SeeMissed:
		s.deps.Ledger.SeeMissed()
	case Dismiss:
		s.notices.dismiss(in.Code)
		if in.Code == SavedNotice {
			s.saved = Saved{}
		}
	default:
		s.pictured(in)
	}
}

// pictured does what the user wants of their own picture.
func (s *Session) pictured(in Input) {
	switch in := in.(type) {
	case Preview:
		s.devices.preview = in.On && s.leaving.IsZero()
	case Share:
		s.devices.share(in, s.state)
	default:
		s.tuned(in)
	}
}

// tuned does what the user wants of the sound.
func (s *Session) tuned(in Input) {
	switch in := in.(type) {
	case Tune:
		s.sound.tune(in)
	case SetVolume:
		s.sound.turn(in)
	case TestSound:
		s.sound.testing = in.On && s.leaving.IsZero() && !inCall(s.state)
	case RunTest:
		s.sound.test(in)
	}
}

// dial calls somebody at once, or, while the last call is closing, right after.
func (s *Session) dial(d Dial) {
	switch {
	case !s.leaving.IsZero():
	case s.state.Phase == call.Closing:
		s.next = &d
	default:
		to := s.servers.resolve(d.To, s.book.Contacts)
		server := s.servers.known[to.Server]
		s.step(call.Dial{
			ID: s.deps.NewID(), To: to, Kind: d.Kind, Name: s.deps.Name,
			OfferFirst: server.Capabilities.OfferWithInvite, Once: !server.Capabilities.Restart,
			Reachable: server.Up,
		})
	}
}

// dialNext makes the call that waited for the last one to close. An invite
// that waited goes first.
func (s *Session) dialNext() {
	if d := s.next; d != nil && s.state.Phase != call.Closing {
		s.next = nil
		if s.state.Phase == call.Idle {
			s.dial(*d)
		}
	}
}

func (s *Session) askLink(in Invite) {
	server := s.servers.url(in.Server)
	if err := s.deps.Link.Invite(server); err != nil {
		s.notices.add(Notice{Code: NoticeInviteFailed, Args: map[string]string{"server": server}, Err: err})
	}
}

func (s *Session) firstFrame(in FirstFrame) {
	_, had := s.times.firstFrame[in.Kind]
	if in.ID == s.state.ID && s.state.Live() && !had {
		s.times.firstFrame = with(s.times.firstFrame, in.Kind, in.At)
	}
}

func (s *Session) reading(in Reading) {
	if in.ID == s.state.ID && s.state.Live() {
		s.times.stats = in.Stats
	}
}

// received takes an envelope. A candidate of a call that nobody announced may
// have overtaken its invite, and waits for it.
func (s *Session) received(e signaling.Envelope) {
	key := callKey{e.Peer, e.Call}
	if c, ok := e.Message.(signaling.Candidate); ok && !s.knows(key) {
		s.early.keep(key, c)
		return
	}
	if invite, ok := e.Message.(signaling.Invite); ok {
		s.callers[key] = invite.Name
		defer s.forgetCallers()
	}
	s.step(s.heardFrom(e))
}

// heardFrom tells the machine what the envelope's server can carry.
func (s *Session) heardFrom(e signaling.Envelope) call.Received {
	return call.Received{Envelope: e, Once: !s.servers.known[e.Peer.Server].Capabilities.Restart}
}

// knows reports whether a call is the present one or the one that waits.
func (s *Session) knows(key callKey) bool {
	return key == callKey{s.state.Remote, s.state.ID} ||
		key == callKey{s.state.Next.From, s.state.Next.ID}
}

// forgetCallers drops the names of callers that are gone.
func (s *Session) forgetCallers() {
	maps.DeleteFunc(s.callers, func(key callKey, _ string) bool { return !s.knows(key) })
}
