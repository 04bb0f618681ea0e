package quality

import (
	"math"
	"testing"
)

// toneOf returns a tone of 1 kHz, whose phase and level may break.
func toneOf(seconds, frequency float64, change func(i int) (phase, gain float64)) []int16 {
	out := make([]int16, int(seconds*testRate))
	for i := range out {
		phase, gain := change(i)
		out[i] = int16(16000 * gain * math.Sin(2*math.Pi*frequency*float64(i)/testRate+phase))
	}
	return out
}

func steady(int) (float64, float64) { return 0, 1 }

func TestTone_SteadyHasNoGlitch(t *testing.T) {
	for _, frequency := range []float64{997, 1000, 1000.1, 1234.5} {
		tone := NewTone(math.Round(frequency), testRate)
		all := toneOf(10, frequency, steady)
		for at := 0; at < len(all); at += 480 {
			tone.Watch(all[at : at+480])
		}
		got := tone.Report()
		if got.Glitches != 0 || got.Phase > 0.02 || got.Level > 0.1 || !near(got.Frequency, frequency, 0.01) || !near(got.Amplitude, 16000.0/32768, 0.002) {
			t.Errorf("%v Hz: %+v", frequency, got)
		}
	}
}

func TestTone_SlowDriftIsNoGlitch(t *testing.T) {
	tone := NewTone(1000, testRate)
	tone.Watch(toneOf(20, 1000, func(i int) (float64, float64) {
		s := float64(i) / testRate
		return 2 * math.Pi * 1000 * 100e-6 * s * s / 40, 1 - 0.01*s // 100 ppm within 20 s
	}))
	if got := tone.Report(); got.Glitches != 0 {
		t.Errorf("%+v", got)
	}
}

func TestTone_EveryBreakIsSeen(t *testing.T) {
	at := func(from, to float64, phase, gain float64) func(int) (float64, float64) {
		return func(i int) (float64, float64) {
			if s := float64(i) / testRate; s >= from && s < to {
				return phase, gain
			}
			return 0, 1
		}
	}
	tests := map[string]struct {
		change func(int) (float64, float64)
		want   int
	}{
		"5 samples lost":   {at(3, 99, 2*math.Pi*5/48, 1), 1},
		"a packet of none": {at(3, 3.02, 0, 0), 1},
		"a fade":           {at(3, 3.1, 0, 0.7), 1},
		"other phase":      {at(3, 4, 2, 1), 2},
		"quieter for good": {at(3, 99, 0, 0.5), 1},
		"gone for good":    {at(3, 99, 0, 0), 1},
	}
	for name, test := range tests {
		for _, tone := range []*Tone{NewTone(1000, testRate), NewCodedTone(1000, testRate)} {
			tone.Watch(toneOf(6, 1000, test.change))
			if got := tone.Report(); got.Glitches != test.want {
				t.Errorf("%s: %+v, want %d", name, got, test.want)
			}
		}
	}
}

func TestTone_NoiseOfACodecIsNoGlitch(t *testing.T) {
	ripple := toneOf(6, 1000, func(i int) (float64, float64) {
		return 0.2 * math.Sin(2*math.Pi*40*float64(i)/testRate), 1 + 0.12*math.Sin(2*math.Pi*50*float64(i)/testRate)
	})
	strict, coded := NewTone(1000, testRate), NewCodedTone(1000, testRate)
	strict.Watch(ripple)
	coded.Watch(ripple)
	if strict.Report().Glitches == 0 || coded.Report().Glitches != 0 {
		t.Errorf("strict %+v, coded %+v", strict.Report(), coded.Report())
	}
}

func TestTone_NoneAtAll(t *testing.T) {
	tone := NewTone(1000, testRate)
	tone.Watch(make([]int16, testRate))
	if got := tone.Report(); got.Amplitude != 0 || got.Glitches != 0 {
		t.Errorf("%+v", got)
	}
}
