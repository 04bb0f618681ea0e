package drift

import (
	"math"
	"testing"

	"parley/media"
)

// tone returns a sine of so many samples at nine tenths of full scale.
func tone(hertz float64, samples int) []int16 {
	out := make([]int16, samples)
	for i := range out {
		out[i] = int16(math.Round(0.9 * math.MaxInt16 * math.Sin(2*math.Pi*hertz*float64(i)/media.SampleRate)))
	}
	return out
}

// resampled sends sound through a Resampler step by step.
func resampled(r *Resampler, in []int16) []int16 {
	var out []int16
	for ; len(in) >= media.StepSamples; in = in[media.StepSamples:] {
		out = r.Mono(out, in[:media.StepSamples])
	}
	return out
}

// impurity is what is left of samples without their best-fitting sine of a
// frequency, in dB of that sine. The frequency is in cycles per sample.
func impurity(samples []int16, frequency float64) float64 {
	var ss, sc, cc, xs, xc float64 // least squares with a sine and a cosine
	for i, v := range samples {
		sin, cos := math.Sincos(2 * math.Pi * frequency * float64(i))
		ss, sc, cc = ss+sin*sin, sc+sin*cos, cc+cos*cos
		xs, xc = xs+float64(v)*sin, xc+float64(v)*cos
	}
	det := ss*cc - sc*sc
	a, b := (xs*cc-xc*sc)/det, (xc*ss-xs*sc)/det
	var signal, rest float64
	for i, v := range samples {
		sin, cos := math.Sincos(2 * math.Pi * frequency * float64(i))
		fitted := a*sin + b*cos
		signal += fitted * fitted
		rest += (float64(v) - fitted) * (float64(v) - fitted)
	}
	return 10 * math.Log10(rest/signal)
}

func TestResampler_AddsNothingThatIsHeard(t *testing.T) {
	for _, ppm := range []float64{-1000, -100, 10, 100, 300, 2000} {
		for _, hertz := range []float64{100, 1000, 10000, 17000, 18500} {
			r := NewResampler()
			r.Set(ppm)
			out := resampled(r, tone(hertz, media.SampleRate))[media.StepSamples+2*taps:]
			frequency := hertz / media.SampleRate / (1 + ppm/1e6)
			if d := impurity(out, frequency); d > -80 {
				t.Errorf("%v Hz at %v ppm: distortion and noise at %.1f dB", hertz, ppm, d)
			}
		}
	}
}

func TestResampler_KeepsTheLevelOfWhatIsHeard(t *testing.T) {
	const at = media.StepSamples
	for _, hertz := range []float64{100, 1000, 10000, 16000, 18000} {
		in := tone(hertz, 2*media.SampleRate)
		r := NewResampler()
		r.Set(300)
		var before, after float64
		for _, v := range in[at:] {
			before += float64(v) * float64(v)
		}
		out := resampled(r, in)[at:]
		for _, v := range out {
			after += float64(v) * float64(v)
		}
		gain := 10 * math.Log10(after/float64(len(out))*float64(len(in)-at)/before)
		if math.Abs(gain) > 0.3 {
			t.Errorf("%v Hz: %.2f dB", hertz, gain)
		}
	}
}

func TestResampler_IsADelayAtTheSameRate(t *testing.T) {
	in := tone(997, 3*media.StepSamples)
	out := resampled(NewResampler(), in)
	if len(out) != len(in) {
		t.Fatalf("%d samples of %d", len(out), len(in))
	}
	for i := range in[Delay:] {
		if out[i+Delay] != in[i] {
			t.Fatalf("sample %d is %d, not %d", i+Delay, out[i+Delay], in[i])
		}
	}
}

func TestResampler_MakesAsManySamplesAsItShould(t *testing.T) {
	const seconds = 20
	for _, ppm := range []float64{-5000, -2000, -100, 0, 1, 100, 1000, 2000, 5000, math.Inf(1), math.NaN()} {
		r := NewResampler()
		r.Set(ppm)
		count, buffer := 0, make([]int16, 0, MostStep)
		step := make([]int16, media.StepSamples)
		for range seconds * 100 {
			out := r.Mono(buffer, step)
			if len(out) < media.StepSamples-1 || len(out) > media.StepSamples+1 {
				t.Fatalf("%v ppm: %d samples of a step", ppm, len(out))
			}
			count += len(out)
		}
		limited := min(max(ppm, -MostPPM), MostPPM)
		if math.IsNaN(ppm) {
			limited = 0
		}
		if math.Abs(r.PPM()-limited) > 1e-6 {
			t.Errorf("set to %v ppm it says %v", ppm, r.PPM())
		}
		want := seconds * media.SampleRate * (1 + limited/1e6)
		if math.Abs(float64(count)-want) > 2 {
			t.Errorf("%v ppm: %d samples, not %v", ppm, count, want)
		}
	}
}

