package congestion

import (
	"math"
	"slices"
	"time"
)

// Bounds are the rates of a Controller in bit/s, headers included: the one to
// start at, and the least and the most it tells. Zero members take the defaults.
type Bounds struct {
	Start, Least, Most float64
}

// The defaults of Bounds. The start carries a small picture at once and is
// little enough for a path of half a megabit; probes tell in a few round trips
// what more there is.
const (
	DefaultStart = 600_000.0
	DefaultLeast = 50_000.0
	DefaultMost  = 20_000_000.0
)

func (b Bounds) withDefaults() Bounds {
	for _, f := range []struct {
		at       *float64
		fallback float64
	}{{&b.Start, DefaultStart}, {&b.Least, DefaultLeast}, {&b.Most, DefaultMost}} {
		if *f.at <= 0 {
			*f.at = f.fallback
		}
	}
	return b
}

// Sent is a packet that left: its transport-wide sequence number, its size on
// the wire in bytes, and the cluster of a probe that it belongs to, or 0.
type Sent struct {
	Sequence uint16
	Size     int
	Cluster  int
	Repair   bool // it was sent before
}

// Arrival is what feedback says of one packet: that it is missing, or when it
// came by the receiver's clock.
type Arrival struct {
	Sequence uint16
	Missing  bool
	At       time.Duration
}

// Longer queues are no congestion when the last packets waited no longer than
// stallOver. A wait of standingMost is drained even if it does not grow.
const (
	stallOver    = 10 * time.Millisecond
	standingMost = 50 * time.Millisecond
	doubtful     = 20 * time.Millisecond // a wait so soon after a probe that belies it
	drainFrom    = 30 * time.Millisecond
	drainSpan    = 200 * time.Millisecond
	drainLeast   = 0.5
	drainPause   = 500 * time.Millisecond
	drainTime    = 2 * time.Second // after which a wait that stays is the path's own
)

// narrower is the share of what came through before at which less came lately because
// the path has become narrower.
const narrower = 0.75

// Who sends much less than may be sent does little about a queue by sending less.
// It is cut by little then, and not often.
const (
	littleWait  = 40 * time.Millisecond
	littleCut   = 0.95
	littlePause = 2 * time.Second
)

// limitLife is how long a receiver's own estimate holds.
const limitLife = 10 * time.Second

// Controller estimates what a path can carry. It is used from one goroutine at a
// time; moments must not go back.
type Controller struct {
	bounds   Bounds
	epoch    time.Time
	now      time.Duration
	history  history
	groups   groups
	trend    trend
	queue    queue
	delivery delivery
	rate     rateControl
	loss     lossBound
	prober   prober
	output   output
	repair   output
	shield   shield

	trip     lowest        // of feedback
	rtt      time.Duration // of receiver reports
	stall    stall
	came     time.Duration // the newest arrival, by the receiver's clock
	covered  int64         // the newest packet that feedback told of
	standing time.Duration // since when packets wait too long, 0: they do not
	stood    time.Duration // how long they waited when something was done about it
	heard    time.Duration // the last feedback or report
	quiet    time.Duration // the last cut for silence
	detailed bool          // there is feedback on each packet
	reports  reportPace
	crowded  time.Duration // when what was sent last filled the path
	remote   float64       // the receiver's own estimate
	remoteAt time.Duration
	most     float64 // what can be used at most
}

// New returns a controller that starts at b.Start.
func New(b Bounds) *Controller {
	b = b.withDefaults()
	return &Controller{
		bounds: b, trend: newTrend(), queue: newQueue(), rate: rateControl{rate: b.Start},
		trip: newLowest(time.Second, 10), most: b.Most,
	}
}

// tick takes the time.
func (c *Controller) tick(now time.Time) {
	if c.epoch.IsZero() {
		c.epoch = now.Add(-time.Second) // so that no moment is 0
		c.heard, c.rate.moved = time.Second, time.Second
	}
	c.now = max(c.now, now.Sub(c.epoch))
}

// Use tells how much can be used at most, in bit/s: more is not looked for.
func (c *Controller) Use(most float64) { c.most = math.Min(most, c.bounds.Most) }

