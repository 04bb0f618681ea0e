package room

import (
	"math"
	"slices"
	"testing"

	"parley/media"
	"parley/media/quality"
)

func TestSounds_AreTheSameForTheSameSeed(t *testing.T) {
	makers := map[string]func(seed uint64) Sound{
		"talker":   func(seed uint64) Sound { return NewTalker(seed, 0) },
		"white":    func(seed uint64) Sound { return NewWhite(seed) },
		"fan":      func(seed uint64) Sound { return NewFan(seed) },
		"babble":   func(seed uint64) Sound { return NewBabble(seed) },
		"keyboard": func(seed uint64) Sound { return NewKeyboard(seed) },
	}
	for name, make := range makers {
		one, same, other := Take(make(1), 2), Take(make(1), 2), Take(make(2), 2)
		if !slices.Equal(one, same) || slices.Equal(one, other) {
			t.Errorf("%s: not its seed's", name)
		}
		for i, v := range one {
			if math.IsNaN(v) || math.Abs(v) > 1 {
				t.Fatalf("%s: sample %d is %v", name, i, v)
			}
		}
		if level := quality.Decibels(quality.Power(one)); level < -50 || level > -10 {
			t.Errorf("%s: %.1f dB", name, level)
		}
	}
}

// levels returns the mean square of each 10 ms.
func levels(s []float64) []float64 {
	var out []float64
	for at := 0; at+480 <= len(s); at += 480 {
		out = append(out, quality.Power(s[at:at+480]))
	}
	return out
}

func TestTalker_HasTheRhythmOfSpeech(t *testing.T) {
	for seed := range uint64(4) {
		s := Take(NewTalker(seed, 0), 30)
		level, err := quality.SpeechLevel(s, s, media.SampleRate)
		if err != nil || math.Abs(quality.Decibels(level)+23) > 4 {
			t.Errorf("seed %d: %.1f dB, %v", seed, quality.Decibels(level), err)
		}
		pauses, syllables, up := 0, 0, false
		for _, l := range levels(s) {
			if l < level/1000 {
				pauses++
			}
			if l > level/2 && !up {
				syllables++
			}
			up = l > level/2 || up && l > level/8
		}
		if share := float64(pauses) / 3000; share < 0.1 || share > 0.5 {
			t.Errorf("seed %d: pauses are %.2f of it", seed, share)
		}
		if rate := float64(syllables) / 30 / (1 - float64(pauses)/3000); rate < 2.5 || rate > 6 {
			t.Errorf("seed %d: %.1f syllables a second", seed, rate)
		}
	}
}

func TestTalker_SpeaksAtItsPitch(t *testing.T) {
	for _, pitch := range []float64{100, 210} {
		s := Take(NewTalker(3, pitch), 20)
		var periods []float64
		for at := 0; at+4800 <= len(s); at += 4800 {
			if quality.Power(s[at:at+2400]) < 1e-3 {
				continue
			}
			lag, alike, err := quality.Delay(s[at:at+2400], s[at:at+4800], 150, 900)
			if err == nil && alike > 0.7 {
				periods = append(periods, media.SampleRate/float64(lag))
			}
		}
		slices.Sort(periods)
		if len(periods) < 10 {
			t.Fatalf("pitch %v: voiced in %d places", pitch, len(periods))
		}
		if got := periods[len(periods)/2]; math.Abs(got/pitch-1) > 0.2 {
			t.Errorf("pitch %v is heard as %v", pitch, got)
		}
	}
}

func TestMix_HasTheRatioThatWasAsked(t *testing.T) {
	speech := Take(NewTalker(1, 0), 5)
	level, err := quality.SpeechLevel(speech, speech, media.SampleRate)
	if err != nil {
		t.Fatal(err)
	}
	for _, snr := range []float64{-5, 0, 15} {
		mix, err := Mix(speech, Take(NewFan(1), 5), snr)
		if err != nil {
			t.Fatal(err)
		}
		for i := range mix {
			mix[i] -= speech[i]
		}
		if got := quality.Decibels(level / quality.Power(mix)); math.Abs(got-snr) > 0.01 {
			t.Errorf("%v dB, want %v", got, snr)
		}
	}
	if _, err := Mix(make([]float64, 48000), speech, 0); err == nil {
		t.Error("silence was mixed with noise at a ratio to it")
	}
}

func TestNoises_DifferAsTheyShould(t *testing.T) {
	spread := func(s Sound) float64 { // dB between loud and quiet 10 ms
		l := levels(Take(s, 10))
		slices.Sort(l)
		return quality.Decibels(l[len(l)*95/100] / l[len(l)*5/100])
	}
	fan, babble, keys := spread(NewFan(1)), spread(NewBabble(1)), spread(NewKeyboard(1))
	if fan > 6 || babble < 6 || babble > 25 || keys < 30 {
		t.Errorf("fan %.1f dB, babble %.1f dB, keyboard %.1f dB", fan, babble, keys)
	}
}
