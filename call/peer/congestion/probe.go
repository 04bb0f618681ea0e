package congestion

import (
	"math"
	"time"
)

// A probe is a cluster of packets that leave at more than the estimate, long
// enough to be told from jitter. The figures are libwebrtc's (probe_controller.cc
// and probe_bitrate_estimator.cc).
const (
	probeSpan     = 15 * time.Millisecond
	probePackets  = 5
	probeArrived  = 0.8 // share of a cluster that must come
	probeFull     = 0.9 // of the rate sent, below which the path was full
	probeBelow    = 0.95
	probeMostFold = 2.0 // a cluster that comes faster than this times it left says nothing
	probeLife     = time.Second
	probeFurther  = 0.7 // of the probed rate, from which the next one is tried
)

// When is probed.
const (
	startFactor   = 3.0
	furtherFactor = 2.0
	recoverFactor = 2.0
	limitedEvery  = 5 * time.Second
	leastEvery    = 2 * time.Second
	mostEvery     = 4 * time.Second
	dropLife      = 30 * time.Second // of the hope that what was there comes back
	probeCalm     = time.Second      // since the last cut
	sharpDrop     = 0.66
)

// Cluster is a probe to be sent: Packets at least, and Bytes at least, at Rate
// bit/s. ID is positive.
type Cluster struct {
	ID      int
	Rate    float64
	Bytes   int
	Packets int
}

// trial is a cluster of which packets were sent.
type trial struct {
	Cluster
	asked                     time.Duration
	sent, arrived             int // packets
	sentBytes, arrivedBytes   int
	firstSent, lastSent       time.Duration
	lastSize, firstSize       int
	firstArrival, lastArrival time.Duration
	done                      bool
}

func (t *trial) left(size int, at time.Duration) {
	if t.sent == 0 {
		t.firstSent = at
	}
	t.sent++
	t.sentBytes += size
	t.lastSent, t.lastSize = at, size
}

func (t *trial) came(size int, at time.Duration) {
	if t.arrived == 0 || at < t.firstArrival {
		t.firstArrival, t.firstSize = at, size
	}
	if t.arrived == 0 || at > t.lastArrival {
		t.lastArrival = at
	}
	t.arrived++
	t.arrivedBytes += size
}

// result returns the rate that the cluster shows the path can carry, in bit/s.
func (t *trial) result() (float64, bool) {
	if t.arrived < probePackets-1 || float64(t.arrivedBytes) < probeArrived*float64(t.sentBytes) ||
		float64(t.arrivedBytes) < probeArrived*float64(t.Bytes) {
		return 0, false
	}
	sent := bitrate(t.sentBytes-t.lastSize, t.lastSent-t.firstSent)
	received := bitrate(t.arrivedBytes-t.firstSize, t.lastArrival-t.firstArrival)
	switch {
	case sent <= 0 || received <= 0 || received > probeMostFold*sent || t.lastArrival-t.firstArrival > probeLife:
		return 0, false
	case received < probeFull*sent:
		return probeBelow * received, true
	}
	return math.Min(sent, received), true
}

func bitrate(bytes int, span time.Duration) float64 {
	if span <= 0 || bytes <= 0 {
		return 0
	}
	return float64(bytes*8) / span.Seconds()
}

// prober decides when to probe, and reads the results.
type prober struct {
	ids    int
	wanted float64 // bit/s to be probed, 0: none
	trial  trial   // the newest
	asked  time.Duration
	every  time.Duration // between two probes while nothing is limited
	begun  bool

	dropFrom  float64 // the rate before the last sharp drops
	droppedAt time.Duration
}

// view is what the prober needs to know of the rest.
type view struct {
	rate, most float64       // bit/s
	calm       time.Duration // since the last cut
	queued     time.Duration
	limited    bool // what is sent is less than may be
}

// due returns the next cluster, if one is to be sent now.
func (p *prober) due(v view, now time.Duration) (Cluster, bool) {
	p.consider(v, now)
	rate := math.Min(p.wanted, v.most)
	p.wanted = 0
	if rate <= 1.05*v.rate || !p.trial.done && p.ids > 0 && now-p.trial.asked < probeLife {
		return Cluster{}, false
	}
	p.ids++
	p.asked = now
	c := Cluster{ID: p.ids, Rate: rate, Bytes: int(rate / 8 * probeSpan.Seconds()), Packets: probePackets}
	p.trial = trial{Cluster: c, asked: now}
	return c, true
}

// consider asks for a probe when it is time for one.
func (p *prober) consider(v view, now time.Duration) {
	if !p.begun {
		p.begun, p.every = true, leastEvery
		p.wanted = startFactor * v.rate
		return
	}
	every := p.every
	if v.limited {
		every = limitedEvery
	}
	if p.missing(v.rate, now) {
		every = min(every, leastEvery)
	}
	if p.wanted > 0 || now-p.asked < every || v.calm < probeCalm || v.queued > probeQuiet {
		return
	}
	p.wanted = recoverFactor * v.rate
	p.every = min(p.every*3/2, mostEvery)
}

// probeQuiet is the wait on the way from which a probe would do harm.
const probeQuiet = 25 * time.Millisecond

// dropped is told of a cut.
func (p *prober) dropped(from, to float64, now time.Duration) {
	p.wanted = 0
	if !p.missing(to, now) {
		p.dropFrom = 0
	}
	if to < sharpDrop*from {
		p.dropFrom, p.droppedAt, p.every = max(p.dropFrom, from), now, leastEvery
	}
}

// missing reports whether the path could carry much more not long ago.
func (p *prober) missing(rate float64, now time.Duration) bool {
	return p.dropFrom > rate/sharpDrop && now-p.droppedAt < dropLife
}

// hurry has the next probe made at once: those before it were not heard of.
func (p *prober) hurry(now time.Duration) {
	p.every = leastEvery
	p.asked = min(p.asked, now-limitedEvery)
	p.trial.done = true
}

// left takes a packet of a cluster.
func (p *prober) left(cluster, size int, at time.Duration) {
	if cluster == p.trial.ID {
		p.trial.left(size, at)
	}
}

// came takes a packet of a cluster that arrived.
func (p *prober) came(cluster, size int, at time.Duration) {
	if cluster == p.trial.ID && !p.trial.done {
		p.trial.came(size, at)
	}
}

// read returns the result of the newest cluster once. A result near what was
// probed asks for more.
func (p *prober) read() (rate float64, ok bool) {
	if p.trial.done || p.ids == 0 {
		return 0, false
	}
	rate, ok = p.trial.result()
	if !ok {
		return 0, false
	}
	p.trial.done = true
	if rate >= probeFurther*p.trial.Rate {
		p.wanted = furtherFactor * rate
		p.every = leastEvery
	}
	return rate, true
}
