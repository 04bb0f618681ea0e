// Package voice turns what a microphone hears into what should be sent: without
// the echo of the loudspeaker and the noise of the room, and at an even level.
//
// Sound passes in steps of 10 ms (media.StepSamples), as floats between -1 and 1,
// through a chain of stages: high-pass, echo canceller, noise suppressor, gain
// with a limiter. The heavy ones stand behind two small interfaces, and live in
// packages of their own: aec3 and rnnoise (WebAssembly, no C), speex (C), and
// blend, which makes one suppressor of two.
//
// It imports the standard library and media only.
package voice

import "parley/media"

// Step is 10 ms of mono sound at media.SampleRate, nominally between -1 and 1.
type Step = [media.StepSamples]float32

// Canceller takes out of what a microphone hears what the loudspeaker plays. It
// is used from one goroutine and may keep a step's memory no longer than a call.
type Canceller interface {
	// Cancel changes near in place. far is the step that was handed to the
	// loudspeaker at the time that near was taken from the microphone: the two
	// are in one clock domain, and apart by the delay of the devices (0 to 500 ms),
	// which the canceller finds out by itself. After an error the canceller is
	// of no use any more.
	Cancel(near, far *Step) error
	Close() error
}

// Suppressor takes out noise. It is used from one goroutine.
type Suppressor interface {
	// Suppress changes step in place and returns how likely it holds speech, 0 to
	// 1, or a negative number where it does not know. After an error it is of no
	// use any more.
	Suppress(step *Step) (speech float32, err error)
	Close() error
}

// Settings switch the stages. The zero Settings change nothing of the sound.
type Settings struct {
	HighPass bool // takes out what is below 80 Hz: steps on the floor, hum, wind
	Echo     bool
	Noise    bool
	Gain     bool // brings speech to an even level, and limits peaks
}

// Everything switches all stages on: the default.
var Everything = Settings{HighPass: true, Echo: true, Noise: true, Gain: true}
