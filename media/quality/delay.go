package quality

import (
	"fmt"
	"math"
)

// Delay returns by how many samples degraded is later than reference, between
// least and most, where the two are most alike, and how alike they are there: the
// normalized cross-correlation, 1 for the same sound at any level. Where degraded
// ends, silence follows. Both have one rate, which does not matter. It is how mouth
// to ear is measured: what was said against what was heard, on one clock.
func Delay(reference, degraded []float64, least, most int) (samples int, likeness float64, err error) {
	return correlator{}.delay(reference, degraded, least, most)
}

func (c correlator) delay(reference, degraded []float64, least, most int) (samples int, likeness float64, err error) {
	if len(reference) == 0 || most < least {
		return 0, 0, fmt.Errorf("finding a delay from %d to %d of %d samples: %w", least, most, len(reference), ErrShort)
	}
	alike := c.likenesses(reference, cut(degraded, least, most+len(reference)))
	best := 0
	for lag, v := range alike {
		if v > alike[best] {
			best = lag
		}
	}
	return least + best, alike[best], nil
}

// cut returns signal[from:to], with silence where there is none.
func cut(signal []float64, from, to int) []float64 {
	out := make([]float64, max(0, to-from))
	if from < len(signal) && to > 0 {
		copy(out[max(0, -from):], signal[max(0, from):min(to, len(signal))])
	}
	return out
}

// likenesses returns the normalized cross-correlation of short with long from
// every place in it.
func (c correlator) likenesses(short, long []float64) []float64 {
	out := c.correlate(short, long)
	es := energy(short)
	sums := make([]float64, len(long)+1) // energy of long up to there
	for i, v := range long {
		sums[i+1] = sums[i] + v*v
	}
	for lag := range out {
		el := sums[lag+len(short)] - sums[lag]
		if el*es <= sums[len(long)]*es*1e-12 || es == 0 { // silence
			out[lag] = 0
			continue
		}
		out[lag] /= math.Sqrt(es * el)
	}
	return out
}
