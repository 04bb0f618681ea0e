package congestion

import "time"

// Where the receiver tells no more than its reports (RFC 3550 section 6.4.1), the
// round trip stands for the queue.
const (
	reportQueue = 100 * time.Millisecond // beyond the least round trip
	reportCalm  = 0.02                   // loss below which the rate grows
)

// Report takes a receiver report: the fraction lost, the round trip or 0 if it
// is not known, and about how many packets it tells of. It moves the rate only
// where there is no feedback on each packet.
func (c *Controller) Report(fraction float64, trip time.Duration, packets int, now time.Time) {
	c.tick(now)
	if trip > 0 {
		c.rtt = trip
	}
	if c.detailed {
		return
	}
	c.heard = c.now
	missing := int(fraction*float64(packets) + 0.5)
	c.loss.add(packets-missing, missing, c.now)
	if trip > 0 {
		c.trip.add(c.now, trip)
	}
	waits := trip - c.Trip()
	came := c.output.rate * (1 - fraction)
	c.loss.judge(came, waits > reportQueue, c.now)
	switch {
	case waits > reportQueue:
		c.reduce(came)
	case fraction < reportCalm+c.loss.inherent:
		c.raise(came)
	default:
		c.rate.hold(c.now)
	}
}
