package voice

import (
	"testing"
	"testing/synctest"
)

// scene is what a muted microphone hears, and what the loudspeaker plays.
type scene struct {
	far, here  source
	gain       float32 // of the loudspeaker into the microphone
	delay      int     // of it, steps
	canceller  *stage
	suppressor *stage
}

// subtract is a canceller that knows the room: from so many steps after it began
// on, it leaves 3 % (-30 dB) of the echo.
func subtract(gain float32, delay, after int) *stage {
	var line []Step
	n := 0
	return &stage{cancel: func(near, far *Step) {
		line = append(line, *far)
		if len(line) <= delay {
			return
		}
		if n++; n > after {
			for i, v := range line[0] {
				near[i] -= v * gain * 0.97
			}
		}
		line = line[1:]
	}}
}

// play runs a scene and calls each with every reading.
func (s scene) play(t *testing.T, seconds float64, muted bool, each func(step int, got Reading)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o := Options{Settings: Settings{HighPass: true, Gain: true}}
		if s.canceller != nil {
			o.Settings = Settings{Echo: true, Gain: true} // it does not know what a high-pass does to the echo
			o.Cancellers = cancellers(s.canceller)
		}
		if s.suppressor != nil {
			o.Settings.Noise, o.Suppressors = true, suppressors(s.suppressor)
		}
		r := newRig(t, o)
		synctest.Wait()
		r.Muted(muted)
		in := &room{far: s.far, here: s.here, gain: s.gain, delay: s.delay}
		var near, far Step
		for i := range int(seconds * float64(stepsASecond)) {
			in.next(&near, &far)
			r.hear(&near, &far)
			each(i, r.Read())
		}
	})
}

// told returns the step from which on it was told that somebody speaks, -1 for never.
func (s scene) told(t *testing.T, seconds float64) int {
	t.Helper()
	first := -1
	s.play(t, seconds, true, func(step int, got Reading) {
		if first < 0 && got.SpeakingWhileMuted {
			first = step
		}
	})
	return first
}

var quietRoom = func() source { return newHiss(-72) }

func TestMute_TellsWhoSpeaks(t *testing.T) {
	voice := func(pitch, level float64) source { return mix{newTalker(pitch, level), quietRoom()} }
	tests := map[string]scene{
		"alone":                     {far: silence{}, here: voice(120, -25)},
		"quietly":                   {far: silence{}, here: voice(200, -42)},
		"in a fan's noise":          {far: silence{}, here: mix{newTalker(120, -25), newFan(-42)}},
		"while typing":              {far: silence{}, here: mix{newTalker(120, -25), newKeyboard(-45), quietRoom()}},
		"over noise from far":       {far: newHiss(-65), here: voice(120, -25), gain: 0.3, delay: 10},
		"a headset, the far speaks": {far: newTalker(210, -25), here: &late{voice(120, -25), 800, quietRoom()}},
		"double talk": {
			far: newTalker(210, -25), here: &late{voice(120, -25), 500, quietRoom()}, gain: 0.5, delay: 8,
			canceller: subtract(0.5, 8, 100),
		},
	}
	for name, s := range tests {
		t.Run(name, func(t *testing.T) {
			from := 0
			if l, ok := s.here.(*late); ok {
				from = l.after
			}
			if at := s.told(t, 12); at < from+50 || at > from+250 {
				t.Errorf("told at step %d, who began at %d", at, from)
			}
		})
	}
}

// late begins after so many steps; before, there is another source.
type late struct {
	source
	after  int
	before source
}

func (l *late) next(out *Step) {
	if l.after > 0 {
		l.after--
		l.before.next(out)
		return
	}
	l.source.next(out)
}

// cough is a short voice every three seconds.
type cough struct {
	talker
	n int
}

func (c *cough) next(out *Step) {
	if c.n++; c.n%300 < 35 {
		c.talker.next(out)
	} else {
		*out = Step{}
	}
}

