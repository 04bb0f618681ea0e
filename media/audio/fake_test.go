package audio

import (
	"slices"
	"sync"
	"time"

	"parley/media"
)

// fakeSystem is a sound system under the test's control, in virtual time.
type fakeSystem struct {
	mu      sync.Mutex
	devices []device
	listErr error
	openErr map[plan]error
	hold    chan struct{} // while set, open waits for it
	holdOff chan struct{} // while set, closing waits for it
	live    map[plan]*fakeDevice
	opens   int
	closed  bool
}

// fakeDevice calls back every 10 ms until it is closed or dies.
type fakeDevice struct{ stop, dead, ended chan struct{} }

func (f *fakeSystem) list() ([]device, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.devices), f.listErr
}

func (f *fakeSystem) open(p plan, s *stream) (func(), error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.opens++
	if hold := f.hold; hold != nil {
		f.mu.Unlock()
		<-hold
		f.mu.Lock()
	}
	if err := f.openErr[p]; err != nil {
		return nil, err
	}
	d := &fakeDevice{make(chan struct{}), make(chan struct{}), make(chan struct{})}
	if f.live == nil {
		f.live = map[plan]*fakeDevice{}
	}
	f.live[p] = d
	go d.run(s)
	return func() { f.shut(p, d) }, nil
}

func (f *fakeSystem) shut(p plan, d *fakeDevice) {
	f.mu.Lock()
	hold := f.holdOff
	f.mu.Unlock()
	if hold != nil {
		<-hold
	}
	close(d.stop)
	<-d.ended
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.live[p] == d {
		delete(f.live, p)
	}
}

func (f *fakeSystem) close() { f.closed = true }

func (d *fakeDevice) run(s *stream) {
	defer close(d.ended)
	clock := time.NewTicker(media.Step)
	defer clock.Stop()
	in, out := make([]int16, 480), make([]int16, 480)
	for i := range in {
		in[i] = 1000
	}
	for {
		select {
		case <-d.stop:
			return
		case <-d.dead:
			<-d.stop
			return
		case <-clock.C:
			s.data(bytesOf(out), bytesOf(in), 480)
		}
	}
}

func (f *fakeSystem) set(change func(*fakeSystem)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(f)
}

// plans returns the plans that are open.
func (f *fakeSystem) plans() (open []plan) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for p := range f.live {
		open = append(open, p)
	}
	return open
}
