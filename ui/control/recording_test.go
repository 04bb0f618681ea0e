package control_test

import (
	"reflect"
	"testing"
	"time"

	"parley/call/session"
)

func TestConsole_RecordsCalls(t *testing.T) {
	for line, want := range map[string]session.Input{
		`{"do":"record","kind":"call"}`:               session.RecordCall{On: true},
		`{"do":"record","kind":"call","untold":true}`: session.RecordCall{On: true, Untold: true},
		`{"do":"record","kind":"call","on":false}`:    session.RecordCall{},
		`{"do":"record"}`:                             session.RunTest{Doing: session.Recording},
		`{"do":"snapshot"}`:                           session.SavePicture{},
	} {
		r := newRig()
		r.read(t, line)
		if len(r.posted) != 1 || r.posted[0] != want {
			t.Errorf("%s posted %+v", line, r.posted)
		}
	}
	r := newRig()
	r.read(t, `{"do":"record","kind":"video"}`)
	if got := r.lines(t); len(got) != 1 || got[0]["code"] != "badCommand" || len(r.posted) != 0 {
		t.Errorf("answered %v", got)
	}
}

func TestConsole_TellsOfRecordings(t *testing.T) {
	r := newRig()
	now := online()
	r.Show(now)
	r.lines(t)
	now.Recording = session.CallRecording{On: true, Since: time.Now(), Told: true}
	r.Show(now)
	r.Show(now)
	if got := r.lines(t); len(got) != 1 || !reflect.DeepEqual(got[0], map[string]any{"event": "recording", "on": true, "theirs": false, "told": true}) {
		t.Errorf("told %v", got)
	}
	now.Saved = session.Saved{Kind: session.SavedPicture, Path: "/p.png", Parts: 1, At: time.Now()}
	r.Show(now)
	r.Show(now)
	if got := r.lines(t); len(got) != 1 || !reflect.DeepEqual(got[0], map[string]any{"event": "saved", "kind": "picture", "path": "/p.png", "parts": 1.0}) {
		t.Errorf("told %v", got)
	}
}
