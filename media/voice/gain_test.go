package voice

import (
	"math"
	"testing"
)

var onlyGain = Options{Settings: Settings{Gain: true}}

// speechLevel returns the level of syllables of what is said in so many seconds.
func (r *rig) speechLevel(seconds float64, s *talker, noise source) float32 {
	var sum, n float64
	var near, more, quiet Step
	for range int(seconds * float64(stepsASecond)) {
		s.next(&near)
		noise.next(&more)
		for i, v := range more {
			near[i] += v
		}
		r.hear(&near, &quiet)
		if s.talking() {
			toFloat(&r.near, &near)
			sum += float64(meanSquare(&near))
			n++
		}
	}
	return Decibels(float32(math.Sqrt(sum / n)))
}

func TestGain_BringsSpeechToItsLevel(t *testing.T) {
	for _, pitch := range []float64{95, 210} {
		for _, level := range []float64{-45, -30, -16, -12} {
			s := newTalker(pitch, level)
			noise := newHiss(-78)
			r := newRig(t, onlyGain)
			first := r.speechLevel(6, s, noise)
			got := r.speechLevel(4, s, noise)
			t.Logf("%v Hz, %v dBFS: %.1f in the first 6 s, then %.1f, gain %.1f", pitch, level, first, got, r.Read().Gain)
			if got < gainTarget-3 || got > gainTarget+5 {
				t.Errorf("%v Hz at %v dBFS came out at %.1f", pitch, level, got)
			}
			if r.loudest > 0.9 {
				t.Errorf("a peak of %v", r.loudest)
			}
		}
	}
}

func TestGain_LeavesNoiseAlone(t *testing.T) {
	tests := map[string]source{
		"hiss -75": newHiss(-75), "hiss -60": newHiss(-60), "hiss -40": newHiss(-40), "hiss -25": newHiss(-25),
		"fan -60": newFan(-60), "fan -40": newFan(-40), "fan -30": newFan(-30),
		"keys -30": newKeyboard(-30), "keys and fan": mix{newKeyboard(-30), newFan(-50)},
		"hum": &tone{frequency: 100, amplitude: 0.01},
	}
	for name, noise := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, onlyGain)
			most := float32(0)
			for range 10 {
				r.run(1, noise)
				most = max(most, r.Read().Gain)
			}
			if most > 1 {
				t.Errorf("turned up by %.1f dB", most)
			}
		})
	}
}

func TestGain_PausesAreNotTurnedUp(t *testing.T) {
	r := newRig(t, onlyGain)
	s, noise := newTalker(120, -40), newHiss(-62)
	r.speechLevel(10, s, noise)
	spoken := r.Read().Gain
	r.forget()
	r.run(20, noise)
	if got := r.Read().Gain; got > spoken+0.1 {
		t.Errorf("%.1f dB while somebody spoke, %.1f in the pause", spoken, got)
	}
	if l := r.level(); l > gainNoise+1 {
		t.Errorf("noise came out at %.1f dBFS", l)
	}
}

// TestGain_AnHourOfSilence hears two minutes: nothing has changed for one of them
// then, and so an hour would be no different.
func TestGain_AnHourOfSilence(t *testing.T) {
	r := newRig(t, onlyGain)
	s := newTalker(120, -30)
	r.run(8, s)
	const again = floorWindow * floorWindows * 2 // steps after which the counters are where they were
	var quiet Step
	state := func() any { return [...]any{r.ears, r.gain, r.limiter, r.mute, r.highPass, r.before, r.after} }
	var before any
	for i := range 38 * again {
		if r.hear(&quiet, &quiet); i == 19*again {
			before = state()
		} else if i%again == 0 && i > 19*again && state() != before {
			t.Fatalf("after %d steps something still changes", i)
		}
	}
	if got := r.Read(); got.Speaking || got.Speech != 0 || got.After.RMS != 0 || got.After.Peak != 0 {
		t.Errorf("read %+v", got)
	}
	if l := r.speechLevel(2, s, silence{}); l < gainTarget-3 || l > gainTarget+3 {
		t.Errorf("then speech came out at %.1f", l)
	}
}

