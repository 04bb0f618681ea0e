package voice

const (
	// Above the noise floor, what is below quietRatio dB is no speech and what is
	// above loudRatio may be.
	quietRatio = 5
	loudRatio  = 11
	// What a suppressor says of sound is believed the more, the more that sound was
	// above the noise before it was suppressed, too: 1 to 4 dB. What it leaves of
	// noise may look like speech.
	deepRatio  = 1
	clearRatio = 4
	// faintest is the least power of speech: -60 dBFS.
	faintest = 1e-6

	// A syllable is believed to go on for voiceMemory steps after its last pitch,
	// and less and less for as many more.
	voiceMemory = 10
	// voiceLooks is how many looks (one in two steps) in a row must find a pitch,
	// and voiceFall is the least share of the power that is left from one look to
	// the next: a vowel lasts longer than 60 ms, the thump of a key rings out.
	voiceLooks = 3
	voiceFall  = 0.15

	// Speech begins after speechOnset likely steps, and ends after speechHold that
	// are not.
	speechOnset  = 3
	speechHold   = 20
	speechLikely = 0.5
	speechOver   = 0.3
)

// heard is what ears are told beside the step.
type heard struct {
	far             float32 // power of the loudspeaker's step
	echoed, cleared float32 // power of the microphone's, before and after the canceller
	cancelling      bool    // a canceller is in use
	probability     float32 // what the suppressor says, or unknown
}

// ears tell speech of the near end from noise and from the far end's echo.
type ears struct {
	floor       floor
	raw         floor // the same before the suppressor
	pitch       pitch
	echo        echoWatch
	power       float32 // of the step
	smooth      float32 // of the last steps
	rawSmooth   float32 // the same before the suppressor
	probability float32 // of speech, the far end's echo included
	loud        bool    // clearly above the noise
	speech      bool    // probability with an onset and a hold
	near        bool    // speech, and it is not the far end's
	voiced      bool    // somebody's pitch was heard within the last syllable

	odd   bool    // which of two steps: pitch is looked for in every other
	then  float32 // power at the last look
	looks int     // with a pitch, in a row
	since int     // steps since the last pitch, bounded
	onset int
	hold  int
}

func newEars() ears {
	return ears{floor: newFloor(), raw: newFloor(), since: 2 * voiceMemory}
}

func (e *ears) step(s *Step, h heard) {
	e.power = meanSquare(s)
	e.smooth = settle(e.smooth, e.power)
	e.rawSmooth = settle(e.rawSmooth, h.cleared)
	e.floor.step(e.power)
	e.raw.step(h.cleared)
	e.listen(s)
	above := ratio(e.smooth, e.floor.power)
	e.loud = above >= loudRatio && e.smooth >= faintest
	e.probability = e.likely(above, h.probability)
	e.decide()
	e.echo.step(h, e.raw.power)
	e.near = e.speech && !e.echo.dominates()
}

// settle returns the power of the last 25 ms.
func settle(was, now float32) float32 {
	if was += (now - was) * 0.4; was > leastPower {
		return was
	}
	return 0
}

// between returns where v is between least (0) and most (1).
func between(least, most, v float32) float32 {
	return min(max((v-least)/(most-least), 0), 1)
}

// listen looks for a voice's pitch.
func (e *ears) listen(s *Step) {
	e.pitch.hear(s)
	e.since = min(e.since+1, 2*voiceMemory)
	if e.odd = !e.odd; e.odd {
		return
	}
	rings := e.power < voiceFall*e.then
	e.then = e.power
	if e.smooth < faintest || rings || e.pitch.clarity() < pitchClear {
		e.looks = 0
	} else if e.looks++; e.looks >= voiceLooks {
		e.since = 0
	}
	e.voiced = e.since < voiceMemory
}

// likely returns how likely a step holds speech that is so many dB above the
// noise: by the suppressor where it tells, else by the pitch.
func (e *ears) likely(above, suppressor float32) float32 {
	if e.smooth < faintest {
		return 0
	}
	p := between(quietRatio, loudRatio, above)
	if suppressor >= 0 {
		return p * suppressor * between(deepRatio, clearRatio, ratio(e.rawSmooth, e.raw.power))
	}
	return p * min(2-float32(e.since)/voiceMemory, 1)
}

// decide sets speech from the probability.
func (e *ears) decide() {
	if e.probability < speechOver {
		e.onset = 0
	} else if e.probability >= speechLikely {
		e.onset++
	}
	switch {
	case e.onset >= speechOnset:
		e.speech, e.hold = true, speechHold
		e.onset = speechOnset
	case e.hold > 0:
		e.hold--
	default:
		e.speech = false
	}
}
