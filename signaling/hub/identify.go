package hub

import (
	"cmp"
	"strings"
	"time"

	"parley/signaling"
	"parley/signaling/hub/frame"
)

// identify makes a connection somebody's.
func (r *registry) identify(s *seat, f frame.Identify, now time.Time) {
	m, refusal := r.claim(s, f, now)
	if refusal != nil {
		r.refuse(s, refusal.Code, refusal.Text)
		return
	}
	old := r.members[m.key]
	if old != nil {
		r.refuse(old.seat, frame.Replaced, "the same member connected again")
		old.seat.member = nil
	}
	s.member, m.seat = m, s
	r.members[m.key] = m
	r.send(m, frame.Welcome{Self: m.Member, Resume: m.resume, ICE: r.ice})
	r.send(m, frame.Presence{Here: r.seenBy(m)})
	if old == nil || old.Member != m.Member {
		r.tell(m, frame.Came{Member: m.Member})
	}
}

// claim checks what a connection says it is.
func (r *registry) claim(s *seat, f frame.Identify, now time.Time) (*member, *frame.Error) {
	if f.Invite != "" {
		return r.claimGuest(f, now)
	}
	key := frame.Key(f.Name)
	old := r.members[key]
	switch {
	case strings.HasPrefix(key, frame.Key(guestPrefix)):
		return nil, &frame.Error{Code: frame.BadName, Text: "names of guests are given by the hub"}
	case key == frame.Key(echoName) && s.kind != signaling.Robot,
		old != nil && !same(old.resume, f.Resume):
		return nil, &frame.Error{Code: frame.NameTaken, Text: "the name is taken"}
	}
	return &member{
		Member: frame.Member{Name: f.Name, Display: cmp.Or(f.Display, f.Name), Kind: cmp.Or(s.kind, signaling.Person)},
		key:    key, resume: r.secrets.token(),
	}, nil
}

// claimGuest lets a guest in. Its resume secret is made of its name and link, so
// that a page that lost its connection in a call is the same guest again,
// without the hub remembering who has left.
func (r *registry) claimGuest(f frame.Identify, now time.Time) (*member, *frame.Error) {
	host, code := r.links.owner(f.Invite, now)
	if code != "" {
		return nil, &frame.Error{Code: code, Text: "the link is not, or no longer, valid"}
	}
	name := r.secrets.guest(f.Resume, f.Invite)
	for name == "" {
		if fresh := guestPrefix + r.secrets.letters(); r.members[frame.Key(fresh)] == nil {
			name = fresh
		}
	}
	return &member{
		Member: frame.Member{Name: name, Display: cmp.Or(f.Display, name), Kind: signaling.Guest},
		key:    frame.Key(name), host: host, resume: r.secrets.sealGuest(name, f.Invite),
	}, nil
}
