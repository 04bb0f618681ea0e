package screen_test

import (
	"strings"
	"testing"

	"parley/call"
	"parley/call/session"
	"parley/signaling"
	"parley/ui/screen"
)

func TestPeopleMergeContactsAndRoster(t *testing.T) {
	s := session.Snapshot{
		Servers: up(),
		Roster: []signaling.Member{
			{Address: at("zoe"), Name: "Zoe", Kind: signaling.Person},
			{Address: at("echo"), Name: "Echo", Kind: signaling.Robot},
			{Address: at("guest-1"), Name: "", Kind: signaling.Guest},
		},
		Contacts: []call.Contact{
			{Address: at("zoe"), Name: "My Zoe"},
			{Address: at("bob"), Name: "bob"},
			{Address: at("ann"), Starred: true},
		},
	}
	h := of(s, screen.View{Selected: at("bob")}).Home
	if got, want := names(h.People), "ann,Echo,guest-1,My Zoe,bob"; got != want {
		t.Fatalf("order is %s, want %s", got, want)
	}
	for i, want := range []string{"not here", "here · answers by itself", "here · guest by your link", "here", "not here"} {
		if h.People[i].Sub != want {
			t.Errorf("%s: %q, want %q", h.People[i].Name, h.People[i].Sub, want)
		}
	}
	if !h.People[4].Selected || h.People[3].Selected {
		t.Error("the one whose page is open is not the one selected")
	}
	if h.Echo != at("echo") || h.Welcome {
		t.Errorf("echo %v, welcome %v", h.Echo, h.Welcome)
	}
}

func TestPresenceIsNotClaimedWhenUnknown(t *testing.T) {
	contact := []call.Contact{{Address: at("ann"), Name: "Ann"}}
	quiet := all
	quiet.Presence = false
	for name, servers := range map[string][]session.Server{
		"server down":            {{URL: hub}},
		"server without it":      {{URL: hub, Up: true, Capabilities: quiet}},
		"server of another name": {{URL: "wss://other.example/ws", Up: true, Capabilities: all}},
	} {
		p := of(session.Snapshot{Servers: servers, Contacts: contact}, screen.View{}).Home.People[0]
		if p.Known || p.Sub != "" {
			t.Errorf("%s: says %q", name, p.Sub)
		}
	}
}

func TestPeopleOfSeveralServersSayWhere(t *testing.T) {
	s := session.Snapshot{Servers: append(up(), session.Server{URL: signaling.OwnHub, Up: true, Capabilities: all}), Roster: []signaling.Member{
		{Address: at("zoe"), Name: "Zoe", Kind: signaling.Person},
		{Address: signaling.Address{Server: signaling.OwnHub, Name: "echo"}, Name: "Echo", Kind: signaling.Robot},
	}}
	h := of(s, screen.View{}).Home
	if got := h.People[0].Sub; got != "here · answers by itself · your own server" {
		t.Error(got)
	}
	if got := h.People[1].Sub; got != "here · hub.example" {
		t.Error(got)
	}
}

func TestSearch(t *testing.T) {
	s := session.Snapshot{Servers: up(), Roster: []signaling.Member{
		{Address: at("maya"), Name: "Maya Lindqvist"}, {Address: at("tom"), Name: "Tom"},
	}}
	for search, want := range map[string]string{
		"":          "Maya Lindqvist,Tom",
		"lind":      "Maya Lindqvist,Call lind",
		"MAYA":      "Maya Lindqvist", // her address: not offered again
		"tom":       "Tom",
		" to ":      "Tom,Call to",
		"no name":   "", // a space is in no name
		"新朋友":       "Call 新朋友",
		"front-d.1": "Call front-d.1",
	} {
		m := of(s, screen.View{Search: search})
		if got := names(m.Home.People); got != want {
			t.Errorf("search %q finds %q, want %q", search, got, want)
		}
		if want == "" && m.Home.Hint != "Nobody of that name here." {
			t.Errorf("search %q says %q", search, m.Home.Hint)
		}
	}
	typed := of(s, screen.View{Search: "zoe"}).Home.People[0]
	if typed.Address != at("zoe") || !typed.Typed {
		t.Errorf("what was typed leads to %+v", typed)
	}
	s.Servers = nil
	if got := names(of(s, screen.View{Search: "zoe"}).Home.People); got != "" {
		t.Errorf("without a server a typed name gives %q", got)
	}
}

