package playout

import (
	"cmp"
	"slices"
	"time"
)

// How much delay jitter asks for follows NetEQ (WebRTC, modules/audio_coding/
// neteq: delay_manager, underrun_optimizer, reorder_optimizer,
// packet_arrival_history): a packet's delay is relative to the fastest one of
// the last two seconds; the greatest of every half second is remembered, with
// forgetting; the target is the 95th percentile of those. Unlike there, delays
// are not rounded to 20 ms, and nothing is added above the target.
const (
	interval   = 500 * time.Millisecond
	intervals  = 128 // a minute
	forget     = 0.983
	startShare = 2.0 // the first intervals weigh 2 / (number of them + 1)
	percentile = 0.95

	// A packet that is overtaken may come too late if waiting for all of its
	// kind would cost more than this for every percent of packets.
	perPercentLost = 30 * time.Millisecond
	reorderFree    = 20 * time.Millisecond // of that wait costs nothing
	reorderForget  = 1.0 / 1024
	reorderStart   = 50 // the first packets weigh 1 / (number of them + this)

	// A path is not trusted at once: its first seconds tell little of what it will
	// do, and both ends are busy with starting. The delay begins here, and what is
	// waited for no measured reason is given up evenly within some more seconds.
	startDelay = 60 * time.Millisecond
	unproven   = 9                // intervals until it is given up,
	proven     = 28               // and until it is gone
	reserve    = time.Millisecond // above what was measured
	maxDelay   = 500 * time.Millisecond

	// A packet later than the one before it by outage was held up by a fault, not
	// by jitter. No delay is worth bridging faults, so it and those that were
	// held up with it do not count.
	outage      = 300 * time.Millisecond
	outageOver  = 60 * time.Millisecond
	outageLimit = 2 * time.Second
)

// arrivals measures how unevenly packets arrive.
type arrivals struct {
	transits window        // of packets
	last     time.Duration // transit of the newest packet
	seen     bool
	jitter   float64 // seconds, RFC 3550 section 6.4.1
	least    time.Duration
	most     time.Duration // greatest relative delay of the last two seconds
	held     bool          // in an outage
	since    time.Duration

	begun     time.Duration // of the present interval
	greatest  time.Duration // relative delay in it, of packets in order
	now, then late          // of all packets, in this interval and the one before
	peaks     [intervals]peak
	sorted    [intervals]peak // scratch
	count     int             // of intervals ever
	overtaken overtaken
	typical   spread
	target    time.Duration // wanted delay above least
}

// peak is the greatest relative delay of an interval, and what it counts.
type peak struct {
	delay  time.Duration
	weight float64
}

// late is the greatest relative delay of an interval and the greatest but one.
type late struct{ first, second time.Duration }

func (l *late) add(delay time.Duration) {
	l.second = max(l.second, min(l.first, delay))
	l.first = max(l.first, delay)
}

// both returns the greatest delay but one of two intervals.
func both(a, b late) time.Duration {
	return max(a.second, b.second, min(a.first, b.first))
}

// overtaken measures packets that arrive after later ones.
type overtaken struct {
	share float64       // of all packets
	count int           // of packets, as far as it matters
	delay time.Duration // of the slowest, slowly forgotten
}

// spread follows mean and mean deviation of relative delays, in nanoseconds.
type spread struct{ mean, deviation float64 }

// add measures a packet that arrived at the given moment with that transit,
// after a later one if reordered.
func (a *arrivals) add(arrival, transit time.Duration, reordered bool) {
	step := transit - a.last
	first := !a.seen
	if !first {
		a.jitter += (step.Abs().Seconds() - a.jitter) / 16
	}
	a.last, a.seen = transit, true
	if first {
		a.begun = arrival
	} else if a.stalled(arrival, transit, step) {
		return
	}
	a.transits.add(arrival, transit)
	a.look()
	a.judge(arrival, transit-a.least, reordered)
}

// stalled reports whether a packet is part of an outage.
func (a *arrivals) stalled(arrival, transit, step time.Duration) bool {
	if step > outage {
		a.held, a.since = true, arrival
	}
	a.held = a.held && transit > a.least+outageOver && arrival-a.since < outageLimit
	return a.held
}

// look reads the window.
func (a *arrivals) look() {
	if least, most, ok := a.transits.span(); ok {
		a.least, a.most = least, min(most-least, maxDelay)
	}
}

// judge takes a relative delay into account.
func (a *arrivals) judge(arrival, delay time.Duration, reordered bool) {
	a.typical.add(float64(delay))
	a.overtaken.add(delay, reordered)
	a.now.add(delay)
	if !reordered {
		a.greatest = max(a.greatest, delay)
	} else if a.overtaken.worth(a.target) {
		a.target = a.overtaken.delay
	}
	if arrival-a.begun >= interval {
		a.conclude()
		a.begun, a.greatest, a.then, a.now = arrival, 0, a.now, late{}
	}
}

// delay returns the delay above least that the network asks for. What happens
// twice within two intervals is no accident: it is not waited until they count.
func (a *arrivals) delay() time.Duration {
	need := a.target
	if sudden := both(a.now, a.then); sudden > need {
		need = sudden + (sudden-need)/4 // worse is likely to come
	}
	return min(need+reserve, maxDelay)
}

// start returns the delay that is waited for no measured reason.
func (a *arrivals) start() time.Duration {
	left := min(proven-a.count, proven-unproven)
	return startDelay * time.Duration(max(left, 0)) / (proven - unproven)
}

// conclude ends an interval.
func (a *arrivals) conclude() {
	a.count++
	keep := min(forget, max(0, 1-startShare/float64(a.count+1)))
	for i := range a.peaks {
		a.peaks[i].weight *= keep
	}
	a.peaks[a.count%intervals] = peak{a.greatest, 1 - keep}
	a.target = a.quantile()
	if late := a.overtaken; late.worth(a.target) {
		a.target = late.delay
	}
}

// quantile returns the delay that the peaks keep below, but for a few.
func (a *arrivals) quantile() time.Duration {
	a.sorted = a.peaks
	slices.SortFunc(a.sorted[:], func(x, y peak) int { return cmp.Compare(y.delay, x.delay) })
	sum := 0.0
	for i := range a.sorted {
		sum += a.sorted[i].weight
	}
	above := 0.0
	for i := range a.sorted {
		above += a.sorted[i].weight
		if above > (1-percentile)*sum {
			return a.sorted[i].delay
		}
	}
	return 0
}

// worth reports whether waiting for them pays, when all others need that much.
func (o *overtaken) worth(target time.Duration) bool {
	cost := o.delay - max(target, reorderFree) - reorderFree
	return o.delay > target && cost <= time.Duration(100*o.share*float64(perPercentLost))
}

func (o *overtaken) add(delay time.Duration, reordered bool) {
	weight := max(reorderForget, 1/float64(o.count+reorderStart))
	o.count = min(o.count+1, 1/reorderForget)
	o.share -= o.share * weight
	o.delay -= o.delay / 4096
	if reordered {
		o.share += weight
		o.delay = max(o.delay, delay)
	}
}

func (s *spread) add(delay float64) {
	s.mean += (delay - s.mean) / 64
	s.deviation += (max(delay-s.mean, s.mean-delay) - s.deviation) / 64
}

// most of the packets are faster than this.
func (s *spread) usual() time.Duration { return time.Duration(s.mean + 2*s.deviation) }

// early reports a packet that no network could bring so much faster than every
// one before: its timestamp has jumped ahead.
func (a *arrivals) early(transit time.Duration) bool {
	return a.seen && transit < a.least-400*time.Millisecond
}
