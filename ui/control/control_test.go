package control_test

import (
	"bytes"
	"encoding/json"
	"reflect"
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

func words(list any) (out []string) {
	for _, w := range list.([]any) {
		out = append(out, w.(string))
	}
	return out
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