func TestCouldBeName(t *testing.T) {
	for name, want := range map[string]bool{
		"": false, "a": true, "Ünï-1.x_y": true, "has space": false, "semi;colon": false,
		strings.Repeat("x", 64): true, strings.Repeat("x", 65): false,
	} {
		if screen.CouldBeName(name) != want {
			t.Errorf("%q: want %v", name, want)
		}
	}
}

func TestEmptyHome(t *testing.T) {
	nobody := of(session.Snapshot{Servers: up()}, screen.View{})
	if !nobody.Home.Welcome || nobody.Home.Hint == "" || nobody.Home.Echo != (signaling.Address{}) {
		t.Errorf("nobody there: %+v", nobody.Home)
	}
	onlyEcho := of(session.Snapshot{Servers: up(), Roster: []signaling.Member{{Address: at("echo"), Kind: signaling.Robot}}}, screen.View{})
	if !onlyEcho.Home.Welcome || onlyEcho.Home.Hint != "" || onlyEcho.Home.Echo != at("echo") {
		t.Errorf("only Echo there: %+v", onlyEcho.Home)
	}
	if got := of(session.Snapshot{}, screen.View{Page: screen.Calls}).Home.Hint; got != "Calls you make and miss are listed here." {
		t.Errorf("empty history says %q", got)
	}
}

func TestPersonPage(t *testing.T) {
	s := session.Snapshot{
		Servers:  up(),
		Contacts: []call.Contact{{Address: at("ann"), Name: "Ann", Starred: true}},
		History:  []call.Record{record(call.Caller, call.NoAnswer, 0), {Remote: at("bob"), Name: "Bob"}},
	}
	p := of(s, screen.View{Selected: at("ann")}).Home.Person
	if p.Name != "Ann" || p.Presence != "not here" || p.Where != "on hub.example" || !p.Contact || !p.Starred || !p.CanCall || !p.Voice || len(p.History) != 1 {
		t.Errorf("%+v", p)
	}
	if p.Hint != "Ann is not here now. You can ring all the same." {
		t.Error(p.Hint)
	}
	// Somebody known from the history alone keeps the name of then.
	if p := of(s, screen.View{Selected: at("bob")}).Home.Person; p.Name != "Bob" || p.Contact {
		t.Errorf("%+v", p)
	}
	if p := of(s, screen.View{Selected: at("new")}).Home.Person; p.Name != "new" || p.Empty != "No calls with new yet." {
		t.Errorf("%+v", p)
	}
	s.Servers[0].Up = false
	if of(s, screen.View{Selected: at("ann")}).Home.Person.CanCall {
		t.Error("can call through a server that is down")
	}
	s.Servers[0].Up = true
	s.Servers[0].Capabilities.Kinds = false
	if of(s, screen.View{Selected: at("ann")}).Home.Person.Voice {
		t.Error("offers a voice call on a server that has none")
	}
	if pane := of(s, screen.View{Selected: at("ann"), Settings: true}).Home.Pane; pane != screen.SettingsPane {
		t.Errorf("pane %d, want the settings", pane)
	}
}

func TestServerStatus(t *testing.T) {
	for name, c := range map[string]struct {
		server session.Server
		want   string
	}{
		"up":             {session.Server{URL: hub, Up: true}, ""},
		"never tried":    {session.Server{URL: hub}, "Connecting to hub.example"},
		"lost":           {session.Server{URL: hub, Cause: session.CauseLost, RetryAt: now}, "No connection to hub.example. Trying again."},
		"refused":        {session.Server{URL: signaling.OwnHub, Cause: session.CauseRefused, RetryAt: now}, "Nothing answers at your own server. Trying again."},
		"dead proxy":     {session.Server{URL: hub, Cause: session.CauseProxy, RetryAt: now}, "The proxy does not lead to hub.example. See whether it runs, and whether its address and password are right."},
		"name taken":     {session.Server{URL: hub, Cause: "nameTaken"}, "Somebody else has your name on hub.example. Change it on the server's page."},
		"for good":       {session.Server{URL: hub, Cause: "somethingNew"}, "hub.example does not let you in. See whether it is told the right things."},
		"with a port":    {session.Server{URL: "ws://10.0.0.7:7440/ws", Cause: "x", RetryAt: now}, "No connection to 10.0.0.7:7440. Trying again."},
		"own word":       {session.Server{URL: hub, Cause: session.CauseRefused}, "hub.example does not let you in. See whether it is told the right things."},
		"not even a URL": {session.Server{URL: "::", Cause: session.CauseLost}, "No connection to ::."},
	} {
		if got := of(session.Snapshot{Servers: []session.Server{c.server}}, screen.View{}).Home.Status; got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
