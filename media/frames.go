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
	back    uint32        // index owned by the writer
	front   uint32        // index owned by the reader
	middle  atomic.Uint32 // index of the newest | fresh bit
	started atomic.Bool
}

const freshBit = 1 << 31

// Back returns the writer's private buffer at the given size.
func (f *Frames) Back(width, height int) *image.RGBA {
	if !f.started.Load() {
		f.back, f.front = 1, 2
		f.started.Store(true)
	}
	b := f.buffers[f.back]
	if b == nil || b.Rect.Dx() != width || b.Rect.Dy() != height {
		b = image.NewRGBA(image.Rect(0, 0, width, height))
		f.buffers[f.back] = b
	}
	return b
}

// Publish makes the buffer that Back returned the newest picture.
func (f *Frames) Publish() {
	f.back = f.middle.Swap(f.back|freshBit) &^ freshBit
}

// Front returns the newest picture and whether it is another than last time.
// The picture is the reader's until its next call. It is nil before the first.
func (f *Frames) Front() (picture *image.RGBA, fresh bool) {
	if !f.started.Load() {
		return nil, false
	}
	if f.middle.Load()&freshBit != 0 {
		f.front = f.middle.Swap(f.front) &^ freshBit
		fresh = true
	}
	return f.buffers[f.front], fresh
}

// Screen shows frames as RGBA: a VideoSink that converts into a Frames ring in
// the goroutine that calls it.
type Screen struct {
	Frames  Frames
	Convert func(dst *image.RGBA, src *image.YCbCr) // same size; may mirror
}

// Show converts f and makes it the newest picture.
func (s *Screen) Show(f *Frame) {
	dst := s.Frames.Back(f.Width(), f.Height())
	s.Convert(dst, f.Image)
	s.Frames.Publish()
}
