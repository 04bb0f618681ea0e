package control_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"

	"parley/call"
	"parley/call/session"
	"parley/media"
	"parley/signaling"
	"parley/ui/control"
)

func TestConsole_ServersComeAndGo(t *testing.T) {
	r := newRig()
	now := online()
	now.Servers[0].Profile, now.Servers[0].Capabilities = "hub", signaling.Capabilities{Decline: true, Bye: true}
	room := session.Server{URL: "ws://rooms", Up: true, Profile: "room-ws", Capabilities: signaling.Capabilities{Rooms: true, Unproven: true}}
	now.Servers = append(now.Servers, room)
	r.Show(now)
	ready := r.lines(t)
	if ready[0]["profile"] != "hub" || ready[0]["self"] == nil || slices.Contains(words(ready[0]["lacks"]), "bye") {
		t.Errorf("the hub is %v", ready[0])
	}
	if ready[1]["self"] != nil || ready[1]["profile"] != "room-ws" || !slices.Contains(words(ready[1]["lacks"]), "bye") {
		t.Errorf("the server of rooms is %v", ready[1])
	}
	now.Servers = slices.Clone(now.Servers)
	now.Servers[1].NotUnderstood, now.Servers[1].LastUnknown = 2, "event, data"
	r.Show(now)
	if got := r.lines(t); len(got) != 0 {
		t.Errorf("a count is told unasked: %v", got)
	}
	r.read(t, `{"do":"servers"}`)
	list := r.lines(t)[0]["servers"].([]any)
	second := list[1].(map[string]any)
	if len(list) != 2 || second["url"] != "ws://rooms" || second["notUnderstood"] != 2.0 || second["lastUnknown"] != "event, data" || second["up"] != true {
		t.Errorf("servers %v", list)
	}
	now.Servers = now.Servers[:1]
	r.Show(now)
	if got := r.lines(t); len(got) != 1 || got[0]["event"] != "removed" || got[0]["server"] != "ws://rooms" {
		t.Errorf("said %v", got)
	}
}

// Whoever is on one server only is found there, though it is not the first.
func TestConsole_FindsTheServerByTheName(t *testing.T) {
	now := online()
	rooms := "ws://rooms"
	now.Servers = append(now.Servers, session.Server{URL: rooms, Up: true})
	now.Roster = append(now.Roster, signaling.Member{Address: signaling.Address{Server: rooms, Name: "002"}, Kind: signaling.Room})
	now.Contacts = []call.Contact{{Address: signaling.Address{Server: rooms, Name: "001"}}, {Address: signaling.Address{Server: "ws://away", Name: "003"}}}
	for line, want := range map[string]signaling.Address{
		`{"do":"call","to":"001"}`:                       now.Contacts[0].Address,
		`{"do":"call","to":"002"}`:                       {Server: rooms, Name: "002"},
		`{"do":"call","to":"003"}`:                       {Server: server, Name: "003"},
		`{"do":"call","to":"ann"}`:                       address("ann"),
		`{"do":"call","to":"ann","server":"ws://rooms"}`: {Server: rooms, Name: "ann"},
	} {
		r := newRig()
		r.Show(now)
		r.read(t, line)
		if len(r.posted) != 1 || r.posted[0] != (session.Dial{To: want, Kind: media.Video}) {
			t.Errorf("%s posted %+v", line, r.posted)
		}
	}
}

func TestConsole_ChallengeIsToldOnce(t *testing.T) {
	r := newRig()
	now := online()
	r.Show(now)
	r.lines(t)
	now.Challenge = signaling.Challenge{Server: server, ID: "p1", Image: []byte{1, 2}, Piece: []byte{3}, Width: 310}
	r.Show(now)
	r.Show(now)
	got := r.lines(t)
	if len(got) != 1 || got[0]["event"] != "challenge" || got[0]["id"] != "p1" || got[0]["image"] != "AQI=" || got[0]["piece"] != "Aw==" || got[0]["width"] != 310.0 {
		t.Errorf("said %v", got)
	}
}

// registry is where servers are added.
type registry struct {
	added   []control.NewServer
	removed []string
}

func (r *registry) Add(n control.NewServer) error {
	if n.URL == "bad" {
		return errors.New("The server bad cannot be used.") //nolint:staticcheck,revive // a sentence for the user
	}
	r.added = append(r.added, n)
	return nil
}

func (r *registry) Remove(url string) error {
	r.removed = append(r.removed, url)
	return nil
}

func (*registry) Probe(_ context.Context, address string) (map[string]any, error) {
	if address == "bad" {
		return nil, errors.New("Nothing is there.") //nolint:staticcheck,revive // a sentence for the user
	}
	return map[string]any{"profile": "room-ws", "sentences": []string{"It is a room."}}, nil
}

func TestConsole_ServersAreAddedAndRemoved(t *testing.T) {
	r, servers := newRig(), &registry{}
	r.Console = control.New(control.Options{Out: &r.out, Servers: servers})
	r.read(t, `{"do":"addServer","url":"ws://x","profile":"p","name":"ann","room":"1","rooms":["2"],"params":{"a":"b"},"fingerprint":"00"}`+"\n"+
		`{"do":"removeServer","url":"ws://y"}`+"\n"+`{"do":"addServer","url":"bad"}`+"\n")
	want := control.NewServer{URL: "ws://x", Profile: "p", Name: "ann", Rooms: []string{"2", "1"}, Params: map[string]string{"a": "b"}, Fingerprint: "00"}
	if len(servers.added) != 1 || !reflect.DeepEqual(servers.added[0], want) || !slices.Equal(servers.removed, []string{"ws://y"}) {
		t.Errorf("added %+v, removed %v", servers.added, servers.removed)
	}
	if got := r.lines(t); len(got) != 1 || got[0]["code"] != "badServer" || got[0]["text"] != "The server bad cannot be used." {
		t.Errorf("answered %v", got)
	}
	r.read(t, `{"do":"probe","url":"ws://x"}`)
	r.read(t, `{"do":"probe","url":"bad"}`)
	got := r.lines(t)
	if len(got) != 2 || got[0]["event"] != "probe" || got[0]["asked"] != "ws://x" || got[0]["profile"] != "room-ws" || got[1]["code"] != "badServer" {
		t.Errorf("answered %v", got)
	}
}
