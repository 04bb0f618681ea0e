package audio

import (
	"errors"
	"math"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parley/media"
	"parley/media/audio/device"
	"parley/media/voice"
)

// witness is a canceller that keeps what it is handed.
type witness struct {
	mu        sync.Mutex
	near, far []float32
}

func (w *witness) Cancel(near, far *voice.Step) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.near, w.far = append(w.near, near[:]...), append(w.far, far[:]...)
	return nil
}

func (w *witness) Close() error { return nil }

// rumblePlayer plays what never repeats and is low enough to pass a resampler as
// it is.
type rumblePlayer struct {
	state      uint32
	level, low float64
}

func (p *rumblePlayer) Play(out *[media.StepSamples]int16) {
	for i := range out {
		p.state = p.state*1664525 + 1013904223
		p.level += (float64(int16(p.state>>16)) - p.level) / 20
		p.low += (p.level - p.low) / 20
		out[i] = int16(4 * p.low)
	}
}

// find returns where a stretch begins in hay, or -1 if it is not there but for
// what a resampler adds: a hundredth of its power.
func find(hay []int16, stretch []float32) int {
	var power float64
	for _, v := range stretch {
		power += float64(v) * float64(v)
	}
	best, where := power/100, -1
	for at := 0; at+len(stretch) <= len(hay); at++ {
		var off float64
		for i := 0; i < len(stretch) && off < best; i++ {
			d := float64(hay[at+i])/32768 - float64(stretch[i])
			off += d * d
		}
		if off < best {
			best, where = off, at
		}
	}
	return where
}

// What the canceller is handed is what the speaker plays, at an offset that stays.
func TestEngine_Canceller_IsHandedWhatIsPlayed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ear := &witness{}
		r := newRig(t, Options{Voice: voice.Options{
			Settings:   voice.Settings{Echo: true},
			Cancellers: []func() (voice.Canceller, error){func() (voice.Canceller, error) { return ear, nil }},
		}})
		defer r.close()
		var mu sync.Mutex
		var played []int16
		r.system.set(func(f *fakeSystem) {
			f.habits = map[media.DeviceKind]habits{media.Speaker: {hear: func(pcm []int16) {
				mu.Lock()
				defer mu.Unlock()
				for i := 0; i < len(pcm); i += 2 {
					played = append(played, pcm[i])
				}
			}}}
		})
		r.engine.Add(&rumblePlayer{state: 1})
		r.engine.SetVolume(media.Speaker, 0.5) // turned down before it is handed over
		r.engine.Use(true, true)
		r.wait(20 * time.Second)
		least, most := math.MaxInt, math.MinInt
		mu.Lock()
		defer mu.Unlock()
		ear.mu.Lock()
		defer ear.mu.Unlock()
		for at := 5 * media.SampleRate; at < 19*media.SampleRate; at += media.SampleRate / 2 {
			where := find(played, ear.far[at:at+2000])
			if where < 0 {
				t.Fatalf("what the canceller was handed at %d was not played", at)
			}
			least, most = min(least, where-at), max(most, where-at)
		}
		if most-least > 10 {
			t.Errorf("the offset goes from %d to %d samples", least, most)
		}
	})
}

func TestEngine_MicrophoneComesAndGoes_SpeakerPlaysOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWired(t, habits{}, habits{})
		defer w.finish()
		w.settle(10 * time.Second)
		for range 5 {
			w.system.set(func(f *fakeSystem) { f.devices = machine()[3:] })
			w.run(4 * time.Second)
			w.system.set(func(f *fakeSystem) { f.devices = machine() })
			w.run(4 * time.Second)
			w.engine.Use(false, true)
			w.run(2 * time.Second)
			w.engine.Use(true, true)
			w.run(2 * time.Second)
		}
		if !w.played.whole() {
			t.Errorf("the speaker's tone broke: %+v", w.engine.Reading())
		}
		if n := w.counts.take(); n < 5970 || n > 6030 {
			t.Errorf("%d steps played in a minute", n)
		}
		if w.system.opened(media.Speaker) != 1 {
			t.Error("the speaker was opened again")
		}
	})
}

