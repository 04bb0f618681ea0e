package screen

import (
	"parley/assets/words"
	"parley/call/session"
	"parley/media"
)

// Sound is what the window shows of the sound beside meters.
type Sound struct {
	Switches []Switch
	Volumes  []Volume
	Test     SoundTest
}

// Switch turns a stage of the voice's processing on or off.
type Switch struct {
	Stage session.Stage
	On    bool
}

// Volume is how loud something is played.
type Volume struct {
	Kind  media.DeviceKind
	Level float64 // 0 to 1
}

// SoundTest is where microphone and speaker are tried.
type SoundTest struct {
	On       bool
	Doing    session.Doing
	Recorded bool
	Text     string // what to do now, or what is going on
	Record   string // name of the button that records, or stops
	Play     string
}

func sound(in Input) Sound {
	s, w := in.Session.Sound, in.Words
	out := Sound{Test: soundTest(s, w)}
	for _, stage := range session.Stages() {
		out.Switches = append(out.Switches, Switch{stage, s.On(stage)})
	}
	for _, kind := range []media.DeviceKind{media.Speaker, media.Ringer} {
		out.Volumes = append(out.Volumes, Volume{kind, s.VolumeOf(kind)})
	}
	return out
}

func soundTest(s session.Sound, w *words.Words) SoundTest {
	t := SoundTest{
		On: s.Testing, Doing: s.Test.Doing, Recorded: s.Test.Recorded,
		Record: w.Text("button.record"), Play: w.Text("button.playBack"),
	}
	switch t.Doing {
	case session.NothingDone:
		t.Text = w.Text("soundTest.idle")
		if s.Test.Verdict != session.NoVerdict {
			t.Text = w.Text("soundTest." + string(s.Test.Verdict))
		}
	case session.Recording:
		t.Text, t.Record = w.Text("soundTest.recording"), w.Text("button.stop")
	case session.Playing:
		t.Text, t.Play = w.Text("soundTest.playing"), w.Text("button.stop")
	case session.Chiming:
		t.Text = w.Text("soundTest.chiming")
	}
	return t
}

// speakingMuted is the sentence for who speaks while nobody can hear it.
func speakingMuted(in Input) (Banner, bool) {
	s := in.Session
	if !s.Call.Live() || !s.Muted[media.Audio] || !s.Sound.SpeakingMuted {
		return Banner{}, false
	}
	w := in.Words
	return Banner{Key: "speakingMuted", Text: w.Text("incall.speakingMuted"), Action: Unmute, Label: w.Text("incall.unmute")}, true
}
