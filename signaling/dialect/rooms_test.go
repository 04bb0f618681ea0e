package dialect_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parley/signaling"
	"parley/signaling/dialect"
)

// rooms is a server of rooms, each on a WebSocket of its own.
const rooms = `
name = "rooms"
[channel.main]
kind = "ws"
[[identify]]
frame = { type = "join", room = "${param.room}" }
expect = { match = { type = "joined" }, ice = "ice" }
[peers]
kind = "room"
[flow]
offer = "after-accept"
[send.invite]
frame = { type = "call", room = "${param.room}" }
[send.bye]
frame = { type = "bye", room = "${param.room}" }
[send.cancel]
same_as = "bye"
[send.leave]
frame = { type = "leave", room = "${param.room}" }
[[recv]]
match = { type = "call" }
do = "invite"
[[recv]]
match = { type = "full" }
do = "refuse"
default_code = "room-full"
`

// joined takes as many connections and lets each into its room.
func (p *place) joined(names ...string) map[string]*socket {
	p.t.Helper()
	in := map[string]*socket{}
	for range names {
		s := <-p.sockets
		_, text, err := s.ReadMessage()
		if err != nil {
			p.t.Fatal(err)
		}
		for _, name := range names {
			if same(p.t, string(text), `{"type":"join","room":"`+name+`"}`) {
				in[name] = s
			}
		}
		s.say(`{"type":"joined"}`)
	}
	if len(in) != len(names) {
		p.t.Fatalf("joined %v, want %v", in, names)
	}
	return in
}

func names(r signaling.Roster) []string {
	var out []string
	for _, m := range r.Members {
		out = append(out, m.Address.Name)
	}
	return out
}

// awaitRoster waits until so many are here.
func awaitRoster(u *user, count int) []string {
	u.t.Helper()
	for {
		if r := await[signaling.Roster](u); len(r.Members) == count {
			return names(r)
		}
	}
}

func TestRooms_ComeAndGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, nil)
		u := start(t, p, rooms, dialect.Options{Rooms: []string{"001", "002", "001", ""}, Backoff: slow})
		in := p.joined("001", "002")
		if linked := expect[signaling.Linked](u); !linked.Capabilities.Rooms || linked.Self != (signaling.Member{}) {
			t.Errorf("linked %+v", linked)
		}
		if got := awaitRoster(u, 2); got[0] != "001" || got[1] != "002" {
			t.Errorf("here are %v", got)
		}
		u.SetRooms([]string{"002", "003"})
		in["001"].hear(`{"type":"leave","room":"001"}`)
		go in["001"].leave()
		in["003"] = p.joined("003")["003"]
		for got := awaitRoster(u, 2); got[0] != "002" || got[1] != "003"; got = awaitRoster(u, 2) {
		}
		_ = in["002"].Close() // one that is lost leaves the roster, and comes back
		awaitRoster(u, 1)
		in["002"] = p.joined("002")["002"]
		awaitRoster(u, 2)
		_, _ = in["002"].Close(), in["003"].Close()
		if down := await[signaling.Unlinked](u); down.Retry <= 0 {
			t.Errorf("unlinked %+v", down)
		}
		in = p.joined("002", "003")
		await[signaling.Linked](u)
		awaitRoster(u, 2)
		go in["002"].leave()
		go in["003"].leave()
		u.stop()
	})
}

// TestRooms_SendJoins calls rooms that nobody joined before.
func TestRooms_SendJoins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, nil)
		u := start(t, p, rooms, dialect.Options{Backoff: slow})
		expect[signaling.Linked](u) // so that a room can be called
		if err := u.Send(to("001", "c", signaling.Invite{})); err != nil {
			t.Fatal(err)
		}
		s := p.joined("001")["001"]
		s.hear(`{"type":"call","room":"001"}`)
		u.SetRooms(nil) // it stays: it was called
		if err := u.Send(to("001", "c", signaling.Cancel{})); err != nil {
			t.Fatal(err)
		}
		s.hear(`{"type":"bye","room":"001"}`)
		go s.leave()
		u.stop()
	})
}

// TestRooms_HoldIsBounded calls a room that does not let us in.
func TestRooms_HoldIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, nil)
		u := start(t, p, rooms, dialect.Options{Rooms: []string{"001"}, Backoff: slow})
		in := p.joined("001")
		expect[signaling.Linked](u)
		awaitRoster(u, 1)
		before := time.Now()
		for _, call := range []signaling.CallID{"a", "a", "b"} {
			if err := u.Send(to("002", call, signaling.Invite{})); err != nil {
				t.Fatal(err)
			}
		}
		silent := <-p.sockets
		go silent.leave()
		for _, call := range []signaling.CallID{"a", "b"} {
			e, _ := message[signaling.Unavailable](u)
			if e.Call != call || e.Peer.Name != "002" || time.Since(before) != 10*time.Second {
				t.Errorf("after %v: %+v", time.Since(before), e)
			}
		}
		go in["001"].leave()
		u.cancel()
		for len(p.sockets) > 0 { // it knocks again meanwhile
			go (<-p.sockets).leave()
		}
		u.stop()
	})
}

