package voice

import "math"

// The high-pass: Butterworth of the fourth order, 80 Hz. It leaves a deep
// voice's fundamental (100 Hz: -0.7 dB) and takes hum and rumble (50 Hz: -16 dB,
// 20 Hz: -48 dB).
const highPassFrequency = 80

// highPassQ are the quality factors of a fourth-order Butterworth's two sections,
// 1/(2 cos(pi/8)) and 1/(2 cos(3 pi/8)).
var highPassQ = [2]float64{0.541196100146197, 1.306562964876377}

// section is one biquad in transposed direct form II. It is in double precision:
// at 80 Hz of 48 000 the poles are so close to 1 that single would add noise.
type section struct {
	b0, b1, b2, a1, a2 float64
	s1, s2             float64
}

// newSection is the high-pass of R. Bristow-Johnson's "Cookbook formulae for
// audio EQ biquad filter coefficients".
func newSection(frequency, rate, q float64) section {
	w := 2 * math.Pi * frequency / rate
	alpha, cos := math.Sin(w)/(2*q), math.Cos(w)
	a0 := 1 + alpha
	b := (1 + cos) / 2 / a0
	return section{b0: b, b1: -2 * b, b2: b, a1: -2 * cos / a0, a2: (1 - alpha) / a0}
}

// highPass runs always, so that it is warm when it is switched on.
type highPass struct {
	first, second section
	on            bool
	out           Step
}

func newHighPass() highPass {
	return highPass{
		first:  newSection(highPassFrequency, sampleRate, highPassQ[0]),
		second: newSection(highPassFrequency, sampleRate, highPassQ[1]),
	}
}

func (h *highPass) step(on bool, s *Step) {
	h.filter(s)
	switch was := h.on; {
	case on && was:
		*s = h.out
	case on:
		cross(s, &h.out)
		*s = h.out
	case was:
		cross(&h.out, s)
	}
	h.on = on
}

func (h *highPass) filter(s *Step) {
	p, q := h.first, h.second // in registers
	for i, v := range s {
		x := float64(v)
		y := p.b0*x + p.s1
		p.s1 = p.b1*x - p.a1*y + p.s2
		p.s2 = p.b2*x - p.a2*y
		z := q.b0*y + q.s1
		q.s1 = q.b1*y - q.a1*z + q.s2
		q.s2 = q.b2*y - q.a2*z
		h.out[i] = float32(z)
	}
	h.first.keep(p.s1, p.s2)
	h.second.keep(q.s1, q.s2)
}

// nothing is far below what can be heard (-300 dBFS), and so far above where
// floats become slow that silence cannot decay to there within a step.
const nothing = 1e-15

func (s *section) keep(s1, s2 float64) {
	if math.Abs(s1) < nothing && math.Abs(s2) < nothing {
		s1, s2 = 0, 0
	}
	s.s1, s.s2 = s1, s2
}
