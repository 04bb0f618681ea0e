package voice

import (
	"math"

	"parley/media"
)

// The limiter bends what is above its knee towards its ceiling, and never lets
// anything over it.
const (
	limitCeiling = 0.8912509 // -1 dBFS
	limitKnee    = 0.6309573 // -4 dBFS
	// limitHold is how many samples an envelope stands before it falls: 10 ms, so
	// that there is no ripple down to 50 Hz.
	limitHold = sampleRate / 100
	// limitFall is what it then loses a sample: a time constant of 100 ms.
	limitFall = 1 / (0.1 * sampleRate)
)

// limiter has no look-ahead, and so no delay: its envelope rises with the sample
// that is louder. What it does to that sample is to round its peak.
type limiter struct {
	on       bool
	envelope float32
	hold     int
	factor   float32 // at the last sample
	out      Step
}

func newLimiter() limiter { return limiter{factor: 1} }

func (l *limiter) step(on bool, s *Step) {
	switch was := l.on; {
	case on && was:
		l.limit(s, s)
	case on:
		l.limit(s, &l.out)
		cross(s, &l.out)
		*s = l.out
	case was:
		l.letGo(s)
	}
	l.on = on
}

func (l *limiter) limit(s, out *Step) {
	envelope, hold, factor := l.envelope, l.hold, float32(1)
	for i, v := range s {
		a := math.Float32frombits(magnitude(v))
		if a >= envelope {
			envelope, hold = a, limitHold
		} else if hold > 0 {
			hold--
		} else {
			envelope -= envelope * limitFall
		}
		factor = 1
		if envelope > limitKnee {
			factor = bend(envelope) / envelope
		}
		out[i] = v * factor
	}
	if envelope < nothing {
		envelope = 0
	}
	l.envelope, l.hold, l.factor = envelope, hold, factor
}

// bend is where an amplitude above the knee goes: it leaves the knee as steep as
// it came, and nears the ceiling.
func bend(a float32) float32 {
	const room = limitCeiling - limitKnee
	u := (a - limitKnee) / room
	return limitKnee + room*u/(1+u)
}

// letGo goes back to the sound as it is within a step.
func (l *limiter) letGo(s *Step) {
	each := (1 - l.factor) / media.StepSamples
	for i := range s {
		s[i] *= l.factor + float32(i+1)*each
	}
	*l = newLimiter()
}

// decibels returns by how much the last sample was lowered, 0 or more.
func (l *limiter) decibels() float32 {
	if l.factor == 1 {
		return 0
	}
	return -Decibels(l.factor)
}
