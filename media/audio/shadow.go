package audio

import (
	"parley/media"
	"parley/media/drift"
)

const (
	// shadowSlack is by how much the reserve may shrink until the shadow slips. It is
	// less than any echo takes from the resampler to the microphone and back here.
	shadowSlack = 10 * media.SampleRate / 1000
	// shadowMost is by how much it may grow.
	shadowMost = 20 * media.SampleRate / 1000
)

// shadow is what the speaker plays, as the canceller should be handed it: at a
// delay to the echo that does not change.
//
// What is played is resampled for two reasons. The speaker's clock is not the
// microphone's: that cancels out on the way through the air. And the reserve is
// brought to where it should be: then steps are heard earlier or later than those
// before them, by milliseconds within some seconds, which a canceller has to follow
// as if somebody walked through the room. The shadow makes that move, too.
type shadow struct {
	resampler *drift.Resampler
	ready     []int16
}

// reset begins anew, with silence.
func (s *shadow) reset() {
	if s.resampler == nil {
		s.resampler = drift.NewResampler()
		s.ready = make([]int16, 0, media.StepSamples+drift.MostStep+shadowMost)
	}
	s.resampler.Reset()
	s.resampler.Set(0)
	s.ready = s.ready[:shadowSlack]
	clear(s.ready)
}

// step changes far, which is played with the microphone's step, to what the
// canceller should be handed. The reserve grows by ppm.
func (s *shadow) step(far *[media.StepSamples]int16, ppm float64) {
	if s.resampler == nil {
		s.reset()
	}
	s.resampler.Set(ppm)
	s.ready = s.resampler.Mono(s.ready, far[:])
	switch n := len(s.ready); {
	case n < media.StepSamples: // it slips: the canceller has to follow after all
		missing := media.StepSamples + shadowSlack - n
		s.ready = s.ready[:n+missing]
		copy(s.ready[missing:], s.ready[:n])
		clear(s.ready[:missing])
	case n > media.StepSamples+shadowMost:
		s.take(n - media.StepSamples - shadowSlack)
	}
	copy(far[:], s.ready)
	s.take(media.StepSamples)
}

// take removes the oldest samples.
func (s *shadow) take(n int) {
	s.ready = s.ready[:copy(s.ready, s.ready[n:])]
}
