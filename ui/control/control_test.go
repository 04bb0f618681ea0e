package control_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/call"
	"parley/call/session"
	"parley/media"
	"parley/signaling"
	"parley/ui/control"
)

const server = "ws://hub/ws"

type rig struct {
	*control.Console
	out    bytes.Buffer
	posted []session.Input
	quit   bool
}

func newRig() *rig {
	r := &rig{}
	r.Console = control.New(control.Options{
		Out:      &r.out,
		Post:     func(i session.Input) { r.posted = append(r.posted, i) },
		Quit:     func() { r.quit = true },
		Sentence: func(n session.Notice) string { return "sentence of " + n.Code },
		Measure:  func() map[string]any { return map[string]any{"goroutines": 7} },
	})
	return r
}

func deskSpeaker() media.Choice {
	c, err := media.ParseChoice(media.Ringer, "Desk speaker")
	if err != nil {
		panic(err)
	}
	return c
}

func (r *rig) lines(t *testing.T) []map[string]any {
	t.Helper()
	var out []map[string]any
	for line := range strings.Lines(r.out.String()) {
		var e map[string]any
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		out = append(out, e)
	}
	r.out.Reset()
	return out
}

func (r *rig) read(t *testing.T, lines string) {
	t.Helper()
	if err := r.Read(t.Context(), strings.NewReader(lines)); err != nil {
		t.Fatal(err)
	}
}

func address(name string) signaling.Address { return signaling.Address{Server: server, Name: name} }

func online() session.Snapshot {
	return session.Snapshot{
		Servers: []session.Server{{URL: server, Up: true, Self: signaling.Member{Address: address("me"), Name: "Me", Kind: signaling.Person}}},
		Roster: []signaling.Member{
			{Address: address("ann"), Name: "Ann Lee", Kind: signaling.Person},
			{Address: address("echo"), Name: "Echo", Kind: signaling.Robot},
		},
	}
}

func TestConsole_CommandsBecomeInputs(t *testing.T) {
	tests := []struct {
		line string
		want session.Input
	}{
		{`{"do":"call","to":"ann"}`, session.Dial{To: address("ann"), Kind: media.Video}},
		{`{"do":"call","to":"ann lee","kind":"audio"}`, session.Dial{To: address("ann"), Kind: media.Audio}},
		{`{"do":"call","to":"zed","kind":"video"}`, session.Dial{To: address("zed"), Kind: media.Video}},
		{`{"do":"accept","kind":"audio"}`, session.Accept{Kind: media.Audio}},
		{`{"do":"reject","text":"later"}`, session.Reject{Text: "later"}},
		{`{"do":"hangup"}`, session.Hangup{}},
		{`{"do":"mute","kind":"audio"}`, session.Mute{Kind: media.Audio, On: true}},
		{`{"do":"mute","kind":"video","on":false}`, session.Mute{Kind: media.Video}},
		{`{"do":"choose","kind":"camera","choice":"pattern"}`, session.Choose{Kind: media.Camera, Choice: media.Pattern}},
		{`{"do":"preview","on":false}`, session.Preview{}},
		{`{"do":"share"}`, session.Share{On: true}},
		{`{"do":"share","target":"0x2@9x9+1+1"}`, session.Share{On: true, Target: "0x2@9x9+1+1"}},
		{`{"do":"share","on":false}`, session.Share{}},
		{`{"do":"choose","kind":"ringer","choice":"Desk speaker"}`, session.Choose{Kind: media.Ringer, Choice: deskSpeaker()}},
		{`{"do":"tune","echo":false,"highPass":true}`, session.Tune{Switches: map[session.Stage]bool{session.Echo: false, session.HighPass: true}}},
		{`{"do":"volume","kind":"ringer","level":0.7}`, session.SetVolume{Kind: media.Ringer, Level: 0.7}},
		{`{"do":"volume","kind":"speaker","level":0}`, session.SetVolume{Kind: media.Speaker}},
		{`{"do":"soundTest"}`, session.TestSound{On: true}},
		{`{"do":"soundTest","on":false}`, session.TestSound{}},
		{`{"do":"record"}`, session.RunTest{Doing: session.Recording}},
		{`{"do":"play"}`, session.RunTest{Doing: session.Playing}},
		{`{"do":"chime"}`, session.RunTest{Doing: session.Chiming}},
		{`{"do":"play","on":false}`, session.RunTest{}},
		{`{"do":"invite"}`, session.Invite{Server: server}},
		{`{"do":"save","to":"ann","name":"Annie","starred":true}`, session.SaveContact{Contact: call.Contact{Address: address("ann"), Name: "Annie", Starred: true}}},
		{`{"do":"remove","to":"ann"}`, session.RemoveContact{Address: address("ann")}},
		{`{"do":"seeMissed"}`, session.SeeMissed{}},
		{`{"do":"join","to":"001","server":"ws://rooms"}`, session.SaveContact{Contact: call.Contact{Address: signaling.Address{Server: "ws://rooms", Name: "001"}, Name: "001"}}},
		{`{"do":"join","to":"ann"}`, session.SaveContact{Contact: call.Contact{Address: address("ann"), Name: "My Ann", Starred: true}}},
		{`{"do":"solve","id":"p1","x":42}`, session.Solve{Server: server, ID: "p1", X: 42}},
		{`{"do":"solve","x":0}`, session.Solve{Server: server, ID: "p1"}},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			r := newRig()
			now := online()
			now.Contacts = []call.Contact{{Address: address("ann"), Name: "My Ann", Starred: true}}
			now.Challenge = signaling.Challenge{Server: server, ID: "p1"}
			r.Show(now)
			r.read(t, tt.line+"\n")
			if len(r.posted) != 1 || !reflect.DeepEqual(r.posted[0], tt.want) {
				t.Errorf("posted %#v, want %#v", r.posted, tt.want)
			}
		})
	}
}

