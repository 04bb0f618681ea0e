package audio

import (
	"math"
	"sync/atomic"

	"parley/media"
)

// level is a meter: it rises at once and falls within half a second, as a
// person expects of one.
type level struct{ bits atomic.Uint64 }

// value returns the level, root mean square, 0 to 1.
func (l *level) value() float64 { return math.Float64frombits(l.bits.Load()) }

func (l *level) set(v float64) { l.bits.Store(math.Float64bits(v)) }

// measure takes a step into account, and returns its own level. One goroutine calls
// it.
func (l *level) measure(step *[media.StepSamples]int16) float64 {
	var sum float64
	for _, v := range step {
		sum += float64(v) * float64(v)
	}
	now := math.Sqrt(sum/media.StepSamples) / math.MaxInt16
	l.set(max(now, l.value()*0.9))
	return now
}
