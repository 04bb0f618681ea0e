package peer

import (
	"time"

	"parley/call/peer/conn"
)

// Transport-wide feedback is summed up over arrivalSpan, and until it is about
// arrivalLeast packets.
const (
	arrivalSpan  = time.Second
	arrivalLeast = 25
	arrivalStale = 3 * time.Second
)

// arrivals makes a fraction lost, as of receiver reports, of transport-wide
// feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01), which comes ten
// times a second and is about sound and picture.
type arrivals struct {
	began         time.Time
	came, missing int
	told          time.Time
}

// add takes what one feedback says. It returns the fraction lost once a span is
// full.
func (a *arrivals) add(came, missing int, now time.Time) (fraction float64, ok bool) {
	if a.came+a.missing == 0 {
		a.began = now
	}
	a.came += came
	a.missing += missing
	all := a.came + a.missing
	if all < arrivalLeast || now.Sub(a.began) < arrivalSpan {
		return 0, false
	}
	fraction = float64(a.missing) / float64(all)
	*a = arrivals{told: now}
	return fraction, true
}

// fresh reports whether a fraction was told lately.
func (a *arrivals) fresh(now time.Time) bool {
	return !a.told.IsZero() && now.Sub(a.told) < arrivalStale
}

// countArrivals counts the packets that a feedback reports.
func countArrivals(f *conn.Feedback) (came, missing int) {
	for _, p := range f.Packets {
		if p.Came {
			came++
		} else {
			missing++
		}
	}
	return came, missing
}
