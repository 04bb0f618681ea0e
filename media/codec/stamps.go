package codec

import "time"

// The frame times that an encoder's rate control is told of, in ticks.
const (
	longestFrame  = clock / 2
	shortestFrame = clock / 240
	firstFrame    = clock / 30
)

// stamps turns capture times into the ever growing ticks that libvpx wants.
type stamps struct {
	began time.Time
	last  int64
}

// next returns when a frame was captured, in ticks since the first frame, and
// how long it is expected to be shown.
func (s *stamps) next(captured time.Time) (at, duration int64) {
	if s.began.IsZero() {
		s.began = captured
		return 0, firstFrame
	}
	since := captured.Sub(s.began)
	at = int64(since/time.Second)*clock + int64(since%time.Second)*clock/int64(time.Second)
	at = max(at, s.last+1) // a clock that was set back must not stop the encoder
	duration = min(max(at-s.last, shortestFrame), longestFrame)
	s.last = at
	return at, duration
}
