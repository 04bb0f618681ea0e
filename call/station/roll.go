package station

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"parley/media"
	"parley/media/camera"
)

const (
	rollEvery  = 2 * time.Second // while there is a picture, be it for the settings
	rollAtRest = 5 * time.Second
)

// roll keeps the list of what can be the picture. To ask cameras and the display
// takes time, and cameras are opened for it, so that is done only when there may be
// something new. Its fields are set before run.
type roll struct {
	list  func(context.Context) []media.Device // asks everything
	trace func() string                        // changes when cameras come or go, and asks none
	told  func([]media.Device)                 // what is there, when that has changed

	inUse atomic.Bool   // there is a picture
	calls chan struct{} // holds a token when the list is to be asked for whatever the trace
}

func newRoll(told func([]media.Device)) roll {
	return roll{list: cameras, trace: camera.Trace, told: told, calls: make(chan struct{}, 1)}
}

// call has the list asked for soon.
func (r *roll) call() {
	select {
	case r.calls <- struct{}{}:
	default:
	}
}

// use says whether there is a picture.
func (r *roll) use(on bool) {
	if r.inUse.Swap(on) != on {
		r.call()
	}
}

// run keeps the list until ctx is done.
func (r *roll) run(ctx context.Context) {
	trace, known := r.trace(), r.list(ctx)
	r.told(known)
	timer := time.NewTimer(r.pause())
	defer timer.Stop()
	for {
		called := false
		select {
		case <-ctx.Done():
			return
		case <-r.calls:
			called = true
		case <-timer.C:
		}
		timer.Reset(r.pause())
		now := r.trace()
		if now == trace && !called {
			continue
		}
		list := r.list(ctx)
		if ctx.Err() != nil {
			return // it may be half of it
		}
		trace = now
		if !slices.Equal(list, known) {
			known = list
			r.told(known)
		}
	}
}

func (r *roll) pause() time.Duration {
	if r.inUse.Load() {
		return rollEvery
	}
	return rollAtRest
}
