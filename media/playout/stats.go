package playout

import (
	"math"
	"time"

	"parley/media"
)

// Stats is a reading of a Buffer. Members have the names, units and meaning of
// RTCInboundRtpStreamStats in W3C webrtc-stats, except where they say otherwise.
type Stats struct {
	PacketsReceived  uint64 // duplicates included, as in RFC 3550 section 6.4.1
	PacketsLost      int64
	PacketsDiscarded uint64  // late, early or unbelievable
	Jitter           float64 // seconds

	TotalSamplesReceived           uint64  // concealed ones included
	TotalSamplesDuration           float64 // seconds played
	TotalAudioEnergy               float64 // square of the level, 1 at the most, times seconds
	AudioLevel                     float64 // 0 to 1, root mean square of the last steps
	ConcealedSamples               uint64
	SilentConcealedSamples         uint64
	ConcealmentEvents              uint64
	InsertedSamplesForDeceleration uint64
	RemovedSamplesForAcceleration  uint64
	FECPacketsReceived             uint64 // that carried a copy of the packet before them
	FECPacketsDiscarded            uint64 // whose copy was not needed, or too late

	// Seconds, sums over all emitted samples.
	JitterBufferDelay        float64
	JitterBufferTargetDelay  float64
	JitterBufferMinimumDelay float64 // target without Hold
	JitterBufferEmittedCount uint64

	Delay       time.Duration // of the next step behind the fastest packet (not W3C)
	TargetDelay time.Duration // what Delay should be at least (not W3C)
	Failures    uint64        // packets that the decoder refused (not W3C)
}

// counters are what Stats is made of.
type counters struct {
	discarded, failed, total  uint64
	copies, restored          uint64
	concealed, silent, events uint64
	removed, inserted         uint64
	slate, silentSlate        int
	pending                   bool // the slate begins a concealment
	concealing                bool // since the last real sample

	delay, target, minimum float64
	emitted, steps         uint64
	energy                 float64 // as TotalAudioEnergy, in steps instead of seconds
	power                  float64 // smoothed mean square of the output
}

// late counts a packet that came too late.
func (c *counters) late(copied bool) {
	c.discarded++
	if copied {
		c.copies++
	}
}

// real notes that sound from a packet follows.
func (c *counters) real() { c.concealing = false }

// wait counts n samples of a packet that waited for so long when the next step
// was due, behind queued ones.
func (c *counters) wait(waited time.Duration, queued, n int, target, minimum time.Duration) {
	sum := waited.Seconds() * float64(n)
	for i := 0; i < n; {
		step := (queued + i) / media.StepSamples
		same := min((step+1)*media.StepSamples-queued-i, n-i)
		sum += float64(step*same) * media.Step.Seconds()
		i += same
	}
	c.delay += sum
	c.target += target.Seconds() * float64(n)
	c.minimum += minimum.Seconds() * float64(n)
	c.emitted += uint64(n)
}

// emit takes note of a step that is played at that level.
func (c *counters) emit(level float32) {
	l := float64(level) / math.MaxInt16
	c.power += (l*l - c.power) / 8
	c.energy += l * l
	c.steps++
}

// Stats returns a reading.
func (b *Buffer) Stats() Stats {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := &b.stats
	s := Stats{
		PacketsReceived:  uint64(max(b.source.all, 0)),
		PacketsLost:      b.source.lost(),
		PacketsDiscarded: c.discarded,
		Jitter:           b.arrivals.jitter,

		TotalSamplesReceived:           c.total,
		TotalSamplesDuration:           float64(c.steps) * media.Step.Seconds(),
		TotalAudioEnergy:               c.energy * media.Step.Seconds(),
		AudioLevel:                     math.Sqrt(c.power),
		ConcealedSamples:               c.concealed,
		SilentConcealedSamples:         c.silent,
		ConcealmentEvents:              c.events,
		InsertedSamplesForDeceleration: c.inserted,
		RemovedSamplesForAcceleration:  c.removed,
		FECPacketsReceived:             c.copies,
		FECPacketsDiscarded:            c.copies - min(c.restored, c.copies),

		JitterBufferDelay:        c.delay,
		JitterBufferTargetDelay:  c.target,
		JitterBufferMinimumDelay: c.minimum,
		JitterBufferEmittedCount: c.emitted,

		TargetDelay: b.target(),
		Failures:    c.failed,
	}
	if b.running {
		s.Delay = b.delay(b.played + media.Step)
	}
	return s
}
