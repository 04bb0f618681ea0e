package congestion

import (
	"math"
	"time"
)

// Estimate is what is known of the path.
type Estimate struct {
	Target    float64       // bit/s that may be sent now, headers included
	Lasting   float64       // bit/s that may be sent when the queue on the way is gone
	Delivered float64       // bit/s that came through lately; 0: unknown
	Trip      time.Duration // the round trip without queues; 0: unknown
	Queue     time.Duration // that packets wait on the way
	Pace      float64       // bit/s at which packets may follow each other, headers included
	Burst     time.Duration // how much of that may leave at once; 0: as little as ever
	Loss      float64       // of the last second, 0 to 1
	Repair    float64       // bit/s of the target that packets take that are sent again
	Parity    float64       // that is sent beside each bit of pictures, in bits
	Limited   bool          // less is sent than may be
}

// Estimate returns what is known of the path.
func (c *Controller) Estimate(now time.Time) Estimate {
	c.tick(now)
	c.listen()
	waiting := c.waiting()
	lasting := math.Min(math.Min(c.loss.limit(c.rate.rate), c.remoteLimit()), c.bounds.Most)
	lasting = math.Max(lasting, c.bounds.Least)
	target := math.Max(lasting*drain(waiting), c.bounds.Least)
	return Estimate{
		Target: target, Lasting: lasting, Delivered: c.through(), Trip: c.Trip(), Queue: waiting, Pace: pace(target, waiting),
		Burst: c.burst(waiting), Loss: c.loss.last, Repair: c.repair.now(c.now), Limited: c.output.limited(c.rate.rate),
	}
}

// drained is how long nothing has been sent until what waited before is known to have
// left, beside the time that it waited.
const drained = 200 * time.Millisecond

// waiting is how long packets wait on the way, as far as is known. Who sends nothing
// hears nothing: the queue that was seen last would stand for ever, and nobody would try
// whether it is gone.
func (c *Controller) waiting() time.Duration {
	waiting := c.queue.standing()
	if c.now-c.output.last > waiting+drained {
		return 0
	}
	return waiting
}

// drain is the share of the rate at which a queue on the way gets shorter.
func drain(waiting time.Duration) float64 {
	over := float64(waiting-drainFrom) / float64(drainSpan)
	return math.Min(1, math.Max(drainLeast, 1-over))
}

// pace is how fast packets may follow each other: at paceFactor times the target, so
// that a large picture is not late for ever, but at the target where a queue stands
// on the way, for all that is before the target would make it longer.
func pace(target float64, waiting time.Duration) float64 {
	full := float64(waiting-paceFull) / float64(paceSlow-paceFull)
	return target * (paceFactor - (paceFactor-1)*math.Min(1, math.Max(0, full)))
}

// A path is roomy where less than roomyBelow of what it is known to carry has been
// sent for roomyAfter, nothing waits for longer than roomyWait and nothing was lost
// lately: what polices a path has no patience with bursts.
const (
	roomyBelow = 0.85
	roomyAfter = 2 * time.Second
	roomyWait  = 10 * time.Millisecond
)

// burst is how much may leave at once.
func (c *Controller) burst(waiting time.Duration) time.Duration {
	if !c.detailed || waiting > roomyWait || c.loss.last > 0 || c.now-c.crowded < roomyAfter {
		return paceBurst
	}
	return roomyBurst
}

// crowd notes when what is sent fills the path.
func (c *Controller) crowd() {
	if c.crowded == 0 || c.output.rate > roomyBelow*c.rate.rate {
		c.crowded = c.now
	}
}
