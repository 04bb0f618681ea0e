package control

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"parley/call/session"
)

// offered runs the lines and returns what a console with these shareables says.
func offered(t *testing.T, list func(context.Context) ([]session.Shareable, error), lines string) string {
	t.Helper()
	var out bytes.Buffer
	c := New(Options{
		Out: &out, Shareables: list, Post: func(session.Input) {},
		Sentence: func(n session.Notice) string { return "sentence of " + n.Code },
	})
	if err := c.Read(t.Context(), strings.NewReader(lines)); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(out.String())
}

func TestConsole_ShareablesAreListed(t *testing.T) {
	list := []session.Shareable{{ID: "DP-1", Kind: session.ScreenShare, Title: "DP-1", Width: 640, Height: 360, Default: true}}
	got := offered(t, func(context.Context) ([]session.Shareable, error) { return list, nil }, `{"do":"shareables"}`)
	want := `{"event":"shareables","shareables":[{"default":true,"height":360,"id":"DP-1","kind":"screen","title":"DP-1","width":640}]}`
	if got != want {
		t.Errorf("said %s", got)
	}
	if got := offered(t, nil, `{"do":"shareables"}`); got != `{"event":"shareables","shareables":[]}` {
		t.Errorf("without any it said %s", got)
	}
	failing := func(context.Context) ([]session.Shareable, error) { return nil, errors.New("broken") }
	if got := offered(t, failing, `{"do":"shareables"}`); got != `{"code":"shareFailed","event":"error","text":"sentence of shareFailed"}` {
		t.Errorf("of an error it said %s", got)
	}
}

func TestConsole_SharingIsTold(t *testing.T) {
	now := session.Snapshot{Sharing: session.Sharing{On: true, Target: "0x2", Name: "Letter"}}
	told := changes(session.Snapshot{}, now, nil)
	if len(told) != 1 || told[0]["event"] != "sharing" || told[0]["name"] != "Letter" || told[0]["on"] != true || told[0]["target"] != "0x2" || told[0]["smooth"] != false || told[0]["beside"] != false {
		t.Errorf("told %v", told)
	}
	if again := changes(now, now, nil); len(again) != 0 {
		t.Errorf("told again: %v", again)
	}
}

func TestConsole_SharingBesideTheCameraIsTold(t *testing.T) {
	now := session.Snapshot{Sharing: session.Sharing{On: true, Beside: true}, SeesShare: true}
	told := changes(session.Snapshot{}, now, nil)
	if len(told) != 2 || told[0]["beside"] != true || told[1]["event"] != "remoteSharing" || told[1]["on"] != true {
		t.Errorf("told %v", told)
	}
	now.SeesShare = false
	if told := changes(session.Snapshot{Sharing: now.Sharing, SeesShare: true}, now, nil); len(told) != 1 || told[0]["on"] != false {
		t.Errorf("told %v", told)
	}
}