func TestRooms_OneThatIsFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, nil)
		u := start(t, p, rooms, dialect.Options{Rooms: []string{"001"}, Backoff: slow})
		in := p.joined("001")
		expect[signaling.Linked](u)
		awaitRoster(u, 1)
		go in["001"].leave()
		u.SetRooms([]string{"001", "002"})
		full := <-p.sockets
		full.hear(`{"type":"join","room":"002"}`)
		full.say(`{"type":"full"}`)
		go full.leave()
		if f := await[signaling.Fault](u); f.Code != "room-full" {
			t.Errorf("fault %+v", f)
		}
		<-time.After(time.Hour) // nobody knocks again
		synctest.Wait()
		if n := len(p.sockets); n != 0 {
			t.Errorf("%d more connections", n)
		}
		if err := u.Send(to("002", "c", signaling.Invite{})); err != nil { // unless the user does
			t.Fatal(err)
		}
		in["002"] = p.joined("002")["002"]
		in["002"].hear(`{"type":"call","room":"002"}`)
		go in["002"].leave()
		u.stop()
	})
}

// TestRooms_UnreachableServer calls a room where nobody listens.
func TestRooms_UnreachableServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, nil)
		p.refuse = true
		u := start(t, p, rooms, dialect.Options{Backoff: slow})
		expect[signaling.Linked](u)
		if err := u.Send(to("001", "c", signaling.Invite{})); err != nil {
			t.Fatal(err)
		}
		if down := expect[signaling.Unlinked](u); !errors.Is(down.Cause, errNobody) || down.Retry <= 0 {
			t.Errorf("unlinked %+v", down)
		}
		u.stop()
	})
}

// lasting is a server of rooms whose goodbye is the end of the connection.
var lasting = strings.Replace(rooms, `offer = "after-accept"`, "offer = \"by-newcomer\"\nleave = \"reconnect\"\nquiet = \"3s\"", 1)

// TestRooms_LeavingByConnection hangs up: nobody is told that we were away.
func TestRooms_LeavingByConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, nil)
		u := start(t, p, lasting, dialect.Options{Rooms: []string{"001"}, Backoff: slow})
		s := p.joined("001")["001"]
		expect[signaling.Linked](u)
		awaitRoster(u, 1)
		if err := u.Send(to("001", "c", invite())); err != nil {
			t.Fatal(err)
		}
		s.hear(`{"type":"call","room":"001"}`)
		for _, e := range []signaling.Envelope{to("001", "c", signaling.Cancel{}), to("001", "d", invite())} {
			if err := u.Send(e); err != nil {
				t.Fatal(err)
			}
		}
		s.leave()
		s = p.joined("001")["001"]
		s.hear(`{"type":"call","room":"001"}`)
		if n := len(u.events); n != 0 {
			t.Errorf("told %#v", <-u.events)
		}
		_ = s.Close()
		expect[signaling.Unlinked](u)
		go p.joined("001")["001"].leave()
		expect[signaling.Linked](u)
		u.stop()
	})
}

// TestRooms_LeavingOften hangs up again and again: whoever does is not away for
// longer and longer, as from a server that fails.
func TestRooms_LeavingOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, nil)
		u := start(t, p, lasting, dialect.Options{Rooms: []string{"001"}, Backoff: slow})
		s := p.joined("001")["001"]
		expect[signaling.Linked](u)
		for range 4 {
			for _, e := range []signaling.Envelope{to("001", "c", invite()), to("001", "c", signaling.Cancel{})} {
				if err := u.Send(e); err != nil {
					t.Fatal(err)
				}
			}
			s.hear(`{"type":"call","room":"001"}`)
			s.leave()
			left := time.Now()
			s = p.joined("001")["001"]
			if away := time.Since(left); away > time.Second/2 {
				t.Errorf("away for %v", away)
			}
			synctest.Wait()
		}
		go s.leave()
		u.stop()
	})
}

// TestRooms_HoldsOnlySoMuch says more to a room than can wait.
func TestRooms_HoldsOnlySoMuch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, nil)
		u := start(t, p, rooms, dialect.Options{Rooms: []string{"001"}, Backoff: slow})
		s := <-p.sockets
		go s.leave() // it never lets us in
		for range 300 {
			if err := u.Send(to("001", "c", signaling.Bye{})); err != nil {
				t.Fatal(err)
			}
		}
		if _, m := message[signaling.Unavailable](u); m.Code != "backlog" {
			t.Errorf("unavailable because of %q", m.Code)
		}
		u.stop()
	})
}
