// Package voicetest lets cancellers and suppressors hear whole signals, for tests.
// It imports the standard library, media and media/voice only.
package voicetest

import (
	"testing"

	"parley/media"
	"parley/media/voice"
)

// Step returns the first 10 ms of a signal, which must be that long.
func Step(of []float64) (out voice.Step) {
	for i := range out {
		out[i] = float32(of[i])
	}
	return out
}

// Cancel returns what a canceller leaves of a microphone's signal, while far is
// played. What is no whole step at the end is left out.
func Cancel(t testing.TB, c voice.Canceller, microphone, far []float64) []float64 {
	t.Helper()
	out := make([]float64, 0, len(microphone))
	for at := 0; at+media.StepSamples <= len(microphone); at += media.StepSamples {
		n, f := Step(microphone[at:]), Step(far[at:])
		if err := c.Cancel(&n, &f); err != nil {
			t.Fatal(err)
		}
		out = add(out, &n)
	}
	return out
}

// Suppress returns what a suppressor leaves of a signal, and how likely each step
// holds speech.
func Suppress(t testing.TB, s voice.Suppressor, sound []float64) (out, speech []float64) {
	t.Helper()
	for at := 0; at+media.StepSamples <= len(sound); at += media.StepSamples {
		step := Step(sound[at:])
		p, err := s.Suppress(&step)
		if err != nil {
			t.Fatal(err)
		}
		out, speech = add(out, &step), append(speech, float64(p))
	}
	return out, speech
}

func add(out []float64, s *voice.Step) []float64 {
	for _, v := range s {
		out = append(out, float64(v))
	}
	return out
}
