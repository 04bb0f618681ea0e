package quality

import (
	"fmt"
	"math/cmplx"
)

// ReturnLoss returns the echo return loss enhancement of a canceller in dB: the
// power that the microphone heard over the power of what is left, while only the
// far end talks.
func ReturnLoss(microphone, left []float64) float64 {
	return Decibels(Power(microphone) / max(Power(left), 1e-20))
}

// ReturnLosses is ReturnLoss in consecutive windows of so many samples.
func ReturnLosses(microphone, left []float64, window int) []float64 {
	var out []float64
	for at := 0; at+window <= min(len(microphone), len(left)); at += window {
		out = append(out, ReturnLoss(microphone[at:at+window], left[at:at+window]))
	}
	return out
}

// Kept divides sound into windows of 32 ms, and judges runs of 16 of them
// (272 ms) by frequency.
const (
	keptFrame = 0.032 // s
	keptRun   = 16    // windows that overlap by half
	keptLate  = 0.1   // s, the most that a processor delays
)

// Kept returns how much of a near talker is left in a processed signal, in dB: 0
// if all, -6 if half of the amplitude. In each band of about 30 Hz and each run of
// a quarter of a second the processed signal is projected on the talker's, so that
// what else it holds does not count, and neither does a delay of up to 100 ms. The
// talker alone, as the microphone heard it, must be known; the two signals begin
// together, and only times in which the talker talks are taken.
func Kept(near, processed []float64, rate int) (float64, error) {
	if _, err := speechFrames(near, processed, rate); err != nil {
		return 0, fmt.Errorf("measuring what is kept of a talker: %w", err)
	}
	late, _, err := Delay(near, processed, 0, int(keptLate*float64(rate)))
	if err != nil {
		return 0, fmt.Errorf("measuring what is kept of a talker: %w", err)
	}
	processed = cut(processed, late, late+len(near))
	size := sizeFor(int(keptFrame * float64(rate)))
	x, y := spectra(near, size), spectra(processed, size)
	var talker, kept float64
	for at := 0; at+keptRun <= len(x); at += keptRun {
		for k := 1; k < size/2; k++ {
			t, p := projection(x[at:at+keptRun], y[at:at+keptRun], k)
			talker += t
			kept += p
		}
	}
	if talker == 0 {
		return 0, fmt.Errorf("measuring what is kept of a talker: %w", ErrShort)
	}
	return Decibels(max(kept, talker*1e-10) / talker), nil
}

// projection returns the power of bin k in x, and the power of that part of y
// which is x times one factor. What unrelated sound adds to that by chance is
// estimated from what the projection leaves, and taken off.
func projection(x, y [][]complex128, k int) (own, projected float64) {
	var product complex128
	for n := range x {
		own += power(x[n][k])
		product += cmplx.Conj(x[n][k]) * y[n][k]
	}
	if own == 0 {
		return 0, 0
	}
	factor := product / complex(own, 0)
	chance := 0.0
	for n := range x {
		share := min(power(x[n][k])/own, 0.9)
		chance += share / (1 - share) * power(y[n][k]-factor*x[n][k])
	}
	return own, power(factor)*own - chance
}

func power(v complex128) float64 { return real(v)*real(v) + imag(v)*imag(v) }

// spectra returns the short-time spectra of a signal: windows of so many samples
// that overlap by half.
func spectra(signal []float64, size int) [][]complex128 {
	f, window := NewFourier(size), hann(size)
	var out [][]complex128
	for at := 0; at+size <= len(signal); at += size / 2 {
		bins := make([]complex128, size)
		for i, w := range window {
			bins[i] = complex(w*signal[at+i], 0)
		}
		f.Forward(bins)
		out = append(out, bins[:size/2])
	}
	return out
}
