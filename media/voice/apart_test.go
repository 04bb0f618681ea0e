package voice

import (
	"testing"
	"time"

	rooms "parley/media/quality/room"
)

// endless is somebody who never pauses: another begins before one ends.
func endless(level float64) source {
	return mix{newTalker(210, level), &late{newTalker(170, level), 70, silence{}}, &late{newTalker(230, level), 130, silence{}}}
}

func TestMute_TellsWhoSpeaksThroughAHeadset(t *testing.T) {
	// They do not talk in step: that would be an echo.
	far := func(level float64) source { return &late{newTalker(210, level), 93, silence{}} }
	here := func(level float64) source { return mix{newTalker(120, level), quietRoom()} }
	tests := map[string]struct {
		scene
		from, within int // steps
	}{
		"from the first moment":    {scene{far: far(-25), here: here(-25)}, 0, 450},
		"softly":                   {scene{far: far(-20), here: here(-42)}, 0, 450},
		"the far end never pauses": {scene{far: endless(-25), here: here(-25)}, 0, 450},
		"after it has for long":    {scene{far: endless(-25), here: &late{here(-25), 1000, quietRoom()}}, 1000, 150},
		"in noise": {scene{
			far: endless(-25), here: mix{newTalker(120, -25), newFan(-50)}, suppressor: &stage{change: quieten},
		}, 0, 400},
		"a canceller that has nothing to do": {scene{far: endless(-25), here: here(-25), canceller: &stage{}}, 0, 400},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if at := test.told(t, 20); at < test.from+50 || at > test.from+test.within {
				t.Errorf("told at step %d, who began at %d", at, test.from)
			}
		})
	}
}

// quieten is a suppressor that lets a fortieth of what is soft pass.
func quieten(s *Step) {
	if meanSquare(s) > 1e-4 {
		return
	}
	for i := range s {
		s[i] *= 0.025
	}
}

// TestMute_SaysNothingOfAnEchoHoweverFaint has rooms with nobody in them, no
// canceller, and echos from clear to such as drown in the microphone's noise.
func TestMute_SaysNothingOfAnEchoHoweverFaint(t *testing.T) {
	for gain := -40.0; gain <= -20; gain += 5 {
		r := newRig(t, Options{Settings: Settings{HighPass: true, Gain: true}})
		r.Muted(true)
		path := rooms.NewPath(rooms.Way{Delay: 70 * time.Millisecond, Gain: gain, Impulse: rooms.Office().Impulse(), Floor: -65})
		talker := rooms.NewTalker(1, 110)
		for i := range 10 * stepsASecond {
			var near, far sound
			rooms.Step(talker, &far)
			path.Step(&far, &near)
			if r.Process(&near, &far); r.Read().SpeakingWhileMuted {
				t.Errorf("an echo of %v dB is told at step %d", gain, i)
				break
			}
		}
	}
}

// TestApart_ForgetsAHeadset has one that is pulled out while the far end talks.
func TestApart_ForgetsAHeadset(t *testing.T) {
	var a apart
	far, noise := endless(-25), float32(1e-7)
	var s Step
	hear := func(steps int, gain float32) (sure int) {
		for range steps {
			far.next(&s)
			if a.step(meanSquare(&s), max(noise, gain*meanSquare(&s)), noise); a.sure() {
				sure++
			}
		}
		return sure
	}
	if sure := hear(300, 0); sure < 100 {
		t.Fatalf("a headset was one for %d of 300 steps", sure)
	}
	if sure := hear(1000, 0.1); sure > 500 || a.sure() {
		t.Errorf("it stayed one for %d steps", sure)
	}
}

func BenchmarkApart(b *testing.B) {
	var a apart
	for i := 0; b.Loop(); i++ {
		a.step(float32(i%7)*1e-3, float32(i%5)*1e-6, 1e-6)
		a.sure()
	}
}
