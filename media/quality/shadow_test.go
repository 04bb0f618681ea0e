package quality

import (
	"errors"
	"math"
	"testing"
)

func TestShadow_OfAWireAreTheParts(t *testing.T) {
	x, n := speechlike(1, 3, testRate), scaled(noise(2, 3*testRate), 0.01)
	for _, gain := range []float64{1, 3} {
		xs, ns, err := Shadow(x, n, scaled(added(x, n), gain), testRate)
		if err != nil {
			t.Fatal(err)
		}
		for i := 2000; i < len(x)-4000; i++ {
			if !near(xs[i], gain*x[i], 0.01) || !near(ns[i], gain*n[i], 1e-3) {
				t.Fatalf("gain %v: sample %d is %v and %v, want %v and %v", gain, i, xs[i], ns[i], gain*x[i], gain*n[i])
			}
		}
	}
}

// What is taken out between the words and above the talker's voice is noise.
func TestShadow_TellsWhatASuppressorTakesOut(t *testing.T) {
	x := joined(scaled(noise(1, testRate), 0.1), make([]float64, testRate))
	n := scaled(noise(2, 2*testRate), 0.1)
	y := added(x, n)
	copy(y[testRate:], scaled(y[testRate:], 0.1))
	xs, ns, err := Shadow(x, n, y, testRate)
	if err != nil {
		t.Fatal(err)
	}
	before, err1 := SegmentalRatio(x, x, n, testRate)
	after, err2 := SegmentalRatio(x, xs, ns, testRate)
	if err1 != nil || err2 != nil || !near(before, 0, 0.2) || !near(after, before, 0.3) {
		t.Errorf("ratio %v, %v before and %v, %v after", before, err1, after, err2)
	}
	in, err1 := PauseLevel(x, n, testRate)
	out, err2 := PauseLevel(x, ns, testRate)
	if err1 != nil || err2 != nil || !near(Decibels(out/in), -20, 0.5) {
		t.Errorf("pauses %v, %v before and %v, %v after", in, err1, out, err2)
	}
}

func TestShadow_BadInput(t *testing.T) {
	x := speechlike(1, 1, testRate)
	broken := append([]float64(nil), x...)
	broken[5] = math.NaN()
	for name, test := range map[string]struct {
		talker, noise, processed []float64
		rate                     int
		want                     error
	}{
		"lengths":        {x, x, x[1:], testRate, ErrLength},
		"other lengths":  {x, x[1:], x, testRate, ErrLength},
		"no number":      {x, broken, x, testRate, ErrNumber},
		"rate":           {x, x, x, 0, ErrRate},
		"nothing at all": {nil, nil, nil, testRate, nil},
	} {
		if _, _, err := Shadow(test.talker, test.noise, test.processed, test.rate); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	if _, err := SegmentalRatio(x, x, x[1:], testRate); !errors.Is(err, ErrLength) {
		t.Errorf("the ratio of two lengths: %v", err)
	}
	if _, err := SegmentalRatio(nil, nil, nil, testRate); !errors.Is(err, ErrShort) {
		t.Errorf("the ratio of nothing: %v", err)
	}
}
