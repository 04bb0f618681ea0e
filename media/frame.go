package media

import (
	"image"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Frame is one picture in I420 (8 bit, 4:2:0, studio range, BT.601) with the
// moment at which it was captured. Frames are counted references into a Pool:
// whoever holds one must not write to it and must Release it.
type Frame struct {
	Image    *image.YCbCr
	Captured time.Time
	Number   uint64 // counts up by one per captured frame of a source

	refs atomic.Int32
	pool *Pool
}

// Retain adds a reference and returns f.
func (f *Frame) Retain() *Frame {
	f.refs.Add(1)
	return f
}

// Release gives a reference back. After the last one the picture is reused.
func (f *Frame) Release() {
	if f.refs.Add(-1) == 0 && f.pool != nil {
		f.pool.put(f)
	}
}

// Width returns the width in pixels.
func (f *Frame) Width() int { return f.Image.Rect.Dx() }

// Height returns the height in pixels.
func (f *Frame) Height() int { return f.Image.Rect.Dy() }

// BlankSide is the width and height of a picture that says, on a track of what is
// shown of a screen, that nothing is. Unlike a track that stops, it can be told from
// a screen on which nothing moves, and what repairs pictures repairs it.
const BlankSide = 16

// Blank reports whether f has the size of a picture that says that nothing is shown.
func (f *Frame) Blank() bool { return f.Width() == BlankSide && f.Height() == BlankSide }

// maxPooled bounds the pictures a Pool keeps for reuse.
const maxPooled = 8

// Pool recycles frames so that a running pump allocates nothing. The zero Pool
// is ready to use, from any goroutine.
type Pool struct {
	mu   sync.Mutex
	free []*Frame
}

// Get returns a frame of the given size with one reference and undefined
// content. Planes are tight: YStride is width, CStride is (width+1)/2.
func (p *Pool) Get(width, height int) *Frame {
	p.mu.Lock()
	for i := len(p.free) - 1; i >= 0; i-- {
		f := p.free[i]
		if f.Width() == width && f.Height() == height {
			p.free = slices.Delete(p.free, i, i+1)
			p.mu.Unlock()
			f.refs.Store(1)
			return f
		}
	}
	clear(p.free) // another size: the old ones will not be asked for again
	p.free = p.free[:0]
	p.mu.Unlock()
	f := &Frame{Image: image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420), pool: p}
	f.refs.Store(1)
	return f
}

func (p *Pool) put(f *Frame) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.free) < maxPooled {
		p.free = append(p.free, f)
	}
}
