package quality

import (
	"errors"
	"math"
	"testing"
)

func near(got, want, by float64) bool { return math.Abs(got-want) <= by }

func TestSegmentalSNR_OfSteadySoundIsItsRatio(t *testing.T) {
	x := noise(1, testRate)
	for _, snr := range []float64{-5, 0, 10, 30} {
		got, err := SegmentalSNR(x, mixed(x, noise(2, len(x)), snr), testRate)
		if err != nil || !near(got, snr, 0.3) {
			t.Errorf("at %v dB = %v, %v", snr, got, err)
		}
	}
}

func TestSegmentalSNR_IsLimitedAndLeavesPausesOut(t *testing.T) {
	x := joined(noise(1, 9600), make([]float64, 9600), noise(3, 9600))
	if got, err := SegmentalSNR(x, x, testRate); err != nil || got != 35 {
		t.Errorf("of the same = %v, %v", got, err)
	}
	if got, err := SegmentalSNR(x, scaled(x, -9), testRate); err != nil || got != -10 {
		t.Errorf("of the opposite = %v, %v", got, err)
	}
	loud := joined(x[:9600], noise(2, 9600), x[19200:])
	if got, err := SegmentalSNR(x, loud, testRate); err != nil || got != 35 {
		t.Errorf("with a loud pause = %v, %v", got, err)
	}
}

func TestLevels_ApartForSpeechAndPauses(t *testing.T) {
	x := joined(noise(1, 96000), make([]float64, 96000))
	y := joined(scaled(x[:96000], 0.5), scaled(noise(2, 96000), 0.01))
	speech, err := SpeechLevel(x, y, testRate)
	if err != nil || !near(Decibels(speech/Power(x[:96000])), -6.02, 0.01) {
		t.Errorf("speech %v, %v", speech, err)
	}
	pause, err := PauseLevel(x, y, testRate)
	if err != nil || !near(Decibels(pause/Power(x[:96000])), -40, 0.3) {
		t.Errorf("pause %v, %v", pause, err)
	}
	if _, err := PauseLevel(x[:96000], y[:96000], testRate); !errors.Is(err, ErrShort) {
		t.Errorf("without a pause: %v", err)
	}
}

func TestMatched_ForgivesDelayLevelAndToneOnly(t *testing.T) {
	x := speechlike(5, 6, testRate)
	dull := make([]float64, len(x)) // 3 ms late, half as loud, with less treble
	for i := range dull {
		dull[i] = 0.25*cut(x, i-144, i-143)[0] + 0.25*cut(x, i-145, i-144)[0]
	}
	for _, snr := range []float64{0, 20} {
		y := mixed(dull, noise(6, len(x)), snr)
		reference, err := Matched(x, y, testRate)
		if err != nil {
			t.Fatal(err)
		}
		want, err1 := SegmentalSNR(dull, y, testRate)
		got, err2 := SegmentalSNR(reference, y, testRate)
		if err1 != nil || err2 != nil || !near(got, want, 0.3) {
			t.Errorf("at %v dB: %v, %v; want %v, %v", snr, got, err2, want, err1)
		}
	}
	other, err := Matched(x, noise(7, len(x)), testRate)
	if err != nil || Decibels(Power(other)/Power(x)) > 0 {
		t.Errorf("of noise a power of %v, %v", Power(other), err)
	}
}

func TestLevinson_SolvesTheNormalEquations(t *testing.T) {
	own, cross := []float64{4, 1, 0.5, -0.2}, []float64{1, -2, 3, 0.7}
	got := levinson(own, cross)
	for i := range cross {
		sum := 0.0
		for j := range got {
			sum += own[max(i-j, j-i)] * got[j]
		}
		if !near(sum, cross[i], 1e-12) {
			t.Errorf("row %d is %v, want %v", i, sum, cross[i])
		}
	}
}

func TestReturnLoss(t *testing.T) {
	x := noise(1, 9600)
	if got := ReturnLoss(x, scaled(x, 0.01)); !near(got, 40, 1e-9) {
		t.Errorf("%v dB, want 40", got)
	}
	if got := ReturnLoss(x, make([]float64, 9600)); !(got > 100) || math.IsInf(got, 1) {
		t.Errorf("of silence %v dB", got)
	}
	windows := ReturnLosses(x, joined(x[:4800], scaled(x[4800:], 0.1)), 4800)
	if len(windows) != 2 || !near(windows[0], 0, 1e-9) || !near(windows[1], 20, 1e-9) {
		t.Errorf("windows %v", windows)
	}
}

func TestKept_TellsTheTalkerFromTheRest(t *testing.T) {
	x, echo := speechlike(1, 8, testRate), speechlike(2, 8, testRate)
	for _, gain := range []float64{1, 0.5, 0.1} {
		for _, late := range []int{0, 431} {
			y := mixed(cut(scaled(x, gain), -late, len(x)-late), echo, 5)
			got, err := Kept(x, y, testRate)
			if err != nil || !near(got, 20*math.Log10(gain), 0.4) {
				t.Errorf("gain %v, %d samples late: %v dB, %v", gain, late, got, err)
			}
		}
	}
	if got, err := Kept(x, echo, testRate); err != nil || got > -15 {
		t.Errorf("of another talker %v dB, %v", got, err)
	}
	if _, err := Kept(make([]float64, 48000), echo[:48000], testRate); !errors.Is(err, ErrShort) {
		t.Errorf("of silence: %v", err)
	}
}

func TestScores_BadInput(t *testing.T) {
	x := speechlike(1, 1, testRate)
	for name, measure := range map[string]func(x, y []float64, rate int) (float64, error){
		"SegmentalSNR": SegmentalSNR, "SpeechLevel": SpeechLevel, "PauseLevel": PauseLevel, "Kept": Kept,
	} {
		if _, err := measure(x, x[1:], testRate); !errors.Is(err, ErrLength) {
			t.Errorf("%s of two lengths: %v", name, err)
		}
		if _, err := measure(x, x, 7); !errors.Is(err, ErrRate) {
			t.Errorf("%s at no rate: %v", name, err)
		}
		if _, err := measure(nil, nil, testRate); !errors.Is(err, ErrShort) {
			t.Errorf("%s of nothing: %v", name, err)
		}
	}
	if _, err := Matched(x, x[1:], testRate); !errors.Is(err, ErrLength) {
		t.Errorf("Matched of two lengths: %v", err)
	}
	if _, err := Matched(make([]float64, 9600), x[:9600], testRate); !errors.Is(err, ErrShort) {
		t.Errorf("Matched of silence: %v", err)
	}
}

func TestSamples_AndBack(t *testing.T) {
	in := []int16{-32768, -1, 0, 1, 32767}
	if got := Samples(Floats(in)); !near(float64(got[0]), -32768, 0) || got[1] != -1 || got[4] != 32767 {
		t.Errorf("%v became %v", in, got)
	}
	if got := Samples([]float64{2, -2}); got[0] != 32767 || got[1] != -32768 {
		t.Errorf("what is too loud became %v", got)
	}
}
