package audio

import (
	"time"

	"parley/media"
	"parley/media/audio/device"
	"parley/media/drift"
)

// asleepAfter is how long a device that called back before may be silent until
// the worker does without it.
const asleepAfter = 300 * time.Millisecond

// ear is the worker's side of the microphone.
type ear struct {
	from    *device.Capture // nil for none
	raw     bool            // two channels, as they come
	awake   bool            // it delivers
	moments moments
	clock   drift.Meter
	pcm     [2 * media.StepSamples]int16
}

// follow changes to another microphone.
func (e *ear) follow(from *device.Capture, raw bool) {
	*e = ear{from: from, raw: raw}
}

// listen finds out whether the microphone delivers, and until when that is
// taken for granted.
func (e *ear) listen(now time.Time) (until time.Time) {
	if e.from == nil {
		return time.Time{}
	}
	frames, at := e.from.Delivered()
	if at.IsZero() || now.Sub(at) >= asleepAfter {
		e.awake = false
		return time.Time{}
	}
	if !e.awake {
		e.awake = true
		e.moments = moments{}
		e.from.Drop(e.from.Len() - e.from.Len()%media.StepSamples) // the past
	}
	e.clock.Note(frames, at)
	return at.Add(asleepAfter)
}

// next takes the next step, if there is a whole one.
func (e *ear) next(s *media.Sound) bool {
	if e.from.Len() < media.StepSamples {
		return false
	}
	e.moments.follow(e.from.Delivered())
	s.Captured = e.moments.of(e.from.Taken())
	s.Stereo = e.raw
	if !e.raw {
		e.from.Take(s.Samples[:])
		return true
	}
	e.from.Take(e.pcm[:])
	for i := range s.Samples {
		left, right := int32(e.pcm[2*i]), int32(e.pcm[2*i+1])
		s.Samples[i], s.Side[i] = int16((left+right)>>1), int16((left-right)>>1)
	}
	return true
}
