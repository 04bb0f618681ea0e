package rnnoise

import (
	"errors"
	"math"
	"runtime"
	"testing"

	"parley/assets/dsp"
	"parley/media"
	"parley/media/quality"
	"parley/media/quality/room"
	"parley/media/voice"
	"parley/media/voice/voicetest"
	"parley/media/voice/wasm"
)

var _ voice.Suppressor = (*Suppressor)(nil)

func module(t testing.TB) []byte {
	t.Helper()
	code, ok := dsp.RNNoise()
	if !ok {
		t.Fatal("the program was built without RNNoise: run packaging/setup.sh, which fetches it")
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

func suppressor(t testing.TB, l *Loader) *Suppressor {
	t.Helper()
	s, err := l.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// suppress returns what comes out, without the delay, and the probabilities of speech.
func suppress(t testing.TB, s *Suppressor, sound []float64) (out, speech []float64) {
	t.Helper()
	out, speech = voicetest.Suppress(t, s, sound)
	return out[Delay:], speech
}

func TestSuppress_NoiseGoesAndSpeechStays(t *testing.T) {
	l := loader(t)
	clean := room.Take(room.NewTalker(1, 120), 8)
	for name, noise := range map[string]room.Sound{"fan": room.NewFan(1), "babble": room.NewBabble(1), "keyboard": room.NewKeyboard(1)} {
		noisy, err := room.Mix(clean, room.Take(noise, 8), 10)
		if err != nil {
			t.Fatal(err)
		}
		out, _ := suppress(t, suppressor(t, l), noisy)
		before, err := quality.PauseLevel(clean[:len(out)], noisy[:len(out)], media.SampleRate)
		if err != nil {
			t.Fatal(err)
		}
		after, err := quality.PauseLevel(clean[:len(out)], out, media.SampleRate)
		if err != nil {
			t.Fatal(err)
		}
		if less := quality.Decibels(before / after); less < 3 {
			t.Errorf("%s in pauses is %.1f dB weaker, want at least 3", name, less)
		}
		speech, _ := quality.SpeechLevel(clean[:len(out)], clean[:len(out)], media.SampleRate)
		kept, _ := quality.SpeechLevel(clean[:len(out)], out, media.SampleRate)
		if change := quality.Decibels(kept / speech); math.Abs(change) > 2 {
			t.Errorf("speech in %s changed by %.1f dB, want at most 2", name, change)
		}
	}
}

func TestSuppress_SpeechWithoutNoiseStays(t *testing.T) {
	clean := room.Take(room.NewTalker(1, 120), 6)
	out, _ := suppress(t, suppressor(t, loader(t)), clean)
	delay, likeness, err := quality.Delay(clean[:len(out)], out, -100, 100)
	if err != nil || delay < -1 || delay > 1 || likeness < 0.95 {
		t.Errorf("%d samples off Delay and %.3f alike (%v), want at most 1 and at least 0.95", delay, likeness, err)
	}
	before, _ := quality.SpeechLevel(clean[:len(out)], clean[:len(out)], media.SampleRate)
	after, _ := quality.SpeechLevel(clean[:len(out)], out, media.SampleRate)
	if change := quality.Decibels(after / before); math.Abs(change) > 1 {
		t.Errorf("speech without noise changed by %.1f dB, want at most 1", change)
	}
}

func TestSuppress_TellsSpeechFromNoise(t *testing.T) {
	mean := func(sound room.Sound) (sum float64) {
		_, speech := suppress(t, suppressor(t, loader(t)), room.Take(sound, 4))
		for _, p := range speech {
			if p < 0 || p > 1 {
				t.Fatalf("a probability of %v", p)
			}
			sum += p / float64(len(speech))
		}
		return sum
	}
	if talker, fan := mean(room.NewTalker(1, 120)), mean(room.NewFan(1)); talker < 0.4 || fan > 0.1 {
		t.Errorf("a talker is speech with %.2f, a fan with %.2f", talker, fan)
	}
}

// TestFaster_ChangesNothing runs the module as it is beside the patched one, which
// adds in the same order.
func TestFaster_ChangesNothing(t *testing.T) {
	code := module(t)
	if len(faster(code)) <= len(code) {
		t.Fatal("the patch does not know the module that is pinned")
	}
	program, err := wasm.Compile(t.Context(), code, library())
	if err != nil {
		t.Fatal(err)
	}
	plain := &Loader{program}
	t.Cleanup(func() { _ = plain.Close() })
	noisy, err := room.Mix(room.Take(room.NewTalker(1, 120), 3), room.Take(room.NewFan(1), 3), 5)
	if err != nil {
		t.Fatal(err)
	}
	want, told := suppress(t, suppressor(t, plain), noisy)
	got, tells := suppress(t, suppressor(t, loader(t)), noisy)
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("sample %d is %v, want %v", i, got[i], want[i])
		}
	}
	for i := range tells {
		if tells[i] != told[i] {
			t.Fatalf("speech of step %d is %v, want %v", i, tells[i], told[i])
		}
	}
}

func TestSuppress_BadInputDoesNotLast(t *testing.T) {
	s := suppressor(t, loader(t))
	for i, bad := range []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)), 1e30, -1e30, 1e-42} {
		for range 50 {
			var step voice.Step
			for n := range step {
				if step[n] = bad; n%2 == i%2 {
					step[n] = -bad
				}
			}
			if _, err := s.Suppress(&step); err != nil {
				t.Fatalf("%v: %v", bad, err)
			}
			for _, v := range step {
				if !(v >= -4 && v <= 4) {
					t.Fatalf("%v comes out as %v", bad, v)
				}
			}
		}
	}
	clean := room.Take(room.NewTalker(1, 120), 4)
	out, _ := suppress(t, s, clean)
	from := media.SampleRate
	if _, likeness, _ := quality.Delay(clean[from:len(out)], out[from:], 0, 0); likeness < 0.9 {
		t.Errorf("a second after bad input speech is %.3f alike, want at least 0.9", likeness)
	}
}

