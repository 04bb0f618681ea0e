package audio

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"parley/media"
)

// Options of an Engine.
type Options struct {
	Microphone, Speaker media.Choice
	// ReleaseMuted closes the microphone while muted, so that the system shows it
	// free. Opening it again takes a moment.
	ReleaseMuted bool
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

	mu      sync.Mutex
	wanted  wanted
	release bool
	newest  Report

	cancel context.CancelFunc
	kept   chan error
	worked sync.WaitGroup
	once   sync.Once
	result error
}

// Open starts an engine that neither captures nor plays yet: see Use.
func Open(o Options) *Engine {
	e := &Engine{
		wake:    make(chan struct{}, 1),
		wanted:  wanted{microphone: o.Microphone, speaker: o.Speaker},
		release: o.ReleaseMuted,
		kept:    make(chan error, 1),
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.backend == nil {
		o.backend = &system{log: o.Log}
	}
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
		e.kept <- err
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

// Choose changes the microphone or the speaker, also while in use.
func (e *Engine) Choose(kind media.DeviceKind, c media.Choice) {
	e.change(func(w *wanted) {
		switch kind {
		case media.Microphone:
			w.microphone = c
		case media.Speaker:
			w.speaker = c
		case media.Ringer, media.Camera:
		}
	})
}

// Mute replaces what is captured by silence.
func (e *Engine) Mute(on bool) {
	e.worker.muted.Store(on)
	e.change(func(w *wanted) { w.released = on && e.release })
}

// Sound is what is captured.
func (e *Engine) Sound() *media.SoundFeed { return &e.worker.feed }

// Add lets p play until remove is called. Once remove has returned p is not
// called any more. p must not call remove from Play.
func (e *Engine) Add(p media.Player) (remove func()) { return e.worker.mixer.add(p) }

// Levels returns the present levels of what is captured and what is played, as
// root mean square, 0 to 1.
func (e *Engine) Levels() (microphone, speaker float64) {
	return e.worker.microphone.value(), e.worker.speaker.value()
}

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
	e.route.Store(r)
	e.rouse()
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
// device's callbacks, with the clock as a second opinion; at rest, for a route.
func (e *Engine) work(stop <-chan struct{}) {
	clock := time.NewTicker(media.Step)
	defer clock.Stop()
	defer func() { e.worker.end(time.Now()) }()
	for {
		if r := e.route.Load(); r != nil && r != e.worker.route {
			e.worker.follow(r, time.Now())
			clock.Stop()
			if r.capture || r.play {
				clock.Reset(media.Step)
			}
		}
		e.worker.tick(time.Now())
		select {
		case <-stop:
			return
		case <-e.wake:
		case <-clock.C:
		}
	}
}
