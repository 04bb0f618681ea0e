package drift

import "time"

// Cushion decides which reserve a Pacer should aim at: as little as the
// punctuality of the threads allows. It grows at once where more was needed, and
// shrinks slowly when that has not been needed for half a minute. It is used from
// one goroutine.
type Cushion struct {
	Least, Most int // of the reserve, in samples: what there is even if all are punctual, and the bound

	aim  int
	worn [slots]int // most that threads were late, by slots of time; the present one first
	ends time.Time  // of the present slot
}

const (
	slotTime = 5 * time.Second
	slots    = 6
	// By so much it shrinks in a slot.
	shrink = perMillisecond
)

// Next takes how late threads have been (Pace.Late), and returns the aim.
func (c *Cushion) Next(now time.Time, late int) (aim int) {
	if c.ends.IsZero() {
		c.ends, c.aim = now.Add(slotTime), c.Least
	}
	turn := !now.Before(c.ends)
	if turn {
		c.ends = now.Add(slotTime)
		copy(c.worn[1:], c.worn[:slots-1])
		c.worn[0] = 0
	}
	c.worn[0] = max(c.worn[0], late)
	needed := c.Least
	for _, l := range c.worn {
		needed = max(needed, c.Least+l)
	}
	switch {
	case needed > c.aim:
		c.aim = needed
	case turn:
		c.aim = max(c.aim-shrink, needed)
	}
	c.aim = min(c.aim, c.Most)
	return c.aim
}