func TestEngine_HeadsetComes_IsNotJumpedToUnlessDefault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{})
		defer r.close()
		without := func() []device.Info { return slices.Concat(machine()[:2], machine()[3:4]) }
		r.system.set(func(f *fakeSystem) { f.devices, f.strays = without(), true })
		r.engine.Use(true, true)
		r.wait(time.Second)
		r.system.set(func(f *fakeSystem) { f.devices = machine() })
		r.wait(5 * time.Second)
		r.expect("Webcam", "Speakers")
		if r.system.opened(media.Speaker) != 1 {
			t.Error("the speaker was opened again")
		}
		r.system.set(func(f *fakeSystem) {
			f.devices = machine()
			f.devices[3].Default, f.devices[4].Default = false, true
		})
		r.wait(5 * time.Second)
		r.expect("Webcam", "Headset")
		if r.system.opened(media.Speaker) != 2 || r.system.opened(media.Microphone) != 1 {
			t.Errorf("openings %v", r.system.opens)
		}
	})
}

// stumbles gives a system a speaker that leaves out every twentieth piece.
func stumbles(f *fakeSystem) {
	f.habits = map[media.DeviceKind]habits{media.Speaker: {mute: func(n int) bool { return n%20 == 7 }}}
}

func TestEngine_SpeakerStumbles_IsGivenMoreToHold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{})
		defer r.close()
		r.system.set(stumbles)
		r.engine.Use(true, true)
		r.wait(time.Minute)
		if n := r.system.opened(media.Speaker); n != 1+mostSlow {
			t.Errorf("opened %d times", n)
		}
		r.expect("Webcam", "Speakers")
		if d := r.engine.OutputDelay(); d < 40*time.Millisecond {
			t.Errorf("output delay %v", d)
		}
		r.engine.Use(false, false)
		r.wait(time.Second)
		r.system.set(func(f *fakeSystem) { f.habits = nil })
		r.engine.Use(true, true)
		r.wait(20 * time.Second)
		if d := r.engine.OutputDelay(); d > 40*time.Millisecond {
			t.Errorf("the next time, output delay %v", d)
		}
	})
}

func TestEngine_SpeakerStumbles_NotTheNextOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{})
		defer r.close()
		r.system.set(stumbles)
		r.engine.Use(true, true)
		r.wait(time.Minute)
		r.system.set(func(f *fakeSystem) { f.habits = nil })
		r.engine.Choose(media.Speaker, choice(t, media.Speaker, "Headset"))
		r.wait(20 * time.Second)
		r.expect("Webcam", "Headset")
		if d := r.engine.OutputDelay(); d > 40*time.Millisecond {
			t.Errorf("output delay %v", d)
		}
	})
}

func TestEngine_Ring_OnADeviceOfItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{Ringer: choice(t, media.Ringer, "Headset")})
		defer r.close()
		rings := &counting{}
		stop := r.engine.AddRing(rings)
		r.wait(time.Second)
		expectOpen(t, r.system, device.Target{Kind: media.Ringer, ID: "headout"})
		if rep := r.engine.Report(); rep.Ringer != "Headset" || rep.Speaker != "" || len(rep.Problems) != 0 {
			t.Errorf("report %+v", rep)
		}
		rings.take()
		r.wait(time.Second)
		if n := rings.take(); n < 97 || n > 103 {
			t.Errorf("%d steps rung in a second", n)
		}
		stop()
		stop()
		r.wait(time.Second)
		expectOpen(t, r.system)
	})
}

