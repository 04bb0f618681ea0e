package playout

import (
	"math"
	"time"

	"parley/media"
)

// Stats is a reading of a Buffer. Members have the names, units and meaning of
// RTCInboundRtpStreamStats in W3C webrtc-stats, except where they say otherwise.
type Stats struct {
	PacketsReceived  uint64
	PacketsLost      int64
	PacketsDiscarded uint64  // late, early, duplicate or unbelievable
	Jitter           float64 // seconds

	TotalSamplesReceived          uint64 // concealed ones included
	ConcealedSamples              uint64
	SilentConcealedSamples        uint64
	InsertedSamplesForDecelerate  uint64
	RemovedSamplesForAcceleration uint64
	FECPacketsReceived            uint64 // used to recover a lost packet

	JitterBufferDelay        float64 // seconds, the sum over all emitted samples
	JitterBufferEmittedCount uint64
	AudioLevel               float64 // 0 to 1, root mean square of the last steps

	Delay       time.Duration // of the playhead behind the fastest packet, now (not W3C)
	TargetDelay time.Duration // what Delay should be (not W3C)
	Failures    uint64        // packets that the decoder refused (not W3C)
}

// counters are what Stats is made of.
type counters struct {
	discarded, failed, restored uint64
	total, concealed, silent    uint64
	removed, inserted           uint64
	slate, silentSlate          int
	delay                       float64
	emitted                     uint64
	power                       float64 // smoothed mean square of the output
}

// emit takes note of a step that is played.
func (c *counters) emit(out *[media.StepSamples]int16) {
	l := level(out[:]) / math.MaxInt16
	c.power += (l*l - c.power) / 8
}

// Stats returns a reading.
func (b *Buffer) Stats() Stats {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := Stats{
		PacketsReceived:  uint64(max(b.source.all, 0)),
		PacketsLost:      b.source.lost(),
		PacketsDiscarded: b.stats.discarded,
		Jitter:           b.arrivals.jitter,

		TotalSamplesReceived:          b.stats.total,
		ConcealedSamples:              b.stats.concealed,
		SilentConcealedSamples:        b.stats.silent,
		InsertedSamplesForDecelerate:  b.stats.inserted,
		RemovedSamplesForAcceleration: b.stats.removed,
		FECPacketsReceived:            b.stats.restored,

		JitterBufferDelay:        b.stats.delay,
		JitterBufferEmittedCount: b.stats.emitted,
		AudioLevel:               math.Sqrt(b.stats.power),
		TargetDelay:              b.target(),
		Failures:                 b.stats.failed,
	}
	if b.running {
		s.Delay = b.delay(b.now().Sub(b.epoch))
	}
	return s
}
