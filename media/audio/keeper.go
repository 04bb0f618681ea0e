package audio

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"parley/media"
)

const (
	watchEvery  = 250 * time.Millisecond
	listEvery   = 2 * time.Second // while sound is in use
	listAtRest  = 5 * time.Second
	deadAfter   = time.Second     // without a callback
	bornWithin  = 6 * time.Second // the same for one that has just been opened:
	bornBeats   = 10              // after its first fill an idle speaker takes its time
	stuckAfter  = 3 * time.Second // an opening or closing that is not waited for any longer
	retryFirst  = time.Second
	retryAtMost = 5 * time.Second
)

// backend is the sound system. Its methods may take long, or for ever.
type backend interface {
	// list returns the devices. It is not called again before it has returned.
	list() ([]device, error)
	// open opens and starts the devices of p for s. The returned function closes them.
	open(p plan, s *stream) (func(), error)
	// close ends what list keeps.
	close()
}

// Report says which devices there are and which are in use.
type Report struct {
	Devices    []media.Device
	Microphone string // name of what is open, or of what stands for it; "" for nothing
	Speaker    string
	Problems   []Problem
}

// opened is the outcome of an attempt to open devices.
type opened struct {
	attempt  int
	asked    plan
	got      plan // less than asked where a part could not be opened
	stream   *stream
	close    func()
	problems []Problem
}

// keeper opens, watches and exchanges devices. Its run is the only goroutine
// that uses its fields, except those of the first group.
type keeper struct {
	backend backend
	wanted  func() wanted
	poke    chan struct{} // wanted has changed
	routed  func(*route)  // tells the worker
	wake    func()        // wakes the worker, from a callback
	report  func(Report)
	log     *slog.Logger
	files   files

	lists  chan listed
	opens  chan opened
	closes chan int
	busy   sync.WaitGroup // goroutines inside the sound system

	devices  []device
	listErr  error
	listed   bool
	listing  bool
	failures int // lists that failed in a row
	nextList time.Time
	since    time.Time // when listing began

	attempt  int // number of the newest opening or closing
	waiting  time.Time
	pending  bool // the newest opening or closing is under way
	current  *opened
	failed   []Problem // of the last opening
	retry    time.Time
	backoff  time.Duration
	beats    uint64
	beatSeen time.Time

	route    route
	reported Report
}

type listed struct {
	devices []device
	err     error
}

// run keeps the devices as wanted until ctx is done, then closes them.
func (k *keeper) run(ctx context.Context) error {
	k.lists, k.opens, k.closes = make(chan listed), make(chan opened), make(chan int)
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	for ctx.Err() == nil {
		k.settle(ctx, time.Now())
		select {
		case <-ctx.Done():
		case <-k.poke:
		case <-ticker.C:
		case l := <-k.lists:
			k.noteList(l)
		case o := <-k.opens:
			k.noteOpen(ctx, o, time.Now())
		case n := <-k.closes:
			k.pending = k.pending && n != k.attempt
		}
	}
	return k.end(ctx)
}

// settle brings about what is wanted, as far as that can be done now.
func (k *keeper) settle(ctx context.Context, now time.Time) {
	w := k.wanted()
	k.list(ctx, w, now)
	k.watch(ctx, now)
	p, problems := w.plan(k.devices)
	if k.current != nil && k.current.asked != p {
		k.drop(ctx, now)
	}
	if k.pending && now.Sub(k.waiting) > stuckAfter {
		k.log.Warn("sound system hangs", "component", "audio")
		k.pending = false
		k.failed = stuck(p)
		k.nextRetry(now)
	}
	if k.current == nil && !k.pending && p.any() && !now.Before(k.retry) {
		k.open(ctx, p, now)
	}
	if !p.any() {
		k.failed, k.retry, k.backoff = nil, time.Time{}, 0
	}
	voice, record := k.files.update(w)
	k.direct(route{capture: w.capture, play: w.play, voice: voice, record: record})
	k.tell(w, k.judge(problems))
}

