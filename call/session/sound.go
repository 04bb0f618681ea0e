package session

import (
	"maps"

	"parley/call"
	"parley/media"
)

// Stage is a stage of processing that a voice passes before it is sent.
type Stage string

// The stages.
const (
	HighPass Stage = "highPass" // takes out what is below speech
	Echo     Stage = "echo"     // takes out what the loudspeaker plays
	Noise    Stage = "noise"
	Gain     Stage = "gain" // an even level, and no peaks
)

// Stages lists the stages in the order in which a voice passes them.
func Stages() []Stage { return []Stage{HighPass, Echo, Noise, Gain} }

// Sound is what is known of the sound beside devices and levels: what the user
// chose, and what changes seldom.
type Sound struct {
	Switches map[Stage]bool               // which stages are on; missing: on
	Volume   map[media.DeviceKind]float64 // of speaker and ringer, 0 to 1; missing: 1
	Testing  bool                         // the sound test is under way
	Heard
}

// On reports whether a stage is switched on.
func (s Sound) On(stage Stage) bool {
	on, said := s.Switches[stage]
	return on || !said
}

// VolumeOf returns the volume of the speaker or the ringer, 0 to 1.
func (s Sound) VolumeOf(kind media.DeviceKind) float64 {
	if v, said := s.Volume[kind]; said {
		return v
	}
	return 1
}

// Volume cuts a level to what a volume can be, 0 to 1. What is no number is 0.
func Volume(level float64) float64 {
	if !(level >= 0) {
		return 0
	}
	return min(level, 1)
}

// Heard is what the sound engine reports. Levels are not among it: whoever shows
// them reads them where they are measured.
type Heard struct {
	Canceller     string // what takes out the echo now, as "aec3"; "" while nothing does
	Suppressor    string // the same for noise
	SpeakingMuted bool   // the user speaks, and nobody hears it
	Test          SoundTest
}

// SoundTest is what the sound test does.
type SoundTest struct {
	Doing    Doing
	Recorded bool    // there is something to play
	Verdict  Verdict // on what was recorded
}

// Verdict is what a recording of the sound test says of the microphone.
type Verdict string

// The verdicts.
const (
	NoVerdict         Verdict = ""        // nothing was recorded yet
	MicrophoneMissing Verdict = "missing" // no sound came at all
	MicrophoneSilent  Verdict = "silent"  // a dead or muted microphone
	NobodyHeard       Verdict = "quiet"   // the microphone lives, but nobody spoke
	WellHeard         Verdict = "good"
	TooLoud           Verdict = "loud" // the microphone clips
)

// Doing is an activity of the sound test.
type Doing string

// The activities of the sound test.
const (
	NothingDone Doing = ""
	Recording   Doing = "recording"
	Playing     Doing = "playing" // what was recorded
	Chiming     Doing = "chiming"
)

// TestOrder is what the sound test was asked for last. One with the Turn of the
// order before it is that order.
type TestOrder struct {
	Doing Doing
	Turn  int
}

// sound is what the user wants of the sound, and what is reported of it.
type sound struct {
	switches map[Stage]bool
	volume   map[media.DeviceKind]float64
	testing  bool
	order    TestOrder
	heard    Heard
}

// tune switches stages; it is kept for later calls.
func (s *sound) tune(in Tune) {
	for stage, on := range in.Switches {
		s.switches = with(s.switches, stage, on)
	}
}

func (s *sound) turn(in SetVolume) {
	s.volume = with(s.volume, in.Kind, Volume(in.Level))
}

// test takes an order to the sound test, if there is one.
func (s *sound) test(in RunTest) {
	if s.testing {
		s.order = TestOrder{in.Doing, s.order.Turn + 1}
	}
}

// follow ends the sound test with the next call, which must be heard ringing.
func (s *sound) follow(now call.State) {
	if inCall(now) {
		s.testing = false
	}
}

// shown is the sound as a snapshot tells it.
func (s *sound) shown() Sound {
	heard := s.heard
	if !s.testing {
		heard.Test = SoundTest{} // its end is told later
	}
	return Sound{Switches: s.switches, Volume: s.volume, Testing: s.testing, Heard: heard}
}

func (s Sound) clone() Sound {
	s.Switches, s.Volume = maps.Clone(s.Switches), maps.Clone(s.Volume)
	return s
}

// inCall reports whether there is a call that may make or take sound.
func inCall(s call.State) bool { return s.Phase != call.Idle && s.Phase != call.Closing }
