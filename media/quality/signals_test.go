package quality

import "math"

// chance is a linear congruential generator (Knuth's MMIX), so that the signals
// below can be made again by any program.
type chance uint64

// next returns a number from -1 to 1.
func (c *chance) next() float64 {
	*c = *c*6364136223846793005 + 1442695040888963407
	return float64(int64(*c)>>11) / (1 << 52)
}

func noise(seed uint64, n int) []float64 {
	c := chance(seed)
	out := make([]float64, n)
	for i := range out {
		out[i] = c.next()
	}
	return out
}

// speechlike is noise through two moving resonances, in syllables and with a
// pause of half a second in every three.
func speechlike(seed uint64, seconds, rate int) []float64 {
	c := chance(seed)
	out := make([]float64, seconds*rate)
	var a1, a2, b1, b2 float64
	for i := range out {
		t := float64(i) / float64(rate)
		e := c.next()
		fa := 500 + 250*math.Sin(2*math.Pi*1.3*t)
		fb := 1500 + 600*math.Sin(2*math.Pi*0.9*t+1)
		a := e + 1.96*math.Cos(2*math.Pi*fa/float64(rate))*a1 - 0.9604*a2
		b := e + 1.94*math.Cos(2*math.Pi*fb/float64(rate))*b1 - 0.9409*b2
		a1, a2, b1, b2 = a, a1, b, b1
		gain := max(0, math.Sin(2*math.Pi*4*t)) + 0.02
		if math.Mod(t, 3) > 2.5 {
			gain = 0
		}
		out[i] = 0.02 * gain * (a + 0.5*b)
	}
	return out
}

func mixed(x, n []float64, snr float64) []float64 {
	gain := math.Sqrt(Power(x) / Power(n) * math.Pow(10, -snr/10))
	out := make([]float64, len(x))
	for i := range x {
		out[i] = x[i] + gain*n[i]
	}
	return out
}

func scaled(x []float64, gain float64) []float64 {
	out := make([]float64, len(x))
	for i := range x {
		out[i] = gain * x[i]
	}
	return out
}

// added is the sum of two signals.
func added(x, y []float64) []float64 {
	out := make([]float64, len(x))
	for i := range x {
		out[i] = x[i] + y[i]
	}
	return out
}
