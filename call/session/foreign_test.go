package session_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"parley/call"
	"parley/call/session"
	"parley/media"
	"parley/signaling"
)

const roomServer = "ws://rooms.example"

// event gives a person an event of a server.
func (p *person) event(e signaling.Event) { p.Post(session.Signaled{Event: e}) }

// rooms connects a person to a server of rooms, where nobody has a name.
func (p *person) rooms(c signaling.Capabilities, names ...string) (at []signaling.Address) {
	c.Rooms = true
	p.event(signaling.Linked{Server: roomServer, Profile: "room-ws", Capabilities: c})
	p.inRooms(names...)
	for _, n := range names {
		at = append(at, signaling.Address{Server: roomServer, Name: n})
	}
	return at
}

// inRooms tells in which rooms somebody is.
func (p *person) inRooms(names ...string) {
	var rooms []signaling.Member
	for _, n := range names {
		rooms = append(rooms, signaling.Member{Address: signaling.Address{Server: roomServer, Name: n}, Name: n, Kind: signaling.Room})
	}
	p.event(signaling.Roster{Server: roomServer, Members: rooms})
}

// On a server of rooms we have no name, and a room is whom one rings.
func TestRooms(t *testing.T) {
	inWorld(t, offerLater, func(w *world) {
		ann := w.person("ann")
		ann.client.Cut(nil)
		room := ann.rooms(signaling.Capabilities{}, "001", "002")[0]
		s := ann.now()
		if len(s.Roster) != 2 || s.Roster[0].Address != room || s.Roster[0].Kind != signaling.Room {
			w.t.Errorf("the rooms are %v", s.Roster)
		}
		ann.refuse = errors.New("nobody carries this")
		ann.Post(session.Dial{To: signaling.Address{Name: "001"}, Kind: media.Video})
		ann.is(call.Calling)
		if s := ann.now(); s.Call.Remote != room || !s.Call.Once || s.PeerName != "001" {
			w.t.Errorf("rung: %+v", s.Call)
		}
	})
}

// Only a server that tells who is present can tell, by its roster, that somebody
// left; a room rings before anybody comes.
func TestRosterEndsNothing(t *testing.T) {
	for name, c := range map[string]signaling.Capabilities{"friends": {}, "presence": {Presence: true}} {
		for _, room := range []bool{false, true} {
			t.Run(fmt.Sprint(name, " room ", room), func(t *testing.T) {
				inWorld(t, everything, func(w *world) {
					ann := w.person("ann")
					ann.refuse = signaling.ErrOffline // it would say that there is nobody
					to := ann.rooms(c, "001")[0]
					if !room {
						ann.event(signaling.Roster{Server: roomServer, Members: []signaling.Member{{Address: to, Kind: signaling.Person}}})
					}
					ann.hears(to, "call", ring())
					ann.is(call.Ringing)
					ann.inRooms()
					if !room && c.Presence {
						ann.ended(call.Missed)
					} else {
						ann.is(call.Ringing)
					}
				})
			})
		}
	}
}

// Where the server cannot carry an offer again, nobody makes one.
func TestNoRestartWhereItCannotBeTold(t *testing.T) {
	once := everything
	once.Restart = false
	for _, c := range []signaling.Capabilities{once, everything} {
		inWorld(t, c, func(w *world) {
			ann, ben := w.person("ann"), w.person("ben")
			w.talk(ann, ben)
			offers := ann.offers()
			w.network.Break()
			ann.is(call.Recovering)
			ben.is(call.Recovering)
			if restarted := ann.offers() > offers; restarted != c.Restart {
				w.t.Errorf("restarted: %v, can: %v", restarted, c.Restart)
			}
			if ann.now().Call.Once == c.Restart || ben.now().Call.Once == c.Restart {
				w.t.Errorf("once: %v and %v", ann.now().Call.Once, ben.now().Call.Once)
			}
			after(call.RecoverLimit)
			ann.ended(call.Lost)
		})
	}
}

// offers returns how many offers were sent by themselves.
func (p *person) offers() int {
	p.now()
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, e := range p.sent {
		if d, ok := e.Message.(signaling.Description); ok && d.Type == signaling.Offer {
			n++
		}
	}
	return n
}

