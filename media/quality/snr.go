package quality

import (
	"fmt"
	"math"
)

// Segmental signal to noise ratio as P. C. Loizou, "Speech Enhancement: Theory
// and Practice", 2nd edition, CRC Press 2013, section 11.1, has it, with the limits
// of J. H. L. Hansen and B. L. Pellom (ICSLP 1998).
const (
	snrFrame  = 0.020 // s, without overlap
	snrLeast  = -10.0 // dB
	snrMost   = 35.0  // dB
	snrSpeech = 35.0  // dB below the loudest frame, from where clean is a pause
)

// SegmentalSNR returns the mean over the frames of 20 ms that hold speech of the
// ratio of clean's energy to that of processed-clean, each between -10 and 35 dB.
// The signals are aligned and at one level: see Matched.
func SegmentalSNR(clean, processed []float64, rate int) (float64, error) {
	frames, err := speechFrames(clean, processed, rate)
	if err != nil {
		return 0, fmt.Errorf("measuring the segmental signal to noise ratio: %w", err)
	}
	var ratio mean
	for _, f := range frames {
		noise := 0.0
		for i := f.from; i < f.to; i++ {
			d := processed[i] - clean[i]
			noise += d * d
		}
		ratio.add(min(max(Decibels(f.energy/noise), snrLeast), snrMost))
	}
	return ratio.value(), nil
}

// SpeechLevel returns the mean square of a signal in the frames of 20 ms where
// clean holds speech, the two aligned. With clean itself it is the level of speech.
func SpeechLevel(clean, signal []float64, rate int) (float64, error) {
	frames, err := speechFrames(clean, signal, rate)
	if err != nil {
		return 0, fmt.Errorf("measuring the level of speech: %w", err)
	}
	var level mean
	for _, f := range frames {
		level.add(Power(signal[f.from:f.to]))
	}
	return level.value(), nil
}

// PauseLevel is SpeechLevel where clean pauses, but for 60 ms after speech, in
// which a room still rings.
func PauseLevel(clean, signal []float64, rate int) (float64, error) {
	frames, err := speechFrames(clean, signal, rate)
	if err != nil {
		return 0, fmt.Errorf("measuring the level of pauses: %w", err)
	}
	tail, last := rate*6/100, 0
	var level mean
	pause := func(until int) {
		if from := last + tail; from < until {
			for _, s := range signal[from:until] {
				level.add(s * s)
			}
		}
	}
	for _, f := range frames {
		pause(f.from)
		last = f.to
	}
	pause(len(signal))
	if level.count == 0 {
		return 0, fmt.Errorf("measuring the level of pauses: %w", ErrShort)
	}
	return level.value(), nil
}

// frame is a part of a signal.
type frame struct {
	from, to int
	energy   float64
}

// speechFrames returns the frames in which clean holds speech.
func speechFrames(clean, other []float64, rate int) ([]frame, error) {
	if err := check(clean, other); err != nil {
		return nil, err
	}
	if rate < minRate || rate > maxRate {
		return nil, fmt.Errorf("%w: %d", ErrRate, rate)
	}
	size, loudest := int(snrFrame*float64(rate)), 0.0
	var all, speech []frame
	for at := 0; at+size <= len(clean); at += size {
		f := frame{at, at + size, energy(clean[at : at+size])}
		loudest = max(loudest, f.energy)
		all = append(all, f)
	}
	for _, f := range all {
		if f.energy > loudest*math.Pow(10, -snrSpeech/10) {
			speech = append(speech, f)
		}
	}
	if len(speech) == 0 {
		return nil, ErrShort
	}
	return speech, nil
}
