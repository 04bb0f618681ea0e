package aec3

import (
	"errors"
	"math"
	"runtime"
	"sync"
	"testing"
	"time"

	"parley/assets/dsp"
	"parley/media"
	"parley/media/quality"
	"parley/media/quality/room"
	"parley/media/voice"
	"parley/media/voice/voicetest"
	"parley/media/voice/wasm"
)

var _ voice.Canceller = (*Canceller)(nil)

func module(t testing.TB) []byte {
	t.Helper()
	code, ok := dsp.AEC3()
	if !ok {
		t.Fatal("the program was built without AEC3: run packaging/setup.sh, which fetches it")
	}
	return code
}

func loader(t testing.TB) *Loader {
	t.Helper()
	l, err := Load(t.Context(), module(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func canceller(t testing.TB, l *Loader) *Canceller {
	t.Helper()
	c, err := l.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// scene is who talks where, and what the microphone hears of it.
type scene struct{ far, near, microphone []float64 }

// alone is for how many seconds only the far talker of office talks.
const alone = 8

// office is a far talker in an office, heard 120 ms late, and from alone on a near one.
var office = sync.OnceValue(func() scene {
	const seconds = 12
	s := scene{far: room.Take(room.NewTalker(1, 110), seconds), near: make([]float64, seconds*media.SampleRate)}
	copy(s.near[alone*media.SampleRate:], room.Take(room.NewTalker(2, 200), seconds-alone))
	path := room.NewPath(room.Way{Delay: 120 * time.Millisecond, Gain: -10, Impulse: room.Office().Impulse(), Floor: -70})
	s.microphone = path.Through(s.far)
	for i, v := range s.near {
		s.microphone[i] += v
	}
	return s
})

// first is the beginning of a scene.
func (s scene) first(seconds int) scene {
	n := seconds * media.SampleRate
	return scene{s.far[:n], s.near[:n], s.microphone[:n]}
}

func cancel(t testing.TB, c *Canceller, s scene) []float64 {
	t.Helper()
	return voicetest.Cancel(t, c, s.microphone, s.far)
}

func TestCancel_TakesOutTheEcho(t *testing.T) {
	s := office().first(alone)
	out := cancel(t, canceller(t, loader(t)), s)
	from := 5 * media.SampleRate
	if loss := quality.ReturnLoss(s.microphone[from:], out[from:]); loss < 30 {
		t.Errorf("after 5 s the echo is %.1f dB weaker, want at least 30", loss)
	}
}

func TestCancel_KeepsTheNearTalker(t *testing.T) {
	s := office()
	out := cancel(t, canceller(t, loader(t)), s)
	from := alone * media.SampleRate
	kept, err := quality.Kept(s.near[from:], out[from:], media.SampleRate)
	if err != nil {
		t.Fatal(err)
	}
	if kept < -4 {
		t.Errorf("while both talk, the near talker is changed by %.1f dB, want at most 4 less", kept)
	}
}

func TestCancel_DelaysAsItSays(t *testing.T) {
	s := scene{near: room.Take(room.NewTalker(2, 200), 3), far: make([]float64, 3*media.SampleRate)}
	s.microphone = s.near
	out := cancel(t, canceller(t, loader(t)), s)
	delay, likeness, err := quality.Delay(s.near[:len(out)], out, 0, 2000)
	if err != nil || delay < Delay-1 || delay > Delay+1 || likeness < 0.95 {
		t.Errorf("delayed by %d samples and %.3f alike (%v), want %d", delay, likeness, err, Delay)
	}
}

// TestFaster_ChangesNothing runs the module as it is beside the patched one.
func TestFaster_ChangesNothing(t *testing.T) {
	code := module(t)
	patched := faster(code)
	if len(patched) <= len(code) {
		t.Fatal("the patch does not know the module that is pinned")
	}
	program, err := wasm.Compile(t.Context(), code, wasm.Library{Name: "a", Code: shim})
	if err != nil {
		t.Fatal(err)
	}
	plain := &Loader{program}
	t.Cleanup(func() { _ = plain.Close() })
	s := office()
	want, got := cancel(t, canceller(t, plain), s), cancel(t, canceller(t, loader(t)), s)
	for i := range got {
		got[i] -= want[i]
	}
	if d := quality.Decibels(quality.Power(got) / quality.Power(want)); d > -60 {
		t.Errorf("the patched module differs from the other at %.1f dB, want below -60", d)
	}
}

// TestTune_IsBelieved looks for what tune leaves: a module whose memory is laid out
// otherwise would go untuned without a word.
func TestTune_IsBelieved(t *testing.T) {
	c := canceller(t, loader(t))
	believed := spectrum(believedLow, believedHigh)
	if places := c.instance.Replace(believed, believed); places != 1 {
		t.Errorf("the canceller holds what it is to believe in %d places, want 1", places)
	}
	if places := c.tune(); places != 0 {
		t.Errorf("%d places were not tuned", places)
	}
}

func TestCancel_BadInputDoesNotLast(t *testing.T) {
	c := canceller(t, loader(t))
	for i, bad := range []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)), 1e30, -1e30, 1e-42} {
		var near, far voice.Step
		for n := range near {
			near[n], far[n] = bad, bad
			if n%2 == i%2 {
				near[n], far[n] = -bad, 0
			}
		}
		for range 50 {
			worse := near
			if err := c.Cancel(&worse, &far); err != nil {
				t.Fatalf("%v: %v", bad, err)
			}
			for _, v := range worse {
				if !(v >= -2 && v <= 2) {
					t.Fatalf("%v comes out as %v", bad, v)
				}
			}
		}
	}
	s := office().first(alone)
	out := cancel(t, c, s)
	from := 5 * media.SampleRate
	if loss := quality.ReturnLoss(s.microphone[from:], out[from:]); loss < 30 {
		t.Errorf("5 s after bad input the echo is %.1f dB weaker, want at least 30", loss)
	}
}

func TestCancel_AllocatesNothing(t *testing.T) {
	c := canceller(t, loader(t))
	var near, far voice.Step
	if n := testing.AllocsPerRun(200, func() {
		if err := c.Cancel(&near, &far); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("a step allocates %v times", n)
	}
}

func TestCancel_MemoryStays(t *testing.T) {
	c := canceller(t, loader(t))
	s := office()
	run := func(steps int) uint64 {
		for n := range steps {
			at := n * media.StepSamples % len(s.far)
			near, far := voicetest.Step(s.microphone[at:]), voicetest.Step(s.far[at:])
			if err := c.Cancel(&near, &far); err != nil {
				t.Fatal(err)
			}
		}
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := run(100)
	if after := run(6000); after > before+1<<20 {
		t.Errorf("a minute of sound left %d bytes behind", after-before)
	}
}

func TestCancel_Closed(t *testing.T) {
	l := loader(t)
	c := canceller(t, l)
	for range 2 {
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
	var near, far voice.Step
	near[0] = 0.5
	if err := c.Cancel(&near, &far); !errors.Is(err, wasm.ErrClosed) || near[0] != 0.5 {
		t.Errorf("a closed canceller says %v, and leaves %v", err, near[0])
	}
}

func TestLoader_MakesManyAtOnce(t *testing.T) {
	l, s := loader(t), office().first(3)
	want := cancel(t, canceller(t, l), s)
	var wait sync.WaitGroup
	for range 3 {
		wait.Go(func() {
			c, err := l.New(t.Context())
			if err != nil {
				t.Error(err)
				return
			}
			defer func() { _ = c.Close() }()
			for at := 0; at+media.StepSamples <= len(s.far); at += media.StepSamples {
				near, far := voicetest.Step(s.microphone[at:]), voicetest.Step(s.far[at:])
				if err := c.Cancel(&near, &far); err != nil {
					t.Error(err)
					return
				}
				if float64(near[7]) != want[at+7] {
					t.Errorf("step %d comes out different beside others", at/media.StepSamples)
					return
				}
			}
		})
	}
	wait.Wait()
}

func TestLoad_OtherModules(t *testing.T) {
	for name, code := range map[string][]byte{"nothing": nil, "no module": []byte("speex"), "half of it": module(t)[:1<<16]} {
		if l, err := Load(t.Context(), code); err == nil {
			t.Errorf("%s was loaded", name)
			_ = l.Close()
		}
	}
	l, err := Load(t.Context(), shim) // a module, but no canceller
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	if _, err := l.New(t.Context()); err == nil {
		t.Error("a module that is no canceller was started as one")
	}
}

func BenchmarkCancel(b *testing.B) {
	c, s := canceller(b, loader(b)), office()
	b.ReportAllocs()
	at := 0
	for b.Loop() {
		if at+media.StepSamples > len(s.far) {
			at = 0
		}
		near, far := voicetest.Step(s.microphone[at:]), voicetest.Step(s.far[at:])
		if err := c.Cancel(&near, &far); err != nil {
			b.Fatal(err)
		}
		at += media.StepSamples
	}
}
