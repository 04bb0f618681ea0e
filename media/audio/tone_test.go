package audio

import (
	"math"
	"sync"

	"parley/media"
)

// The tone that passes through everything: a step of it is not a whole number
// of waves, so that a step too many or too few is a break as well.
const (
	testHertz     = 440
	testAmplitude = 10000
)

// toneWave makes the tone, sample by sample.
type toneWave struct{ at uint64 }

func (w *toneWave) fill(out []int16, channels int) {
	for i := 0; i < len(out); i += channels {
		v := int16(testAmplitude * math.Sin(2*math.Pi*testHertz*float64(w.at%media.SampleRate)/media.SampleRate))
		w.at++
		for c := range channels {
			out[i+c] = v
		}
	}
}

// Play implements media.Player.
func (w *toneWave) Play(out *[media.StepSamples]int16) { w.fill(out[:], 1) }

// smoothness counts the breaks in a tone whose pitch may change by a few
// thousandths. It knows no phase: each sample follows from the two before.
type smoothness struct {
	mu     sync.Mutex
	a, b   float64
	n      int
	breaks int
	lastAt int // where the last break was
	loud   float64
}

func (s *smoothness) hear(pcm []int16, channels int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	const tolerance = 40
	turn := 2 * math.Cos(2*math.Pi*testHertz/media.SampleRate)
	for i := 0; i < len(pcm); i += channels {
		x := float64(pcm[i])
		if s.n >= 2 && math.Abs(x-turn*s.b+s.a) > tolerance {
			s.breaks++
			s.lastAt = s.n
		}
		s.loud = max(s.loud*0.9999, math.Abs(x))
		s.a, s.b = s.b, x
		s.n++
	}
}

// whole reports whether the tone is there, and has not broken since it was asked last.
func (s *smoothness) whole() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	ok := s.breaks == 0 && s.loud > 0.95*testAmplitude
	s.breaks = 0
	return ok
}
