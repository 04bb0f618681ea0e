package voice

import (
	"math"
	"testing"
)

// share returns how much of the syllables, and of the pauses that are long
// enough, was taken for speech.
func (r *rig) share(seconds float64, s *talker, noise source) (syllables, pauses float64) {
	var near, more, quiet Step
	var hit, talked, missed, paused, since float64
	for range int(seconds * float64(stepsASecond)) {
		s.next(&near)
		noise.next(&more)
		for i, v := range more {
			near[i] += v
		}
		r.hear(&near, &quiet)
		got := 0.0
		if r.Read().Speaking {
			got = 1
		}
		if s.talking() {
			since = 0
			talked++
			hit += got
		} else if since++; since > 35 {
			paused++
			missed += got
		}
	}
	return hit / talked, missed / max(paused, 1)
}

func TestEars_HearSpeechInNoise(t *testing.T) {
	tests := map[string]struct {
		level float64
		noise source
		least float64
	}{
		"quiet room":        {-25, newHiss(-75), 0.85},
		"quiet talker":      {-45, newHiss(-75), 0.85},
		"hiss, 20 dB":       {-25, newHiss(-45), 0.85},
		"hiss, 12 dB":       {-25, newHiss(-37), 0.55},
		"fan, 20 dB":        {-25, newFan(-45), 0.85},
		"fan, 12 dB":        {-25, newFan(-37), 0.55},
		"keyboard and room": {-25, mix{newKeyboard(-45), newHiss(-70)}, 0.85},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			for _, pitch := range []float64{95, 220} {
				r := newRig(t, Options{Settings: Settings{HighPass: true}})
				r.run(2, test.noise)
				syllables, pauses := r.share(6, newTalker(pitch, test.level), test.noise)
				t.Logf("%v Hz: %.2f of the syllables, %.2f of the pauses", pitch, syllables, pauses)
				if syllables < test.least || pauses > 0.02 {
					t.Errorf("%v Hz: %.2f of the syllables, %.2f of the pauses", pitch, syllables, pauses)
				}
			}
		})
	}
}

func TestEars_HearNoSpeechInNoise(t *testing.T) {
	tests := map[string]source{
		"nothing": silence{}, "hiss": newHiss(-40), "loud hiss": newHiss(-15), "fan": newFan(-35), "keys": newKeyboard(-25),
		"faint keys": newKeyboard(-50), "keys and fan": mix{newKeyboard(-30), newFan(-55)},
		"hum": &tone{frequency: 150, amplitude: 0.05},
	}
	for name, noise := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, Options{Settings: Settings{HighPass: true}})
			var s, quiet Step
			spoke := 0
			for i := range 12 * stepsASecond {
				noise.next(&s)
				r.hear(&s, &quiet)
				if got := r.Read(); got.Speaking && i > 2*stepsASecond {
					spoke++
				}
			}
			if spoke > 50 { // one false alarm
				t.Errorf("%d steps were taken for speech", spoke)
			}
		})
	}
}

func TestEars_BelieveTheSuppressor(t *testing.T) {
	e := newEars()
	s, noise := newTalker(120, -25), newHiss(-75)
	var step, more Step
	spoke := 0
	for i := range 600 {
		s.next(&step)
		noise.next(&more)
		for i, v := range more {
			step[i] += v
		}
		probability := float32(0)
		if i >= 300 {
			probability = 1
		}
		e.step(&step, heard{probability: probability, cleared: meanSquare(&step)})
		if e.speech {
			if spoke++; i < 300 {
				t.Fatal("it heard speech where the suppressor said that there was none")
			}
		}
	}
	if spoke < 200 {
		t.Errorf("it heard speech in %d of 300 steps", spoke)
	}
}

// TestEars_DoNotBelieveItInNoise has a suppressor that leaves bursts of the noise,
// and takes them for speech.
func TestEars_DoNotBelieveItInNoise(t *testing.T) {
	e := newEars()
	noise := newHiss(-35)
	var step Step
	for i := range 1000 {
		noise.next(&step)
		cleared := meanSquare(&step)
		if i/30%3 > 0 {
			step = Step{}
		}
		if e.step(&step, heard{probability: 1, cleared: cleared}); e.near && i > 100 {
			t.Fatalf("step %d was taken for speech", i)
		}
	}
}

func TestPitch_Clarity(t *testing.T) {
	tests := map[string]struct {
		from  source
		least float32
		most  float32
	}{
		"100 Hz":  {&tone{frequency: 100, amplitude: 0.1}, 0.9, 1.001},
		"390 Hz":  {&tone{frequency: 390, amplitude: 0.1}, 0.9, 1.001},
		"hiss":    {newHiss(-20), -1, 0.55},
		"silence": {silence{}, 0, 0},
		"loud":    {&tone{frequency: 200, amplitude: 1e3}, 0.9, 1.001},
		"faint":   {&tone{frequency: 200, amplitude: 1e-4}, 0.9, 1.001},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var p pitch
			var s Step
			for i := range 50 {
				test.from.next(&s)
				p.hear(&s)
				c := p.clarity()
				if i > 4 && !(c >= test.least && c <= test.most) {
					t.Fatalf("a clarity of %v", c)
				}
			}
		})
	}
}

func TestFloor_FollowsNoise(t *testing.T) {
	f := newFloor()
	for _, want := range []float64{-40, -60, -30} {
		noise := newHiss(want)
		var s Step
		for range 500 {
			noise.next(&s)
			f.step(meanSquare(&s))
		}
		if got := float64(Decibels(f.amplitude())); math.Abs(got-want) > 1.5 {
			t.Errorf("noise of %v dBFS was taken for %.1f", want, got)
		}
	}
}
