package congestion

import "time"

// Class is how urgent a packet is.
type Class uint8

// The classes that wait in a Pacer, the most urgent first. Sound never waits: see
// Pacer.Spend.
const (
	Retransmission Class = iota
	Picture
	classes
)

// How packets are spread: a picture leaves at paceFactor times the target, so that a
// queue that it makes on the way is gone before the next; at less where one stands
// for more than paceFull, and at the target where it does for paceSlow. Packets
// leave in bursts of at most paceBurst, so that there are few wake-ups, and of
// roomyBurst, which is 40 ms at the target, where the path carries clearly more than
// is sent. That is a whole picture as a rule: each burst wakes all who stand on the
// way at both ends. (The pacer of libwebrtc sends as much at once wherever that is.)
const (
	paceFactor = 2.5
	paceFull   = 25 * time.Millisecond
	paceSlow   = 60 * time.Millisecond
	paceBurst  = 5 * time.Millisecond
	roomyBurst = 16 * time.Millisecond
	paceLeast  = 50_000.0 // bit/s
)

// What takes longer than largeSpan at the target, as a key frame does, leaves at
// largeFactor times the target until the rest does not: it comes no later where the
// path carries no more, and sound need not wait behind all of it.
const (
	largeSpan   = 70 * time.Millisecond
	largeFactor = 1.25
)

// mostRetransmissions bounds how many packets wait to be sent again. More are
// dropped: what still misses them asks again.
const mostRetransmissions = 64

// clusterLife is how long a probe may take, and clusterSlack how much longer than its
// packets need where they are whole ones: five of them are half a second of 100 kbit/s,
// and a picture of a page has no others.
const (
	clusterLife  = 200 * time.Millisecond
	clusterSlack = 1.25
	wholePacket  = 1250 // bytes
)

// Pacer says when each packet leaves. T is the packet; the pacer knows its size
// in bytes only. It has no clock and is used from one goroutine at a time; the
// zero Pacer is not ready, see NewPacer.
type Pacer[T any] struct {
	target  float64 // bit/s
	pace    float64 // bit/s, at least the target
	burst   time.Duration
	free    time.Time
	queues  [classes]fifo[T]
	bytes   int
	cluster Cluster // being sent; ID 0: none
	began   time.Time
	probed  int // bytes of the cluster that left
	count   int // packets of it
}

// NewPacer returns a pacer for a target in bit/s, on a path without queues.
func NewPacer[T any](target float64) *Pacer[T] {
	p := &Pacer[T]{}
	p.Follow(Estimate{Target: target, Pace: paceFactor * target})
	return p
}

// Follow takes what is known of the path now.
func (p *Pacer[T]) Follow(e Estimate) {
	p.target = max(e.Target, paceLeast)
	p.pace = max(e.Pace, p.target)
	p.burst = max(e.Burst, paceBurst)
}

// large is how many bits of what waits leave slowly.
func (p *Pacer[T]) large() float64 { return float64(8*p.bytes) - p.target*largeSpan.Seconds() }

// rate is at how many bit/s packets leave now.
func (p *Pacer[T]) rate() float64 {
	if p.large() > 0 {
		return min(p.pace, largeFactor*p.target)
	}
	return p.pace
}

// Push appends a packet to its class. It reports false, and drops the packet,
// where too many wait to be sent again.
func (p *Pacer[T]) Push(c Class, size int, packet T) bool {
	if c == Retransmission && p.queues[c].count >= mostRetransmissions {
		return false
	}
	p.queues[c].push(queued[T]{packet, size})
	p.bytes += size
	return true
}

// Waiting is how many packets wait.
func (p *Pacer[T]) Waiting() int {
	count := 0
	for c := range p.queues {
		count += p.queues[c].count
	}
	return count
}

// Backlog is how long what waits will take to leave.
func (p *Pacer[T]) Backlog() time.Duration {
	large := max(0, p.large())
	seconds := large/min(p.pace, largeFactor*p.target) + (float64(8*p.bytes)-large)/p.pace
	return time.Duration(seconds * float64(time.Second))
}

// Spend counts a packet that leaves without waiting.
func (p *Pacer[T]) Spend(size int, now time.Time) {
	if p.free.Before(now) {
		p.free = now
	}
	p.free = p.free.Add(time.Duration(float64(size*8) / p.rate() * float64(time.Second)))
}

// Pass reports whether a packet may leave at once, ahead of none, and counts it.
// cluster is the probe that it is a part of, or 0.
func (p *Pacer[T]) Pass(size int, now time.Time) (cluster int, ok bool) {
	if p.bytes > 0 || p.wait(now) > 0 {
		return 0, false
	}
	return p.leave(size, now), true
}

