package media

import (
	"image"
	"sync"
	"sync/atomic"
	"time"
)

// Screen shows frames as RGBA: a VideoSink that converts into a ring of three
// buffers, in the goroutine that calls Show. While nobody watches it converts
// nothing. It keeps the newest frame then, so that whoever looks again sees it
// at once, however long ago it came.
//
// One goroutine shows; another one watches, calls Front, Await and Drop. Only Await
// waits for the other. The zero Screen with a Convert is ready to use, and not watched.
type Screen struct {
	Frames  Frames
	Convert func(dst *image.RGBA, src *image.YCbCr) // same size; may mirror
	// Shrink returns the frame that is converted in place of f, with a reference
	// of its own: f, or a smaller one. nil converts every frame at its own size.
	Shrink func(f *Frame) *Frame

	watched   atomic.Bool
	kept      atomic.Pointer[Frame] // newer than all in Frames
	converted atomic.Uint64

	rhythm rhythm // of what is published
	news   signal // of the same
	late   *time.Timer
}

// signal wakes one who waits. The zero signal is ready to use.
type signal struct {
	once sync.Once
	made chan struct{}
}

func (s *signal) channel() chan struct{} {
	s.once.Do(func() { s.made = make(chan struct{}, 1) })
	return s.made
}

func (s *signal) give() {
	select {
	case s.channel() <- struct{}{}:
	default:
	}
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
	s.rhythm.beat(time.Now())
	s.news.give()
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

// Await waits until Front has something new, for as long as a picture is about to
// come by the rhythm of those before it, and at most so long. It does not wait for
// what comes at no rhythm, or less than ten times a second.
func (s *Screen) Await(most time.Duration) {
	if s.ready() {
		return
	}
	wait := s.rhythm.wait(time.Now(), most)
	if wait == 0 {
		return
	}
	if s.late == nil {
		s.late = time.NewTimer(wait)
	} else {
		s.late.Reset(wait)
	}
	defer s.late.Stop()
	for !s.ready() { // the signal may be of a picture that Front has returned
		select {
		case <-s.news.channel():
		case <-s.late.C:
			return
		}
	}
}

// ready reports whether Front has something new.
func (s *Screen) ready() bool { return s.Frames.Fresh() || s.kept.Load() != nil }

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
