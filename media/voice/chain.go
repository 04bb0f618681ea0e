package voice

import (
	"log/slog"
	"sync"
	"sync/atomic"

	"parley/media"
)

// Options are what a Chain is made of.
type Options struct {
	Settings Settings

	// Cancellers and Suppressors make the heavy stages, best first: where one
	// cannot be made, or fails later, the next takes over, and after the last
	// the sound passes by. They are called from a goroutine of the chain, may
	// take their time (100 ms of compiling), and may be called again later.
	Cancellers  []func() (Canceller, error)
	Suppressors []func() (Suppressor, error)

	Log *slog.Logger // nil: silent
}

// Chain is everything that happens to the microphone's sound, in this order:
// high-pass, canceller, suppressor, gain, limiter. It adds no delay of its own
// (the canceller and the suppressor have theirs), and never fails.
//
// The canceller runs even while the loudspeaker has been silent for long.
// Leaving it out then would save its share of a core, but only while the other
// side sends digital silence, which is rare (comfort noise is not), and coming
// back would shift the sound by the canceller's own delay (9 ms with AEC3) in
// the middle of what the near end may be saying.
type Chain struct {
	settings atomic.Pointer[Settings]
	muted    atomic.Bool

	// mu is held for a step, so that Close cannot take stages away under it.
	// Nobody else takes it.
	mu     sync.Mutex
	closed bool

	near, far Step
	highPass  highPass
	echo      *slot[Canceller]
	noise     *slot[Suppressor]
	ears      ears
	gain      gain
	limiter   limiter
	mute      muteWatch
	before    meter
	after     meter
	distant   meter

	reading   sync.Mutex // held to copy published; Process only ever tries
	published Reading
	steps     uint64
}

// New returns a chain that runs, and starts to make the stages that the settings
// ask for. The caller closes it.
func New(o Options) *Chain {
	log := o.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	c := &Chain{}
	c.settings.Store(&o.Settings)
	c.echo = newSlot("canceller", o.Cancellers, func(s Canceller, near *Step) (float32, error) {
		return unknown, s.Cancel(near, &c.far)
	}, log)
	c.noise = newSlot("suppressor", o.Suppressors, Suppressor.Suppress, log)
	c.highPass = newHighPass()
	c.highPass.on = o.Settings.HighPass
	c.ears = newEars()
	c.gain = newGain()
	c.limiter = newLimiter()
	c.limiter.on = o.Settings.Gain
	c.echo.want(o.Settings.Echo)
	c.noise.want(o.Settings.Noise)
	return c
}

// Process changes near, a step of the microphone, in place. far is what was
// handed to the loudspeaker with it. It is called every 10 ms from one
// goroutine, does not allocate, and is back within what the stages take.
// After Close it changes nothing.
func (c *Chain) Process(near, far *[media.StepSamples]int16) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	on := *c.settings.Load()
	toFloat(near, &c.near)
	toFloat(far, &c.far)
	farPower := c.distant.measure(&c.far)
	c.before.measure(&c.near)

	c.highPass.step(on.HighPass, &c.near)
	echoed := meanSquare(&c.near)
	c.echo.step(on.Echo, &c.near)
	cleared := meanSquare(&c.near)
	probability := c.noise.step(on.Noise, &c.near)

	c.ears.step(&c.near, heard{
		far: farPower, echoed: echoed, cleared: cleared,
		cancelling: c.echo.mounted(), probability: probability,
	})
	c.gain.step(on.Gain, &c.near, &c.ears)
	c.limiter.step(on.Gain, &c.near)
	c.mute.step(c.muted.Load(), &c.ears)

	toInt(&c.near, near)
	c.after.measure(&c.near)
	c.steps++
	c.publish()
}

// Set switches stages, from any goroutine, while the chain runs. The sound
// crosses over without a click; a stage that is switched on is made first.
func (c *Chain) Set(s Settings) { c.settings.Store(&s) }

// Muted tells the chain that nobody hears its sound, so that it can tell when
// somebody speaks all the same. The sound is processed as before.
func (c *Chain) Muted(muted bool) { c.muted.Store(muted) }

// Read returns what the chain measures, at most a step old. Any goroutine.
func (c *Chain) Read() Reading {
	c.reading.Lock()
	defer c.reading.Unlock()
	return c.published
}

// Close closes the stages. It waits for a step or a making of a stage that is
// under way.
func (c *Chain) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil
	}
	c.closed = true
	c.echo.close()
	c.noise.close()
	return nil
}

// publish makes the reading of this step known; a reader that is copying at this
// very moment makes it wait for the next step, not for the reader.
func (c *Chain) publish() {
	if !c.reading.TryLock() {
		return
	}
	defer c.reading.Unlock()
	c.published = Reading{
		Before:             c.before.Level,
		Peak:               c.before.top,
		After:              c.after.Level,
		Far:                c.distant.Level,
		Noise:              c.ears.floor.amplitude(),
		Gain:               c.gain.decibels,
		Limiting:           c.limiter.decibels(),
		Speech:             c.ears.probability,
		Speaking:           c.ears.near,
		SpeakingWhileMuted: c.mute.speaking,
		EchoReduction:      c.ears.echo.decibels(),
		Canceller:          c.echo.reading(),
		Suppressor:         c.noise.reading(),
		Steps:              c.steps,
	}
}
