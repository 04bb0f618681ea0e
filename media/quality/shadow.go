package quality

import (
	"fmt"
	"math"
)

// The gains of Shadow: windows of 32 ms that overlap by half, each gain from three
// neighbouring bins, and no larger than what makes a whisper of a talker.
const (
	shadowFrame = 0.032 // s
	shadowMost  = 100.0 // 40 dB
)

// Shadow returns what a processor made of the two parts of what it was given, a
// talker and a noise: both filtered as the processor filtered their sum. From one
// moment and frequency to the next it has changed the sum's amplitude by some gain;
// the same gains are laid on each part. This is the usual way to judge suppressors
// whose inside cannot be seen (S. Gustafsson, R. Martin, P. Vary, "On the
// Optimization of Speech Enhancement Systems Using Instrumental Measures", Workshop
// on Quality Assessment in Speech, Audio, and Image Communication, 1996). Level,
// tone and an automatic gain do not count in the ratio of the two. What is
// processed is aligned with the sum of the parts.
func Shadow(talker, noise, processed []float64, rate int) (talkerOut, noiseOut []float64, err error) {
	if err := check(talker, processed); err != nil {
		return nil, nil, fmt.Errorf("filtering as a processor did: %w", err)
	}
	if err := check(talker, noise); err != nil {
		return nil, nil, fmt.Errorf("filtering as a processor did: %w", err)
	}
	if rate < minRate || rate > maxRate {
		return nil, nil, fmt.Errorf("filtering as a processor did: %w: %d", ErrRate, rate)
	}
	size := sizeFor(int(shadowFrame * float64(rate)))
	s := shadow{NewFourier(size), hann(size), make([]float64, len(talker)), make([]float64, len(talker))}
	for at := 0; at+size <= len(talker); at += size / 2 {
		s.frame(talker[at:at+size], noise[at:at+size], processed[at:at+size], at)
	}
	return s.talker, s.noise, nil
}

type shadow struct {
	fourier       *Fourier
	window        []float64
	talker, noise []float64 // what is done
}

// frame adds one window of both parts.
func (s *shadow) frame(talker, noise, processed []float64, at int) {
	x, n, y := s.spectrum(talker), s.spectrum(noise), s.spectrum(processed)
	sum := make([]complex128, len(x))
	for k := range x {
		sum[k] = x[k] + n[k]
	}
	for k := range x {
		gain := shadowGain(sum, y, k)
		x[k] *= gain
		n[k] *= gain
	}
	s.fourier.Inverse(x)
	s.fourier.Inverse(n)
	for i := range x {
		s.talker[at+i] += real(x[i])
		s.noise[at+i] += real(n[i])
	}
}

func (s *shadow) spectrum(signal []float64) []complex128 {
	bins := make([]complex128, len(signal))
	for i, w := range s.window {
		bins[i] = complex(w*signal[i], 0)
	}
	s.fourier.Forward(bins)
	return bins
}

// shadowGain is the ratio of amplitudes about a bin.
func shadowGain(in, out []complex128, k int) complex128 {
	var before, after float64
	for d := -1; d <= 1; d++ {
		i := (k + d + len(in)) % len(in)
		before += power(in[i])
		after += power(out[i])
	}
	if before == 0 {
		return 0
	}
	return complex(min(math.Sqrt(after/before), shadowMost), 0)
}

// SegmentalRatio returns the mean over the frames of 20 ms in which clean holds
// speech of the ratio of a talker's energy to a noise's, each between -10 and 35 dB.
// With the parts of Shadow it is the segmental signal to noise ratio that a
// suppressor leaves; with the parts of a mixture, the one it was given.
func SegmentalRatio(clean, talker, noise []float64, rate int) (float64, error) {
	frames, err := speechFrames(clean, talker, rate)
	if err == nil {
		err = check(clean, noise)
	}
	if err != nil {
		return 0, fmt.Errorf("measuring the segmental signal to noise ratio: %w", err)
	}
	var ratio mean
	for _, f := range frames {
		part := energy(talker[f.from:f.to]) / max(energy(noise[f.from:f.to]), 1e-20)
		ratio.add(min(max(Decibels(part), snrLeast), snrMost))
	}
	return ratio.value(), nil
}
