package session

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"parley/call"
	"parley/signaling"
)

// step lets the machine decide about e and does what it asks for.
func (s *Session) step(e call.Event) {
	before := s.state
	after, effects := call.Step(before, e)
	s.state = after
	s.logStep(before, e, effects)
	s.recordEnds(before, e, effects)
	s.keepTime(before)
	for _, effect := range effects {
		s.act(effect)
	}
	if after.ID != before.ID || after.Next.ID != before.Next.ID {
		s.announced()
	}
	s.dialNext()
	s.goodbye()
}

// keepTime notes when the call changed, and winds the one timer.
func (s *Session) keepTime(before call.State) {
	now := time.Now()
	if s.state.ID != before.ID {
		s.times = times{}
		s.recording = CallRecording{}
		if s.state.ID != "" {
			s.times.began = now
		}
	}
	if s.state.Live() && s.times.live.IsZero() {
		s.times.live = now
	}
	if s.state.Seq != before.Seq {
		s.deadline = time.Time{}
		if limit, ok := s.state.Timer(); ok {
			s.deadline = now.Add(limit)
		}
	}
	s.devices.follow(before, s.state)
	s.sound.follow(s.state)
}

// announced replays the candidates that came before the invite that is here
// now, and remembers the other's name, for they may leave the server.
func (s *Session) announced() {
	current := callKey{s.state.Remote, s.state.ID}
	held := callKey{s.state.Next.From, s.state.Next.ID}
	s.forgetCallers()
	if m, ok := s.servers.member(current.peer); ok {
		s.callers[current] = m.Name
	}
	for _, e := range append(s.early.release(current), s.early.release(held)...) {
		s.step(s.heardFrom(e))
	}
}

// act carries out one effect.
func (s *Session) act(effect call.Effect) {
	switch e := effect.(type) {
	case call.Send:
		s.send(e.Envelope)
	case call.Open:
		s.open(e)
	case call.Narrow:
		s.peers.with(e.ID, Peer.Narrow)
	case call.Restart:
		s.peers.with(e.ID, func(p Peer) { p.Restart(e.Round) })
	case call.SetRemote:
		s.peers.feed(e.ID, len(e.Description.SDP), func(p Peer) { p.SetRemote(e.Description) })
	case call.AddCandidate:
		s.peers.feed(e.ID, len(e.Candidate.Candidate), func(p Peer) { p.AddCandidate(e.Candidate) })
	case call.Close:
		s.close(e.ID)
	case call.Forget:
		s.peers.forget(e.ID)
	}
}

// send hands an envelope to its server.
func (s *Session) send(e signaling.Envelope) {
	err := s.deps.Link.Send(e)
	if err == nil {
		return
	}
	s.log.Debug("not sent", "call", e.Call, "err", err)
	s.unsent(e.Peer.Server, err)
}

// unsent tells the user that something did not reach a server. That there is no
// connection is told by the server's own state and needs no notice.
func (s *Session) unsent(server string, err error) {
	if !isOffline(err) {
		s.notices.add(Notice{Code: NoticeSendFailed, Args: map[string]string{"server": server}, Err: err})
	}
}

func (s *Session) logStep(before call.State, e call.Event, effects []call.Effect) {
	after := s.state
	if after.Phase != before.Phase || after.ID != before.ID {
		id := after.ID
		if id == "" {
			id = before.ID
		}
		s.log.Info("phase", "call", id, "phase", after.Phase.String(), "reason", after.End.String())
	}
	if !s.log.Enabled(context.Background(), slog.LevelDebug) {
		return
	}
	words := make([]string, len(effects))
	for i, effect := range effects {
		words[i] = call.DescribeEffect(effect)
	}
	s.log.Debug("step", "event", call.DescribeEvent(e), "state", call.DescribeState(after), "effects", strings.Join(words, "; "))
}
