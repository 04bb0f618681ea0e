package audio

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"parley/media"
	"parley/media/audio/device"
	"parley/media/voice"
)

// Options of an Engine.
type Options struct {
	Microphone, Speaker media.Choice
	// Ringer is where AddRing is heard: the default is the speaker.
	Ringer media.Choice
	// Voice is what the microphone's sound passes through; see Process. Its Log
	// is taken from below if it is nil.
	Voice voice.Options
	// Report is told when devices come, go, or are put to use, from a goroutine of
	// the engine. It must not block or call Close. nil means nobody is told.
	Report func(Report)
	Log    *slog.Logger // nil discards

	backend backend // nil means the machine's
}

// Engine moves sound between the devices and the program. It works without any
// device, sound server or file: then it captures silence and plays to nobody,
// by the clock. All methods may be called from any goroutine.
type Engine struct {
	worker worker
	keeper keeper
	route  atomic.Pointer[route]
	wake   chan struct{}

	mu     sync.Mutex
	wanted wanted
	newest Report
	voice  voice.Options
	chain  *voice.Chain // nil until a microphone is open, and at rest

	cancel context.CancelFunc
	kept   chan error
	worked sync.WaitGroup
	once   sync.Once
	result error
}

// Open starts an engine that neither captures nor plays yet: see Use.
func Open(o Options) *Engine {
	e := &Engine{
		wake:   make(chan struct{}, 1),
		wanted: wanted{microphone: o.Microphone, speaker: o.Speaker, ringer: o.Ringer},
		voice:  o.Voice,
		kept:   make(chan error, 1),
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if e.voice.Log == nil {
		e.voice.Log = o.Log
	}
	if o.backend == nil {
		o.backend = device.NewSystem(o.Log)
	}
	e.worker.clock = time.Now
	e.keeper = keeper{
		backend: o.backend, wanted: e.snapshot, poke: make(chan struct{}, 1),
		routed: e.follow, wake: e.rouse, log: o.Log,
		report: func(r Report) { e.note(r, o.Report) },
	}
	var ctx context.Context
	ctx, e.cancel = context.WithCancel(context.Background())
	stop := make(chan struct{})
	e.worked.Go(func() { e.work(stop) })
	go func() {
		err := e.keeper.run(ctx)
		close(stop)
		e.worked.Wait()
		e.kept <- errors.Join(err, e.silence())
	}()
	return e
}

// Close stops everything. It returns within a few seconds, with ErrStuck if a
// device could not be closed.
func (e *Engine) Close() error {
	e.once.Do(func() {
		e.cancel()
		e.result = <-e.kept
	})
	return e.result
}

// Use says whether sound is to be captured and played. Devices are open only
// while it is.
func (e *Engine) Use(capture, play bool) {
	e.change(func(w *wanted) { w.capture, w.play = capture, play })
}

// Choose changes the microphone, the speaker or where it rings, also while in
// use: what is not changed goes on undisturbed. A speaker's monitor, which is not
// listed but can be named, is captured as a microphone in two channels and
// without any processing: it is what to share the sound of the computer with.
func (e *Engine) Choose(kind media.DeviceKind, c media.Choice) {
	e.change(func(w *wanted) {
		switch kind {
		case media.Microphone:
			w.microphone = c
		case media.Speaker:
			w.speaker = c
		case media.Ringer:
			w.ringer = c
		case media.Camera:
		}
	})
}

// SetVolume turns what Add (media.Speaker) or AddRing (media.Ringer) plays down
// or up within 50 ms: 0 is silent, 1, as in the beginning, leaves it as it is.
func (e *Engine) SetVolume(kind media.DeviceKind, volume float64) {
	switch kind {
	case media.Speaker:
		e.worker.received.setVolume(volume)
	case media.Ringer:
		e.worker.ring.setVolume(volume)
	case media.Microphone, media.Camera:
	}
}

// Process switches the stages that the microphone's sound passes through.
func (e *Engine) Process(s voice.Settings) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.voice.Settings = s
	if e.chain != nil {
		e.chain.Set(s)
	}
}

