package speex

import (
	"errors"
	"math"
	"sync"
	"testing"
	"time"

	"parley/media"
	"parley/media/quality"
	"parley/media/quality/room"
	"parley/media/voice"
	"parley/media/voice/voicetest"
)

var (
	_ voice.Canceller  = (*Canceller)(nil)
	_ voice.Suppressor = (*Suppressor)(nil)
)

func canceller(t testing.TB) *Canceller {
	t.Helper()
	c, err := NewCanceller()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func suppressor(t testing.TB) *Suppressor {
	t.Helper()
	s, err := NewSuppressor()
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

// alone is for how many seconds only the far talker talks.
const alone = 12

type scene struct{ far, near, microphone []float64 }

// office is a far talker in an office, heard 60 ms late, and from alone on a near one.
var office = sync.OnceValue(func() scene {
	const seconds = 16
	s := scene{far: room.Take(room.NewTalker(1, 110), seconds), near: make([]float64, seconds*media.SampleRate)}
	copy(s.near[alone*media.SampleRate:], room.Take(room.NewTalker(2, 200), seconds-alone))
	way := room.Way{Delay: 60 * time.Millisecond, Gain: -10, Impulse: room.Office().Impulse(), Floor: -70}
	s.microphone = room.NewPath(way).Through(s.far)
	for i, v := range s.near {
		s.microphone[i] += v
	}
	return s
})

// loss is by how much the echo of office is weaker from 8 s on.
func loss(t testing.TB, c *Canceller) float64 {
	t.Helper()
	s, from, to := office(), 8*media.SampleRate, alone*media.SampleRate
	out := voicetest.Cancel(t, c, s.microphone[:to], s.far[:to])
	return quality.ReturnLoss(s.microphone[from:to], out[from:])
}

// TestCancel_TakesOutMostOfTheEcho has the lower bound of a fallback: AEC3 does twice as much.
func TestCancel_TakesOutMostOfTheEcho(t *testing.T) {
	if loss := loss(t, canceller(t)); loss < 15 {
		t.Errorf("after 8 s the echo is %.1f dB weaker, want at least 15", loss)
	}
}

func TestCancel_KeepsTheNearTalker(t *testing.T) {
	s, from := office(), alone*media.SampleRate
	out := voicetest.Cancel(t, canceller(t), s.microphone, s.far)
	kept, err := quality.Kept(s.near[from:], out[from:], media.SampleRate)
	if err != nil || kept < -4 {
		t.Errorf("while both talk, the near talker is changed by %.1f dB (%v), want at most 4 less", kept, err)
	}
}

func TestSuppress_SteadyNoiseGoesAndSpeechStays(t *testing.T) {
	clean := room.Take(room.NewTalker(1, 120), 8)
	noisy, err := room.Mix(clean, room.Take(room.NewFan(1), 8), 10)
	if err != nil {
		t.Fatal(err)
	}
	out, _ := suppress(t, suppressor(t), noisy)
	clean, noisy = clean[:len(out)], noisy[:len(out)]
	before, _ := quality.PauseLevel(clean, noisy, media.SampleRate)
	after, err := quality.PauseLevel(clean, out, media.SampleRate)
	if err != nil {
		t.Fatal(err)
	}
	if less := quality.Decibels(before / after); less < 6 {
		t.Errorf("a fan in pauses is %.1f dB weaker, want at least 6", less)
	}
	speech, _ := quality.SpeechLevel(clean, clean, media.SampleRate)
	kept, _ := quality.SpeechLevel(clean, out, media.SampleRate)
	if change := quality.Decibels(kept / speech); math.Abs(change) > 2 {
		t.Errorf("speech in it changed by %.1f dB, want at most 2", change)
	}
}

func TestSuppress_SpeechWithoutNoiseStays(t *testing.T) {
	clean := room.Take(room.NewTalker(1, 120), 6)
	out, speech := suppress(t, suppressor(t), clean)
	delay, likeness, err := quality.Delay(clean[:len(out)], out, -100, 100)
	if err != nil || delay != 0 || likeness < 0.98 {
		t.Errorf("%d samples off Delay and %.3f alike (%v), want 0 and at least 0.98", delay, likeness, err)
	}
	for _, p := range speech {
		if p < 0 || p > 1 {
			t.Fatalf("a probability of %v", p)
		}
	}
}

func TestBadInput_DoesNotLast(t *testing.T) {
	c, s := canceller(t), suppressor(t)
	for i, bad := range []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)), 1e30, -1e30, 1e-42} {
		for range 50 {
			var near, far voice.Step
			for n := range near {
				if near[n], far[n] = bad, bad; n%2 == i%2 {
					near[n], far[n] = -bad, 0
				}
			}
			if err := c.Cancel(&near, &far); err != nil {
				t.Fatal(err)
			}
			step := far
			if _, err := s.Suppress(&step); err != nil {
				t.Fatal(err)
			}
			for n := range near {
				if !(near[n] >= -1 && near[n] <= 1 && step[n] >= -1 && step[n] <= 1) {
					t.Fatalf("%v comes out as %v and %v", bad, near[n], step[n])
				}
			}
		}
	}
	if loss := loss(t, c); loss < 10 {
		t.Errorf("8 s after bad input the echo is %.1f dB weaker, want at least 10", loss)
	}
	clean := room.Take(room.NewTalker(1, 120), 4)
	out, _ := suppress(t, s, clean)
	from := media.SampleRate
	if _, likeness, _ := quality.Delay(clean[from:len(out)], out[from:], 0, 0); likeness < 0.9 {
		t.Errorf("a second after bad input speech is %.3f alike, want at least 0.9", likeness)
	}
}

func TestSteps_AllocateNothing(t *testing.T) {
	c, s := canceller(t), suppressor(t)
	var near, far voice.Step
	if n := testing.AllocsPerRun(200, func() {
		if err := c.Cancel(&near, &far); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Suppress(&near); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("a step allocates %v times", n)
	}
}

func TestClosed_IsAnError(t *testing.T) {
	c, s := canceller(t), suppressor(t)
	for range 2 {
		if err := errors.Join(c.Close(), s.Close()); err != nil {
			t.Fatal(err)
		}
	}
	var near, far voice.Step
	if err := c.Cancel(&near, &far); !errors.Is(err, errClosed) {
		t.Errorf("a closed canceller says %v", err)
	}
	if _, err := s.Suppress(&near); !errors.Is(err, errClosed) {
		t.Errorf("a closed suppressor says %v", err)
	}
}

func BenchmarkCancel(b *testing.B) {
	c := canceller(b)
	s := office()
	b.ReportAllocs()
	at := 0
	for b.Loop() {
		n, f := voicetest.Step(s.microphone[at:]), voicetest.Step(s.far[at:])
		if err := c.Cancel(&n, &f); err != nil {
			b.Fatal(err)
		}
		at = (at + media.StepSamples) % len(s.far)
	}
}

func BenchmarkSuppress(b *testing.B) {
	s, sound := suppressor(b), room.Take(room.NewTalker(1, 120), 10)
	b.ReportAllocs()
	at := 0
	for b.Loop() {
		n := voicetest.Step(sound[at:])
		if _, err := s.Suppress(&n); err != nil {
			b.Fatal(err)
		}
		at = (at + media.StepSamples) % len(sound)
	}
}
