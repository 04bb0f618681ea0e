// Package quality judges sound, and pictures, against what they should have been: how
// intelligible speech is (STOI, ESTOI), how much noise and echo is left, how
// much of a talker is lost, how late and how evenly sound comes, and where a
// tone breaks. Scores never listen; they compare with a known clean signal.
//
// Signals are []float64, nominally between -1 and 1, at one rate that is given
// in samples a second. Floats makes them of the program's sound.
//
// It is for tests and benchmarks, and imports the standard library, media and
// media/sinc only.
package quality

import (
	"errors"
	"fmt"
	"math"
)

// What is wrong with signals that cannot be judged.
var (
	ErrLength = errors.New("signals differ in length")
	ErrShort  = errors.New("too little speech to judge")
	ErrRate   = errors.New("not a sample rate that can be judged")
	ErrNumber = errors.New("signal holds what is no number")
)

// Floats returns samples between -1 and 1.
func Floats(samples []int16) []float64 {
	out := make([]float64, len(samples))
	for i, s := range samples {
		out[i] = float64(s) / 32768
	}
	return out
}

// Samples returns a signal as samples of 16 bit, what is too loud clipped.
func Samples(signal []float64) []int16 {
	out := make([]int16, len(signal))
	for i, s := range signal {
		out[i] = int16(math.Round(min(max(s*32768, -32768), 32767)))
	}
	return out
}

// Decibels returns a ratio of powers in dB. Of nothing it is -Inf.
func Decibels(power float64) float64 { return 10 * math.Log10(power) }

// check tells why two signals cannot be compared sample by sample.
func check(x, y []float64) error {
	if len(x) != len(y) {
		return fmt.Errorf("%w: %d and %d samples", ErrLength, len(x), len(y))
	}
	if e := energy(x) + energy(y); math.IsNaN(e) || math.IsInf(e, 0) {
		return ErrNumber
	}
	return nil
}

// Power returns the mean square of a signal, 0 if it is empty.
func Power(signal []float64) float64 {
	if len(signal) == 0 {
		return 0
	}
	return energy(signal) / float64(len(signal))
}

func energy(signal []float64) float64 {
	sum := 0.0
	for _, s := range signal {
		sum += s * s
	}
	return sum
}
