package conn

import (
	"time"

	"parley/call/peer/congestion"
)

// arrivalClock turns the wrapping times of feedback into a steady clock.
type arrivalClock struct {
	begun bool
	last  int64 // reference time without wrapping, in referenceUnit
}

// base returns the reference time of a feedback.
func (c *arrivalClock) base(reference uint32) time.Duration {
	if !c.begun {
		c.begun, c.last = true, int64(reference)
	} else {
		difference := int32(reference-uint32(c.last)) << (32 - referenceBits) >> (32 - referenceBits)
		c.last += int64(difference)
	}
	return time.Duration(c.last) * referenceUnit
}

// read appends what a feedback says.
func (c *arrivalClock) read(f *Feedback, to []congestion.Arrival) []congestion.Arrival {
	at := c.base(f.Reference)
	for i, p := range f.Packets {
		a := congestion.Arrival{Sequence: f.First + uint16(i), Missing: !p.Came}
		if p.Came {
			at += time.Duration(p.Delta) * deltaUnit
			a.At = at
		}
		to = append(to, a)
	}
	return to
}
