package audio

import (
	"sync/atomic"
	"time"
	"unsafe"
)

// stream is what an open device and the worker share.
type stream struct {
	capture, playback *ring  // nil for a direction that the device does not serve
	wake              func() // never blocks

	beats     atomic.Uint64 // callbacks so far
	delivered atomic.Int64  // when the last captured samples came, since began
	starved   atomic.Uint64 // callbacks that found too little to play
	lost      atomic.Uint64 // captured samples that found no room
	began     time.Time
}

// newStream returns a stream for the directions asked for.
func newStream(capture, playback bool, wake func()) *stream {
	s := &stream{wake: wake, began: time.Now()}
	if capture {
		s.capture = &ring{}
	}
	if playback {
		s.playback = &ring{}
	}
	return s
}

// data is the device's callback. It runs on a thread of the sound system, any
// number of frames at a time, and does nothing but copy and post.
func (s *stream) data(out, in []byte, _ uint32) {
	s.beats.Add(1)
	if s.capture != nil && len(in) > 1 {
		pcm := samplesOf(in)
		s.lost.Add(uint64(len(pcm) - s.capture.write(pcm)))
		s.delivered.Store(int64(time.Since(s.began)))
	}
	if s.playback != nil && len(out) > 1 {
		pcm := samplesOf(out)
		n := s.playback.take(pcm)
		clear(pcm[n:])
		if n < len(pcm) {
			s.starved.Add(1)
		}
	}
	s.wake()
}

// captured returns how many samples the device has delivered and when the last came.
func (s *stream) captured() (written uint64, at time.Time) {
	at = s.began.Add(time.Duration(s.delivered.Load()))
	return s.capture.written.Load(), at
}

// samplesOf views bytes in the machine's order as samples.
func samplesOf(b []byte) []int16 {
	return unsafe.Slice((*int16)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/2)
}
