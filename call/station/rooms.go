package station

import (
	"slices"
	"time"

	"parley/call"
	"parley/call/session"
	"parley/signaling"
)

// joinLimit is how long a call into a room waits for its server.
const joinLimit = 10 * time.Second

// heldCall is a call into a room that is being joined.
type heldCall struct {
	dial  session.Dial
	limit *time.Timer
}

// seat makes rooms of a server contacts, which joins them. Where it is not known
// yet whether the server has rooms, they wait until it is.
func (s *Station) seat(on Server, rooms []string) {
	if on.Profile == "" {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.waiting[on.URL] = rooms
		return
	}
	for _, room := range rooms {
		s.join(signaling.Address{Server: on.URL, Name: room})
	}
}

// join makes a room a contact, which joins it, if it is none yet.
func (s *Station) join(room signaling.Address) {
	if !s.links.joined(room) {
		s.ledger.Save(call.Contact{Address: room, Name: room.Name})
	}
}

// hold joins the room that is called, if we are not in it, and tells whether the
// call has to wait for that.
func (s *Station) hold(d session.Dial) bool {
	if !s.links.hasRooms(d.To.Server) || s.links.joined(d.To) {
		return false
	}
	s.join(d.To)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dropHeld()
	s.held = &heldCall{dial: d, limit: time.AfterFunc(joinLimit, func() { s.post(d) })}
	return true
}

// letGo forgets a call that waits.
func (s *Station) letGo() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dropHeld()
}

// dropHeld is called with mu held. It reports whether the call still waited.
func (s *Station) dropHeld() bool {
	h := s.held
	s.held = nil
	return h != nil && h.limit.Stop()
}

// release makes the call that waits once the server is there.
func (s *Station) release(now session.Snapshot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held == nil {
		return
	}
	to := s.held.dial
	joined := slices.ContainsFunc(now.Contacts, func(c call.Contact) bool { return c.Address == to.To })
	up := slices.ContainsFunc(now.Servers, func(k session.Server) bool { return k.URL == to.To.Server && k.Up })
	if joined && up && s.dropHeld() {
		s.post(to)
	}
}
