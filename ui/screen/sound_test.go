package screen_test

import (
	"testing"

	"parley/assets/words"
	"parley/call"
	"parley/call/session"
	"parley/media"
	"parley/ui/screen"
)

func TestSound_ShowsWhatIsSwitchedOff(t *testing.T) {
	var s session.Snapshot
	s.Sound.Switches = map[session.Stage]bool{session.Echo: false}
	m := screen.Of(screen.Input{Session: s, Words: words.In(words.English)})
	if len(m.Sound.Switches) != len(session.Stages()) {
		t.Fatalf("switches %+v", m.Sound.Switches)
	}
	for _, w := range m.Sound.Switches {
		if w.On != (w.Stage != session.Echo) {
			t.Errorf("switch %+v", w)
		}
	}
}

func TestSoundTest_SaysWhatToDo(t *testing.T) {
	said := map[string]bool{}
	for _, test := range []session.SoundTest{
		{},
		{Verdict: session.WellHeard},
		{Verdict: session.NobodyHeard},
		{Verdict: session.TooLoud},
		{Verdict: session.MicrophoneSilent},
		{Verdict: session.MicrophoneMissing},
		{Doing: session.Recording},
		{Doing: session.Playing},
		{Doing: session.Chiming},
	} {
		var s session.Snapshot
		s.Sound.Testing, s.Sound.Test = true, test
		m := screen.Of(screen.Input{Session: s, Words: words.In(words.Chinese)}).Sound.Test
		if !m.On || m.Text == "" || said[m.Text] {
			t.Errorf("%+v gives %+v", test, m)
		}
		said[m.Text] = true
	}
}

func TestRinger_IsASpeaker(t *testing.T) {
	s := session.Snapshot{Devices: []media.Device{{Kind: media.Speaker, ID: "s", Name: "Box"}, {Kind: media.Microphone, ID: "m", Name: "Mic"}}}
	groups := screen.Of(screen.Input{Session: s, Words: words.In(words.English)}).Devices
	ringer := groups[len(groups)-1]
	if ringer.Kind != media.Ringer || len(ringer.Options) != 3 || ringer.Options[1].Value != "s" {
		t.Errorf("the ringer offers %+v", ringer)
	}
}

func TestSpeakingMuted_IsToldInACallOnly(t *testing.T) {
	var s session.Snapshot
	s.Muted, s.Sound.SpeakingMuted = map[media.Kind]bool{media.Audio: true}, true
	for phase, want := range map[call.Phase]int{call.Idle: 0, call.Active: 1} {
		s.Call.Phase = phase
		banners := screen.Of(screen.Input{Session: s, Words: words.In(words.English)}).Banners
		if len(banners) != want || want == 1 && banners[0].Action != screen.Unmute {
			t.Errorf("in phase %v: %+v", phase, banners)
		}
	}
}
