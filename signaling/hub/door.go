package hub

import "sync"

// door counts the connections that are in, lets nobody in once it is shut, and
// can be waited at for the last one to leave.
type door struct {
	mu     sync.Mutex
	inside int
	shut   bool
	empty  chan struct{} // closed when it is shut and nobody is inside
}

func newDoor() *door { return &door{empty: make(chan struct{})} }

// enter counts one more, unless the door is shut.
func (d *door) enter() (inside int, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.shut {
		return d.inside, false
	}
	d.inside++
	return d.inside, true
}

func (d *door) leave() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.inside--
	d.note()
}

// close lets nobody in any more and waits until everybody has left.
func (d *door) close() {
	d.mu.Lock()
	if !d.shut {
		d.shut = true
		d.note()
	}
	d.mu.Unlock()
	<-d.empty
}

func (d *door) note() {
	if d.shut && d.inside == 0 {
		close(d.empty)
	}
}
