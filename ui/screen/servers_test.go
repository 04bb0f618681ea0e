package screen_test

import (
	"slices"
	"strings"
	"testing"

	"parley/assets/words"
	"parley/call"
	"parley/call/session"
	"parley/signaling"
	"parley/ui/screen"
)

const rooms = "ws://127.0.0.1:3001"

var demo = session.Server{URL: rooms, Up: true, Profile: "room-demo", Capabilities: signaling.Capabilities{Rooms: true, Unproven: true, Bye: true}}

func TestServerList(t *testing.T) {
	own := session.Server{URL: signaling.OwnHub, Up: true, Profile: "hub", Capabilities: all}
	down := session.Server{URL: "wss://calls.example", Cause: session.CauseRefused, RetryAt: now}
	m := screen.Of(screen.Input{
		Session: session.Snapshot{Servers: []session.Server{own, demo, down}}, Words: words.In(words.English), Now: now,
		Dialects: []screen.Dialect{{Name: "room-demo", Title: "Room demo", Rooms: true}},
	})
	want := []screen.ServerLine{
		{URL: signaling.OwnHub, Name: "your own server", Sub: "connected", Up: true},
		{URL: rooms, Name: "127.0.0.1:3001", Sub: "connected · Room demo", Up: true},
		{URL: "wss://calls.example", Name: "calls.example", Sub: "Nothing answers at calls.example. Trying again."},
	}
	if !slices.Equal(m.Home.Servers, want) {
		t.Errorf("%+v", m.Home.Servers)
	}
}

func TestServerPage(t *testing.T) {
	strange := demo
	strange.NotUnderstood, strange.LastUnknown = 3, "event gossip"
	m := of(session.Snapshot{Servers: []session.Server{strange}}, screen.View{Server: rooms, Settings: true})
	p := m.Home.Server
	if m.Home.Pane != screen.ServerPane || !p.Rooms || !p.Removable || !strings.Contains(p.Unknown, "event gossip") {
		t.Errorf("%+v", p)
	}
	said := strings.Join(p.Limits, "\n")
	for part, there := range map[string]bool{"claim any name": true, "hang-up": false, "you decline": true, "camera off": true} {
		if strings.Contains(said, part) != there {
			t.Errorf("limits say %q: %v, want %v", part, !there, there)
		}
	}
	if p := of(session.Snapshot{}, screen.View{Server: rooms}).Home.Server; p.State != "This server was removed." || p.Removable {
		t.Errorf("gone: %+v", p)
	}
	own := session.Server{URL: signaling.OwnHub, Up: true, Profile: "hub", Capabilities: all}
	if of(session.Snapshot{Servers: []session.Server{own}}, screen.View{Server: own.URL}).Home.Server.Removable {
		t.Error("our own server can be removed")
	}
}

func TestRoomsAreContacts(t *testing.T) {
	room := signaling.Address{Server: rooms, Name: "001"}
	s := session.Snapshot{Servers: []session.Server{demo}, Contacts: []call.Contact{{Address: room, Name: "001"}}}
	p := of(s, screen.View{}).Home.People[0]
	if p.Kind != signaling.Room || p.Here || p.Known {
		t.Errorf("a room without presence is %+v", p)
	}
	s.Roster = []signaling.Member{{Address: room, Kind: signaling.Room}}
	if p := of(s, screen.View{}).Home.People[0]; p.Here {
		t.Error("nobody knows who is in it, yet it is here")
	}
	s.Servers[0].Capabilities.Presence = true
	if p := of(s, screen.View{}).Home.People[0]; !p.Here || !p.Known {
		t.Errorf("a room with somebody in it is %+v", p)
	}
}

func TestTypedNames(t *testing.T) {
	s := session.Snapshot{Servers: append(up(), demo)}
	for search, want := range map[string]string{
		"zoe":                    "Call zoe,Call the room zoe",
		"lobby 1":                "Call the room lobby 1",
		"ws://10.0.0.7:8080/ws":  "Add the server ws://10.0.0.7:8080/ws",
		"calls.example:3000":     "Add the server calls.example:3000",
		"https://calls.example":  "Add the server https://calls.example",
		"127.0.0.1:3001/rooms/x": "Add the server 127.0.0.1:3001/rooms/x",
	} {
		if got := names(of(s, screen.View{Search: search}).Home.People); got != want {
			t.Errorf("%q finds %q, want %q", search, got, want)
		}
	}
}

func TestLooksLikeServer(t *testing.T) {
	for s, want := range map[string]bool{
		"ann": false, "hub.example": false, "hub.example:443": true, "wss://x": true, "ftp://x": false, "ws://": false,
		"[::1]:3000": true, "a:b": false, ":3000": false, "http://x/y?z": true,
	} {
		if got := screen.LooksLikeServer(s); got != want {
			t.Errorf("%q: %v", s, got)
		}
	}
}