func TestConsole_BadLinesAreAnsweredAndTheNextWorks(t *testing.T) {
	bad := []string{
		`{`, `[]`, `"call"`, `{"do":""}`, `{"do":"fly"}`, `{"do":"call"}`, `{"do":"call","to":"ann","kind":"smell"}`, `{"do":"mute"}`,
		`{"do":"choose","kind":"nose"}`, `{"do":"choose","kind":"speaker","choice":"pattern"}`, `{"do":7}`,
		`{"do":"tune"}`, `{"do":"tune","echo":3}`, `{"do":"volume","kind":"camera","level":1}`, `{"do":"volume","kind":"speaker"}`,
		`{"do":"volume","kind":"speaker","level":1.5}`, `{"do":"choose","kind":"ringer","choice":"tone"}`,
		`{"do":"solve","x":3}`, `{"do":"solve","id":"other"}`, `{"do":"addServer","url":"ws://x"}`, `{"do":"removeServer"}`,
	}
	for _, line := range bad {
		t.Run(line, func(t *testing.T) {
			r := newRig()
			r.read(t, line+"\n\n{\"do\":\"hangup\"}\n")
			got := r.lines(t)
			if len(got) != 1 || got[0]["event"] != "error" || got[0]["code"] != "badCommand" || got[0]["text"] == "" {
				t.Errorf("answered %v", got)
			}
			if len(r.posted) != 1 || r.posted[0] != (session.Hangup{}) {
				t.Errorf("posted %v after it", r.posted)
			}
		})
	}
}

func TestConsole_LineTooLong(t *testing.T) {
	r := newRig()
	r.read(t, strings.Repeat("x", 3*control.MaxLine)+"\n"+`{"do":"hangup"}`)
	if len(r.posted) != 1 {
		t.Errorf("posted %v after it", r.posted)
	}
	if got := r.lines(t); len(got) != 1 || got[0]["code"] != "badCommand" {
		t.Errorf("answered %v", got)
	}
}

// What is wrong is said in the words of whoever writes the line.
func TestConsole_ErrorsAreInWordsOfJSON(t *testing.T) {
	for _, line := range []string{`[]`, `{"do":7}`, `{`, "\xff", `{"do":"call","to":{}}`, `{"do":"mute","kind":"x"}`} {
		r := newRig()
		r.read(t, line+"\n")
		text, _ := r.lines(t)[0]["text"].(string)
		for _, internal := range []string{"Go ", "unmarshal", "control.", "media:"} {
			if text == "" || strings.Contains(text, internal) {
				t.Errorf("%s: %q", line, text)
			}
		}
	}
}

func TestConsole_ServerThatNeverAnsweredIsOffline(t *testing.T) {
	r := newRig()
	r.Show(session.Snapshot{Servers: []session.Server{{URL: server}}})
	r.Show(session.Snapshot{Servers: []session.Server{{URL: server, Cause: session.CauseRefused}}})
	if got := r.lines(t); len(got) != 1 || got[0]["event"] != "offline" || got[0]["cause"] != session.CauseRefused {
		t.Errorf("told %v", got)
	}
	r = newRig()
	r.Show(session.Snapshot{Servers: []session.Server{{URL: server, Cause: session.CauseRefused}}})
	if got := r.lines(t); len(got) != 1 || got[0]["event"] != "offline" {
		t.Errorf("told %v at once", got)
	}
}

func TestConsole_InviteOfAStrangeServer(t *testing.T) {
	r := newRig()
	r.Show(online())
	r.read(t, `{"do":"invite","server":"ws://other"}`)
	if got := r.lines(t); len(r.posted) != 0 || got[len(got)-1]["code"] != "badCommand" {
		t.Errorf("posted %v, told %v", r.posted, got)
	}
}

func TestConsole_Quit(t *testing.T) {
	r := newRig()
	r.read(t, `{"do":"quit"}`)
	if !r.quit {
		t.Error("did not quit")
	}
}

