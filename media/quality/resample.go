package quality

import (
	"math"

	"parley/media/sinc"
)

// The filter of Resample: zero crossings of the sinc on either side, its cut-off
// as a share of the lower Nyquist frequency, and the Kaiser window's parameter
// (about 80 dB).
const (
	resampleCrossings = 32
	resampleCutoff    = 0.95
	resampleKaiser    = 8.0
)

// Rates that are judged, in samples a second.
const (
	minRate = 8000
	maxRate = 192000
)

// Resample takes a signal from one rate to another, both whole numbers of
// samples a second, by a windowed sinc. There is no delay.
func Resample(signal []float64, from, to int) []float64 {
	if from == to {
		return append([]float64(nil), signal...)
	}
	divisor := gcd(from, to)
	up, down := to/divisor, from/divisor // a sample of the output every down/up of the input
	scale := resampleCutoff * min(1, float64(to)/float64(from))
	half := int(math.Ceil(resampleCrossings / scale))
	table := make([][]float64, up)
	out := make([]float64, (len(signal)*up+down-1)/down)
	for i := range out {
		place, phase := i*down/up, i*down%up
		if table[phase] == nil {
			table[phase] = sinc.Row(half, scale, resampleKaiser, float64(phase)/float64(up))
		}
		out[i] = weigh(signal, place-half+1, table[phase])
	}
	return out
}

// weigh sums signal from start on by weights; beyond the signal is silence.
func weigh(signal []float64, start int, weights []float64) float64 {
	if start < 0 {
		if -start >= len(weights) {
			return 0
		}
		weights, start = weights[-start:], 0
	}
	if start >= len(signal) {
		return 0
	}
	part := signal[start:min(len(signal), start+len(weights))]
	sum := 0.0
	for i, s := range part {
		sum += s * weights[i]
	}
	return sum
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