// What a server says that nobody understands is counted, and stays known when it
// is connected again.
func TestNotUnderstood(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann := w.person("ann")
		ann.rooms(signaling.Capabilities{})
		ann.event(signaling.Counted{Server: roomServer, Frames: 3, Last: "event, data"})
		ann.event(signaling.Unlinked{Server: roomServer, Retry: time.Second})
		ann.rooms(signaling.Capabilities{Bye: true})
		got := ann.now().Servers
		i := slices.IndexFunc(got, func(s session.Server) bool { return s.URL == roomServer })
		want := session.Server{
			URL: roomServer, Up: true, Profile: "room-ws", NotUnderstood: 3, LastUnknown: "event, data",
			Capabilities: signaling.Capabilities{Bye: true, Rooms: true},
		}
		if i < 0 || got[i] != want {
			w.t.Errorf("shown as %+v, want %+v", got, want)
		}
	})
}

// A challenge is shown until it is solved or its connection changes; of several
// the oldest, and of one server the newest.
func TestChallenges(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann := w.person("ann")
		asks := func(server, id string) {
			ann.event(signaling.Challenge{Server: server, ID: id, Image: []byte("image"), Piece: []byte("piece"), Width: 310})
		}
		shows := func(want string) {
			w.t.Helper()
			s := ann.now()
			if s.Challenge.ID != want {
				w.t.Fatalf("shows %q, want %q", s.Challenge.ID, want)
			}
			if want != "" {
				s.Challenge.Image[0], s.Challenge.Piece[0] = 'x', 'x' // nobody else must notice
			}
		}
		shows("")
		asks("a", "1")
		asks("b", "2")
		shows("1")
		asks("a", "3")
		shows("2")
		ann.Post(session.Solve{Server: "b", ID: "1", X: 10}) // not asked
		shows("2")
		ann.Post(session.Solve{Server: "b", ID: "2", X: 119})
		shows("3")
		if c := ann.now().Challenge; string(c.Piece) != "xiece" { // the snapshot's own, spoilt above
			w.t.Errorf("the piece is %q", c.Piece)
		}
		ann.event(signaling.Linked{Server: "a"})
		shows("")
		asks("a", "4")
		ann.event(signaling.Unlinked{Server: "a"})
		shows("")
		asks("a", "5")
		shows("5")
		ann.refuse = errors.New("no way")
		ann.Post(session.Solve{Server: "a", ID: "5", X: 1})
		shows("")
		if n := ann.now().Notices; len(n) != 1 || n[0].Code != session.NoticeSendFailed || n[0].Args["server"] != "a" {
			w.t.Errorf("the notices are %+v", n)
		}
		if want := []string{"b 2 119", "a 5 1"}; !reflect.DeepEqual(ann.solved, want) {
			w.t.Errorf("solved %v, want %v", ann.solved, want)
		}
	})
}

// A server that the user removed is not shown any more, and its ring ends.
func TestForgotten(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann := w.person("ann")
		ann.refuse = signaling.ErrOffline // it would say that there is nobody
		room := ann.rooms(signaling.Capabilities{}, "001")[0]
		ann.event(signaling.Challenge{Server: roomServer, ID: "1"})
		ann.event(signaling.Fault{Server: roomServer, Code: "full"})
		ann.event(signaling.InviteLink{Server: roomServer, URL: "x"})
		ann.hears(room, "call", ring())
		ann.is(call.Ringing)
		ann.Post(session.Forgotten{Server: roomServer})
		ann.ended(call.Missed)
		s := ann.now()
		if len(s.Servers) != 1 || len(s.Roster) != 0 || len(s.Notices) != 0 || s.Challenge.ID != "" || s.Invite.URL != "" {
			w.t.Errorf("still shown: %+v", s)
		}
		ann.refuse = nil
		w.talk(ann, w.person("ben"))
		ann.Post(session.Forgotten{Server: w.relay.URL})
		ann.is(call.Active) // the media path stands on its own
		ann.Post(session.Hangup{})
		ann.ended(call.LocalHangup)
	})
}
