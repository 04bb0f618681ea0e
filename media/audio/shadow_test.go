package audio

import (
	"math"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parley/media"
	"parley/media/voice"
)

// air carries what a speaker plays to a microphone, later. Each has a clock.
type air struct {
	mu     sync.Mutex
	played []int16
	heard  int
	ratio  float64 // frames of the speaker for one of the microphone
}

// airDelay is more than the callbacks of any test here are late.
const airDelay = 100 * media.SampleRate / 1000

// hear takes what the speaker plays.
func (a *air) hear(pcm []int16) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := 0; i < len(pcm); i += 2 {
		a.played = append(a.played, pcm[i])
	}
}

// pause is what the speaker plays while it does not call.
func (a *air) pause(frames int) { a.hear(make([]int16, 2*frames)) }

// miss is what the microphone hears while it does not call.
func (a *air) miss(frames int) { a.speak(make([]int16, frames)) }

// speak fills what the microphone hears.
func (a *air) speak(out []int16) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := range out {
		at := float64(a.heard)*a.ratio - airDelay
		a.heard++
		whole := int(math.Floor(at))
		if whole >= 0 && whole+1 < len(a.played) {
			share := at - math.Floor(at)
			out[i] = int16((1-share)*float64(a.played[whole]) + share*float64(a.played[whole+1]))
		}
	}
}

// echoed runs an engine in the air for so long and returns the delay from the far end to the
// microphone, in samples, that its canceller saw every half a second from a time on.
func echoed(t *testing.T, microphone, speaker habits, long time.Duration, from int) (delays []int, engine Reading) {
	t.Helper()
	w := &witness{}
	r := newRig(t, Options{Voice: voice.Options{
		Settings:   voice.Settings{Echo: true},
		Cancellers: []func() (voice.Canceller, error){func() (voice.Canceller, error) { return w, nil }},
	}})
	defer r.close()
	a := &air{ratio: (1 + speaker.ppm/1e6) / (1 + microphone.ppm/1e6)}
	microphone.speak, speaker.hear = a.speak, a.hear
	microphone.miss, speaker.miss = a.miss, a.pause
	r.system.set(func(f *fakeSystem) {
		f.habits = map[media.DeviceKind]habits{media.Microphone: microphone, media.Speaker: speaker}
	})
	r.engine.Add(&rumblePlayer{state: 1})
	r.engine.Use(true, true)
	r.wait(long)
	w.mu.Lock()
	defer w.mu.Unlock()
	near := make([]int16, len(w.near))
	for i, v := range w.near {
		near[i] = int16(math.Round(float64(v) * 32768))
	}
	const piece, most = 2000, media.SampleRate / 4
	for at := from * media.SampleRate; at+piece+most < len(near); at += media.SampleRate / 2 {
		delays = append(delays, find(near[at:at+piece+most], w.far[at:at+piece]))
	}
	return delays, r.engine.Reading()
}

// once is late by so much from callback n on, for so many callbacks, and then makes up for it.
func once(n, count int) func(int) time.Duration {
	return func(i int) time.Duration {
		if i < n || i >= n+count {
			return 0
		}
		return time.Duration(n+count-i) * media.Step
	}
}

// Whatever happens to the reserve, the echo is where it was.
func TestShadow_EchoStays(t *testing.T) {
	const second = 100 // callbacks
	bites := func(sizes ...int) func() int {
		n := 0
		return func() int {
			n++
			return sizes[n*480/media.SampleRate/4%len(sizes)] // every 4 s or so another
		}
	}
	tests := []struct {
		name         string
		mic, speaker habits
		within       int // samples
	}{
		{"calm", habits{}, habits{}, 1},
		{"speaker of greater and greater bites", habits{}, habits{frames: bites(240, 480, 960, 1200)}, 1},
		{"speaker hurries once", habits{}, habits{late: once(8*second, 4)}, 1},
		{"microphone stalls", habits{late: once(8*second, 20)}, habits{}, 1},
		{"microphone stalls and both are odd", habits{late: once(8*second, 12), frames: bites(441)}, habits{frames: bites(333, 777)}, 1},
		{"microphone loses sound", habits{mute: func(n int) bool { return n >= 8*second && n < 8*second+6 }}, habits{}, 3 * media.SampleRate / 1000},
		{"speaker loses sound", habits{}, habits{frames: bites(720), mute: func(n int) bool { return n == 5*second }}, 3 * media.SampleRate / 1000},
		{"speaker fast", habits{}, habits{ppm: 100}, 60},
		{"speaker slow", habits{}, habits{ppm: -100}, 60},
		{"microphone slow, bites great", habits{ppm: -200}, habits{frames: bites(960)}, 60},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				delays, engine := echoed(t, tt.mic, tt.speaker, 24*time.Second, 3)
				t.Logf("%v, %+v", delays, engine)
				missed := 0
				for _, d := range delays {
					if d < 0 || d < delays[0]-tt.within || d > delays[0]+tt.within {
						missed++
					}
				}
				if missed > 3 { // of a moment in which something happens
					t.Errorf("the echo is not where it was in %d of %d places: %v", missed, len(delays), delays)
				}
			})
		})
	}
}

// Where a microphone loses a few milliseconds the echo comes that much sooner, from one
// moment to the next, and stays there: nobody has to follow it twice.
func TestShadow_SlipIsFollowedOnce(t *testing.T) {
	const bite, lost = 192, 8 * media.SampleRate // 4 ms, after 8 s
	synctest.Test(t, func(t *testing.T) {
		microphone := habits{frames: func() int { return bite }, mute: func(n int) bool { return n == lost/bite }}
		delays, engine := echoed(t, microphone, habits{}, 30*time.Second, 12)
		t.Logf("%v, %+v", delays, engine)
		if least, most := slices.Min(delays), slices.Max(delays); most > least+2 {
			t.Errorf("the echo moves from %d to %d", least, most)
		}
	})
}

func TestShadow_IsSilentWhereNothingIsKnown(t *testing.T) {
	var s shadow
	s.restart()
	loud := make([]int16, media.StepSamples)
	for i := range loud {
		loud[i] = 1000
	}
	s.add(10*media.StepSamples, loud)          // ten steps of silence before it
	s.add(1000*media.StepSamples, loud)        // a sleep
	s.add(uint64(2*shadowTape+960_000), nil)   // a long one
	s.add(1000*media.StepSamples, loud)        // known already: it goes on
	s.note(float64(s.end + media.StepSamples)) // beyond what is known
	var far [media.StepSamples]int16
	for range 100 {
		s.step(&far, 0)
		if far != [media.StepSamples]int16{} {
			t.Fatalf("%v is heard where nothing is known", far)
		}
	}
}

func TestShadow_AllocatesNothing(t *testing.T) {
	var s shadow
	s.restart()
	step := make([]int16, media.StepSamples)
	var far [media.StepSamples]int16
	at := uint64(0)
	if n := testing.AllocsPerRun(2000, func() {
		s.add(at, step)
		at += media.StepSamples
		s.note(float64(at))
		s.step(&far, -100)
	}); n != 0 {
		t.Errorf("a step allocates %v times", n)
	}
}
