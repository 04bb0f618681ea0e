package audio

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"parley/media"
	"parley/media/audio/device"
)

const (
	watchEvery = 250 * time.Millisecond
	listEvery  = 2 * time.Second // while sound is in use
	listAtRest = 5 * time.Second
	stuckAfter = 3 * time.Second // a call to the sound system that is not waited for any longer
)

// backend is the sound system. Its methods may take long, or for ever; see
// device.System.
type backend interface {
	List(urgent bool) ([]device.Info, error) // not called again before it has returned
	Open(device.Target, device.Endpoint) (shut func(), err error)
	Follows() bool
	Close()
}

// Report says which devices there are and which are in use.
type Report struct {
	Devices    []media.Device
	Microphone string // name of what is open, or of what stands for it; "" for nothing
	Speaker    string
	Ringer     string // where it rings at this moment, if not on the speaker
	Problems   []Problem
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
	opens  chan *opened
	closes chan *opened
	busy   sync.WaitGroup // goroutines inside the sound system

	devices  []device.Info
	listErr  error
	listed   bool
	listing  bool
	failures int // lists that failed in a row
	nextList time.Time
	since    time.Time // when listing began

	microphone, speaker, ringer slot

	route    route
	reported Report
}

type listed struct {
	devices []device.Info
	err     error
}

// run keeps the devices as wanted until ctx is done, then closes them.
func (k *keeper) run(ctx context.Context) error {
	k.lists, k.opens, k.closes = make(chan listed), make(chan *opened), make(chan *opened)
	k.microphone.kind, k.speaker.kind, k.ringer.kind = media.Microphone, media.Speaker, media.Ringer
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
			o.slot.noteOpen(ctx, k, o, time.Now())
		case o := <-k.closes:
			o.slot.noteClose(o)
		}
	}
	return k.end(ctx)
}

func (k *keeper) slots() [3]*slot { return [3]*slot{&k.microphone, &k.speaker, &k.ringer} }

// settle brings about what is wanted, as far as that can be done now.
func (k *keeper) settle(ctx context.Context, now time.Time) {
	w := k.wanted()
	k.list(ctx, w, now)
	for _, s := range k.slots() {
		s.watch(ctx, k, now)
	}
	p := w.plan(scene{k.devices, k.backend.Follows(), k.openID, k.ringer.failed != nil})
	k.microphone.settle(ctx, k, p.microphone, now)
	k.speaker.settle(ctx, k, p.speaker, now)
	k.ringer.settle(ctx, k, p.ringer, now)
	f := k.files.update(w)
	k.direct(w, p, f)
	k.tell(w, k.judge(p.problems))
}

// openID returns the id of what is open, "" for nothing or the default.
func (k *keeper) openID(kind media.DeviceKind) string {
	for _, s := range k.slots() {
		if s.kind == kind && s.current != nil {
			return s.current.asked.target.ID
		}
	}
	return ""
}

// judge adds what else is wrong to the problems of planning.
func (k *keeper) judge(problems []Problem) []Problem {
	if !k.listed && k.listErr == nil {
		return nil // nothing is known yet
	}
	if k.listErr != nil {
		for i := range problems {
			problems[i].Err = soundless(k.listErr)
		}
	}
	for _, s := range k.slots() {
		switch {
		case s.failed == nil:
		case k.listErr != nil: // not the device's fault
			problems = append(problems, Problem{s.kind, s.failed.Name, soundless(k.listErr)})
		default:
			problems = append(problems, *s.failed)
		}
	}
	return append(problems, k.files.problems()...)
}

// direct tells the worker where steps come from and go to.
func (k *keeper) direct(w wanted, p plans, f made) {
	r := route{
		capture: w.capture, play: w.play, ringHere: p.ringHere,
		voice: f.voice, record: f.record, ringTape: f.ring,
	}
	if o := k.microphone.current; o != nil {
		r.microphone, r.raw = o.capture, o.asked.target.Stereo
	}
	if o := k.speaker.current; o != nil {
		r.speaker = o.playback
	}
	if o := k.ringer.current; o != nil && !p.ringHere {
		r.ringer = o.playback
	}
	if r != k.route {
		k.route = r
		k.routed(&r)
	}
}

// tell tells the program how things are, if they are otherwise than before.
func (k *keeper) tell(w wanted, problems []Problem) {
	rep := Report{
		Microphone: k.using(&k.microphone, w.capture, w.microphone),
		Speaker:    k.using(&k.speaker, w.play || k.route.ringHere, w.speaker),
		Ringer:     k.using(&k.ringer, w.ring && w.ringer != media.DefaultDevice, w.ringer),
		Problems:   problems,
	}
	for _, d := range k.devices {
		if !d.Monitor {
			rep.Devices = append(rep.Devices, d.Device)
		}
	}
	if !same(rep, k.reported) {
		k.reported = rep
		k.report(rep)
	}
}

// using names what serves in a slot.
func (k *keeper) using(s *slot, inUse bool, choice media.Choice) string {
	switch {
	case !inUse || choice == media.Off:
		return ""
	case !isDevice(choice):
		return choice.String()
	case s.current == nil:
		return ""
	}
	return k.nameOf(s.kind, s.current.asked.target.ID)
}

// nameOf returns the name of the device with that id, "" being the default.
func (k *keeper) nameOf(kind media.DeviceKind, id string) string { return nameOf(kind, id, k.devices) }

func same(a, b Report) bool {
	return a.Microphone == b.Microphone && a.Speaker == b.Speaker && a.Ringer == b.Ringer &&
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
	inUse := w.capture || w.play || w.ring
	k.nextList = now.Add(listAtRest)
	if inUse {
		k.nextList = now.Add(listEvery)
	}
	k.busy.Go(func() {
		devices, err := k.backend.List(inUse)
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
		if k.failures > 1 || k.microphone.current == nil && k.speaker.current == nil {
			k.devices, k.listErr = nil, l.err
		}
		return
	}
	changed := !slices.Equal(k.devices, l.devices)
	k.devices, k.listErr, k.failures, k.listed = l.devices, nil, 0, true
	for _, s := range k.slots() {
		if changed {
			s.retry, s.backoff = time.Time{}, 0
		}
	}
}

// end closes everything within a bounded time.
func (k *keeper) end(ctx context.Context) error {
	k.routed(&route{})
	k.files.close()
	for _, s := range k.slots() {
		if s.current != nil {
			k.shut(ctx, s.current)
			s.current = nil
		}
	}
	done := make(chan struct{})
	go func() {
		k.busy.Wait()
		k.backend.Close()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-time.After(stuckAfter):
		return ErrStuck
	}
}

// shut closes o in the background.
func (k *keeper) shut(ctx context.Context, o *opened) {
	k.busy.Go(func() {
		o.shut()
		select {
		case k.closes <- o:
		case <-ctx.Done():
		}
	})
}