// Mute replaces what is captured by silence. The microphone goes on to be listened
// to, so that Reading can tell that somebody speaks.
func (e *Engine) Mute(on bool) {
	e.worker.muted.Store(on)
	e.change(func(*wanted) {
		if e.chain != nil {
			e.chain.Muted(on)
		}
	})
}

// Sound is what is captured.
func (e *Engine) Sound() *media.SoundFeed { return &e.worker.feed }

// Add lets p play until remove is called. Once remove has returned p is not
// called any more. p must not call remove from Play.
func (e *Engine) Add(p media.Player) (remove func()) { return e.worker.received.add(p) }

// AddRing lets p ring until remove is called, whether or not Use says to play: on
// the device for ringing, or on the speaker if that is not there. Otherwise as Add.
func (e *Engine) AddRing(p media.Player) (remove func()) {
	leave := e.worker.ring.add(p)
	ringing := func() { e.change(func(w *wanted) { w.ring = e.worker.ring.any() }) }
	ringing()
	return func() {
		leave()
		ringing()
	}
}

// Levels returns the present levels of what is captured, as it is handed on, and
// of what is played, as root mean square, 0 to 1.
func (e *Engine) Levels() (microphone, speaker float64) {
	return e.worker.microphone.value(), e.worker.speaker.value()
}

// Reading returns what the engine measures at the moment.
func (e *Engine) Reading() Reading {
	r := e.worker.gauge.read()
	e.mu.Lock()
	chain := e.chain
	e.mu.Unlock()
	if chain != nil {
		r.Voice = chain.Read()
	}
	return r
}

// OutputDelay returns Reading.OutputDelay: by how much what is played now is
// heard later.
func (e *Engine) OutputDelay() time.Duration { return e.worker.gauge.read().OutputDelay }

// Report returns what Options.Report was told last.
func (e *Engine) Report() Report {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.newest
}

func (e *Engine) change(f func(*wanted)) {
	e.mu.Lock()
	f(&e.wanted)
	e.mu.Unlock()
	post(e.keeper.poke)
}

func (e *Engine) snapshot() wanted {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.wanted
}

func (e *Engine) note(r Report, tell func(Report)) {
	e.mu.Lock()
	e.newest = r
	e.mu.Unlock()
	if tell != nil {
		tell(r)
	}
}

// follow gives the worker another route.
func (e *Engine) follow(r *route) {
	var spent *voice.Chain
	r.chain, spent = e.process(r)
	e.route.Store(r)
	e.rouse()
	if spent != nil {
		if err := spent.Close(); err != nil { // it waits for a step, so nobody waits for it
			e.keeper.log.Warn("what the microphone's sound passed through did not close", "component", "audio", "err", err)
		}
	}
}

// process returns what the microphone's sound passes through. It is made with
// the first microphone that needs it, and is spent when nothing is captured any
// more: at rest it would hold some 25 MB.
func (e *Engine) process(r *route) (chain, spent *voice.Chain) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !r.capture {
		spent, e.chain = e.chain, nil
		return nil, spent
	}
	if e.chain == nil && r.microphone != nil && !r.raw {
		e.chain = voice.New(e.voice)
		e.chain.Muted(e.worker.muted.Load())
	}
	return e.chain, nil
}

// silence ends what the microphone's sound passes through.
func (e *Engine) silence() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.chain == nil {
		return nil
	}
	return e.chain.Close()
}

// rouse wakes the worker. It is called from callbacks and never blocks.
func (e *Engine) rouse() { post(e.wake) }

// post leaves a mark that something is to be looked at.
func post(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// work does the steps until stop is closed. Between steps it waits for the
// devices' callbacks, or until the worker wants to look again; at rest, for a route.
func (e *Engine) work(stop <-chan struct{}) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	defer e.worker.end()
	for {
		if r := e.route.Load(); r != nil && r != e.worker.route {
			e.worker.follow(r)
		}
		if next := e.worker.tick(); next.IsZero() {
			timer.Stop()
		} else {
			timer.Reset(max(0, time.Until(next)))
		}
		select {
		case <-stop:
			return
		case <-e.wake:
		case <-timer.C:
		}
	}
}