func TestConsole_TellsACallFromStartToEnd(t *testing.T) {
	r := newRig()
	now := online()
	r.Show(now)
	if got := r.lines(t); len(got) != 2 || got[0]["event"] != "ready" || got[1]["event"] != "presence" {
		t.Fatalf("first lines %v", got)
	}
	began := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	step := func(change func(*session.Snapshot), want ...string) {
		t.Helper()
		change(&now)
		r.Show(now)
		var said []string
		for _, e := range r.lines(t) {
			word, _ := e["phase"].(string)
			if e["event"] != "phase" {
				word, _ = e["event"].(string)
			}
			said = append(said, word)
		}
		if strings.Join(said, " ") != strings.Join(want, " ") {
			t.Errorf("said %v, want %v", said, want)
		}
	}
	step(func(s *session.Snapshot) {
		s.Call = call.State{Phase: call.Calling, ID: "c1", Remote: address("ann"), Role: call.Caller, Kind: media.Video}
	}, "calling")
	step(func(s *session.Snapshot) { s.Call.Alerted = true }, "calling")
	step(func(s *session.Snapshot) { s.Call.Phase = call.Connecting; s.LiveSince = began }, "connecting")
	step(func(s *session.Snapshot) { s.Call.Phase = call.Active }, "active")
	step(func(s *session.Snapshot) {
		s.FirstFrame = map[media.Kind]time.Time{media.Video: began.Add(120 * time.Millisecond)}
	}, "firstFrame")
	step(func(s *session.Snapshot) { s.Stats.Inbound.Video.FramesDecoded = 30 })
	step(func(s *session.Snapshot) { s.Muted = map[media.Kind]bool{media.Audio: true} }, "muted")
	step(func(s *session.Snapshot) {
		s.Notices = []session.Notice{{Code: "cameraLost", Since: began}}
	}, "error")
	step(func(s *session.Snapshot) {
		s.Call = call.State{End: call.RemoteHangup}
		s.LastEnd = session.Ending{ID: "c1", Remote: address("ann"), Reason: call.RemoteHangup, At: began}
	}, "idle")
	step(func(s *session.Snapshot) { // a call that came and went, and another that rings, between two snapshots
		s.LastEnd = session.Ending{ID: "c2", Remote: address("ann"), Reason: call.Missed, At: began}
		s.Call = call.State{Phase: call.Ringing, ID: "c3", Remote: address("ann"), Role: call.Callee}
	}, "idle", "ringing")
	step(func(s *session.Snapshot) { s.Servers = []session.Server{{URL: server, Cause: "serverDown"}} }, "offline")
}

func TestConsole_FirstFrameSinceAccept(t *testing.T) {
	r := newRig()
	now := online()
	now.Call = call.State{Phase: call.Active, ID: "c1"}
	now.LiveSince = time.Unix(100, 0)
	r.Show(now)
	r.lines(t)
	now.FirstFrame = map[media.Kind]time.Time{media.Video: time.Unix(100, int64(85*time.Millisecond))}
	r.Show(now)
	got := r.lines(t)
	if len(got) != 1 || got[0]["sinceAcceptMs"] != 85.0 || got[0]["kind"] != "video" {
		t.Errorf("said %v", got)
	}
}

func TestConsole_Questions(t *testing.T) {
	r := newRig()
	now := online()
	now.Call = call.State{Phase: call.Active, ID: "c1"}
	now.Stats.Inbound.Video = call.StreamStats{FramesDecoded: 42, FramesPerSecond: 30}
	now.Devices = []media.Device{{Kind: media.Camera, ID: "c", Name: "Cam", Default: true}}
	now.Contacts = []call.Contact{{Address: address("ann"), Name: "Ann"}}
	now.History = []call.Record{{ID: "c0", Remote: address("ann"), Role: call.Callee, End: call.Missed}}
	r.Show(now)
	r.lines(t)
	r.read(t, `{"do":"stats"}`+"\n"+`{"do":"devices"}`+"\n"+`{"do":"contacts"}`+"\n"+`{"do":"history"}`+"\n"+`{"do":"presence"}`)
	got := r.lines(t)
	if len(got) != 5 {
		t.Fatalf("%d answers: %v", len(got), got)
	}
	video := got[0]["inbound"].(map[string]any)["video"].(map[string]any)
	if video["framesDecoded"] != 42.0 || got[0]["process"].(map[string]any)["goroutines"] != 7.0 {
		t.Errorf("stats %v", got[0])
	}
	if calls := got[3]["calls"].([]any); calls[0].(map[string]any)["missed"] != true {
		t.Errorf("history %v", got[3])
	}
}

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

func words(list any) (out []string) {
	for _, w := range list.([]any) {
		out = append(out, w.(string))
	}
	return out
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

func FuzzConsole_Read(f *testing.F) {
	f.Add([]byte(`{"do":"call","to":"ann","kind":"video"}`))
	f.Add([]byte("{\"do\":\"mute\",\"kind\":\"audio\",\"on\":false}\n\x00\n[]"))
	f.Fuzz(func(t *testing.T, in []byte) {
		r := newRig()
		r.Show(online())
		if err := r.Read(t.Context(), bytes.NewReader(in)); err != nil && len(in) <= control.MaxLine {
			t.Error(err)
		}
		r.lines(t)
	})
}