func TestEngine_Ring_OnTheSpeaker(t *testing.T) {
	for _, tt := range []struct {
		name, ringer string
		fails        bool
		problem      error
	}{
		{"by default", "", false, nil},
		{"for want of the device", "Old one", false, ErrNotConnected},
		{"as the device fails", "Headset", true, ErrUnusable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, Options{Ringer: choice(t, media.Ringer, tt.ringer)})
				defer r.close()
				if tt.fails {
					r.system.set(func(f *fakeSystem) {
						f.openErr = map[media.DeviceKind]error{media.Ringer: errors.New("busy")}
					})
				}
				rings := &counting{}
				stop := r.engine.AddRing(rings)
				r.wait(time.Second)
				expectOpen(t, r.system, device.Target{Kind: media.Speaker})
				rep := r.engine.Report()
				switch {
				case tt.problem == nil && len(rep.Problems) > 0:
					t.Errorf("problems %v", rep.Problems)
				case tt.problem != nil && (len(rep.Problems) != 1 || !errors.Is(rep.Problems[0], tt.problem) || rep.Problems[0].Kind != media.Ringer):
					t.Errorf("problems %v", rep.Problems)
				}
				rings.take()
				r.counts.take()
				r.wait(time.Second)
				if n := rings.take(); n < 97 || n > 103 {
					t.Errorf("%d steps rung in a second", n)
				}
				if n := r.counts.take(); n > 0 {
					t.Errorf("%d steps of what is not to be heard", n)
				}
				stop()
				r.wait(time.Second)
				expectOpen(t, r.system)
			})
		})
	}
}

func TestEngine_Ring_DuringACall_DisturbsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWired(t, habits{}, habits{})
		defer w.finish()
		w.settle(10 * time.Second)
		for _, ringer := range []string{"", "Headset", "off"} {
			w.engine.Choose(media.Ringer, choice(t, media.Ringer, ringer))
			stop := w.engine.AddRing(&counting{}) // silent
			w.run(3 * time.Second)
			stop()
			w.run(2 * time.Second)
			w.expectWhole("ringing on " + ringer)
		}
	})
}

func TestEngine_Monitor_IsSharedAsItComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{Voice: voice.Options{Settings: voice.Everything}, Microphone: choice(t, media.Microphone, "out.monitor")})
		defer r.close()
		r.system.set(func(f *fakeSystem) {
			f.habits = map[media.DeviceKind]habits{media.Microphone: {speak: func(out []int16) {
				for i := 0; i < len(out); i += 2 {
					out[i], out[i+1] = 3000, 1000
				}
			}}}
		})
		l := r.engine.Sound().Listen()
		defer l.Close()
		r.engine.Use(true, true)
		r.wait(100 * time.Millisecond)
		for l.Next(expired(t), new(media.Sound)) == nil { // silence, until it was open
		}
		r.wait(100 * time.Millisecond)
		var s media.Sound
		for n := 0; l.Next(expired(t), &s) == nil; n++ {
			if !s.Stereo || s.Samples[100] != 2000 || s.Side[100] != 1000 {
				t.Fatalf("step %d: stereo %v, middle %d, side %d", n, s.Stereo, s.Samples[100], s.Side[100])
			}
		}
		r.expect("Monitor of Speakers", "Speakers")
	})
}

func TestEngine_Muted_IsListenedToButSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ear := &witness{}
		r := newRig(t, Options{Voice: voice.Options{
			Settings:   voice.Settings{Echo: true},
			Cancellers: []func() (voice.Canceller, error){func() (voice.Canceller, error) { return ear, nil }},
		}})
		defer r.close()
		r.engine.Use(true, true)
		r.wait(time.Second)
		r.engine.Mute(true)
		r.wait(time.Second)
		before := r.engine.Reading().Voice
		r.flows()
		after := r.engine.Reading().Voice
		if mic, _ := r.engine.Levels(); mic > 1e-6 || after.Before.RMS < 0.02 || after.Steps < before.Steps+90 {
			t.Errorf("level %f, reading %+v", mic, after)
		}
		r.engine.Process(voice.Settings{})
		r.engine.Mute(false)
		r.wait(2 * time.Second)
		if mic, _ := r.engine.Levels(); mic < 0.03 || r.engine.Reading().Voice.Canceller.Name != "" {
			t.Errorf("level %f, reading %+v", mic, r.engine.Reading().Voice)
		}
	})
}
