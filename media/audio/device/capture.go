package device

import (
	"sync/atomic"
	"time"
	"unsafe"
)

// Capture is what an open microphone and its reader share. All but Data is for
// one goroutine.
type Capture struct {
	ring     ring
	channels int
	wake     func() // never blocks
	began    time.Time

	beats     atomic.Uint64
	delivered atomic.Int64 // when the last frames came, since began
	lost      atomic.Uint64
}

// NewCapture returns a Capture of one or two channels. wake is called when there
// is something to read, from a thread of the sound system; it must not block.
func NewCapture(channels int, wake func()) *Capture {
	return &Capture{channels: channels, wake: wake, began: time.Now()}
}

// Data implements Endpoint: any number of frames at a time.
func (c *Capture) Data(_, in []byte, _ uint32) {
	c.beats.Add(1)
	if pcm := samplesOf(in); len(pcm) >= c.channels {
		c.delivered.Store(int64(time.Since(c.began))) // first: who reads between may think it late, not early
		c.lost.Add(uint64((len(pcm) - c.ring.write(pcm)) / c.channels))
	}
	c.wake()
}

// Channels implements Endpoint.
func (c *Capture) Channels() int { return c.channels }

// Beats implements Endpoint.
func (c *Capture) Beats() uint64 { return c.beats.Load() }

// Len returns how many frames can be taken.
func (c *Capture) Len() int { return c.ring.len() / c.channels }

// Take moves frames into out, interleaved, and returns how many.
func (c *Capture) Take(out []int16) int {
	return c.ring.take(out[:len(out)-len(out)%c.channels]) / c.channels
}

// Drop forgets the oldest n frames.
func (c *Capture) Drop(n int) { c.ring.drop(n * c.channels) }

// Delivered returns how many frames the device has delivered and when the last
// came; at is the zero time if none did.
func (c *Capture) Delivered() (frames uint64, at time.Time) {
	frames = c.ring.written.Load() / uint64(c.channels)
	if frames == 0 {
		return 0, time.Time{}
	}
	return frames, c.began.Add(time.Duration(c.delivered.Load()))
}

// Taken returns how many frames were taken or dropped so far.
func (c *Capture) Taken() uint64 { return c.ring.read.Load() / uint64(c.channels) }

// Lost returns how many frames found no room since the device was opened.
func (c *Capture) Lost() uint64 { return c.lost.Load() }

// samplesOf views bytes in the machine's order as samples.
func samplesOf(b []byte) []int16 {
	return unsafe.Slice((*int16)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/2)
}
