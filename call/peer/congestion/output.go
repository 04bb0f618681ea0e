package congestion

import (
	"math"
	"time"
)

// What is sent is little when it is less than limitedBelow of the rate, and is
// so until it is more than limitedAbove.
const (
	limitedBelow = 0.65
	limitedAbove = 0.80
	outputMemory = 700 * time.Millisecond // time constant of the average
)

// output measures what is sent. The zero value is ready.
type output struct {
	rate  float64 // bit/s, average that fades
	last  time.Duration
	first time.Duration
	low   bool
}

func (o *output) add(now time.Duration, size int) {
	if o.last == 0 {
		o.first, o.last = now, now
	}
	fade := math.Exp(-float64(now-o.last) / float64(outputMemory))
	o.rate = o.rate*fade + float64(size*8)/outputMemory.Seconds()
	o.last = now
}

// now returns the rate, which fades while nothing is sent.
func (o *output) now(at time.Duration) float64 {
	return o.rate * math.Exp(-float64(at-o.last)/float64(outputMemory))
}

// limited reports whether the application sends less than the rate.
func (o *output) limited(rate float64) bool {
	if o.last-o.first < outputMemory {
		return false
	}
	share := limitedBelow
	if o.low {
		share = limitedAbove
	}
	o.low = o.rate < share*rate
	return o.low
}
