package audio

import (
	"time"

	"parley/media"
)

const (
	// Samples kept ready for a device that is itself the clock. The worker has until the
	// device's next callback to make up for what the last one took, so one step
	// can be enough.
	leastCushion = media.StepSamples
	firstCushion = 2 * media.StepSamples
	mostCushion  = 10 * media.StepSamples
	// A cushion that was not needed for so long is made smaller.
	cushionRest = 10 * time.Second
)

// cushion decides how much sound is kept ready in the ring of a speaker that is
// itself the clock: as little as the device's habits and the punctuality of the worker allow.
type cushion struct {
	target  int
	starved uint64 // starvations seen so far
	lowest  int    // fill found since the last change
	changed time.Time
}

// next returns the wanted fill, given the fill found now and how often the
// device has been starved so far.
func (c *cushion) next(now time.Time, fill int, starved uint64) int {
	switch {
	case c.target == 0:
		c.reset(now, firstCushion)
		c.starved = starved
	case starved != c.starved:
		c.starved = starved
		c.reset(now, min(c.target+media.StepSamples, mostCushion))
	case now.Sub(c.changed) > cushionRest:
		if c.lowest >= media.StepSamples { // more than was ever needed
			c.target = max(c.target-media.StepSamples, leastCushion)
		}
		c.reset(now, c.target)
	}
	c.lowest = min(c.lowest, fill)
	return c.target
}

func (c *cushion) reset(now time.Time, target int) {
	c.target, c.changed, c.lowest = target, now, mostCushion
}
