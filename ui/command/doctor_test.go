package command_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/assets/words"
	"parley/call/station"
	"parley/ui/command"
)

// well is a computer on which all that can be wrong without a sound server is well.
func well(t *testing.T) station.Options {
	t.Helper()
	dir := t.TempDir()
	return station.Options{
		Data: dir, HubListen: "127.0.0.1:0", Microphone: "tone", Speaker: "file:" + filepath.Join(dir, "out.wav"),
		Log: slog.New(slog.DiscardHandler),
	}
}

type finding struct {
	Grade, Finding, Text, Detail string
	Args                         map[string]string
}

// examine returns what the doctor says, by the keys of its sentences.
func examine(t *testing.T, d command.Doctor, o station.Options) (map[string]finding, error) {
	t.Helper()
	var out bytes.Buffer
	d.Out, d.JSON = &out, true
	err := d.Examine(t.Context(), o)
	found := map[string]finding{}
	for line := range strings.Lines(out.String()) {
		var f finding
		if err := json.Unmarshal([]byte(line), &f); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if _, twice := found[f.Finding]; twice {
			t.Errorf("%s is said twice", f.Finding)
		}
		found[f.Finding] = f
	}
	return found, err
}

func TestDoctor_AllIsWell(t *testing.T) {
	found, err := examine(t, command.Doctor{Listen: true}, well(t))
	if err != nil {
		t.Errorf("ended with %v", err)
	}
	for _, key := range []string{"doctor.folder", "doctor.microphone", "doctor.microphoneHeard", "doctor.speaker", "doctor.portFree"} {
		if found[key].Grade != "well" || found[key].Text == "" {
			t.Errorf("%s: %+v in %v", key, found[key], found)
		}
	}
}

// The microphone stays closed unless the user agrees.
func TestDoctor_DoesNotListenUnasked(t *testing.T) {
	found, err := examine(t, command.Doctor{}, well(t))
	if err != nil || found["doctor.microphone"].Grade != "well" || found["doctor.microphoneHeard"].Finding != "" {
		t.Errorf("found %v, %v", found, err)
	}
}

func TestDoctor_WhatIsWrongHasARemedy(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		what, key, grade string
		edit             func(*station.Options)
	}{
		{"no sound server", "notice.noSoundServer", "wrong", func(o *station.Options) { o.Microphone, o.Speaker = "", "" }},
		{"a file that cannot be written", "notice.speakerFile", "wrong", func(o *station.Options) { o.Speaker = "file:/nope/out.wav" }},
		{"a file that cannot be read", "notice.microphoneFile", "wrong", func(o *station.Options) { o.Microphone = "file:/nope.wav" }},
		{"no microphone chosen", "doctor.microphoneOff", "poor", func(o *station.Options) { o.Microphone = "off" }},
		{"no speaker chosen", "doctor.speakerOff", "poor", func(o *station.Options) { o.Speaker = "off" }},
		{"a ring device that is not there", "notice.ringerLost", "poor", func(o *station.Options) { o.Ringer = "Desk" }},
		{"a taken port", "notice.hubPortTaken", "wrong", func(o *station.Options) { o.HubListen = taken.Addr().String() }},
		{"a folder that is a file", "start.dataFolder", "wrong", func(o *station.Options) { o.Data = file }},
	}
	t.Setenv("PULSE_SERVER", "unix:/nonexistent")
	for _, tt := range tests {
		t.Run(tt.what, func(t *testing.T) {
			o := well(t)
			tt.edit(&o)
			found, err := examine(t, command.Doctor{Listen: tt.key == "notice.microphoneFile"}, o)
			f := found[tt.key]
			if f.Grade != tt.grade || f.Text == "" || strings.Contains(f.Text, "{") {
				t.Errorf("said %+v in %v", f, found)
			}
			if wrong := tt.grade == "wrong"; wrong != errors.Is(err, command.ErrTold) {
				t.Errorf("ended with %v", err)
			}
		})
	}
}

func TestDoctor_Sentences(t *testing.T) {
	for _, language := range words.Languages() {
		var out bytes.Buffer
		if err := (command.Doctor{Out: &out, Language: language}).Examine(t.Context(), well(t)); err != nil {
			t.Errorf("%s: %v", language, err)
		}
		text := out.String()
		if !strings.Contains(text, "✓ ") || !strings.HasSuffix(text, words.In(language).Text("doctor.good")+"\n") {
			t.Errorf("%s: %s", language, text)
		}
	}
}

func TestDoctor_RefusesWhatStationsRefuse(t *testing.T) {
	o := well(t)
	o.Speaker = "pattern"
	var f *station.Fault
	if err := (command.Doctor{Out: &bytes.Buffer{}}).Examine(t.Context(), o); !errors.As(err, &f) || f.Key != "start.badChoice" {
		t.Errorf("ended with %v", err)
	}
}
