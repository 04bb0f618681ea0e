package peer

import "time"

// maxReportJump is how far a sender report may be from where the ones before it
// lead, until the sender is believed to have set its clock.
const maxReportJump = 250 * time.Millisecond

// senderClock tells at which moment of the sender's wall clock something with an
// RTP timestamp was captured, by the sender's reports (RFC 3550 section 6.4.1).
// Moments are 64-bit NTP timestamps, of which only differences mean anything, so
// that nothing happens when they or the RTP timestamps wrap.
type senderClock struct {
	rate  int64 // of the RTP clock
	known bool
	stamp uint32 // of the newest report
	ntp   uint64 // the moment of stamp
}

// reported takes a sender report. Reports shake a little, because many senders
// make them with another clock than their packets; one that is far off is
// believed, as a new beginning.
func (c *senderClock) reported(ntp uint64, stamp uint32) {
	if ntp == 0 { // the sender has no wall clock
		return
	}
	if expected := c.moment(stamp); c.known {
		off := ntpSpan(expected, ntp)
		if off.Abs() <= maxReportJump {
			ntp = ntpAfter(expected, off/4)
		}
	}
	c.known, c.stamp, c.ntp = true, stamp, ntp
}

// moment returns the moment of a timestamp within 12 hours of the last report.
func (c *senderClock) moment(stamp uint32) uint64 {
	since := time.Duration(int64(int32(stamp-c.stamp)) * int64(time.Second) / c.rate)
	return ntpAfter(c.ntp, since)
}

// ntpSpan returns the time from one NTP timestamp to another.
func ntpSpan(from, to uint64) time.Duration {
	span := int64(to - from)
	seconds, fraction := span>>32, span&0xffffffff
	return time.Duration(seconds)*time.Second + time.Duration(fraction*int64(time.Second)>>32)
}

// ntpAfter returns the NTP timestamp d after another.
func ntpAfter(t uint64, d time.Duration) uint64 {
	seconds, rest := int64(d/time.Second), int64(d%time.Second)
	return t + uint64(seconds<<32) + uint64(rest<<32/int64(time.Second))
}

// pace follows the frames of a stream as they become ready: how long each takes
// from its timestamp to here, against the usual.
type pace struct {
	rate  int64
	begun bool
	last  uint32
	stamp int64 // of the last frame, without wraps
	epoch time.Time
	usual time.Duration // time since epoch minus the timestamp's
	off   int           // frames in a row that were far from the usual
	reset bool          // the last frame made another time usual
}

// Frames that are paceJump off their usual time are passed over, until paceTrust
// of them in a row show that it has changed.
const (
	paceJump   = 300 * time.Millisecond
	paceTrust  = 5
	paceWeight = 16 // frames that make up the usual time
)

// ready takes a frame and returns how much later than usual it is. One that is
// early beyond belief is taken to be neither.
func (p *pace) ready(stamp uint32, now time.Time) time.Duration {
	if !p.begun {
		p.begun, p.last, p.stamp, p.epoch = true, stamp, 0, now
	}
	p.stamp += int64(int32(stamp - p.last))
	p.last = stamp
	late := p.transit(now) - p.usual
	p.reset = false
	if late.Abs() > paceJump {
		p.off++
		if p.off < paceTrust {
			return max(late, 0)
		}
		p.usual += late
		p.reset, late = true, 0
	}
	p.off = 0
	p.usual += late / paceWeight
	return late
}

func (p *pace) transit(now time.Time) time.Duration {
	return now.Sub(p.epoch) - p.span(p.stamp)
}

func (p *pace) span(stamps int64) time.Duration {
	seconds, rest := stamps/p.rate, stamps%p.rate
	return time.Duration(seconds)*time.Second + time.Duration(rest*int64(time.Second)/p.rate)
}

// position returns the timestamp of a frame whose time since epoch, minus its own,
// is transit now.
func (p *pace) position(transit time.Duration, now time.Time) uint32 {
	return p.last + ticks(p.transit(now)-transit, p.rate)
}
