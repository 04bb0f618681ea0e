package session

import (
	"cmp"
	"slices"

	"parley/call"
	"parley/signaling"
)

// signaled takes what a server connection reports.
func (s *Session) signaled(e signaling.Event) {
	switch e := e.(type) {
	case signaling.Linked:
		s.servers.linked(e)
		s.notices.clear(e.Server)
		s.settled(e.Server)
		s.step(call.Link{Server: e.Server, Up: true})
	case signaling.Unlinked:
		s.servers.unlinked(e)
		s.lost(e.Server)
	case signaling.Roster:
		s.roster(e)
	case signaling.Received:
		s.received(e.Envelope)
	case signaling.InviteLink:
		s.invite = e
	case signaling.Counted:
		s.servers.counted(e)
	case signaling.Challenge:
		s.settled(e.Server)
		s.puzzles = append(s.puzzles, e)
	case signaling.Fault:
		s.servers.fault(e)
		s.notices.add(faultNotice(e, cmp.Or(e.Name, s.servers.known[e.Server].Self.Name, s.deps.Name)))
	}
}

// lost ends what depends on a connection that is gone.
func (s *Session) lost(server string) {
	if s.invite.Server == server {
		s.invite = signaling.InviteLink{} // the server may not know it any more
	}
	s.settled(server)
	s.step(call.Link{Server: server})
}

// forgotten drops a server that the user does not want any more.
func (s *Session) forgotten(server string) {
	s.lost(server)
	s.servers.forget(server)
	s.notices.clear(server)
}

// roster takes who is there. Whoever leaves while one of us still rings the other
// has ended the call: their machine gave it up when it lost the server, or it is
// no more, and nothing else would tell before the ring's limit. That is true of
// servers that tell who is present, and of people: a list of friends tells
// nothing of the kind, and a room can ring before anybody comes.
func (s *Session) roster(e signaling.Roster) {
	before, was := s.servers.member(s.state.Remote)
	s.servers.roster(e)
	_, is := s.servers.member(s.state.Remote)
	if was && !is && before.Kind != signaling.Room && s.servers.known[e.Server].Capabilities.Presence {
		s.step(call.Received{Envelope: signaling.Envelope{
			Peer: s.state.Remote, Call: s.state.ID, Message: signaling.Unavailable{},
		}})
	}
	if !was && is {
		s.step(call.Returned{Who: s.state.Remote})
	}
}

// challenge is what a person should solve now.
func (s *Session) challenge() signaling.Challenge {
	if len(s.puzzles) == 0 {
		return signaling.Challenge{}
	}
	return s.puzzles[0]
}

// settled drops the challenge of a server.
func (s *Session) settled(server string) {
	s.puzzles = slices.DeleteFunc(s.puzzles, func(c signaling.Challenge) bool { return c.Server == server })
}

// solve hands on an answer, unless its challenge is gone.
func (s *Session) solve(in Solve) {
	if !slices.ContainsFunc(s.puzzles, func(c signaling.Challenge) bool { return c.Server == in.Server && c.ID == in.ID }) {
		return
	}
	s.settled(in.Server)
	if err := s.deps.Link.Solve(in.Server, in.ID, in.X); err != nil {
		s.unsent(in.Server, err)
	}
}
