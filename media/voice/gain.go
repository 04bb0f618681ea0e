package voice

import "parley/media"

const (
	sampleRate   = media.SampleRate
	stepsASecond = int(sampleRate / media.StepSamples)
)

// The automatic gain brings speech to -22 dBFS (root mean square while somebody
// speaks). Peaks of speech are 15 to 18 dB above that, so they meet the limiter
// at -1 dBFS seldom; 4 dB more is what ITU-T P.56 levels in telephony (-26) have
// less, and the ear of who switches from a browser would miss: WebRTC's AGC2 aims
// at 5 dB of headroom above peaks that it expects 20 dB over the level and lets
// its limiter do the rest.
const (
	gainTarget = -22 // dBFS
	gainMost   = 24  // dB
	gainLeast  = -6
	// gainNoise is how loud noise may become, dBFS (AGC2: max_output_noise_level_dbfs).
	gainNoise = -50
	// A gain goes towards its goal by a share of the difference in a second, no
	// faster than these (AGC2 allows 6 dB/s both ways).
	gainShare = 1.5
	gainRise  = 10.0 // dB/s
	gainFall  = 20.0
	// gainHaste is how fast it goes to 0 dB when it is switched off, dB a step.
	gainHaste = 3
	// gainSure is how much speech is averaged, in steps: 1.5 s.
	gainSure = 150
	// gainDepth is how far below the level of speech the steps are that count:
	// 15.9 dB (P.56). After gainLow steps of speech without one that does, the
	// level is learned anew.
	gainDepth = 0.0257
	gainLow   = 50
	// gainRun is how many steps of speech in a row are believed (AGC2: 12).
	gainRun = 12
)

// gain is the automatic gain.
type gain struct {
	decibels float32 // now
	factor   float32 // the same, linear: what the last sample was multiplied by
	speech   float32 // mean power of near speech before the gain
	counted  float32 // steps of speech in it, up to gainSure
	noise    float32 // amplitude of the noise before the gain, when nobody spoke
	run      int     // steps of near speech in a row
	low      int     // loud ones since the last that counted
}

func newGain() gain { return gain{factor: 1} }

func (g *gain) step(on bool, s *Step, e *ears) {
	if on {
		g.learn(e)
		g.adapt(e)
	} else {
		g.decibels -= min(max(g.decibels, -gainHaste), gainHaste)
	}
	g.apply(s)
}

// learn averages the level of near speech: of what is within gainDepth of the
// level itself, as ITU-T P.56 measures it.
func (g *gain) learn(e *ears) {
	if !e.near || e.echo.doubtful() {
		g.run = 0
		return
	}
	if g.run++; g.run < gainRun || !e.loud || !e.voiced {
		return
	}
	if g.counted > 0 && e.smooth < gainDepth*g.speech {
		if g.low++; g.low < gainLow {
			return
		}
		g.counted = 0 // somebody else speaks, and lower
	}
	g.low = 0
	g.counted = min(g.counted+1, gainSure)
	g.speech += (e.power - g.speech) / g.counted
}

// adapt moves the gain towards its goal: up only while the near end speaks, so
// that neither noise nor echo is turned up; down for noise at any time.
func (g *gain) adapt(e *ears) {
	if !e.speech { // in two voices at once there may be no pause for seconds
		g.noise = e.floor.amplitude()
	}
	ceiling := max(0, gainNoise-Decibels(g.noise))
	goal := min(g.goal(), ceiling)
	if g.run < gainRun && goal > g.decibels {
		return
	}
	if g.run < gainRun { // only the noise lowers it
		goal = min(ceiling, g.decibels)
	}
	const second = float32(stepsASecond)
	move := (goal - g.decibels) * gainShare / second
	g.decibels += min(max(move, -gainFall/second), gainRise/second)
}

func (g *gain) goal() float32 {
	if g.counted == 0 {
		return g.decibels
	}
	return min(max(gainTarget-ratio(g.speech, 1), gainLeast), gainMost)
}

// apply multiplies, going evenly from the last step's factor to this one's.
func (g *gain) apply(s *Step) {
	to := float32(1)
	if g.decibels != 0 {
		to = amplitudeOf(g.decibels)
	}
	if from := g.factor; from != 1 || to != 1 {
		each := (to - from) / media.StepSamples
		for i := range s {
			s[i] *= from + float32(i+1)*each
		}
	}
	g.factor = to
}