func TestGain_ComesDownForALoudTalker(t *testing.T) {
	r := newRig(t, onlyGain)
	r.speechLevel(8, newTalker(120, -42), newHiss(-80))
	if g := r.Read().Gain; g < 15 {
		t.Fatalf("a gain of %.1f", g)
	}
	r.forget()
	loud := newTalker(130, -14)
	r.speechLevel(2, loud, newHiss(-80))
	if l := r.speechLevel(2, loud, newHiss(-80)); l > gainTarget+5 {
		t.Errorf("came out at %.1f dBFS, the gain is %.1f", l, r.Read().Gain)
	}
	if r.loudest > 0.9 {
		t.Errorf("a peak of %v", r.loudest)
	}
}

func TestGain_Clipping(t *testing.T) {
	r := newRig(t, onlyGain)
	r.run(1, &tone{frequency: 200, amplitude: 40}) // a square wave, nearly
	if r.loudest > limitCeiling+1e-3 {
		t.Errorf("a peak of %v", r.loudest)
	}
	r = newRig(t, onlyGain)
	var worst float32
	s := newTalker(120, 5)
	for range 4 {
		r.run(1, s)
		worst = max(worst, r.loudest)
	}
	if worst > 0.9 {
		t.Errorf("a peak of %v", worst)
	}
}

// TestGain_MovesEvenly listens for zipper noise while the gain climbs: in a sine,
// the second difference of neighbouring samples is that of the sine.
func TestGain_MovesEvenly(t *testing.T) {
	g, e := newGain(), newEars()
	g.speech, g.counted, g.run = 1e-4, gainSure, gainRun
	e.near, e.loud, e.power = true, true, 1e-4
	s := &tone{frequency: 300, amplitude: 0.01}
	const curve = 2 * math.Pi * 300 / sampleRate * 2 * math.Pi * 300 / sampleRate
	var a, b, worst float64
	var step Step
	for i := range 300 {
		s.next(&step)
		g.step(true, &step, &e)
		if i == 0 {
			a, b = float64(step[479]), float64(step[478])
			continue
		}
		for _, v := range step {
			w := curve * float64(v)
			worst = max(worst, math.Abs(float64(v)-2*a+b+w)/(0.01*float64(g.factor)))
			a, b = float64(v), a
		}
	}
	if g.decibels < 15 || worst > 2e-3 {
		t.Errorf("at %.1f dB, a kink of %.5f of the amplitude", g.decibels, worst)
	}
}

func TestGain_IsOffAtOnce(t *testing.T) {
	r := newRig(t, onlyGain)
	r.run(8, newTalker(120, -45))
	if g := r.Read().Gain; g < 10 {
		t.Fatalf("a gain of %.1f", g)
	}
	r.Set(Settings{})
	r.run(0.2, silence{})
	if g := r.Read().Gain; g != 0 {
		t.Errorf("still %.1f dB", g)
	}
}

func TestLimiter_LeavesWhatIsBelowAlone(t *testing.T) {
	l := newLimiter()
	s := &tone{frequency: 100, amplitude: 0.6}
	var step Step
	for range 20 {
		s.next(&step)
		want := step
		if l.step(true, &step); step != want || l.decibels() != 0 {
			t.Fatal("it changed what is below its knee")
		}
	}
}

// TestLimiter_KeepsTones measures what it adds to a tone that it limits.
func TestLimiter_KeepsTones(t *testing.T) {
	for _, frequency := range []float64{60, 100, 300, 1000, 5000} {
		l := newLimiter()
		s := &tone{frequency: frequency, amplitude: 2}
		var step Step
		var sum, sine, cosine float64
		n := 0
		for i := range 400 {
			s.next(&step)
			l.step(true, &step)
			if i < 200 {
				continue
			}
			for _, v := range step {
				w := 2 * math.Pi * frequency * float64(n) / sampleRate
				sum += float64(v) * float64(v)
				sine += float64(v) * math.Sin(w)
				cosine += float64(v) * math.Cos(w)
				n++
			}
		}
		pure := (sine*sine + cosine*cosine) * 2 / float64(n)
		distortion := math.Sqrt(max(sum-pure, 0) / sum)
		if distortion > 0.01 || peak(&step) > limitCeiling {
			t.Errorf("%v Hz: a distortion of %.2f %%, a peak of %v", frequency, 100*distortion, peak(&step))
		}
	}
}
