package media

import (
	"image"
	"sync/atomic"
)

// Frames hands RGBA pictures from one writer to one reader without locks,
// copies or queues: three buffers, of which the writer owns one, the reader
// owns one, and the third holds the newest complete picture. The zero Frames is
// ready to use.
//
// Buffers are tight (Stride is 4*width), because GL uploads ignore the stride.
type Frames struct {
	buffers [3]*image.RGBA
	back    uint32        // the writer's
	front   uint32        // the reader's
	middle  atomic.Uint32 // index of the newest | fresh bit
}

const freshBit = 1 << 31

// Indices of the writer and the reader are kept with these bits turned, so that the
// zero Frames has three different ones.
const (
	backTurn  = 1
	frontTurn = 2
)

// Back returns the writer's private buffer at the given size.
func (f *Frames) Back(width, height int) *image.RGBA { return f.buffer(f.back^backTurn, width, height) }

// Publish makes the buffer that Back returned the newest picture.
func (f *Frames) Publish() {
	f.back = f.middle.Swap(f.back^backTurn|freshBit)&^freshBit ^ backTurn
}

// Front returns the newest picture and whether it is another than last time.
// The picture is the reader's until its next call. It is nil before the first.
func (f *Frames) Front() (picture *image.RGBA, fresh bool) {
	if f.Fresh() {
		f.front = f.middle.Swap(f.front^frontTurn)&^freshBit ^ frontTurn
		fresh = true
	}
	return f.buffers[f.front^frontTurn], fresh
}

// Fresh reports whether there is a newer picture than Front returned last.
func (f *Frames) Fresh() bool { return f.middle.Load()&freshBit != 0 }

// own returns the reader's buffer at the given size, for the reader to fill.
func (f *Frames) own(width, height int) *image.RGBA {
	return f.buffer(f.front^frontTurn, width, height)
}

func (f *Frames) buffer(index uint32, width, height int) *image.RGBA {
	b := f.buffers[index]
	if b == nil || b.Rect.Dx() != width || b.Rect.Dy() != height {
		b = image.NewRGBA(image.Rect(0, 0, width, height))
		f.buffers[index] = b
	}
	return b
}
