package voice

import (
	"math"

	"parley/media"
)

// fullScale is the amplitude of an int16 that is 1 as a float. Steps come out of
// toInt(toFloat(step)) as they went in.
const fullScale = 32768

func toFloat(in *[media.StepSamples]int16, out *Step) {
	for i, v := range in {
		out[i] = float32(v) * (1.0 / fullScale)
	}
}

// toInt rounds to the nearest; what does not fit is clipped.
func toInt(in *Step, out *[media.StepSamples]int16) {
	for i, v := range in {
		n := int32(v*fullScale + (fullScale + 0.5)) // above zero, where cutting off is rounding down
		out[i] = int16(min(max(n, 0), 2*fullScale-1) - fullScale)
	}
}

// meanSquare returns a step's power.
func meanSquare(s *Step) float32 {
	var a, b, c, d float32
	for i := 0; i < len(s); i += 4 {
		q := (*[4]float32)(s[i : i+4])
		a += q[0] * q[0]
		b += q[1] * q[1]
		c += q[2] * q[2]
		d += q[3] * q[3]
	}
	return (a + b + c + d) / media.StepSamples
}

// magnitude returns the bits of |v|. As integers they are ordered as the
// magnitudes are, NaN last, and compare faster than floats.
func magnitude(v float32) uint32 { return math.Float32bits(v) &^ (1 << 31) }

// peak returns a step's largest amplitude; NaN if there is one.
func peak(s *Step) float32 {
	var even, odd uint32
	for i := 0; i < len(s); i += 2 {
		even = max(even, magnitude(s[i]))
		odd = max(odd, magnitude(s[i+1]))
	}
	return math.Float32frombits(max(even, odd))
}

// loudestSane is far above what a stage can make of sound between -1 and 1: 24 dB.
const loudestSane = 16

// sane tells whether all of a step is sound: finite, and not absurdly loud.
func sane(s *Step) bool { return peak(s) <= loudestSane }

// cross goes over from one step to another, sample by sample: to becomes what
// begins as from and ends as to.
func cross(from, to *Step) {
	const each = 1.0 / media.StepSamples
	for i := range to {
		r := float32(i+1) * each
		to[i] = from[i] + (to[i]-from[i])*r
	}
}

// join goes over to a step from one that ended with the sample last and was not
// continued.
func join(last float32, to *Step) {
	const each = 1.0 / media.StepSamples
	for i := range to {
		r := float32(i+1) * each
		to[i] = last + (to[i]-last)*r
	}
}
