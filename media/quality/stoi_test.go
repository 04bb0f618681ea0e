package quality

import (
	"errors"
	"math"
	"testing"
)

// The numbers below came from the equations as the authors published them for
// Matlab, run on the same signals by Octave 7.3 (its resample for 48 kHz).
func TestSTOI_AgreesWithTheAuthors(t *testing.T) {
	tests := []struct {
		rate               int
		snr, stoi, estoi   float64
		stoiBy, extendedBy float64 // what resampling may differ by
	}{
		{10000, -10, 0.67681427, 0.20179767, 1e-7, 1e-7},
		{10000, -5, 0.74922977, 0.27595608, 1e-7, 1e-7},
		{10000, 0, 0.81166004, 0.35199221, 1e-7, 1e-7},
		{10000, 5, 0.86781695, 0.43438814, 1e-7, 1e-7},
		{10000, 10, 0.91119609, 0.51696391, 1e-7, 1e-7},
		{10000, 20, 0.96741450, 0.74347165, 1e-7, 1e-7},
		{48000, -10, 0.82930814, 0.24007899, 1e-5, 1e-5},
		{48000, 0, 0.91760225, 0.39024391, 1e-5, 1e-5},
		{48000, 10, 0.97354832, 0.62780951, 1e-5, 1e-5},
		{48000, 20, 0.99647680, 0.90028554, 1e-5, 1e-5},
	}
	for _, test := range tests {
		x := speechlike(1, 8, test.rate)
		y := mixed(x, noise(2, len(x)), test.snr)
		stoi, err := STOI(x, y, test.rate)
		if err != nil || math.Abs(stoi-test.stoi) > test.stoiBy {
			t.Errorf("STOI at %d/s, %g dB = %.8f, %v; want %.8f", test.rate, test.snr, stoi, err, test.stoi)
		}
		estoi, err := ESTOI(x, y, test.rate)
		if err != nil || math.Abs(estoi-test.estoi) > test.extendedBy {
			t.Errorf("ESTOI at %d/s, %g dB = %.8f, %v; want %.8f", test.rate, test.snr, estoi, err, test.estoi)
		}
	}
}

func TestSTOI_IdenticalIsOneAtAnyGain(t *testing.T) {
	x := speechlike(3, 4, 16000)
	for _, gain := range []float64{1, 0.01, 30, -1} {
		for name, measure := range measures() {
			if got, err := measure(x, scaled(x, gain), 16000); err != nil || math.Abs(got-1) > 1e-9 {
				t.Errorf("%s of the same at gain %g = %v, %v", name, gain, got, err)
			}
		}
	}
}

func TestSTOI_GainOfTheProcessedDoesNotCount(t *testing.T) {
	x := speechlike(3, 4, 16000)
	y := mixed(x, noise(4, len(x)), 3)
	for name, measure := range measures() {
		one, err1 := measure(x, y, 16000)
		other, err2 := measure(scaled(x, 5), scaled(y, 0.1), 16000)
		if err1 != nil || err2 != nil || math.Abs(one-other) > 1e-9 {
			t.Errorf("%s = %v, %v and %v, %v", name, one, err1, other, err2)
		}
	}
}

func TestSTOI_MoreNoiseIsNeverBetter(t *testing.T) {
	x := speechlike(5, 6, 10000)
	n := noise(6, len(x))
	for name, measure := range measures() {
		last := math.Inf(1)
		for snr := 30.0; snr >= -30; snr -= 5 {
			got, err := measure(x, mixed(x, n, snr), 10000)
			if err != nil || got > last {
				t.Errorf("%s at %g dB = %v, %v after %v", name, snr, got, err, last)
			}
			last = got
		}
	}
}

func TestSTOI_UnrelatedIsNearlyNothing(t *testing.T) {
	x := speechlike(7, 10, 10000)
	got, err := ESTOI(x, noise(8, len(x)), 10000)
	if err != nil || math.Abs(got) > 0.2 {
		t.Errorf("ESTOI of noise = %v, %v", got, err)
	}
	if got, err = STOI(x, make([]float64, len(x)), 10000); err != nil || got != 0 {
		t.Errorf("STOI of silence = %v, %v", got, err)
	}
}

func TestSTOI_BadInput(t *testing.T) {
	x := speechlike(1, 2, 10000)
	broken := append([]float64(nil), x...)
	broken[100] = math.NaN()
	tests := map[string]struct {
		x, y []float64
		rate int
		want error
	}{
		"lengths":         {x, x[1:], 10000, ErrLength},
		"rate":            {x, x, 100, ErrRate},
		"nothing":         {nil, nil, 10000, ErrShort},
		"one frame":       {x[:256], x[:256], 10000, ErrShort},
		"a short segment": {x[:4000], x[:4000], 10000, ErrShort},
		"silence":         {make([]float64, 20000), x, 10000, ErrShort},
		"not a number":    {broken, x, 10000, ErrNumber},
		"no number":       {x, broken, 10000, ErrNumber},
	}
	for name, test := range tests {
		for which, measure := range measures() {
			if got, err := measure(test.x, test.y, test.rate); !errors.Is(err, test.want) {
				t.Errorf("%s of %s = %v, %v, want %v", which, name, got, err, test.want)
			}
		}
	}
}

func measures() map[string]func(clean, processed []float64, rate int) (float64, error) {
	return map[string]func(clean, processed []float64, rate int) (float64, error){"STOI": STOI, "ESTOI": ESTOI}
}

func BenchmarkSTOI(b *testing.B) {
	x := speechlike(1, 60, 48000)
	y := mixed(x, noise(2, len(x)), 5)
	for b.Loop() {
		if _, err := STOI(x, y, 48000); err != nil {
			b.Fatal(err)
		}
	}
}
