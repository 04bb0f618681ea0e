package playout

import (
	"slices"
	"time"
)

const (
	recent     = 100 // packets: rises within a few late ones
	remembered = 500 // packets: falls only after 10 s without late ones
	// The share of packets, in percent, that must be in time.
	recentShare     = 95
	rememberedShare = 98

	startDelay = 40 * time.Millisecond // until enough was measured
	measured   = 50                    // packets that are enough
	minDelay   = 20 * time.Millisecond
	maxDelay   = 500 * time.Millisecond
	stepMargin = 10 * time.Millisecond // sound is played in steps of this

	// A packet later than the one before it by outage was held up by a fault, not
	// by jitter. No delay is worth bridging faults, so it and those that were
	// held up with it do not count.
	outage      = 300 * time.Millisecond
	outageOver  = 60 * time.Millisecond
	outageLimit = 2 * time.Second
)

// arrivals measures how unevenly packets arrive.
type arrivals struct {
	transits [remembered]time.Duration
	sorted   [remembered]time.Duration // scratch
	count    int                       // of transits ever added
	last     time.Duration             // transit of the newest packet
	seen     bool
	jitter   float64 // seconds, RFC 3550 section 6.4.1
	held     bool    // in an outage
	since    time.Duration
	least    time.Duration // smallest transit of the window
	target   time.Duration // wanted delay above least
	recover  bool          // leave room to see the packet after a lost one
}

// add measures a packet that arrived at the given moment with that transit.
func (a *arrivals) add(arrival, transit time.Duration) {
	step := transit - a.last
	if a.seen {
		a.jitter += (step.Abs().Seconds() - a.jitter) / 16
	}
	if a.seen && step > outage {
		a.held, a.since = true, arrival
	}
	a.last, a.seen = transit, true
	if a.held && a.count > 0 {
		if transit > a.least+outageOver && arrival-a.since < outageLimit {
			return
		}
		a.held = false
	}
	a.transits[a.count%remembered] = transit
	a.count++
	a.measure()
}

// measure finds the least transit and the target delay above it.
func (a *arrivals) measure() {
	n := min(a.count, remembered)
	long := a.sorted[:n]
	copy(long, a.transits[:n])
	slices.Sort(long)
	a.least = long[0]
	spread := long[(n-1)*rememberedShare/100] - a.least

	short := a.sorted[:min(n, recent)]
	for i := range short {
		short[i] = a.transits[(a.count-1-i)%remembered]
	}
	slices.Sort(short)
	spread = max(spread, short[(len(short)-1)*recentShare/100]-a.least)
	a.target = min(max(spread+stepMargin, minDelay), maxDelay)
	if a.count < measured {
		a.target = max(a.target, startDelay)
	}
}

// delay returns the wanted delay above the fastest packet.
func (a *arrivals) delay() time.Duration {
	if a.recover {
		return min(a.target+20*time.Millisecond, maxDelay)
	}
	return a.target
}

// early reports a packet that no network could bring so much faster than every
// one before: its timestamp has jumped ahead.
func (a *arrivals) early(transit time.Duration) bool {
	return a.count > 0 && transit < a.least-400*time.Millisecond
}
