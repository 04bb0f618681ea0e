package quality

import (
	"math"
	"math/cmplx"
	"testing"
)

func TestFourier_IsTheSumOfItsDefinition(t *testing.T) {
	for _, n := range []int{2, 4, 64} {
		in := make([]complex128, n)
		re, im := noise(1, n), noise(2, n)
		for i := range in {
			in[i] = complex(re[i], im[i])
		}
		out := append([]complex128(nil), in...)
		f := NewFourier(n)
		f.Forward(out)
		for k := range out {
			var want complex128
			for i, v := range in {
				want += v * cmplx.Rect(1, -2*math.Pi*float64(i*k)/float64(n))
			}
			if cmplx.Abs(out[k]-want) > 1e-9 {
				t.Errorf("bin %d of %d = %v, want %v", k, n, out[k], want)
			}
		}
		f.Inverse(out)
		for i := range out {
			if cmplx.Abs(out[i]-in[i]) > 1e-12 {
				t.Errorf("sample %d of %d came back as %v, not %v", i, n, out[i], in[i])
			}
		}
	}
}

func TestCorrelate_IsTheSumOfProducts(t *testing.T) {
	short, long := noise(3, 37), noise(4, 200)
	got := correlate(short, long)
	if len(got) != 164 {
		t.Fatalf("%d lags, want 164", len(got))
	}
	for lag := range got {
		want := 0.0
		for i, s := range short {
			want += s * long[lag+i]
		}
		if math.Abs(got[lag]-want) > 1e-9 {
			t.Errorf("lag %d = %v, want %v", lag, got[lag], want)
		}
	}
	if correlate(long, short) != nil {
		t.Error("a signal was found in a shorter one")
	}
}

func TestResample_KeepsTonesAndTime(t *testing.T) {
	for _, rates := range [][2]int{{48000, 10000}, {22050, 48000}, {44100, 48000}, {8000, 10000}} {
		from, to := rates[0], rates[1]
		tone := func(rate int) []float64 {
			out := make([]float64, rate/2)
			for i := range out {
				out[i] = math.Sin(2 * math.Pi * 1000 * float64(i) / float64(rate))
			}
			return out
		}
		got, want := Resample(tone(from), from, to), tone(to)
		if len(got) != len(want) {
			t.Fatalf("%d to %d: %d samples, want %d", from, to, len(got), len(want))
		}
		for i := to / 20; i < len(got)-to/20; i++ {
			if math.Abs(got[i]-want[i]) > 1e-3 {
				t.Fatalf("%d to %d: sample %d = %v, want %v", from, to, i, got[i], want[i])
			}
		}
	}
}

func TestResample_TakesOutWhatTheRateCannotHold(t *testing.T) {
	in := make([]float64, 48000)
	for i := range in {
		in[i] = math.Sin(2 * math.Pi * 6500 * float64(i) / 48000)
	}
	out := Resample(in, 48000, 10000)
	if level := Decibels(Power(out[500:len(out)-500]) / Power(in)); level > -70 {
		t.Errorf("6.5 kHz is heard at %.0f dB after resampling to 10 kHz", level)
	}
}
