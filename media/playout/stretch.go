package playout

import "math"

// Speech repeats itself every pitch period. Where two stretches of sound, a
// period apart, are alike, one period can be taken out or put in twice, with a
// cross-fade, and nobody hears it. This is the time-domain overlap-add with
// synchronisation of Verhelst and Roelands (WSOLA, ICASSP 1993) at one place.
const (
	seam        = 240 // samples compared and cross-faded, 5 ms
	shortestLag = 120 // 2.5 ms
	longestLag  = 720 // 15 ms
	stretchable = longestLag + seam
	coarse      = 4   // the first search looks at every fourth sample
	quiet       = 100 // mean level below which any cut goes unnoticed, -50 dBFS
)

// period returns the lag at which the beginning of pcm, of at least stretchable
// samples, is most like itself, and how alike: 1 is the same, 0 unrelated.
// Quiet sound is alike by definition.
func period(pcm []int16) (lag int, alike float64) {
	if level(pcm[:stretchable]) < quiet {
		return 480, 1
	}
	best, lag := -2.0, shortestLag
	for l := shortestLag; l <= longestLag; l += coarse {
		if c := likeness(pcm, l, coarse); c > best {
			best, lag = c, l
		}
	}
	best, around := -2.0, lag
	for l := max(around-coarse+1, shortestLag); l < around+coarse && l <= longestLag; l++ {
		if c := likeness(pcm, l, 1); c > best {
			best, lag = c, l
		}
	}
	return lag, best
}

// likeness returns the normalised cross-correlation of the first seam samples
// and those lag later, looking at every step-th sample.
func likeness(pcm []int16, lag, step int) float64 {
	var cross, here, there float64
	for i := 0; i < seam; i += step {
		a, b := float64(pcm[i]), float64(pcm[i+lag])
		cross += a * b
		here += a * a
		there += b * b
	}
	if here == 0 || there == 0 {
		return 0
	}
	return cross / math.Sqrt(here*there)
}

// shorten takes lag samples out of pcm and returns the rest.
func shorten(pcm []int16, lag int) []int16 {
	for i := range seam {
		pcm[i] = blend(pcm[i], pcm[i+lag], i)
	}
	copy(pcm[seam:], pcm[seam+lag:])
	return pcm[:len(pcm)-lag]
}

// lengthen repeats the first lag samples of pcm, within its capacity.
func lengthen(pcm []int16, lag int) []int16 {
	n := len(pcm)
	pcm = pcm[:n+lag]
	copy(pcm[lag:], pcm[:n])
	// What follows the repeated period begins like it; fade over from its
	// continuation so that neither end of the seam jumps.
	for i := range seam {
		pcm[lag+i] = blend(pcm[2*lag+i], pcm[lag+i], i)
	}
	return pcm
}

// blend fades from a to b over seam samples.
func blend(a, b int16, i int) int16 {
	return int16((int(a)*(seam-i) + int(b)*i) / seam)
}

// level returns the root mean square of pcm.
func level(pcm []int16) float64 {
	var sum float64
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return math.Sqrt(sum / float64(len(pcm)))
}
