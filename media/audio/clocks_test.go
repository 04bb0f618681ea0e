package audio

import (
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"parley/media"
	"parley/media/audio/device"
	"parley/media/voice"
)

// wired is a rig through which a tone passes both ways, with an ear at each end.
type wired struct {
	*rig
	listener *media.Listener
	heard    smoothness // what the microphone heard, as published
	played   smoothness // what the speaker played
	waves    [2]toneWave
	steps    int
}

// newWired opens an engine on devices with these habits, and uses it.
func newWired(t *testing.T, microphone, speaker habits) *wired {
	t.Helper()
	w := &wired{rig: newRig(t, Options{})}
	microphone.speak = func(out []int16) { w.waves[0].fill(out, 1) }
	speaker.hear = func(in []int16) { w.played.hear(in, 2) }
	w.system.set(func(f *fakeSystem) {
		f.habits = map[media.DeviceKind]habits{media.Microphone: microphone, media.Speaker: speaker}
	})
	w.engine.Add(&w.waves[1])
	w.listener = w.engine.Sound().Listen()
	w.engine.Use(true, true)
	return w
}

// run lets time pass, listening.
func (w *wired) run(d time.Duration) {
	const part = 100 * time.Millisecond
	var s media.Sound
	for range d / part {
		w.wait(part)
		for w.listener.Next(expired(w.t), &s) == nil {
			w.heard.hear(s.Samples[:], 1)
			w.steps++
		}
	}
}

// settle runs until the beginning is over, and forgets it.
func (w *wired) settle(d time.Duration) {
	w.run(d)
	w.heard.whole()
	w.played.whole()
	w.steps = 0
	w.counts.take()
}

// expectWhole checks that the tone passed both ways without a break since it was
// asked last.
func (w *wired) expectWhole(what string) {
	w.t.Helper()
	if at := w.heard.lastAt; !w.heard.whole() {
		w.t.Errorf("%s: the microphone's tone broke, at %d of %d", what, at, w.heard.n)
	}
	if at := w.played.lastAt; !w.played.whole() {
		w.t.Errorf("%s: the speaker's tone broke, at %d of %d: %+v", what, at, w.played.n, w.engine.Reading())
	}
}

func (w *wired) finish() {
	w.listener.Close()
	w.close()
}

func TestEngine_OddCallbacks_AreHeardAndPlayedWhole(t *testing.T) {
	fixed := func(n int) func() func() int { return func() func() int { return func() int { return n } } }
	sizes := []struct {
		name   string
		frames func() func() int // of one device
		most   time.Duration     // that may wait
	}{
		{"1", fixed(1), 30 * time.Millisecond},
		{"441", fixed(441), 30 * time.Millisecond},
		{"4097", fixed(4097), 200 * time.Millisecond},
		{"480 and 0 in turn", func() func() int {
			n := 0
			return func() int { n++; return 480 * (n & 1) }
		}, 30 * time.Millisecond},
		{"anything", func() func() int {
			rnd := rand.New(rand.NewPCG(1, 2))
			return func() int { return rnd.IntN(900) }
		}, 90 * time.Millisecond},
	}
	for _, tt := range sizes {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWired(t, habits{frames: tt.frames()}, habits{frames: tt.frames()})
				defer w.finish()
				long := 20 * time.Second
				if tt.name == "1" {
					long = 4 * time.Second // of 48,000 callbacks each, twice
				}
				w.settle(long)
				w.run(long)
				w.expectWhole("odd")
				if want := int(long / media.Step); w.steps < want-20 || w.steps > want+10 {
					t.Errorf("%d steps in %v", w.steps, long)
				}
				if r := w.engine.Reading(); r.Waiting > tt.most || r.Lost > 0 {
					t.Errorf("%+v", r)
				}
			})
		})
	}
}

func TestEngine_Drift_HalfAnHour(t *testing.T) {
	for ppm, minutes := range map[float64]int{100: 30, -100: 4} {
		synctest.Test(t, func(t *testing.T) {
			w := newWired(t, habits{}, habits{ppm: ppm})
			defer w.finish()
			w.settle(4 * time.Minute) // in which the devices' beats have met twice
			before := w.engine.Reading()
			least, most := before.OutputDelay, before.OutputDelay
			for range max(1, minutes/hurry) {
				w.run(time.Minute)
				w.expectWhole("drift")
				least, most = min(least, w.engine.OutputDelay()), max(most, w.engine.OutputDelay())
			}
			r := w.engine.Reading()
			t.Logf("%+.0f ppm: measured %.1f±%.1f, output delay %v to %v, %+v", ppm, r.DriftPPM, r.DriftError, least, most, r)
			if most-least > 5*time.Millisecond || most > 30*time.Millisecond {
				t.Errorf("the delay went from %v to %v", least, most)
			}
			if n := w.engine.worker.owed.count; n > 1 {
				t.Errorf("%d steps are owed", n)
			}
			if r.DriftPPM < ppm-5 || r.DriftPPM > ppm+5 {
				t.Errorf("measured %.1f ppm", r.DriftPPM)
			}
			if r.Skipped != before.Skipped || r.Starved != before.Starved || r.Lost > 0 {
				t.Errorf("%+v, before %+v", r, before)
			}
		})
	}
}

