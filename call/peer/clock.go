package peer

import (
	"math/rand/v2"
	"time"

	"parley/media"
)

// Clock rates of RTP timestamps (RFC 7741 section 4.1, RFC 7587 section 4.1).
const (
	videoRate = 90000
	audioRate = 48000
)

// videoClock turns capture times into RTP timestamps with a random start (RFC
// 3550 section 5.1). Encoding and scheduling delays never show in them.
type videoClock struct {
	begun bool
	epoch time.Time
	base  uint32
	last  int64 // since the epoch, without wraps: a camera may be off for hours
}

// stamp returns the timestamp of a frame. They always grow: two frames of one
// timestamp would be joined by the receiver.
func (c *videoClock) stamp(captured time.Time) uint32 {
	if !c.begun {
		c.begun, c.epoch, c.base = true, captured, rand.Uint32()
		return c.base
	}
	c.last = max(allTicks(captured.Sub(c.epoch), videoRate), c.last+1)
	return c.base + uint32(c.last)
}

// soundGap is how far capture times must be apart beyond the sound between them
// until sound is taken to be missing. Below it is the jitter of a device.
const soundGap = 25 * time.Millisecond

// soundClock counts samples, as receivers expect, and follows the capture times
// only over gaps. Sender reports tell what the two have to do with each other.
type soundClock struct {
	begun bool
	due   time.Time
	next  uint32
}

// stamp returns the timestamp of a packet of so many samples.
func (c *soundClock) stamp(captured time.Time, samples int) uint32 {
	if !c.begun {
		c.begun, c.due, c.next = true, captured, rand.Uint32()
	}
	if gap := captured.Sub(c.due); gap > soundGap {
		c.next += ticks(gap.Round(media.Step), audioRate)
	}
	stamp := c.next
	c.next += uint32(samples)
	c.due = captured.Add(time.Duration(samples) * time.Second / audioRate)
	return stamp
}

// ticks returns a duration in RTP clock ticks, modulo 2^32, also for days.
func ticks(d time.Duration, rate int64) uint32 { return uint32(allTicks(d, rate)) }

// allTicks returns a duration in RTP clock ticks.
func allTicks(d time.Duration, rate int64) int64 {
	seconds, rest := int64(d/time.Second), int64(d%time.Second)
	return seconds*rate + rest*rate/int64(time.Second)
}