// Next returns the next packet if one may leave now.
func (p *Pacer[T]) Next(now time.Time) (packet T, cluster int, ok bool) {
	if p.bytes == 0 || p.wait(now) > 0 {
		return packet, 0, false
	}
	for c := range p.queues {
		if p.queues[c].count == 0 {
			continue
		}
		q := p.queues[c].pop()
		p.bytes -= q.size
		return q.packet, p.leave(q.size, now), true
	}
	return packet, 0, false
}

// Pad reports whether a packet of padding is to leave now for a probe, because
// nothing else does, and the size in bytes that makes the probe no longer than it
// must be. Padded counts one.
func (p *Pacer[T]) Pad(now time.Time) (size int, ok bool) {
	if !p.probing(now) || p.bytes > 0 || p.wait(now) > 0 {
		return 0, false
	}
	return p.cluster.Bytes / max(p.cluster.Packets, 1), true
}

// Padded counts a packet of padding that leaves, and returns its probe.
func (p *Pacer[T]) Padded(size int, now time.Time) (cluster int) { return p.leave(size, now) }

// Wait returns how long nothing can leave; false when nothing waits to.
func (p *Pacer[T]) Wait(now time.Time) (time.Duration, bool) {
	if p.bytes == 0 && !p.probing(now) {
		return 0, false
	}
	return max(p.wait(now), 0), true
}

// Probe begins a cluster, and gives up one that is not complete.
func (p *Pacer[T]) Probe(c Cluster, now time.Time) {
	p.cluster, p.began, p.probed, p.count = c, now, 0, 0
}

// Cancel gives up a cluster that is not complete.
func (p *Pacer[T]) Cancel() { p.cluster = Cluster{} }

// Drop takes packets out of the queues: those that are no use any more.
func (p *Pacer[T]) Drop(useless func(T) bool) {
	for c := range p.queues {
		for range p.queues[c].count {
			q := p.queues[c].pop()
			if useless(q.packet) {
				p.bytes -= q.size
				continue
			}
			p.queues[c].push(q)
		}
	}
}

// life is how long it may take until the cluster has left.
func (c Cluster) life() time.Duration {
	needs := clusterSlack * float64(c.Packets*wholePacket*8) / c.Rate
	return max(clusterLife, time.Duration(needs*float64(time.Second)))
}

func (p *Pacer[T]) probing(now time.Time) bool {
	if p.cluster.ID != 0 && now.Sub(p.began) > p.cluster.life() {
		p.cluster = Cluster{}
	}
	return p.cluster.ID != 0
}

// wait is the time until a packet may leave. A probe has its own pace.
func (p *Pacer[T]) wait(now time.Time) time.Duration {
	if p.probing(now) {
		due := time.Duration(float64(p.probed*8) / p.cluster.Rate * float64(time.Second))
		return due - now.Sub(p.began)
	}
	burst := p.burst
	if p.large() > 0 {
		burst = paceBurst
	}
	if due := p.free.Add(-burst); due.After(now) {
		return due.Sub(now)
	}
	return 0
}

// leave counts a packet.
func (p *Pacer[T]) leave(size int, now time.Time) (cluster int) {
	p.Spend(size, now)
	cluster = p.cluster.ID
	if cluster == 0 {
		return 0
	}
	if p.count == 0 {
		p.began = now
	}
	p.probed += size
	p.count++
	if p.probed >= p.cluster.Bytes && p.count >= p.cluster.Packets {
		p.cluster = Cluster{}
		p.free = now
	}
	return cluster
}

type queued[T any] struct {
	packet T
	size   int
}

// fifo is a queue that keeps its memory. The zero value is empty.
type fifo[T any] struct {
	ring  []queued[T]
	first int
	count int
}

func (f *fifo[T]) push(q queued[T]) {
	if f.count == len(f.ring) {
		f.grow()
	}
	f.ring[(f.first+f.count)%len(f.ring)] = q
	f.count++
}

func (f *fifo[T]) grow() {
	next := make([]queued[T], max(16, 2*len(f.ring)))
	for i := range f.count {
		next[i] = f.ring[(f.first+i)%len(f.ring)]
	}
	f.ring, f.first = next, 0
}

func (f *fifo[T]) pop() queued[T] {
	q := f.ring[f.first]
	f.ring[f.first] = queued[T]{}
	f.first = (f.first + 1) % len(f.ring)
	f.count--
	return q
}