// TestResampler_ChangesItsRateWithoutASeam looks for clicks: a sine's second
// difference is small, and so is what a change of rate may add to it.
func TestResampler_ChangesItsRateWithoutASeam(t *testing.T) {
	const hertz = 1000
	in := tone(hertz, 4*media.SampleRate)
	r := NewResampler()
	var out []int16
	for i := 0; len(in) >= media.StepSamples; i++ {
		r.Set(float64(i%5-2) * 500)
		out = r.Mono(out, in[:media.StepSamples])
		in = in[media.StepSamples:]
	}
	angle := 2 * math.Pi * hertz / media.SampleRate
	most := 1.01*0.9*math.MaxInt16*angle*angle + 3
	for i := media.StepSamples; i < len(out)-1; i++ {
		if bend := math.Abs(float64(out[i+1]) - 2*float64(out[i]) + float64(out[i-1])); bend > most {
			t.Fatalf("a click at sample %d: %v, more than %v", i, bend, most)
		}
	}
}

func TestResampler_TakesAnyPiecesAsOne(t *testing.T) {
	in := tone(440, media.SampleRate)
	whole, pieces := NewResampler(), NewResampler()
	whole.stride, whole.wanted = 0.9998, 0.9998 // from the beginning: how it gets there depends on the pieces
	pieces.stride, pieces.wanted = 0.9998, 0.9998
	want := whole.Mono(nil, in)
	var got []int16
	for n := 1; len(in) > 0; n = n*7%1013 + 1 {
		n = min(n, len(in))
		got = pieces.Mono(got, in[:n])
		in = in[n:]
	}
	if len(got) != len(want) {
		t.Fatalf("%d samples, not %d", len(got), len(want))
	}
	for i := range want {
		if d := got[i] - want[i]; d < -1 || d > 1 {
			t.Fatalf("sample %d is %d, not %d", i, got[i], want[i])
		}
	}
}

func TestResampler_Stereo(t *testing.T) {
	middle, side := tone(300, media.SampleRate), tone(1700, media.SampleRate)
	one, other, both := NewResampler(), NewResampler(), NewResampler()
	for _, r := range []*Resampler{one, other, both} {
		r.Set(-150)
	}
	wantMiddle, wantSide := one.Mono(nil, middle), other.Mono(nil, side)
	gotMiddle, gotSide := both.Stereo(nil, nil, middle, side)
	if len(gotMiddle) != len(wantMiddle) || len(gotSide) != len(wantSide) {
		t.Fatalf("%d and %d samples", len(gotMiddle), len(gotSide))
	}
	for i := range wantMiddle {
		if gotMiddle[i] != wantMiddle[i] || gotSide[i] != wantSide[i] {
			t.Fatalf("sample %d: %d and %d, not %d and %d", i, gotMiddle[i], gotSide[i], wantMiddle[i], wantSide[i])
		}
	}
	both.Mono(nil, middle[:media.StepSamples])
	silence := make([]int16, media.StepSamples)
	if _, s := both.Stereo(nil, nil, silence, silence); s[0] != 0 || s[taps] != 0 {
		t.Error("a side from before Mono is heard after it")
	}
}

func TestResampler_Reset(t *testing.T) {
	r := NewResampler()
	r.Set(50)
	r.Mono(nil, tone(1000, media.StepSamples))
	r.Reset()
	for i, v := range r.Mono(nil, make([]int16, media.StepSamples)) {
		if v != 0 {
			t.Fatalf("sample %d is %d", i, v)
		}
	}
	if math.Abs(r.PPM()-50) > 1e-9 {
		t.Errorf("%v ppm", r.PPM())
	}
}

func TestResampler_ClipsInsteadOfTurningOver(t *testing.T) {
	square := make([]int16, media.StepSamples)
	for i := range square {
		square[i] = math.MaxInt16
		if i/24%2 == 1 {
			square[i] = math.MinInt16
		}
	}
	r := NewResampler()
	r.Set(1000)
	out := resampled(r, append(square, square...))
	for i := taps; i < len(out)-2; i++ {
		if a, b := out[i], out[i+1]; a > 30000 && b < -30000 && out[i+2] > 30000 {
			t.Fatalf("samples from %d turn over: %v", i, out[i:i+3])
		}
	}
}

func FuzzResampler(f *testing.F) {
	f.Add(100.0, -50.0, 480, 3)
	f.Add(2000.0, -2000.0, 1, 7)
	f.Fuzz(func(t *testing.T, first, second float64, size, times int) {
		size, times = size&1023, times&31
		r := NewResampler()
		in := tone(5000, size)
		total := 0
		for i := range times {
			if i%2 == 0 {
				r.Set(first)
			} else {
				r.Set(second)
			}
			total += len(r.Mono(nil, in))
		}
		most := float64(size*times)*MostPPM/1e6 + 2
		if off := math.Abs(float64(total - size*times)); off > most {
			t.Errorf("%d samples of %d", total, size*times)
		}
	})
}

func BenchmarkResampler(b *testing.B) {
	r := NewResampler()
	r.Set(100)
	in, out := tone(1000, media.StepSamples), make([]int16, 0, MostStep)
	b.ReportAllocs()
	for b.Loop() {
		r.Mono(out, in)
	}
}

func TestResampler_AllocatesNothing(t *testing.T) {
	r := NewResampler()
	in := tone(1000, media.StepSamples)
	middle, side := make([]int16, 0, MostStep), make([]int16, 0, MostStep)
	ppm := 0.0
	if n := testing.AllocsPerRun(100, func() {
		ppm += 10
		r.Set(ppm)
		r.Mono(middle, in)
		r.Stereo(middle, side, in, in)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
