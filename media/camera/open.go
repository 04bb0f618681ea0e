package camera

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"parley/media"
)

// openCamera opens the camera of a choice by the quickest way there is to it.
func openCamera(ctx context.Context, s system, choice media.Choice, want Format) (Source, error) {
	found, err := s.devices()
	if err != nil {
		return nil, err
	}
	s.held.seen(found)
	d, err := find(found, choice)
	if err != nil {
		return nil, fmt.Errorf("opening camera %q: %w", choice, err)
	}
	start, ended := s.held.guard(d.ID, d.start)
	return record(ctx, Recording{Name: d.Name, Format: want, ended: ended}, start)
}

// held are the cameras that are open, by their IDs. One whose driver hangs is not
// opened once more before it has come back, or was unplugged, since each attempt
// would cost a goroutine that may hang like the first. A nil held lets all pass.
type held struct {
	mu   sync.Mutex
	open map[string]*hold
}

// inUse belongs to the whole process, as the cameras do.
var inUse held

// hold is one use of a camera.
type hold struct{ id string }

// seen forgets the cameras that are not there any more: what is plugged in again is
// another, whatever its driver did before.
func (h *held) seen(found []device) {
	if h == nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for id := range h.open {
		if !slices.ContainsFunc(found, func(d device) bool { return d.ID == id }) {
			delete(h.open, id)
		}
	}
}

// guard returns a start that fails while a camera is open, and what to call when the
// source that was made by it has ended.
func (h *held) guard(id string, start starter) (guarded starter, ended func()) {
	if h == nil {
		return start, func() {}
	}
	mine := &hold{id}
	guarded = func(want Format, stop <-chan struct{}) (grabber, error) {
		if !h.take(mine) {
			return nil, fmt.Errorf("%w: %w", ErrGone, errHangs)
		}
		return start(want, stop)
	}
	return guarded, func() { h.free(mine) }
}

func (h *held) take(mine *hold) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.open[mine.id] != nil {
		return false
	}
	if h.open == nil {
		h.open = map[string]*hold{}
	}
	h.open[mine.id] = mine
	return true
}

// free ends a use, unless another has begun, or it never did.
func (h *held) free(mine *hold) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.open[mine.id] == mine {
		delete(h.open, mine.id)
	}
}
