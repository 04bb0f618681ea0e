package aec3

import (
	"math"
	"slices"
)

// What the canceller believes at most that its linear filter takes out (ERLE, a
// ratio of powers), below 4 kHz of each band's 8 and above. EchoCanceller3Config has
// 4 and 1.5, so that a filter which takes out 20 dB is still believed 6, and the
// suppressor takes the rest out of whoever talks meanwhile. With these a talker 6 dB
// above the echo loses 0.5 dB less while both talk; the echo of loudspeakers that
// saturate or clip is 2 to 3 dB stronger before the noise suppressor, which leaves
// nothing of it (docs/benchmarks.md).
const (
	mostLow, mostHigh           float32 = 4, 1.5
	believedLow, believedHigh   float32 = 12, 4
	spectrumLow, spectrumHigher         = 32, 33 // bins of each
)

// tune makes the canceller believe more of its filter, and returns in how many
// places of its memory it found what it believed: none in a module it does not know.
func (c *Canceller) tune() int {
	return c.instance.Replace(spectrum(mostLow, mostHigh), spectrum(believedLow, believedHigh))
}

// spectrum is the bits of a value for each bin, as SubbandErleEstimator keeps them.
func spectrum(low, high float32) []uint32 {
	return slices.Concat(
		slices.Repeat([]uint32{math.Float32bits(low)}, spectrumLow),
		slices.Repeat([]uint32{math.Float32bits(high)}, spectrumHigher))
}
