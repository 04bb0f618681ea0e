// Package room makes what a microphone might hear, without a room: talkers, rooms
// that echo, the way from a loudspeaker to a microphone with all that goes wrong on
// it, and noises. All of it comes out the same for the same seed, at
// media.SampleRate.
//
// It is for tests and benchmarks, and imports the standard library, media,
// media/quality and media/sinc only.
package room

import (
	"math"

	"parley/media"
	"parley/media/quality"
)

// Sound goes on for ever, sample by sample, nominally between -1 and 1.
type Sound interface{ Next() float64 }

// Take returns the next so many seconds of a sound.
func Take(s Sound, seconds float64) []float64 {
	out := make([]float64, int(math.Round(seconds*media.SampleRate)))
	for i := range out {
		out[i] = s.Next()
	}
	return out
}

// Step fills a step with the next 10 ms of a sound.
func Step(s Sound, out *[media.StepSamples]int16) {
	for i := range out {
		out[i] = sample(s.Next())
	}
}

func sample(v float64) int16 { return int16(math.Round(min(max(v*32768, -32768), 32767))) }

// Mix returns speech with a noise under it whose power is so many dB below that of
// the speech where it is no pause.
func Mix(speech, noise []float64, snr float64) ([]float64, error) {
	level, err := quality.SpeechLevel(speech, speech, media.SampleRate)
	if err != nil {
		return nil, err
	}
	gain := 0.0
	if p := quality.Power(noise); p > 0 {
		gain = math.Sqrt(level / p * math.Pow(10, -snr/10))
	}
	out := make([]float64, len(speech))
	for i, s := range speech {
		out[i] = s
		if i < len(noise) {
			out[i] += gain * noise[i]
		}
	}
	return out, nil
}
