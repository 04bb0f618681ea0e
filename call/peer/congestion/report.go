package congestion

import "time"

// Where the receiver tells no more than its reports (RFC 3550 section 6.4.1), the
// round trip stands for the queue.
const (
	reportQueue = 100 * time.Millisecond // beyond the least round trip
	reportCalm  = 0.02                   // loss below which the rate grows
)

// How long reports may stay away. A program that keeps to RFC 3550 (section 6.2) lets
// 5 s pass between two on average, and up to 6.2 s by chance.
const (
	reportFirst    = 7 * time.Second        // before it is known how often they come
	reportMost     = 7 * time.Second        // that is believed to be usual
	reportMissed   = 3                      // of the usual spans, after which something is wrong
	reportTogether = 100 * time.Millisecond // within which there are reports about several streams
	reportFade     = 0.25                   // of a long span, with each shorter one
)

// reportPace is how often reports come. The zero value is ready.
type reportPace struct {
	at   time.Duration // the last one, 0: none
	span time.Duration // between two, of the longest lately; 0: unknown
}

// came takes the moment of a report.
func (p *reportPace) came(now time.Duration) {
	span := now - p.at
	switch {
	case p.at == 0:
	case span < reportTogether:
		return
	default:
		faded := p.span - time.Duration(reportFade*float64(p.span-span))
		p.span = min(max(span, faded), reportMost)
	}
	p.at = now
}

// patience is how long none may come until it counts as silence.
func (p *reportPace) patience() time.Duration {
	if p.span == 0 {
		return reportFirst
	}
	return max(silenceLimit, reportMissed*p.span)
}

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
	c.reports.came(c.now)
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
