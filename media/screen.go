package media

import (
	"image"
	"sync/atomic"
)

// Screen shows frames as RGBA: a VideoSink that converts into a ring of three
// buffers, in the goroutine that calls Show. While nobody watches it converts
// nothing. It keeps the newest frame then, so that whoever looks again sees it
// at once, however long ago it came.
//
// One goroutine shows; another one watches, calls Front and Drop. Neither waits
// for the other. The zero Screen with a Convert is ready to use, and not watched.
type Screen struct {
	Frames  Frames
	Convert func(dst *image.RGBA, src *image.YCbCr) // same size; may mirror
	// Shrink returns the frame that is converted in place of f, with a reference
	// of its own: f, or a smaller one. nil converts every frame at its own size.
	Shrink func(f *Frame) *Frame

	watched   atomic.Bool
	kept      atomic.Pointer[Frame] // newer than all in Frames
	converted atomic.Uint64
}

// Show implements VideoSink: f is the newest picture.
func (s *Screen) Show(f *Frame) {
	if !s.watched.Load() {
		s.keep(f.Retain())
		return
	}
	s.keep(nil) // first, so that what is kept is always newer than what is published
	s.draw(f, false)
	s.Frames.Publish()
}

// Watch says whether anybody sees the pictures.
func (s *Screen) Watch(on bool) { s.watched.Store(on) }

// Front returns the newest picture and whether it is another than last time. The
// picture is the caller's until its next call; it is nil before the first. A
// frame that came while nobody watched is converted here.
func (s *Screen) Front() (picture *image.RGBA, fresh bool) {
	picture, fresh = s.Frames.Front()
	if s.kept.Load() == nil {
		return picture, fresh
	}
	f := s.kept.Swap(nil)
	if f == nil { // the writer was faster: the next call sees its picture
		return picture, fresh
	}
	defer f.Release()
	return s.draw(f, true), true
}

// Drop forgets pictures that nobody has seen yet.
func (s *Screen) Drop() {
	s.keep(nil)
	s.Frames.Front()
}

// Converted returns how many frames were converted so far.
func (s *Screen) Converted() uint64 { return s.converted.Load() }

func (s *Screen) keep(f *Frame) {
	if f == nil && s.kept.Load() == nil {
		return
	}
	if before := s.kept.Swap(f); before != nil {
		before.Release()
	}
}

// draw converts f into the reader's buffer or into the writer's.
func (s *Screen) draw(f *Frame, reading bool) *image.RGBA {
	if s.Shrink != nil {
		f = s.Shrink(f)
		defer f.Release()
	}
	buffer := s.Frames.Back
	if reading {
		buffer = s.Frames.own
	}
	picture := buffer(f.Width(), f.Height())
	s.Convert(picture, f.Image)
	s.converted.Add(1)
	return picture
}
