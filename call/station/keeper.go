package station

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// unsaved is how long a change waits to be written: names are typed letter by
// letter, and every movement of a slider is a change.
const unsaved = 500 * time.Millisecond

// keeper writes the settings a while after they have changed, for whoever changes
// them must not wait for the disk.
type keeper struct {
	settings func() Settings      // as they are now
	save     func(Settings) error // may take its time
	failed   func(error)
	changed  chan struct{} // holds a token while there is something to write

	unwritten atomic.Bool
	over      atomic.Bool // run is: whoever changes something writes it
	writing   sync.Mutex  // held while they are written, so that the newest are written last
}

func newKeeper(s *Station) *keeper {
	return &keeper{
		settings: s.Settings, save: func(k Settings) error { return k.Save(s.dir) }, failed: s.unkept,
		changed: make(chan struct{}, 1),
	}
}

// keep lets the settings be written soon.
func (k *keeper) keep() {
	k.unwritten.Store(true)
	if k.over.Load() {
		k.write()
		return
	}
	signal(k.changed)
}

// run writes what changes until ctx is done, and the last of it then.
func (k *keeper) run(ctx context.Context) {
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-k.changed:
			pause(ctx, unsaved)
			k.write()
		}
	}
	k.over.Store(true)
	k.write()
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// write writes the settings unless that is done.
func (k *keeper) write() {
	k.writing.Lock()
	defer k.writing.Unlock()
	if !k.unwritten.Swap(false) {
		return
	}
	if err := k.save(k.settings()); err != nil {
		k.failed(err)
	}
}