func TestEngine_WrongClockRate_IsBoundedAndWhole(t *testing.T) {
	for _, tt := range []struct{ mic, speaker float64 }{{0, 10000}, {0, -10000}, {10000, 0}, {-10000, -200}} {
		synctest.Test(t, func(t *testing.T) {
			w := newWired(t, habits{ppm: tt.mic}, habits{ppm: tt.speaker})
			defer w.finish()
			w.settle(20 * time.Second)
			w.run(30 * time.Second)
			w.expectWhole("one in a hundred")
			r := w.engine.Reading()
			t.Logf("%v: %+v", tt, r)
			if r.OutputDelay > 80*time.Millisecond {
				t.Errorf("%v: output delay %v", tt, r.OutputDelay)
			}
		})
	}
}

func TestEngine_MicrophoneStalls_SpeakerDoesNot(t *testing.T) {
	var stalled atomic.Bool
	tests := []struct {
		name string
		mic  habits
	}{
		// For 200 ms nothing comes, then all of it.
		{"late", habits{late: func(n int) time.Duration {
			if stalled.Load() && n%20 != 19 {
				return time.Duration(19-n%20) * media.Step
			}
			return 0
		}}},
		// For 200 ms in each two seconds nothing comes ever.
		{"lossy", habits{mute: func(n int) bool { return stalled.Load() && n%200 < 20 }}},
		// For half a second nothing comes, so that the microphone is given up.
		{"asleep", habits{late: func(n int) time.Duration {
			if stalled.Load() && n%300 < 49 {
				return time.Duration(49-n%300) * media.Step
			}
			return 0
		}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				stalled.Store(false)
				w := newWired(t, tt.mic, habits{})
				defer w.finish()
				w.settle(20 * time.Second)
				stalled.Store(true)
				w.run(20 * time.Second)
				if !w.played.whole() {
					t.Errorf("the speaker's tone broke: %+v", w.engine.Reading())
				}
				if n := w.counts.take(); n < 1970 || n > 2030 {
					t.Errorf("%d steps played in 20 s", n)
				}
				stalled.Store(false)
				w.settle(10 * time.Second)
				w.run(5 * time.Second)
				w.expectWhole("afterwards")
				r := w.engine.Reading()
				t.Logf("%+v, owed %d", r, w.engine.worker.owed.count)
				if r.OutputDelay > 60*time.Millisecond || w.engine.worker.owed.count > 1 {
					t.Errorf("owed %d, %+v", w.engine.worker.owed.count, r)
				}
			})
		})
	}
}

func TestEngine_SpeakerStalls_MicrophoneDoesNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var stalled atomic.Bool
		w := newWired(t, habits{}, habits{late: func(n int) time.Duration {
			if stalled.Load() && n%100 < 20 {
				return time.Duration(20-n%100) * media.Step
			}
			return 0
		}})
		defer w.finish()
		w.settle(20 * time.Second)
		stalled.Store(true)
		w.run(20 * time.Second)
		if !w.heard.whole() {
			t.Error("the microphone's tone broke")
		}
		stalled.Store(false)
		w.settle(20 * time.Second)
		w.run(20 * time.Second)
		w.expectWhole("afterwards")
		r := w.engine.Reading()
		t.Logf("%+v", r)
		if r.OutputDelay > 120*time.Millisecond {
			t.Errorf("%+v", r)
		}
	})
}

func TestEngine_OneSecondLate_IsTakenBack(t *testing.T) {
	for _, kind := range []media.DeviceKind{media.Microphone, media.Speaker} {
		t.Run(string(kind), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				late := habits{late: func(n int) time.Duration {
					if n >= 2000 && n < 2090 {
						return time.Duration(2090-n) * media.Step
					}
					return 0
				}}
				w := newWired(t, pickHabits(kind == media.Microphone, late), pickHabits(kind == media.Speaker, late))
				defer w.finish()
				w.run(40 * time.Second)
				w.settle(10 * time.Second)
				w.run(10 * time.Second)
				w.expectWhole("afterwards")
				w.expect("Webcam", "Speakers")
				if r := w.engine.Reading(); r.OutputDelay > 60*time.Millisecond {
					t.Errorf("%+v", r)
				}
			})
		})
	}
}

func pickHabits(yes bool, h habits) habits {
	if yes {
		return h
	}
	return habits{}
}

func TestEngine_NeverCallsBack_CallGoesOnByTheClock(t *testing.T) {
	never := habits{mute: func(int) bool { return true }}
	for _, tt := range []struct {
		name         string
		mic, speaker habits
	}{{"microphone", never, habits{}}, {"speaker", habits{}, never}, {"both", never, never}} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWired(t, tt.mic, tt.speaker)
				defer w.finish()
				w.settle(2 * time.Second)
				for range 10 {
					w.flows()
				}
			})
		})
	}
}

// An hour without the engine's goroutines: two devices that call by turns.
func TestWorker_SilenceForAnHour_IsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w worker
		w.clock = time.Now
		mic, speaker := device.NewCapture(1, nothing), device.NewPlayback(device.Period, nothing)
		chain := voice.New(voice.Options{Settings: voice.Everything})
		defer func() { _ = chain.Close() }()
		w.follow(&route{capture: true, play: true, microphone: mic, speaker: speaker, chain: chain})
		in, out := make([]byte, 2*media.StepSamples), make([]byte, 4*media.StepSamples)
		for range 360_000 / hurry {
			time.Sleep(media.Step) //nolint:forbidigo // virtual
			mic.Data(nil, in, media.StepSamples)
			speaker.Data(out, nil, media.StepSamples)
			w.tick()
		}
		if r := w.gauge.read(); r.OutputDelay > 40*time.Millisecond || r.Lost > 0 || r.Skipped > 2 {
			t.Errorf("%+v", r)
		}
		if v := w.microphone.value(); v > 1e-4 {
			t.Errorf("level %f", v)
		}
	})
}