func TestMute_SaysNothingOfTheRest(t *testing.T) {
	far := func() source { return newTalker(150, -20) }
	tests := map[string]scene{
		"hiss":                          {far: silence{}, here: newHiss(-35)},
		"fan":                           {far: silence{}, here: newFan(-35)},
		"a fan that starts":             {far: silence{}, here: &late{newFan(-30), 500, quietRoom()}},
		"keyboard":                      {far: silence{}, here: mix{newKeyboard(-30), quietRoom()}},
		"keyboard and fan":              {far: silence{}, here: mix{newKeyboard(-30), newFan(-55)}},
		"coughs":                        {far: silence{}, here: mix{&cough{talker: *newTalker(120, -20)}, quietRoom()}},
		"echo, no canceller":            {far: far(), here: quietRoom(), gain: 0.3, delay: 10},
		"loud echo, 400 ms late":        {far: far(), here: quietRoom(), gain: 1, delay: 40},
		"echo, at once":                 {far: far(), here: quietRoom(), gain: 0.5},
		"echo, a canceller":             {far: far(), here: quietRoom(), gain: 0.5, delay: 12, canceller: subtract(0.5, 12, 0)},
		"echo, a canceller that learns": {far: far(), here: quietRoom(), gain: 0.5, delay: 12, canceller: subtract(0.5, 12, 400)},
		"echo, one that does nothing":   {far: far(), here: quietRoom(), gain: 0.5, delay: 12, canceller: &stage{}},
		"music through a headset":       {far: far(), here: quietRoom(), gain: 0.001, delay: 12},
	}
	for name, s := range tests {
		t.Run(name, func(t *testing.T) {
			if at := s.told(t, 10); at >= 0 {
				t.Errorf("told at step %d", at)
			}
		})
	}
}

func TestMute_StaysForTwoSeconds(t *testing.T) {
	r := newRig(t, Options{Settings: Everything})
	s := newTalker(120, -25)
	r.run(5, s)
	if r.Read().SpeakingWhileMuted {
		t.Error("told before it was muted")
	}
	r.Muted(true)
	r.run(5, s)
	if !r.Read().SpeakingWhileMuted {
		t.Fatal("not told")
	}
	r.run(1.9, newHiss(-70))
	if !r.Read().SpeakingWhileMuted {
		t.Error("told for less than 2 s")
	}
	r.run(0.7, newHiss(-70))
	if r.Read().SpeakingWhileMuted {
		t.Error("told for more than 2.5 s")
	}
	r.run(3, s)
	if !r.Read().SpeakingWhileMuted {
		t.Error("not told again")
	}
	r.Muted(false)
	r.run(0.01, s)
	if r.Read().SpeakingWhileMuted {
		t.Error("told though it is not muted")
	}
}

func TestEcho_IsMeasured(t *testing.T) {
	tests := map[string]struct {
		scene
		least, most float32
	}{
		"30 dB": {scene{far: newTalker(150, -20), here: quietRoom(), gain: 0.5, delay: 12, canceller: subtract(0.5, 12, 100)}, 27, 33},
		"double talk": {scene{
			far: newTalker(150, -20), here: &late{mix{newTalker(110, -25), quietRoom()}, 600, quietRoom()},
			gain: 0.5, delay: 12, canceller: subtract(0.5, 12, 100),
		}, 15, 33},
		"none":         {scene{far: newTalker(150, -20), here: quietRoom(), gain: 0.5, delay: 12, canceller: &stage{}}, 0, 0.1},
		"no canceller": {scene{far: newTalker(150, -20), here: quietRoom(), gain: 0.5, delay: 12}, 0, 0},
		"no echo":      {scene{far: newTalker(150, -20), here: quietRoom(), canceller: subtract(0.5, 12, 100)}, 0, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var last float32
			test.play(t, 10, false, func(_ int, got Reading) { last = got.EchoReduction })
			if last < test.least || last > test.most {
				t.Errorf("measured %.1f dB", last)
			}
		})
	}
}

func TestGain_LeavesEchoAlone(t *testing.T) {
	for name, c := range map[string]*stage{"no canceller": nil, "a canceller": subtract(0.1, 12, 200)} {
		t.Run(name, func(t *testing.T) {
			s := scene{far: newTalker(150, -25), here: quietRoom(), gain: 0.1, delay: 12, canceller: c}
			var most float32
			s.play(t, 12, false, func(_ int, got Reading) { most = max(most, got.Gain) })
			if most > 1 {
				t.Errorf("turned up by %.1f dB", most)
			}
		})
	}
}
