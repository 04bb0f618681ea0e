package voice

const (
	// apartLags is how late an echo may be, in steps: farTail and what a room adds.
	apartLags = 60
	// apartLeast is how many steps of clear sound from the loudspeaker must have
	// had the time to come back until anything is said, and apartMemory after how
	// many older ones count half.
	apartLeast  = 50
	apartMemory = 200
	// apartShare is the share of those for which the microphone must hear nothing,
	// whatever the delay. Whoever talks leaves more between words and phrases; an
	// echo leaves none, at its own delay.
	apartShare = 0.1
	// farClear is what counts as clear: -40 dBFS, and not much below the loudest,
	// which is forgotten by 1 dB a second.
	farClear  = 1e-4
	farNear   = 0.1
	farForget = 0.9977
)

// apart finds out whether the microphone hears the loudspeaker at all: with a
// headset it does not. If it does, then at some delay the microphone is never
// quiet when the far end was loud. Somebody who talks over the far end fills
// some of these moments, but not all of them; so it is found out while both
// talk, too.
type apart struct {
	loudest float32
	clear   uint64 // bit n: the far end was clear n steps ago
	was     bool   // the last step was, if it does not matter for how long
	still   bool   // the microphone was quiet in the last step
	steps   [apartLags]float32
	quiet   [apartLags]float32 // of steps
}

// step takes the powers of what is played, of what is heard, and of the noise
// in it.
func (a *apart) step(far, near, noise float32) {
	a.loudest = max(far, a.loudest*farForget)
	clear := far > farClear && far > farNear*a.loudest
	still := near <= 4*noise
	a.clear <<= 1
	if clear && a.was {
		a.clear |= 1
	}
	if a.clear != 0 {
		a.count(still && a.still)
	}
	a.was, a.still = clear, still
}

func (a *apart) count(quiet bool) {
	for lag := range a.steps {
		if a.clear>>lag&1 == 0 {
			continue
		}
		a.steps[lag]++
		if quiet {
			a.quiet[lag]++
		}
		if a.steps[lag] >= apartMemory {
			a.steps[lag], a.quiet[lag] = a.steps[lag]/2, a.quiet[lag]/2
		}
	}
}

// sure tells whether no echo was heard, at any delay.
func (a *apart) sure() bool {
	for lag, n := range a.steps {
		if n < apartLeast || a.quiet[lag] < apartShare*n {
			return false
		}
	}
	return true
}
