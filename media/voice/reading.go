package voice

import "math"

// Reading is what a Chain measures.
type Reading struct {
	Before Level // the microphone's sound as it came
	After  Level // as it is sent
	Far    Level // the loudspeaker's

	// Peak is that of this step alone as it came, 0 to 1, without what Before
	// remembers of earlier ones.
	Peak float32

	Noise    float32 // root mean square of the noise that remains before the gain, 0 to 1
	Gain     float32 // of the automatic gain, in dB; 0 while it is switched off
	Limiting float32 // what the limiter takes away, in dB, 0 or more

	Speech             float32 // how likely this step holds speech, 0 to 1
	Speaking           bool    // the near end speaks, as opposed to noise, or to the far end's echo
	SpeakingWhileMuted bool    // it has for more than 0.6 s since Muted(true), and for up to 2 s after

	// EchoReduction is by how many dB the canceller lowers what the microphone
	// hears while the far end is heard (echo return loss enhancement, ITU-T
	// G.168), estimated over the last seconds of it; 0 where it is not known.
	EchoReduction float32

	Canceller, Suppressor StageReading

	Steps uint64 // of 10 ms since the chain was made
}

// StageReading tells which stage of a list is in use.
type StageReading struct {
	Name     string // of the package of its type, which may only wrap it; "" while the sound passes by
	Rank     int    // its place in its list, 0 is the best; -1 while the sound passes by
	Failures int    // how often one of them could not be made or failed while it ran
}

// Level is how loud something is, linear, 0 to 1. It rises at once, and falls by
// 45 dB a second, as a person expects of a meter.
type Level struct{ RMS, Peak float32 }

// Decibels returns a linear amplitude in dB relative to full scale (dBFS): a
// square wave that fills it has 0, a sine -3 by its RMS. Silence is -120.
func Decibels(amplitude float32) float32 {
	return float32(20 * math.Log10(max(float64(amplitude), 1e-6)))
}

// amplitudeOf is the inverse of Decibels.
func amplitudeOf(decibels float32) float32 {
	return float32(math.Pow(10, float64(decibels)/20))
}

// ratio returns how many dB power a is above power b.
func ratio(a, b float32) float32 {
	return float32(10 * math.Log10(float64(max(a, leastPower))/float64(max(b, leastPower))))
}

// leastPower is what counts as nothing: -120 dBFS.
const leastPower = 1e-12

// meter is a Level that follows steps.
type meter struct {
	Level
	top float32 // the peak of the last step
}

// meterFall is what is left of a level after a step: 0.45 dB less.
const meterFall = 0.95

// measure takes a step into account and returns its mean power.
func (m *meter) measure(s *Step) float32 {
	p := meanSquare(s)
	m.RMS = fall(m.RMS, float32(math.Sqrt(float64(p))))
	m.top = peak(s)
	m.Peak = fall(m.Peak, m.top)
	return p
}

// fall returns where a meter stands that stood at was.
func fall(was, now float32) float32 {
	if was *= meterFall; was > now && was > 1e-6 {
		return was
	}
	return now
}
