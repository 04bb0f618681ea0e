package congestion

import (
	"math"
	"time"
)

// How the rate moves (section 5.5 of the draft): it grows by growth a second
// while nothing is known of the path's end, by one packet a response time near
// where it was found, and falls to a share of what came through.
const (
	growth       = 0.08
	backOff      = 0.9
	deepest      = 0.15                   // what a cut leaves at least: what came in a moment does not tell all
	deafness     = 200 * time.Millisecond // beyond the round trip, after a cut
	responseHold = 100 * time.Millisecond // feedback interval, part of the response time
	leastSlope   = 8_000.0                // bit/s a second
	aheadFactor  = 1.5                    // of what came through the rate may be
	aheadRoom    = 10_000.0               // bit/s
	mostStep     = time.Second            // of growth at once
	probation    = time.Second            // for which what a probe found can be taken back
)

// capacity remembers at which rates the path was full.
type capacity struct {
	mean, variance float64 // bit/s, and relative to the mean
}

const (
	capacityWeight   = 0.15
	capacityLeastVar = 0.4 // in sqrt(kbit/s), as in libwebrtc's link_capacity_estimator.cc
	capacityMostVar  = 2.5
)

func (c *capacity) full(at float64) {
	at /= 1000
	if c.mean == 0 {
		c.mean, c.variance = at, capacityLeastVar
		return
	}
	if away := math.Abs(at - c.mean); away > 3*c.deviation() {
		c.mean, c.variance = at, capacityLeastVar // another path
		return
	}
	away := (at - c.mean) * (at - c.mean) / math.Max(c.mean, 1)
	c.mean += capacityWeight * (at - c.mean)
	c.variance += capacityWeight * (away - c.variance)
	c.variance = math.Min(math.Max(c.variance, capacityLeastVar), capacityMostVar)
}

// deviation is in kbit/s.
func (c *capacity) deviation() float64 { return math.Sqrt(c.variance * c.mean) }

// near reports whether a rate is about what the path can carry.
func (c *capacity) near(rate float64) bool {
	return c.mean > 0 && rate/1000 > c.mean-3*c.deviation()
}

// beyond reports that a rate came through that the path could not carry before.
func (c *capacity) beyond(rate float64) bool {
	return c.mean > 0 && rate/1000 > c.mean+3*c.deviation()
}

// rateControl is the delay-based rate. Times are of the sender's clock.
type rateControl struct {
	rate     float64 // bit/s
	capacity capacity
	moved    time.Duration
	cut      time.Duration // the last one, 0: none
	before   float64       // the rate before a probe found more, 0: long ago
	foundAt  time.Duration
}

// grow raises the rate after a time without congestion. came is what came
// through lately in bit/s, 0 if unknown, trip the round trip.
func (r *rateControl) grow(came float64, trip, now time.Duration) {
	step := min(now-r.moved, mostStep)
	r.moved = now
	if r.capacity.beyond(came) {
		r.capacity = capacity{}
	}
	next := r.rate * math.Pow(1+growth, step.Seconds())
	if r.capacity.near(r.rate) {
		next = r.rate + r.slope(trip)*step.Seconds()
	}
	if came > 0 {
		next = math.Min(next, aheadFactor*came+aheadRoom)
	}
	r.rate = math.Max(r.rate, next)
}

// slope is the growth near the path's end, in bit/s a second: one packet, of
// about the size that frames of the rate are cut into, in a response time.
func (r *rateControl) slope(trip time.Duration) float64 {
	const frames, packet = 30, 1200 * 8
	perFrame := r.rate / frames
	size := perFrame / math.Ceil(perFrame/packet)
	return math.Max(size/(trip+responseHold).Seconds(), leastSlope)
}

// hold keeps the rate.
func (r *rateControl) hold(now time.Duration) { r.moved = now }

// reduce lowers the rate to a share of what came through. It reports whether it
// did: the answer to one cut must be seen before the next.
func (r *rateControl) reduce(came float64, trip, now time.Duration) bool {
	r.moved = now
	if r.cut > 0 && now-r.cut < trip+deafness || came <= 0 {
		return false
	}
	r.cut = now
	r.capacity.full(came)
	r.rate = math.Min(r.rate, math.Max(backOff*came, deepest*r.rate))
	return true
}

// takeBack gives up what a probe found where queues grow as soon as it is used: the
// packets of a probe that jitter pushed together come faster than the path is. came
// is what comes through while the path is full.
func (r *rateControl) takeBack(came float64, now time.Duration) {
	if r.before == 0 || now-r.foundAt > probation {
		return
	}
	r.rate = math.Min(r.rate, math.Max(backOff*came, r.before))
	r.before = 0
}

// found sets the rate to what a probe measured.
func (r *rateControl) found(rate float64, now time.Duration) {
	r.before, r.foundAt = r.rate, now
	r.rate, r.moved = rate, now
	if r.capacity.beyond(rate) {
		r.capacity = capacity{}
	}
}
