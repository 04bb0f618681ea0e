package control_test

import (
	"reflect"
	"testing"

	"parley/call/session"
	"parley/media"
	"parley/ui/control"
)

// Each change of the sound is told once, with what it is then.
func TestConsole_TellsOfSound(t *testing.T) {
	r := newRig()
	r.Show(online())
	r.lines(t)
	same := online()
	same.Sound.Switches = map[session.Stage]bool{session.Echo: true} // as without it
	r.Show(same)
	if got := r.lines(t); len(got) != 0 {
		t.Errorf("told %v of nothing new", got)
	}
	now := online()
	now.Sound.Switches = map[session.Stage]bool{session.Echo: false}
	now.Sound.Volume = map[media.DeviceKind]float64{media.Ringer: 0.5}
	now.Sound.Testing = true
	now.Sound.Heard = session.Heard{Canceller: "aec3", Suppressor: "rnnoise", Test: session.SoundTest{Doing: session.Playing, Recorded: true, Verdict: session.WellHeard}}
	r.Show(now)
	r.Show(now)
	want := map[string]any{
		"event":     "sound",
		"switches":  map[string]any{"highPass": true, "echo": false, "noise": true, "gain": true},
		"volume":    map[string]any{"speaker": 1.0, "ringer": 0.5},
		"canceller": "aec3", "suppressor": "rnnoise", "testing": true, "doing": "playing", "recorded": true, "verdict": "good",
	}
	if got := r.lines(t); len(got) != 1 || !reflect.DeepEqual(got[0], want) {
		t.Errorf("told %v", got)
	}
	r.read(t, `{"do":"sound"}`)
	if got := r.lines(t); len(got) != 1 || !reflect.DeepEqual(got[0], want) {
		t.Errorf("answered %v", got)
	}
}

func TestConsole_TellsWhoSpeaksMuted(t *testing.T) {
	r := newRig()
	now := online()
	r.Show(now)
	r.lines(t)
	for _, on := range []bool{true, false} {
		now.Sound.SpeakingMuted = on
		r.Show(now)
		got := r.lines(t)
		if len(got) != 1 || got[0]["event"] != "speakingMuted" || got[0]["on"] != on {
			t.Errorf("told %v", got)
		}
	}
}

func TestConsole_Levels(t *testing.T) {
	r := newRig()
	r.read(t, `{"do":"levels"}`)
	if got := r.lines(t); len(got) != 1 || len(got[0]) != 1 {
		t.Errorf("without meters: %v", got)
	}
	r.Console = control.New(control.Options{Out: &r.out, Levels: func() map[string]control.Level {
		return map[string]control.Level{"speaker": {RMS: 0.1234567, Peak: 1}}
	}})
	r.read(t, `{"do":"levels"}`)
	want := map[string]any{"rms": 0.12346, "peak": 1.0}
	if got := r.lines(t); len(got) != 1 || !reflect.DeepEqual(got[0]["speaker"], want) {
		t.Errorf("answered %v", got)
	}
}
