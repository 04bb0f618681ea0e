package hub

import (
	"cmp"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"time"

	"parley/signaling"
	"parley/signaling/hub/frame"
)

// echoName is kept for the robot of that name.
const echoName = "echo"

// guestPrefix begins the names that the hub gives, and no others.
const guestPrefix = "guest-"

// outlet is the way to one client. No method blocks.
type outlet interface {
	Send(text []byte) error
	Close(code int, text string)
	Drop(code int, text string)
}

// seat is one connection as the registry knows it. member is nil until it has
// identified, and again once it is no longer the member's connection.
type seat struct {
	out    outlet
	kind   signaling.MemberKind // of a member of this process; "" for others
	member *member
	ended  bool // it was told to go
}

// member is somebody who has identified.
type member struct {
	frame.Member
	key    string // of the name
	host   string // of a guest: the key of the member whose link it holds
	resume string
	seat   *seat
}

// registry is who is here and which links lead to whom. It belongs to the one
// goroutine of Hub.Serve: it has no locks, never waits and does no input or output.
type registry struct {
	members map[string]*member // by key
	links   links
	secrets secrets
	ice     []signaling.ICEServer
	slow    []*member // to be dropped at the end of the current step
	log     *slog.Logger
}

// send gives f to m. Who does not take it is dropped at the end of the step.
func (r *registry) send(m *member, f frame.Frame) {
	if text, ok := r.encode(f); ok {
		r.sendText(m, text)
	}
}

func (r *registry) sendText(m *member, text []byte) {
	if err := m.seat.out.Send(text); errors.Is(err, signaling.ErrBacklog) && !slices.Contains(r.slow, m) {
		r.slow = append(r.slow, m)
	}
}

func (r *registry) encode(f frame.Frame) ([]byte, bool) {
	text, err := frame.Encode(f)
	if err != nil {
		r.log.Error("cannot encode a frame", "err", err)
	}
	return text, err == nil
}

// settle drops those who were too slow in this step, and in telling of it.
func (r *registry) settle() {
	for len(r.slow) > 0 {
		m := r.slow[0]
		r.slow = r.slow[1:]
		if m.seat.member != m {
			continue
		}
		r.log.Info("member dropped", "code", frame.Slow)
		m.seat.out.Drop(frame.Slow.CloseCode(), string(frame.Slow))
		r.leave(m.seat)
	}
}

// refuse tells a connection why it ends.
func (r *registry) refuse(s *seat, code frame.Code, text string) {
	if s.ended {
		return
	}
	s.ended = true
	if data, ok := r.encode(frame.Error{Code: code, Text: text}); ok {
		_ = s.out.Send(data) // the close code says the same
	}
	s.out.Close(code.CloseCode(), string(code))
}

// late refuses a connection that has not identified in time.
func (r *registry) late(s *seat) {
	if s.member == nil {
		r.refuse(s, frame.NotIdentified, "no identify in time")
	}
}

// receive takes a frame of a connection.
func (r *registry) receive(s *seat, f frame.Frame, now time.Time) {
	if s.ended {
		return
	}
	id, identifies := f.(frame.Identify)
	switch {
	case s.member == nil && identifies:
		r.identify(s, id, now)
	case s.member == nil:
		r.refuse(s, frame.NotIdentified, "the first frame is not identify")
	case identifies:
		r.send(s.member, frame.Error{Code: frame.BadFrame, Text: "identified already"})
	default:
		r.serve(s.member, f, now)
	}
}

func (r *registry) serve(m *member, f frame.Frame, now time.Time) {
	switch f := f.(type) {
	case frame.LinkRequest:
		r.makeLink(m, now)
	case frame.Call:
		r.relay(m, f)
	default:
		r.send(m, frame.Error{Code: frame.BadFrame, Text: "not a frame of a client"})
	}
}

// complain tells a connection what is wrong with a frame.
func (r *registry) complain(s *seat, e frame.Error) {
	switch {
	case s.ended:
	case s.member == nil:
		code := e.Code
		if code != frame.BadName {
			code = frame.NotIdentified
		}
		r.refuse(s, code, e.Text)
	default:
		r.send(s.member, e)
	}
}

// leave ends a connection, whatever became of it.
func (r *registry) leave(s *seat) {
	s.ended = true
	m := s.member
	if m == nil {
		return
	}
	s.member = nil
	delete(r.members, m.key)
	r.tell(m, frame.Gone{Name: m.Name})
}

// sees tells whether viewer may know of other, and reach it.
func sees(viewer, other *member) bool {
	switch {
	case viewer == other:
		return false
	case viewer.host != "":
		return viewer.host == other.key
	case other.host != "":
		return other.host == viewer.key
	}
	return true
}

// tell gives f to everybody who sees m.
func (r *registry) tell(m *member, f frame.Frame) {
	text, ok := r.encode(f)
	if !ok {
		return
	}
	for _, other := range r.members {
		if sees(other, m) {
			r.sendText(other, text)
		}
	}
}

// seenBy returns those whom m sees, by name.
func (r *registry) seenBy(m *member) []frame.Member {
	here := []frame.Member{}
	for other := range maps.Values(r.members) {
		if sees(m, other) {
			here = append(here, other.Member)
		}
	}
	slices.SortFunc(here, func(a, b frame.Member) int { return cmp.Compare(a.Name, b.Name) })
	return here
}