// judge adds what else is wrong to the problems of planning.
func (k *keeper) judge(problems []Problem) []Problem {
	if !k.listed && k.listErr == nil {
		return nil // nothing is known yet
	}
	if k.listErr != nil {
		for i := range problems {
			problems[i].Err = fmt.Errorf("%w: %w", ErrNoSoundServer, k.listErr)
		}
	}
	problems = append(problems, k.failed...)
	if k.current != nil {
		problems = append(problems, k.current.problems...)
	}
	return append(problems, k.files.problems()...)
}

// direct tells the worker where steps come from and go to.
func (k *keeper) direct(r route) {
	if k.current != nil {
		r.device = k.current.stream
	}
	if r != k.route {
		k.route = r
		k.routed(&r)
	}
}

// tell tells the program how things are, if they are otherwise than before.
func (k *keeper) tell(w wanted, problems []Problem) {
	rep := Report{Microphone: k.using(w, media.Microphone), Speaker: k.using(w, media.Speaker), Problems: problems}
	for _, d := range k.devices {
		if !d.monitor {
			rep.Devices = append(rep.Devices, d.Device)
		}
	}
	if !same(rep, k.reported) {
		k.reported = rep
		k.report(rep)
	}
}

// using names what serves as microphone or speaker.
func (k *keeper) using(w wanted, kind media.DeviceKind) string {
	inUse, choice := w.capture, w.microphone
	if kind == media.Speaker {
		inUse, choice = w.play, w.speaker
	}
	switch {
	case !inUse || choice == media.Off:
		return ""
	case !isDevice(choice):
		return choice.String()
	case k.current == nil:
		return ""
	case kind == media.Microphone && k.current.got.hear:
		return nameOf(kind, k.current.got.microphone, k.devices)
	case kind == media.Speaker && k.current.got.speak:
		return nameOf(kind, k.current.got.speaker, k.devices)
	}
	return ""
}

func same(a, b Report) bool {
	return a.Microphone == b.Microphone && a.Speaker == b.Speaker &&
		slices.Equal(a.Devices, b.Devices) &&
		slices.EqualFunc(a.Problems, b.Problems, func(x, y Problem) bool { return x.Error() == y.Error() })
}

// list asks for the devices when it is time to.
func (k *keeper) list(ctx context.Context, w wanted, now time.Time) {
	if k.listing {
		if now.Sub(k.since) > stuckAfter && k.listErr == nil {
			k.listErr = errors.New("it does not answer")
		}
		return
	}
	if now.Before(k.nextList) {
		return
	}
	k.listing, k.since = true, now
	k.nextList = now.Add(listAtRest)
	if w.capture || w.play {
		k.nextList = now.Add(listEvery)
	}
	k.busy.Go(func() {
		devices, err := k.backend.list()
		select {
		case k.lists <- listed{devices, err}:
		case <-ctx.Done():
		}
	})
}

// noteList takes note of what there is. One failure in a row is forgiven, since
// a device that plays proves more than a list that could not be had.
func (k *keeper) noteList(l listed) {
	k.listing = false
	if l.err != nil {
		k.failures++
		if k.failures > 1 || k.current == nil {
			k.devices, k.listErr = nil, l.err
		}
		return
	}
	changed := !slices.Equal(k.devices, l.devices)
	k.devices, k.listErr, k.failures, k.listed = l.devices, nil, 0, true
	if changed {
		k.retry, k.backoff = time.Time{}, 0
		if k.current != nil && k.current.got != k.current.asked {
			k.current.asked = plan{} // try again for the part that was missing
		}
	}
}

// watch gives up a device whose callbacks have stopped.
func (k *keeper) watch(ctx context.Context, now time.Time) {
	if k.current == nil {
		return
	}
	if beats := k.current.stream.beats.Load(); beats != k.beats {
		k.beats, k.beatSeen = beats, now
		return
	}
	limit := deadAfter
	if k.beats < bornBeats {
		limit = bornWithin
	}
	if now.Sub(k.beatSeen) > limit {
		k.log.Warn("sound device stopped", "component", "audio")
		k.drop(ctx, now)
		k.nextRetry(now)
		k.nextList = now
	}
}

// nextRetry puts off the next opening, longer each time.
func (k *keeper) nextRetry(now time.Time) {
	k.backoff = min(max(2*k.backoff, retryFirst), retryAtMost)
	k.retry = now.Add(k.backoff)
}