func TestSuppress_AllocatesNothing(t *testing.T) {
	s := suppressor(t, loader(t))
	talker := room.NewTalker(1, 120)
	var step voice.Step
	if n := testing.AllocsPerRun(200, func() {
		for i := range step {
			step[i] = float32(talker.Next())
		}
		if _, err := s.Suppress(&step); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("a step allocates %v times", n)
	}
}

func TestSuppress_MemoryStays(t *testing.T) {
	s := suppressor(t, loader(t))
	sound := room.Take(room.NewTalker(1, 0), 2)
	run := func(steps int) uint64 {
		for n := range steps {
			var step voice.Step
			for i := range step {
				step[i] = float32(sound[(n*media.StepSamples+i)%len(sound)])
			}
			if _, err := s.Suppress(&step); err != nil {
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

func TestSuppress_Closed(t *testing.T) {
	s := suppressor(t, loader(t))
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	step := voice.Step{0.5}
	if _, err := s.Suppress(&step); !errors.Is(err, wasm.ErrClosed) || step[0] != 0.5 {
		t.Errorf("a closed suppressor says %v, and leaves %v", err, step[0])
	}
}

func TestLoad_OtherModules(t *testing.T) {
	for name, code := range map[string][]byte{"nothing": nil, "no module": []byte("speex"), "half of it": module(t)[:1<<15]} {
		if l, err := Load(t.Context(), code); err == nil {
			t.Errorf("%s was loaded", name)
			_ = l.Close()
		}
	}
}

func BenchmarkSuppress(b *testing.B) {
	s, talker := suppressor(b, loader(b)), room.Take(room.NewTalker(1, 120), 10)
	b.ReportAllocs()
	at := 0
	for b.Loop() {
		var step voice.Step
		for i := range step {
			step[i] = float32(talker[at+i])
		}
		if _, err := s.Suppress(&step); err != nil {
			b.Fatal(err)
		}
		at = (at + media.StepSamples) % len(talker)
	}
}
