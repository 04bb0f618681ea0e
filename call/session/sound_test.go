package session_test

import (
	"math"
	"testing"

	"parley/call"
	"parley/call/session"
	"parley/media"
)

// What is tuned is told to the devices and shown, one switch at a time.
func TestTune(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann := w.person("ann")
		for _, stage := range session.Stages() {
			if !ann.now().Sound.On(stage) {
				w.t.Errorf("%s is off at first", stage)
			}
		}
		ann.Post(session.Tune{Switches: map[session.Stage]bool{session.Echo: false}})
		ann.Post(session.Tune{Switches: map[session.Stage]bool{session.Noise: false, session.Gain: true}})
		s := ann.now().Sound
		if s.On(session.Echo) || s.On(session.Noise) || !s.On(session.Gain) || !s.On(session.HighPass) {
			w.t.Errorf("shown as %v", s.Switches)
		}
		if d := ann.devices.now().Switches; d[session.Echo] || d[session.Noise] || !d[session.Gain] {
			w.t.Errorf("the devices are told %v", d)
		}
		s.Switches[session.Echo] = true // a snapshot's reader owns it
		ann.Post(session.Mute{Kind: media.Audio, On: true})
		if ann.now().Sound.On(session.Echo) || ann.devices.now().Switches[session.Echo] {
			w.t.Error("a snapshot was written into")
		}
	})
}

func TestVolume(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann := w.person("ann")
		if v := ann.now().Sound.VolumeOf(media.Speaker); v != 1 {
			w.t.Errorf("the volume begins at %v", v)
		}
		for level, want := range map[float64]float64{0.7: 0.7, -1: 0, 2: 1, math.NaN(): 0, math.Inf(1): 1} {
			ann.Post(session.SetVolume{Kind: media.Ringer, Level: level})
			if got := ann.now().Sound.VolumeOf(media.Ringer); got != want {
				w.t.Errorf("%v is taken as %v, want %v", level, got, want)
			}
			if got := ann.devices.now().Volume; got[media.Ringer] != want || len(got) != 1 {
				w.t.Errorf("the devices are told %v", got)
			}
		}
	})
}

// The sound test opens microphone and speaker at rest, heard even where the last
// mute is still on, and gives way to whoever rings.
func TestSoundTest(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann, ben := w.person("ann"), w.person("ben")
		ben.Post(session.Mute{Kind: media.Audio, On: true})
		ben.Post(session.TestSound{On: true})
		if d := ben.devices.now(); !d.SoundTest || !d.Microphone || !d.Speaker || d.Camera || d.MuteAudio {
			w.t.Errorf("a sound test wants %+v", d)
		}
		if !ben.now().Sound.Testing {
			w.t.Error("the sound test is not shown")
		}
		ann.dial(ben)
		ben.plays(session.RingTone)
		if d := ben.devices.now(); d.SoundTest || d.Microphone || !d.Speaker || !d.MuteAudio {
			w.t.Errorf("a ring in the sound test wants %+v", d)
		}
		ben.Post(session.TestSound{On: true})
		if ben.now().Sound.Testing {
			w.t.Error("a sound test begins while it rings")
		}
		ben.Post(session.Accept{Kind: media.Audio})
		ben.is(call.Active)
		ben.Post(session.TestSound{On: true})
		if d := ben.devices.now(); d.SoundTest || !d.MuteAudio {
			w.t.Errorf("a sound test in a call wants %+v", d)
		}
		ann.Post(session.Hangup{})
		ben.ended(call.RemoteHangup)
		if ben.now().Sound.Testing {
			w.t.Error("the sound test comes back after the call")
		}
		ben.Post(session.TestSound{On: true})
		ben.Post(session.TestSound{})
		if d := ben.devices.now(); d.SoundTest || d.Microphone || d.Speaker && d.Tone == session.NoTone {
			w.t.Errorf("after the sound test: %+v", d)
		}
	})
}

// The order of the sound test reaches the devices once, and only in a sound test.
func TestSoundTest_Orders(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann := w.person("ann")
		ann.Post(session.RunTest{Doing: session.Recording})
		if o := ann.devices.now().Test; o != (session.TestOrder{}) {
			w.t.Errorf("without a sound test: %+v", o)
		}
		ann.Post(session.TestSound{On: true})
		ann.Post(session.RunTest{Doing: session.Recording})
		first := ann.devices.now().Test
		ann.Post(session.Preview{On: true})
		if again := ann.devices.now().Test; first.Doing != session.Recording || again != first {
			w.t.Errorf("the order was %+v, and is %+v", first, again)
		}
		ann.Post(session.RunTest{Doing: session.Recording})
		if second := ann.devices.now().Test; second.Doing != session.Recording || second == first {
			w.t.Errorf("recording anew: %+v after %+v", second, first)
		}
	})
}

func TestSoundTest_EndsWithTheSession(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann := w.person("ann")
		ann.Post(session.TestSound{On: true})
		ann.now()
		ann.leave()
		<-ann.left
		if d := ann.devices.now(); d.Microphone || d.Speaker {
			w.t.Errorf("in the end: %+v", d)
		}
	})
}

// What the engine hears is shown as it is reported.
func TestHeard(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann := w.person("ann")
		want := session.Heard{Canceller: "aec3", SpeakingMuted: true, Test: session.SoundTest{Doing: session.Playing, Recorded: true}}
		ann.Post(session.TestSound{On: true})
		ann.Post(session.DeviceReport{Sound: want})
		if got := ann.now().Sound.Heard; got != want {
			w.t.Errorf("shown: %+v", got)
		}
		ann.Post(session.TestSound{}) // before the report that tells of its end
		want.Test = session.SoundTest{}
		if got := ann.now().Sound.Heard; got != want {
			w.t.Errorf("after the sound test: %+v", got)
		}
	})
}
