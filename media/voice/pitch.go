package voice

import "math"

// Voices have a pitch, which fans, wind, clicks and steps have not. pitch looks
// for one between 70 and 400 Hz by autocorrelation of the last 40 ms, at 4 kHz.
const (
	pitchDecimation = 12
	pitchNew        = 480 / pitchDecimation // samples a step
	pitchHistory    = 4 * pitchNew
	pitchShortest   = 10 // lags: 400 Hz
	pitchLongest    = 57 // 70 Hz
	pitchWindow     = pitchHistory - pitchLongest
	// pitchClear is how alike two periods of a voice are at least.
	pitchClear = 0.6
	// pitchDip is how unalike a sound must be to itself before a period has
	// passed; what only rumbles is not.
	pitchDip = 0.35
)

type pitch struct {
	samples [pitchHistory]float32
	carry   float32 // the last mean of six, for the low-pass
}

// hear takes in a step, at a twelfth of the rate: means of six samples, and then
// (1 2 1)/4 at every other.
func (p *pitch) hear(s *Step) {
	copy(p.samples[:], p.samples[pitchNew:])
	out := p.samples[pitchHistory-pitchNew:]
	before := p.carry
	for i := range out {
		b := s[i*pitchDecimation : (i+1)*pitchDecimation : (i+1)*pitchDecimation]
		one := b[0] + b[1] + b[2] + b[3] + b[4] + b[5]
		two := b[6] + b[7] + b[8] + b[9] + b[10] + b[11]
		out[i] = (before + 2*one + two) * (1.0 / 24)
		before = two
	}
	p.carry = before
}

// clarity returns how alike the last 26 ms are to what was a period before, -1
// to 1, for the best period; 0 if there is none.
func (p *pitch) clarity() float32 {
	now := p.samples[pitchLongest:]
	own := dot(now, now)
	if own < leastPower*pitchWindow {
		return 0
	}
	best, dipped := float32(0), false
	for lag := 2; lag <= pitchLongest; lag++ {
		then := p.samples[pitchLongest-lag : pitchHistory-lag]
		r := dot(now, then)
		if !dipped {
			dipped = r < pitchDip*own
			continue
		}
		if lag < pitchShortest || r <= 0 {
			continue
		}
		if r*r > best*best*own*dot(then, then) {
			best = r / float32(math.Sqrt(float64(own*dot(then, then))))
		}
	}
	return best
}

// dot returns the inner product of two windows.
func dot(a, b []float32) float32 {
	var s, t, u, v float32
	i := 0
	for ; i+4 <= len(a) && i+4 <= len(b); i += 4 {
		s += a[i] * b[i]
		t += a[i+1] * b[i+1]
		u += a[i+2] * b[i+2]
		v += a[i+3] * b[i+3]
	}
	for ; i < len(a) && i < len(b); i++ {
		s += a[i] * b[i]
	}
	return s + t + u + v
}
