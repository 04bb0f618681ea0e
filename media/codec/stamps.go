package codec

import "time"

// The frame times that an encoder's rate control is told of, in ticks.
const (
	longestFrame  = clock / 2
	shortestFrame = clock / 240
	firstFrame    = clock / 30
)

// smoothing is by which part of the difference the told frame time follows the true one.
const smoothing = 8

// stamps makes the ever growing ticks that libvpx wants. libvpx takes the frame
// rate from the distance between the ends of two frames, believes a sudden
// change at once, and forgets it only over seconds: told the plain times, one
// frame that was missing made it see 90,000 frames a second and starve the
// picture. It is told an even course instead, which follows the true one.
type stamps struct {
	captured time.Time // of the last frame
	at       int64     // told of the last frame
	length   int64     // told of the last frame
}

// expect says how many frames a second will come, if that is known.
func (s *stamps) expect(framesPerSecond float64) {
	if framesPerSecond > 0 {
		s.length = min(max(int64(clock/framesPerSecond), shortestFrame), longestFrame)
	}
}

// next returns when a frame is shown, in ticks since the first frame, and for how long.
func (s *stamps) next(captured time.Time) (at, duration int64) {
	if s.captured.IsZero() {
		s.captured = captured
		if s.length == 0 {
			s.length = firstFrame
		}
		return 0, s.length
	}
	gap := min(captured.Sub(s.captured), time.Second)
	s.captured = captured
	real := min(max(int64(gap)*clock/int64(time.Second), shortestFrame), longestFrame)
	s.at += s.length
	s.length += (real - s.length) / smoothing
	return s.at, s.length
}
