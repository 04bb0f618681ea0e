package audio

import (
	"sync"
	"time"

	"parley/media/voice"
)

// Reading is what the engine measures at the moment.
type Reading struct {
	// Voice is what happens to the microphone's sound: levels before and after,
	// gain, speech, speaking while muted, which canceller and suppressor are in
	// use. It is zero until a microphone was open.
	Voice voice.Reading

	// DriftPPM is how much faster the speaker's clock runs than the microphone's,
	// in parts in a million, and DriftError the standard error of that: +Inf while
	// it is not known.
	DriftPPM, DriftError float64

	// OutputDelay is how long it takes from Player.Play to the air, as far as
	// known; zero while nothing is played.
	OutputDelay time.Duration
	// Waiting is how much sound waits in the speaker's ring, on average. It is part
	// of OutputDelay.
	Waiting time.Duration

	Starved uint64 // how often the speaker that is open found too little to play
	Lost    uint64 // samples of the microphone that is open that nobody took in time
	Ahead   uint64 // steps played before their time, because the microphone was late
	Skipped uint64 // steps of the microphone that made no sound, because too much waited
}

// gauge is where the worker leaves its Reading.
type gauge struct {
	ahead, skipped uint64 // the worker's

	mu  sync.Mutex
	now Reading
}

func (g *gauge) read() Reading {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.now
}

// publishReading makes known what the worker knows, all but Voice.
func (w *worker) publishReading() {
	var r Reading
	speaker, a := w.mouth.clock.Rate()
	microphone, b := w.ear.clock.Rate()
	r.DriftPPM, r.DriftError = speaker-microphone, a+b
	r.OutputDelay, r.Waiting = w.mouth.delay(), w.mouth.waiting()
	if w.mouth.to != nil {
		r.Starved = w.mouth.to.Starved()
	}
	if w.ear.from != nil {
		r.Lost = w.ear.from.Lost()
	}
	r.Ahead, r.Skipped = w.gauge.ahead, w.gauge.skipped
	w.gauge.mu.Lock()
	defer w.gauge.mu.Unlock()
	w.gauge.now = r
}
