package record

import (
	"errors"
	"sync"
	"time"

	"parley/media"
)

// ErrSlow ends a recording whose file does not take in what comes.
var ErrSlow = errors.New("record: the disk is too slow")

// What waits to be written is bounded by its size and by how long the first of it
// has waited: a disk may be busy for some seconds.
const (
	maxQueued  = 16 << 20
	maxWaiting = 10 * time.Second
)

// tick is how often what has waited long enough is written.
const tick = 250 * time.Millisecond

// closeLimit bounds how long Close waits for a disk.
const closeLimit = 3 * time.Second

// Options say what a Recorder needs. All but Title are required.
type Options struct {
	// Create opens the file of a part, counted from 1, for names that end with extension.
	Create func(extension string, part int) (File, error)
	Title  string // of the files, for people
	App    string // that writes them
	// Name says whose a track is, for people.
	Name func(media.Channel) string
	// WantKey asks for a key frame of every picture that is sent or received. It
	// must not block.
	WantKey func()
	// Ended is told, at most once and from a goroutine of its own, why a recording
	// ended by itself.
	Ended func(error)
}

// Recorder writes one recording. Its methods may be called from any goroutine.
type Recorder struct {
	options Options
	began   time.Time
	wake    chan struct{}
	over    chan struct{} // closed when the queue was too long
	done    chan struct{} // closed when the file is
	told    chan struct{} // closed when Ended has returned
	most    int64         // bytes of a part

	mu     sync.Mutex
	queue  []media.Encoded
	queued int       // bytes
	first  time.Time // when the first of the queue came
	state  state
	err    error
}

type state uint8

const (
	running state = iota
	slow          // nothing more is taken, because too much waits
	broken        // writing failed
	closing       // by Close
)

// New begins a recording. Close must be called.
func New(o Options) *Recorder { return newRecorder(o, mostOfPart) }

func newRecorder(o Options, most int64) *Recorder {
	r := &Recorder{
		options: o, most: most, began: time.Now(), wake: make(chan struct{}, 1),
		over: make(chan struct{}), done: make(chan struct{}), told: make(chan struct{}),
	}
	go func() {
		defer close(r.done)
		err := r.run()
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.err = err; r.state == running {
			r.state = broken
		}
	}()
	go func() {
		defer close(r.told)
		r.watch()
	}()
	o.WantKey()
	return r
}

// Began returns when the recording began.
func (r *Recorder) Began() time.Time { return r.began }

// Take implements media.Tap. It copies what it keeps, and never waits.
func (r *Recorder) Take(f media.Encoded) {
	f.Data = append([]byte(nil), f.Data...)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.state != running {
		return
	}
	now := time.Now()
	if len(r.queue) == 0 {
		r.first = now
	}
	if r.queued+len(f.Data) > maxQueued || now.Sub(r.first) > maxWaiting {
		r.state = slow
		close(r.over)
		return
	}
	r.queue = append(r.queue, f)
	r.queued += len(f.Data)
	select {
	case r.wake <- struct{}{}:
	default: // it will look
	}
}

// Close ends the recording: what was taken is written. It waits for the file, but
// not longer than a few seconds. Its error is why not all of it is there.
func (r *Recorder) Close() error {
	r.mu.Lock()
	if r.state == running {
		r.state = closing
		close(r.over)
	}
	r.mu.Unlock()
	timer := time.NewTimer(closeLimit)
	defer timer.Stop()
	select {
	case <-r.done:
	case <-timer.C:
		return ErrSlow
	}
	<-r.told
	return r.err
}

// watch tells of the end, unless Close made it.
func (r *Recorder) watch() {
	select {
	case <-r.over:
	case <-r.done:
	}
	r.mu.Lock()
	state, err := r.state, r.err
	r.mu.Unlock()
	switch state {
	case slow:
		r.options.Ended(ErrSlow)
	case broken:
		r.options.Ended(err)
	case running, closing: // the user's wish
	}
}

// run writes until Close, or until that fails, and leaves a file that can be played.
func (r *Recorder) run() error {
	m := &mux{
		line: newTimeline(r.began), create: r.options.Create, title: r.options.Title, app: r.options.App,
		names: r.options.Name, wantKey: r.options.WantKey, streams: map[media.Channel]*stream{},
		most: r.most,
	}
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		over := false
		select {
		case <-r.wake:
		case <-ticker.C:
		case <-r.over:
			over = true
		}
		frames := r.take()
		for i := range frames {
			m.push(&frames[i])
		}
		if over {
			return m.close()
		}
		if err := m.advance(time.Now()); err != nil {
			return errors.Join(err, m.stop())
		}
	}
}

// take empties the queue.
func (r *Recorder) take() []media.Encoded {
	r.mu.Lock()
	defer r.mu.Unlock()
	frames := r.queue
	r.queue, r.queued = nil, 0
	return frames
}
