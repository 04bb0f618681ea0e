package device

// #include "callback.h"
import "C"

import (
	"time"
	"unsafe"

	"parley/media"
)

// Capture is what an open microphone and its reader share. All but Data is for
// one goroutine.
type Capture struct {
	*shared        // apart, as C may not see Go pointers
	notify  func() // never blocks
	began   time.Time
}

// NewCapture returns a Capture of one or two channels. wake is called when there
// is a step (media.StepSamples) to read, from a thread of the sound system; it must
// not block.
func NewCapture(channels int, wake func()) *Capture {
	c := &Capture{shared: &shared{}, notify: wake, began: time.Now()}
	c.begin(channels, Period/2)
	c.step = media.StepSamples
	return c
}

// Data implements Endpoint: any number of frames at a time.
func (c *Capture) Data(_, in []byte, _ uint32) {
	pcm := samplesOf(in, int(c.channels))
	full := C.parley_captured(c.c(), (*C.int16_t)(unsafe.SliceData(pcm)), C.uint32_t(len(pcm)), C.int64_t(time.Since(c.began)))
	if full != 0 {
		c.notify()
	}
}

func (c *Capture) share() (s *shared, wake func()) { return c.shared, c.notify }

// Beats implements Endpoint.
func (c *Capture) Beats() uint64 { return c.beats.Load() }

// Len returns how many frames can be taken.
func (c *Capture) Len() int { return c.len() / int(c.channels) }

// Take moves frames into out, interleaved, and returns how many.
func (c *Capture) Take(out []int16) int {
	channels := int(c.channels)
	return c.move(out[:len(out)-len(out)%channels]) / channels
}

// Drop forgets the oldest n frames.
func (c *Capture) Drop(n int) { c.drop(n * int(c.channels)) }

// Delivered returns how many frames the device has delivered and when the last
// came; at is the zero time if none did.
func (c *Capture) Delivered() (frames uint64, at time.Time) {
	var since int64
	c.between(func() { frames, since = c.written.Load()/uint64(c.channels), c.at.Load() })
	if frames == 0 {
		return 0, time.Time{}
	}
	return frames, c.began.Add(time.Duration(since))
}

// Taken returns how many frames were taken or dropped so far.
func (c *Capture) Taken() uint64 { return c.read.Load() / uint64(c.channels) }

// Lost returns how many frames found no room since the device was opened.
func (c *Capture) Lost() uint64 { return c.missed.Load() }
