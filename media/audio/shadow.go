package audio

import (
	"math"
	"slices"

	"parley/media"
	"parley/media/drift"
)

const (
	// shadowTape is how much of what the speaker was given is remembered; a power of two.
	shadowTape = 1 << 16
	// The place is judged by the median of so many steps. It is put right at once
	// after so many steps of silence: they leave nothing to be disturbed.
	shadowWindow, shadowHush = 25, 60
	// So close, in samples, it is there. From so far off something has happened to a
	// device, and it jumps if it is seen twice, so nearly the same. What is between is
	// left as it is until there is silence: it may be how callbacks come, and if it is not,
	// the canceller has followed it already, and would have to follow the correction, too.
	shadowThere            = media.SampleRate / 2000
	shadowFar, shadowAlike = 8 * media.SampleRate / 1000, 2 * media.SampleRate / 1000
)

// shadow is what the speaker plays, as the canceller should be handed it: at a
// delay to the echo that does not change.
//
// It is kept by the speaker's own count of frames, as what was written to its ring,
// with silence wherever the speaker found nothing. So whatever is done to the reserve,
// by the rate, by steps that are put in or left out, or by hunger, is in it as it
// is heard. Which frame belongs to which of the microphone is known from the moments
// at which both call back; it is measured once and then only followed, at the rate
// by which their clocks differ: a canceller would have to follow every correction.
type shadow struct {
	tape []int16
	end  uint64 // of the speaker's frames that are known

	resampler *drift.Resampler
	next      uint64  // frame that the resampler is handed next
	ready     []int16 // what it made of those before
	placed    bool

	off   [shadowWindow]float64 // frames that the place is behind what was measured
	noted int
	doubt float64 // how far off it was in the window before, if that was far
	hush  int     // steps of silence until now
}

// reset begins anew to find the place: for another microphone.
func (s *shadow) reset() {
	if s.resampler == nil {
		s.resampler = drift.NewResampler()
		s.tape = make([]int16, shadowTape)
		s.ready = make([]int16, 0, media.StepSamples+drift.MostStep)
	}
	s.resampler.Reset()
	s.resampler.Set(0)
	s.ready, s.placed = s.ready[:0], false
	s.noted, s.doubt, s.hush = 0, 0, shadowHush
}

// restart forgets what the speaker was given: for another one.
func (s *shadow) restart() {
	s.end = 0
	s.reset()
}

// add takes note that samples will be the speaker's frames from at on. What is
// between them and those before is silence.
func (s *shadow) add(at uint64, samples []int16) {
	if at > s.end+shadowTape {
		s.end = at - shadowTape
	}
	for ; s.end < at; s.end++ {
		s.tape[s.end%shadowTape] = 0
	}
	for _, v := range samples {
		s.tape[s.end%shadowTape] = v
		s.end++
	}
}

// step fills far with what belongs to the next step of the microphone, whose clock is so
// many ppm slower than the speaker's.
func (s *shadow) step(far *[media.StepSamples]int16, ppm float64) {
	s.resampler.Set(-ppm)
	var in [media.StepSamples]int16
	for len(s.ready) < media.StepSamples {
		s.read(&in)
		s.ready = s.resampler.Mono(s.ready, in[:])
	}
	copy(far[:], s.ready)
	s.ready = s.ready[:copy(s.ready, s.ready[media.StepSamples:])]
	if s.hush++; *far != [media.StepSamples]int16{} {
		s.hush = 0
	}
}

// read reads the next frames.
func (s *shadow) read(in *[media.StepSamples]int16) {
	clear(in[:])
	for i := range in {
		if at := s.next + uint64(i); at < s.end && at+shadowTape >= s.end {
			in[i] = s.tape[at%shadowTape]
		}
	}
	s.next += media.StepSamples
}

// jump goes to where the step that is to come ends at a frame.
func (s *shadow) jump(at float64) {
	s.ready = s.ready[:0]
	s.next = uint64(max(0, math.Round(at)-media.StepSamples))
	s.placed, s.doubt = true, 0
}

// place is the frame at which the step that is to come ends.
func (s *shadow) place() float64 {
	return float64(s.next) - float64(len(s.ready)) + media.StepSamples
}

// note takes note that the speaker was at a frame when the step that is to come ended,
// as far as the moments of the callbacks tell.
func (s *shadow) note(at float64) {
	if !s.placed {
		s.jump(at)
	}
	s.off[s.noted] = at - s.place()
	if s.noted++; s.noted < shadowWindow {
		return
	}
	s.noted = 0
	slices.Sort(s.off[:])
	s.judge(s.off[shadowWindow/2])
}

// judge keeps the place, which is off by so many frames, or corrects it.
func (s *shadow) judge(off float64) {
	far := math.Abs(off) > shadowFar
	switch {
	case s.hush > shadowHush && math.Abs(off) > shadowThere,
		far && math.Abs(off-s.doubt) < shadowAlike:
		s.jump(s.place() + off)
	case far:
		s.doubt = off
	default:
		s.doubt = 0
	}
}
