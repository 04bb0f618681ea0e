package media

import (
	"context"
	"io"
	"sync"
)

// VideoSink takes frames, from one goroutine. It must not keep a frame after
// returning unless it retains it.
type VideoSink interface{ Show(*Frame) }

// Feed hands the frames of one source to any number of readers. Nothing is
// queued: a reader that is late gets the newest frame and never sees the ones
// between. Sources may be exchanged under a Feed. The zero Feed is ready to use.
type Feed struct {
	mu      sync.Mutex
	readers map[*Reader]struct{}
	closed  bool
}

// Publish hands f to every reader and takes over the caller's reference.
func (v *Feed) Publish(f *Frame) {
	v.mu.Lock()
	for r := range v.readers {
		r.offer(f.Retain())
	}
	v.mu.Unlock()
	f.Release()
}

// Show publishes f, so that a Feed can stand where a VideoSink is wanted.
func (v *Feed) Show(f *Frame) { v.Publish(f.Retain()) }

// Read returns a new reader. The caller closes it.
func (v *Feed) Read() *Reader {
	r := &Reader{feed: v, wake: make(chan struct{}, 1)}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed {
		r.ended = true
		r.signal()
		return r
	}
	if v.readers == nil {
		v.readers = map[*Reader]struct{}{}
	}
	v.readers[r] = struct{}{}
	return r
}

// Close ends every reader with io.EOF.
func (v *Feed) Close() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.closed = true
	for r := range v.readers {
		r.end()
	}
	v.readers = nil
}

// Reader waits for frames of a Feed. Next is called from one goroutine.
type Reader struct {
	feed   *Feed
	wake   chan struct{}
	mu     sync.Mutex
	newest *Frame
	ended  bool
}

// Next returns the newest frame that this reader has not had, waiting for one.
// The caller releases it. The error is ctx's, or io.EOF when the feed or the
// reader is closed.
func (r *Reader) Next(ctx context.Context) (*Frame, error) {
	for {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-r.wake:
		}
		r.mu.Lock()
		f, ended := r.newest, r.ended
		r.newest = nil
		r.mu.Unlock()
		switch {
		case f != nil:
			if ended {
				r.signal()
			}
			return f, nil
		case ended:
			r.signal()
			return nil, io.EOF
		}
	}
}

// Close ends the reader and drops the frame that waits in it.
func (r *Reader) Close() {
	r.feed.mu.Lock()
	delete(r.feed.readers, r)
	r.feed.mu.Unlock()
	r.end()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.newest != nil {
		r.newest.Release()
		r.newest = nil
	}
}

func (r *Reader) offer(f *Frame) {
	r.mu.Lock()
	old := r.newest
	r.newest = f
	r.mu.Unlock()
	if old != nil {
		old.Release()
	}
	r.signal()
}

func (r *Reader) end() {
	r.mu.Lock()
	r.ended = true
	r.mu.Unlock()
	r.signal()
}

func (r *Reader) signal() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}
