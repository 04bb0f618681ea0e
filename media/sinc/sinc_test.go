package sinc_test

import (
	"math"
	"testing"

	"parley/media/sinc"
)

func TestAt(t *testing.T) {
	for x, want := range map[float64]float64{0: 1, 1: 0, -1: 0, 17: 0, -400: 0, 0.5: 2 / math.Pi, -0.5: 2 / math.Pi, 1.5: -2 / (3 * math.Pi)} {
		if got := sinc.At(x); math.Abs(got-want) > 1e-15 || want == 0 && got != 0 {
			t.Errorf("at %v it is %v, want %v", x, got, want)
		}
	}
}

// TestKaiser compares with tables: NumPy's kaiser(5, 8) is 0.00233883, 0.36897272, 1.
func TestKaiser(t *testing.T) {
	for x, want := range map[float64]float64{0: 1, 0.5: 0.36897272, -0.5: 0.36897272, 1: 0, -1: 0, 3: 0} {
		if got := sinc.Kaiser(x, 8); math.Abs(got-want) > 1e-8 {
			t.Errorf("at %v it is %v, want %v", x, got, want)
		}
	}
	if got := sinc.Kaiser(0.9, 0); got != 1 {
		t.Errorf("without a beta it is no rectangle: %v", got)
	}
}

// TestRow_ReadsATone has tones below and above the cut, read between samples.
func TestRow_ReadsATone(t *testing.T) {
	const half, cut = 24, 0.9
	for _, tone := range []struct{ share, gain float64 }{{0.01, 1}, {0.3, 1}, {0.7, 1}, {0.9999, 0}} {
		for _, offset := range []float64{0, 0.25, 0.5, 0.9, 1} {
			var re, im float64
			for i, w := range sinc.Row(half, cut, 8, offset) {
				angle := math.Pi * tone.share * (float64(i-half+1) - offset)
				re, im = re+w*math.Cos(angle), im+w*math.Sin(angle)
			}
			if math.Abs(re-tone.gain) > 2e-3 || math.Abs(im) > 2e-3 {
				t.Errorf("a tone at %v of the band, %v after a sample, comes out as %.5f%+.5fi", tone.share, offset, re, im)
			}
		}
	}
}
