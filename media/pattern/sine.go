package pattern

import (
	"math"

	"parley/media"
)

// Sine makes a steady tone without clicks between one call and the next.
type Sine struct {
	step  float64 // radians a sample
	level float64
	phase float64
}

// NewSine returns a tone of the given frequency in Hz and peak level, where 1
// is full scale. Levels outside 0 to 1 are limited to it.
func NewSine(hertz, level float64) *Sine {
	level = min(1, max(0, level))
	return &Sine{step: 2 * math.Pi * hertz / media.SampleRate, level: level * math.MaxInt16}
}

// Fill writes the next samples of the tone, mono at media.SampleRate.
func (s *Sine) Fill(out []int16) {
	for i := range out {
		out[i] = int16(math.Round(s.level * math.Sin(s.phase)))
		s.phase = math.Mod(s.phase+s.step, 2*math.Pi)
	}
}
