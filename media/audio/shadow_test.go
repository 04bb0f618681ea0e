package audio

import (
	"testing"

	"parley/media"
)

// The shadow holds on to its limits, however long the reserve grows or shrinks, and
// goes on with what is played after it slips.
func TestShadow_SlipsWithinItsLimits(t *testing.T) {
	for _, ppm := range []float64{-2000, 0, 2000} {
		var s shadow
		s.reset()
		loud := 0
		for i := range 6000 {
			var step [media.StepSamples]int16
			for k := range step {
				step[k] = 1000
			}
			s.step(&step, ppm)
			if len(s.ready) > shadowMost+media.StepSamples {
				t.Fatalf("%v ppm: %d samples wait after %d steps", ppm, len(s.ready), i)
			}
			if step[0] > 900 && step[media.StepSamples-1] > 900 {
				loud++
			}
		}
		if loud < 5900 { // it slips about once in 10 ms / 2000 ppm = 5 s
			t.Errorf("%v ppm: only %d steps are whole", ppm, loud)
		}
	}
}

func TestShadow_AllocatesNothing(t *testing.T) {
	var s shadow
	s.reset()
	var step [media.StepSamples]int16
	if n := testing.AllocsPerRun(2000, func() { s.step(&step, -500) }); n != 0 {
		t.Errorf("a step allocates %v times", n)
	}
}