func TestAddServer(t *testing.T) {
	dialects := []screen.Dialect{
		{Name: "hub", Title: "Parley"},
		{Name: "room-demo", Title: "Room demo", Rooms: true},
		{Name: "peers", Title: "Peers", Note: "Ids are taken by whoever asks first.", Params: []screen.Param{{Key: "name", Label: "Your id", Required: true}}},
	}
	add := func(a screen.Adding) screen.AddServer {
		return screen.Of(screen.Input{View: screen.View{Adding: a}, Words: words.In(words.English), Now: now, Dialects: dialects}).Add
	}
	if a := add(screen.Adding{}); a.Possible || len(a.Status) != 1 || a.Choices != nil {
		t.Errorf("at first: %+v", a)
	}
	if a := add(screen.Adding{Looking: true}); a.Possible || a.Status[0] != "Looking what is there" {
		t.Errorf("looking: %+v", a)
	}
	found := screen.Found{URL: rooms, Sentences: []string{"It speaks Socket.IO."}}
	if a := add(screen.Adding{Looked: true, Found: found, Dialect: "room-demo"}); !a.Possible || !a.Room || len(a.Choices) != 3 || a.Fields != nil {
		t.Errorf("recognised: %+v", a)
	}
	found.Dialects = []string{"room-demo", "peers"}
	if a := add(screen.Adding{Looked: true, Found: found}); a.Possible || len(a.Choices) != 2 {
		t.Errorf("not recognised: %+v", a)
	}
	if a := add(screen.Adding{Looked: true, Found: found, Dialect: "peers"}); !a.Possible || a.Room || len(a.Fields) != 1 || a.Note == "" {
		t.Errorf("chosen: %+v", a)
	}
	if a := add(screen.Adding{Looked: true, Found: screen.Found{Sentences: []string{"Nothing answers."}}}); a.Possible || a.Choices != nil || a.Status[0] != "Nothing answers." {
		t.Errorf("nothing there: %+v", a)
	}
}

func TestRingOnAServerThatCannotDecline(t *testing.T) {
	s := session.Snapshot{Servers: []session.Server{demo}}
	s.Call = call.State{Phase: call.Ringing, ID: "c", Remote: signaling.Address{Server: rooms, Name: "001"}}
	if r := of(s, screen.View{}).Ring; r.Texts != nil || r.Limit == "" || r.Kind != signaling.Room {
		t.Errorf("%+v", r)
	}
}

func TestServerPageListsWhoIsThere(t *testing.T) {
	peers := session.Server{URL: "ws://127.0.0.1:9000", Up: true, Profile: "peers", Capabilities: signaling.Capabilities{Presence: true}}
	kim := signaling.Address{Server: peers.URL, Name: "kim"}
	s := session.Snapshot{
		Servers: []session.Server{demo, peers}, Roster: []signaling.Member{{Address: kim, Name: "Kim"}},
		Contacts: []call.Contact{{Address: signaling.Address{Server: rooms, Name: "001"}, Name: "001"}},
	}
	p := of(s, screen.View{Server: peers.URL}).Home.Server
	if names(p.People) != "Kim" || p.Heading != "People" || !p.Open || p.Rooms || p.People[0].Sub != "here" {
		t.Errorf("%+v", p)
	}
	p = of(s, screen.View{Server: rooms}).Home.Server
	if names(p.People) != "001" || p.Heading != "Rooms" || p.Go != "Join" || !p.Rooms {
		t.Errorf("%+v", p)
	}
	s.Challenge = signaling.Challenge{Server: rooms, ID: "1"}
	s.Servers[0].Up = false
	m := of(s, screen.View{Server: rooms})
	if p := m.Home.Server; !p.Puzzle || p.Open || p.State != "wants to see that you are a person" || !strings.Contains(m.Home.Status, "a person") {
		t.Errorf("%+v, and the list says %q", p, m.Home.Status)
	}
}

// Servers that the session has not heard of yet are being connected.
func TestServersToBe(t *testing.T) {
	in := screen.Input{
		Session: session.Snapshot{Servers: []session.Server{demo}}, Servers: []string{rooms, "ws://10.0.0.7:1"},
		Words: words.In(words.English), Now: now, View: screen.View{Server: "ws://10.0.0.7:1"},
	}
	m := screen.Of(in)
	if l := m.Home.Servers; len(l) != 2 || l[0].Sub != "Connecting to 10.0.0.7:1" || !m.Home.Server.Removable {
		t.Errorf("%+v", m.Home)
	}
	if m.Home.Server.Refused {
		t.Error("nobody refused anything yet")
	}
	in.View = screen.View{Selected: signaling.Address{Server: "ws://10.0.0.7:1", Name: "kim"}}
	if p := screen.Of(in).Home.Person; p.Hint != "Connecting to 10.0.0.7:1" || p.CanCall {
		t.Errorf("%+v", p)
	}
	in.View.Selected.Server = "ws://10.0.0.8:1"
	if p := screen.Of(in).Home.Person; p.Hint != "10.0.0.8:1 was removed. Add it again to call there." {
		t.Errorf("%+v", p)
	}
}

func TestChangeServer(t *testing.T) {
	a := screen.Adding{Looked: true, Change: true, Dialect: "d", Found: screen.Found{URL: "ws://[::1]:2346/x"}}
	dialects := []screen.Dialect{{Name: "d", Rooms: true, Params: []screen.Param{{Key: "api", Default: "http://${hostname}:8000/${host}"}}}}
	got := screen.Of(screen.Input{View: screen.View{Adding: a}, Words: words.In(words.English), Now: now, Dialects: dialects}).Add
	if got.Title != "Change [::1]:2346" || got.Do != "Change" || got.Room || got.Fields[0].Default != "http://[::1]:8000/[::1]:2346" {
		t.Errorf("%+v", got)
	}
}
