package voice

import (
	"math"
	"testing"
)

func TestHighPass_IsButterworth(t *testing.T) {
	for _, frequency := range []float64{20, 50, 80, 100, 200, 1000, 10000} {
		h := newHighPass()
		s := &tone{frequency: frequency, amplitude: 0.5}
		var step Step
		var in, out float64
		for i := range 300 {
			s.next(&step)
			before := float64(meanSquare(&step))
			h.step(true, &step)
			if i >= 200 { // whole periods of all
				in += before
				out += float64(meanSquare(&step))
			}
		}
		got := 10 * math.Log10(out/in)
		want := -10 * math.Log10(1+math.Pow(highPassFrequency/frequency, 8))
		if math.Abs(got-want) > 0.05 {
			t.Errorf("%v Hz: %.2f dB, want %.2f", frequency, got, want)
		}
	}
}

func TestHighPass_FallsSilent(t *testing.T) {
	h := newHighPass()
	step := Step{0: 1}
	for range 100 {
		h.step(true, &step)
		step = Step{}
	}
	if h.first.s1 != 0 || h.second.s1 != 0 {
		t.Errorf("it holds %v and %v", h.first, h.second)
	}
}