// Sent takes a packet that leaves now.
func (c *Controller) Sent(p Sent, now time.Time) {
	c.tick(now)
	c.history.add(p.Sequence, c.now, p.Size, p.Cluster)
	c.output.add(c.now, p.Size)
	c.crowd()
	c.mends(p)
	if p.Cluster != 0 {
		c.prober.left(p.Cluster, p.Size, c.now)
	}
}

// SentUnnumbered takes a packet that leaves now without a transport-wide sequence
// number, because the receiver knows none.
func (c *Controller) SentUnnumbered(p Sent, now time.Time) {
	c.tick(now)
	c.output.add(c.now, p.Size)
	c.mends(p)
}

// mends counts what is sent again, but for probes.
func (c *Controller) mends(p Sent) {
	if p.Repair && p.Cluster == 0 {
		c.repair.add(c.now, p.Size)
	}
}

// Feedback takes transport-wide feedback, in order of sequence numbers. It may
// say anything: what was not sent, or was reported before, is ignored.
func (c *Controller) Feedback(arrivals []Arrival, now time.Time) {
	c.tick(now)
	c.presume(arrivals)
	newest, signal := time.Duration(0), normal
	for _, a := range arrivals {
		if sent, ok := c.arrival(a); ok {
			newest = max(newest, sent)
			signal = c.trend.state
		}
	}
	if newest == 0 {
		return
	}
	if c.detailed && c.now-c.heard > silenceLimit {
		c.prober.hurry(c.now)
	}
	c.heard, c.detailed = c.now, true
	c.trip.add(c.now, max(c.now-newest, 0))
	c.decide(signal)
}

// arrival takes one packet's fate. It returns when it was sent if it came.
func (c *Controller) arrival(a Arrival) (sent time.Duration, came bool) {
	p := c.history.find(a.Sequence)
	if p == nil || p.fate == arrived {
		return 0, false
	}
	if a.Missing {
		if p.fate == inFlight {
			p.fate = missing
			c.loss.add(0, 1, c.now)
		}
		return 0, false
	}
	if p.fate == missing {
		c.loss.add(0, -1, c.now)
	}
	c.loss.add(1, 0, c.now)
	if p.fate != presumed {
		c.delivery.add(a.At, p.size)
	}
	p.fate = arrived
	c.queue.add(p.at, a.At)
	c.came = a.At
	if s, ok := c.groups.add(p.at, a.At); ok {
		c.stall.add(s)
		c.trend.add(s)
	}
	if p.cluster != 0 {
		c.prober.came(p.cluster, p.size, a.At)
	}
	return p.at, true
}

// presume counts what no feedback told of, because it was lost, as if it came
// while nothing was heard.
func (c *Controller) presume(arrivals []Arrival) {
	first := slices.IndexFunc(arrivals, func(a Arrival) bool { return !a.Missing && c.history.find(a.Sequence) != nil })
	if first < 0 {
		return
	}
	from, to := c.covered+1, c.history.unwrap(arrivals[0].Sequence)
	c.covered = max(c.covered, c.history.unwrap(arrivals[len(arrivals)-1].Sequence))
	gap := arrivals[first].At - c.came
	if from == 1 || to <= from || to-from > historySize || gap <= 0 || gap > longSpan {
		return
	}
	for number := from; number < to; number++ {
		p := c.history.at(number)
		if p == nil || p.fate != inFlight {
			continue
		}
		p.fate = presumed
		c.delivery.add(c.came+gap*time.Duration(number-from+1)/time.Duration(to-from+1), p.size)
	}
}

// decide moves the rate after feedback.
func (c *Controller) decide(s signal) {
	waiting := c.queue.standing()
	if s == overuse && c.queue.fresh() > doubtful {
		c.rate.takeBack(c.pressed(), c.now)
	}
	if s == overuse && c.harmless(waiting) {
		s = normal
	}
	if s != overuse && c.stands(waiting) {
		s = overuse
	}
	through := c.through()
	c.loss.judge(through, waiting > drainFrom, c.now)
	switch s {
	case overuse:
		c.reduce(c.pressed())
	case underuse:
		c.rate.hold(c.now)
	case normal:
		c.raise(through)
	}
	if rate, ok := c.prober.read(); ok && s != overuse && !c.loss.suffers(c.now) {
		c.found(rate)
	}
}

