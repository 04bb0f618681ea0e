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
		v *= fullScale
		v = min(max(v, -fullScale), fullScale-1)
		if v < 0 {
			v -= 0.5
		} else {
			v += 0.5
		}
		out[i] = int16(v)
	}
}

// power returns a step's mean square and its largest amplitude.
func power(s *Step) (mean, peak float32) {
	var a, b float32
	for i := 0; i < len(s); i += 2 {
		v, w := s[i], s[i+1]
		a += v * v
		b += w * w
		peak = max(peak, v, -v, w, -w)
	}
	return (a + b) / media.StepSamples, peak
}

// loudestSane is far above what a stage can make of sound between -1 and 1: 24 dB.
const loudestSane = 16

// sane tells whether all of a step is sound: finite, and not absurdly loud.
func sane(s *Step) bool {
	limit := math.Float32bits(loudestSane)
	var most uint32
	for _, v := range s {
		most = max(most, math.Float32bits(v)&^(1<<31)) // as integers they are ordered as their amplitudes, NaN last
	}
	return most <= limit
}

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
