package echo

import (
	"time"

	"parley/call"
	"parley/call/peer/conn"
	"parley/signaling"
)

// session is one call. It belongs to Echo's queue.
type session struct {
	id      signaling.CallID
	remote  signaling.Address
	conn    *conn.Conn
	wasUp   bool
	ending  bool
	limit   *time.Timer // for the whole call
	patient *time.Timer // for the connection to come, or to come back; nil while up
}

// open answers a call: it accepts with the kind that was asked for, and then
// with a description as soon as there is an offer.
func (e *Echo) open(envelope signaling.Envelope, m signaling.Invite) {
	s := &session{id: envelope.Call, remote: envelope.Peer}
	e.calls[s.id] = s
	e.log.Info("call", "call", s.id, "kind", m.Kind.String(), "calls", len(e.calls))
	e.send(s.remote, s.id, signaling.Accept{Kind: m.Kind})
	s.conn = e.api.Open(call.Open{ID: s.id, Remote: s.remote, Kind: m.Kind},
		func(c *conn.Conn) conn.Media { return &mirror{conn: c, kind: m.Kind, log: e.log.With("call", s.id)} },
		func(ev call.Event) { e.queue.Put(func() { e.said(s, ev) }) })
	s.limit = e.after(e.config.MaxCall, s, "limit")
	s.patient = e.after(e.config.Setup, s, "setup")
	if m.Offer != nil {
		s.conn.SetRemote(*m.Offer)
	}
}

// after ends a call in a while, unless the timer is stopped.
func (e *Echo) after(d time.Duration, s *session, why string) *time.Timer {
	return time.AfterFunc(d, func() {
		e.queue.Put(func() { e.end(s, why, signaling.Bye{}) })
	})
}

// said takes what the connection of a call has to say.
func (e *Echo) said(s *session, ev call.Event) {
	switch ev := ev.(type) {
	case call.LocalDescription:
		e.tell(s, ev.Description)
	case call.LocalCandidate:
		e.tell(s, ev.Candidate)
	case call.PeerUp:
		s.wasUp = true
		s.calm()
	case call.PeerDown:
		e.worry(s)
	case call.PeerFailed:
		if s.wasUp {
			e.worry(s) // the caller may restart ICE
		} else {
			e.end(s, "failed", signaling.Bye{})
		}
	case call.PeerLeft:
		e.end(s, "left", signaling.Bye{})
	case call.PeerClosed:
		delete(e.calls, s.id)
		e.finish()
	}
}

func (e *Echo) tell(s *session, m signaling.Message) {
	if !s.ending {
		e.send(s.remote, s.id, m)
	}
}

// worry gives a lost path some time to come back.
func (e *Echo) worry(s *session) {
	if s.patient == nil && !s.ending {
		s.patient = e.after(e.config.Recover, s, "lost")
	}
}

func (s *session) calm() {
	if s.patient != nil {
		s.patient.Stop()
		s.patient = nil
	}
}

// end closes a call, after saying last if it is not nil. The call is forgotten
// when its connection is closed.
func (e *Echo) end(s *session, why string, last signaling.Message) {
	if s.ending {
		return
	}
	if last != nil {
		e.tell(s, last)
	}
	s.ending = true
	s.limit.Stop()
	s.calm()
	e.log.Info("call over", "call", s.id, "reason", why)
	s.conn.Close()
}