// harmless reports whether queues that grow mean nothing: a stall, or the chance
// of a path that carries little, where a cut to that little would tell nothing.
func (c *Controller) harmless(waiting time.Duration) bool {
	if c.queue.fresh() < stallOver || c.stall.lasts(c.came) {
		return true
	}
	return c.output.limited(c.rate.rate) && (waiting < littleWait || c.rate.cut > 0 && c.now-c.rate.cut < littlePause)
}

// found takes what a probe measured.
func (c *Controller) found(rate float64) {
	c.loss.found(rate, c.now)
	if rate > c.rate.rate {
		c.rate.found(rate, c.now)
	}
}

// stands reports whether packets have been waiting too long for a while, and nothing
// was done about it or they wait longer still. Where that does not change although less is sent, they do not
// wait because of what is sent, and still less would be no help: the path has become
// longer.
func (c *Controller) stands(waiting time.Duration) bool {
	if waiting < standingMost {
		c.standing = 0
		return false
	}
	if c.standing == 0 {
		c.standing, c.stood = c.now, waiting
	}
	since := c.now - c.standing
	switch {
	case c.rate.cut < c.standing: // nothing was done yet
		c.stood = waiting
		return since > deafness
	case waiting > c.stood: // what was done is not enough
		return c.now-c.rate.cut > drainPause
	case since > drainTime+2*waiting && waiting > c.stood-standingMost:
		c.queue.rebase()
		c.standing = 0
	}
	return false
}

func (c *Controller) raise(through float64) {
	if bound := c.loss.limit(c.rate.rate); bound < c.rate.rate || c.output.limited(bound) {
		c.rate.hold(c.now)
		return
	}
	c.rate.grow(through, c.Trip(), c.now)
}

func (c *Controller) reduce(came float64) {
	before := c.rate.rate
	if came > 0 && c.detailed && c.output.limited(before) {
		came = math.Max(came, littleCut*before) // what comes is what was sent, and others fill the path
	}
	if c.rate.reduce(came, c.Trip(), c.now) {
		c.rate.rate = math.Max(c.rate.rate, c.bounds.Least)
		c.prober.dropped(before, c.rate.rate, c.now)
		c.loss.pardon(c.now + c.Trip() + c.queue.fresh() + deafness)
	}
}

// through is what came through lately, in bit/s.
func (c *Controller) through() float64 { return c.delivery.rate(longSpan) }

// pressed is what comes through while the path is full, 0 if it was not for long
// enough: what comes of a path that is not full tells what was sent, and not what
// could be.
func (c *Controller) pressed() float64 {
	short, long := c.delivery.since(c.queue.spared, shortSpan), c.delivery.since(c.queue.spared, longSpan)
	if short < narrower*long {
		return short
	}
	return long // of more packets, so it is less a matter of chance
}

// Trip returns the round trip without queues, as far as feedback shows it.
func (c *Controller) Trip() time.Duration {
	if least := c.trip.get(10); least != nothing {
		return least
	}
	return c.rtt
}

// Limit takes the receiver's own estimate of the path (REMB) in bit/s.
func (c *Controller) Limit(bps float64, now time.Time) {
	c.tick(now)
	if !c.detailed {
		c.heard = c.now
	}
	c.remote, c.remoteAt = bps, c.now
}

// Probe returns a cluster that is to be sent now, if any.
func (c *Controller) Probe(now time.Time) (Cluster, bool) {
	c.tick(now)
	if !c.detailed || c.loss.suffers(c.now) {
		return Cluster{}, false // nobody would tell what came of it, or it would say little
	}
	v := view{
		rate: c.loss.limit(c.rate.rate), most: math.Min(c.most, c.remoteLimit()), calm: nothing,
		queued: c.waiting(), limited: c.output.limited(c.rate.rate),
	}
	if c.rate.cut > 0 {
		v.calm = c.now - c.rate.cut
	}
	return c.prober.due(v, c.now)
}

func (c *Controller) remoteLimit() float64 {
	if c.remote <= 0 || c.now-c.remoteAt > limitLife {
		return math.Inf(1)
	}
	return c.remote
}
