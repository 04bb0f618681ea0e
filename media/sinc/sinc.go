// Package sinc designs the filters that read sampled sound between its samples: a
// sinc under J. F. Kaiser's window. It imports the standard library only.
package sinc

import "math"

// At returns the sinc function, sin(πx)/(πx): 1 at 0, and exactly 0 at every other
// whole number, so that a filter of full band changes nothing where it reads at a
// sample.
func At(x float64) float64 {
	switch {
	case x == 0:
		return 1
	case x == math.Trunc(x):
		return 0
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

// Kaiser returns Kaiser's window at x: 1 at 0, and 0 from -1 and 1 on outwards.
// The larger beta (0 or more), the less passes beside the band and the wider is
// its edge: 8 holds back 80 dB ("Nonrecursive digital filter design using the
// I0-sinh window function", IEEE Symposium on Circuits and Systems, 1974).
func Kaiser(x, beta float64) float64 {
	if x <= -1 || x >= 1 {
		return 0
	}
	return bessel(beta*math.Sqrt(1-x*x)) / bessel(beta)
}

// bessel is the modified Bessel function of the first kind and order 0.
func bessel(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > sum*1e-12; k++ {
		term *= x * x / (4 * k * k)
		sum += term
	}
	return sum
}

// Row returns the weights of 2*half samples that read a signal at offset (0 to 1)
// samples after the one numbered half-1. What is above cut, a share of the Nyquist
// frequency between 0 and 1, is held back.
func Row(half int, cut, beta, offset float64) []float64 {
	row := make([]float64, 2*half)
	for i := range row {
		x := float64(i-half+1) - offset
		row[i] = cut * At(cut*x) * Kaiser(x/float64(half), beta)
	}
	return row
}
