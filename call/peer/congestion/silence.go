package congestion

import (
	"math"
	"time"
)

// What is done where feedback stays away. Where there are but reports, it counts how
// often they come.
const (
	silenceLimit = 1200 * time.Millisecond
	silenceStep  = 500 * time.Millisecond
	silenceCut   = 0.7
)

// listen lowers the rate while packets leave and nobody says a word.
func (c *Controller) listen() {
	patience := silenceLimit
	if !c.detailed {
		patience = c.reports.patience()
	}
	if c.now-c.heard < patience || c.output.last < c.heard || c.now-c.quiet < silenceStep {
		return
	}
	c.quiet = c.now
	before := c.rate.rate
	c.rate.rate = math.Max(c.bounds.Least, silenceCut*before)
	c.prober.dropped(before, c.rate.rate, c.now)
}
