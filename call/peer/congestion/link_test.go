package congestion

import (
	"container/heap"
	"math/rand/v2"
	"time"
)

// link is a bottleneck with a tail-drop queue, in virtual time.
type link struct {
	rate    float64       // bit/s
	delay   time.Duration // one way
	queue   time.Duration // longest
	loss    float64
	jitter  time.Duration // uniform, order kept
	reorder float64       // share of packets that come 20 ms later than they should
	stalled time.Duration // until then nothing comes
	dice    *rand.Rand

	busy, last time.Duration
	dropped    int
}

// pass returns when a packet that enters now comes out, or false if it does not,
// and how long it waits in the queue.
func (l *link) pass(now time.Duration, size int) (at, waited time.Duration, ok bool) {
	if l.dice.Float64() < l.loss {
		return 0, 0, false
	}
	l.busy = max(l.busy, now)
	waited = l.busy - now
	if waited > l.queue {
		l.dropped++
		return 0, 0, false
	}
	l.busy += time.Duration(float64(size*8) / l.rate * float64(time.Second))
	at = l.busy + l.delay
	if l.jitter > 0 {
		at += time.Duration(l.dice.Float64() * float64(l.jitter))
	}
	at = max(at, l.stalled)
	if l.reorder > 0 && l.dice.Float64() < l.reorder {
		return at + 20*time.Millisecond, waited, true
	}
	at = max(at, l.last)
	l.last = at
	return at, waited, true
}

// simulation is a sender with an encoder and sound, a link, and a receiver that sends
// feedback, in virtual time.
type simulation struct {
	control  *Controller
	pacer    *Pacer[int]
	link     *link
	dice     *rand.Rand
	now      time.Duration
	events   events
	sequence uint16

	interval  time.Duration // of feedback
	back      time.Duration // way back
	lostBack  float64       // share of feedback that is lost
	skew      float64       // of the receiver's clock
	offset    time.Duration
	most      float64 // what the encoder can use, bit/s
	wild      float64 // frames are up to this share larger or smaller than they should be
	noPadding bool
	cross     float64 // bit/s of somebody else's sound, that yields to nobody

	got     []Arrival // since the last feedback
	base    uint16
	due     []uint16 // sent since the last feedback
	bytes   int      // that came out of the link
	waits   []time.Duration
	frames  int
	skipped int
	trace   func(s *simulation)
}

func newSimulation(l link) *simulation {
	dice := rand.New(rand.NewPCG(1, 2))
	l.dice = dice
	if l.queue == 0 {
		l.queue = 300 * time.Millisecond
	}
	s := &simulation{
		control: New(Bounds{}), pacer: NewPacer[int](DefaultStart), link: &l, dice: dice, offset: 17 * time.Hour,
		interval: 50 * time.Millisecond, back: l.delay, most: 8_000_000, wild: 0.2,
	}
	s.control.Use(1.1 * s.most)
	s.every(time.Second/30, s.frame)
	s.every(20*time.Millisecond, s.sound)
	s.every(s.interval, s.report)
	s.every(time.Millisecond, s.pace)
	s.every(20*time.Millisecond, s.others)
	s.every(100*time.Millisecond, func() {
		if s.trace != nil {
			s.trace(s)
		}
	})
	return s
}

func (s *simulation) clock() time.Time { return time.Unix(1_000_000, 0).Add(s.now) }

// run plays so much time.
func (s *simulation) run(d time.Duration) *simulation {
	for end := s.now + d; len(s.events) > 0 && s.events[0].at <= end; {
		e := heap.Pop(&s.events).(event)
		s.now = max(s.now, e.at)
		e.do()
	}
	return s
}

func (s *simulation) after(d time.Duration, do func()) {
	heap.Push(&s.events, event{s.now + d, len(s.events), do})
}

func (s *simulation) every(d time.Duration, do func()) {
	var again func()
	again = func() {
		do()
		s.after(d, again)
	}
	s.after(d, again)
}

// frame encodes a picture of about the target.
func (s *simulation) frame() {
	if s.pacer.Backlog() > 100*time.Millisecond {
		s.skipped++
		return
	}
	share := min(s.control.Estimate(s.clock()).Target-40_000, s.most)
	size := share / 8 / 30 * (1 + s.wild*(2*s.dice.Float64()-1))
	s.frames++
	if s.frames == 1 {
		size *= 6 // the key frame
	}
	for left := int(size); left > 0; left -= 1200 {
		s.pacer.Push(Picture, min(left, 1200), min(left, 1200))
	}
	s.pace()
}

func (s *simulation) sound() {
	s.pacer.Spend(160, s.clock())
	s.leave(160, 0)
}

// others send sound of their own, packets of 20 ms.
func (s *simulation) others() {
	if size := int(s.cross / 8 * 0.02); size > 0 {
		s.link.pass(s.now, size)
	}
}

func (s *simulation) pace() {
	now := s.clock()
	for {
		size, cluster, ok := s.pacer.Next(now)
		if wanted, pads := s.pacer.Pad(now); !ok && pads && !s.noPadding {
			size, ok = 1000, true
			if wanted < size {
				size = 319
			}
			cluster = s.pacer.Padded(size, now)
		}
		if !ok {
			return
		}
		s.leave(size, cluster)
	}
}

func (s *simulation) leave(size, cluster int) {
	sequence := s.sequence
	s.sequence++
	s.control.Sent(Sent{Sequence: sequence, Size: size, Cluster: cluster}, s.clock())
	s.due = append(s.due, sequence)
	at, waited, ok := s.link.pass(s.now, size)
	if !ok {
		return
	}
	s.waits = append(s.waits, waited)
	s.after(at-s.now, func() {
		s.bytes += size
		stamp := s.offset + time.Duration(float64(s.now)*(1+s.skew))
		s.got = append(s.got, Arrival{Sequence: sequence, At: stamp.Truncate(250 * time.Microsecond)})
	})
}

// report sends what came since the last feedback, up to the highest number that
// did, as receivers do.
func (s *simulation) report() {
	if len(s.got) == 0 {
		return
	}
	came, highest := map[uint16]Arrival{}, s.got[0].Sequence
	for _, a := range s.got {
		came[a.Sequence] = a
		if int16(a.Sequence-highest) > 0 {
			highest = a.Sequence
		}
	}
	s.got = s.got[:0]
	var feedback []Arrival
	lowest := s.base
	for n := range came {
		if int16(n-lowest) < 0 {
			lowest = n
		}
	}
	for n := lowest; int16(n-highest) <= 0; n++ {
		a, ok := came[n]
		if !ok {
			a = Arrival{Sequence: n, Missing: true}
		}
		feedback = append(feedback, a)
	}
	if int16(highest+1-s.base) > 0 {
		s.base = highest + 1
	}
	if s.dice.Float64() < s.lostBack {
		return
	}
	s.after(s.back, func() {
		now := s.clock()
		s.control.Feedback(feedback, now)
		if c, ok := s.control.Probe(now); ok {
			s.pacer.Probe(c, now)
		}
		s.pacer.Follow(s.control.Estimate(now))
	})
}

// measured is what a span of a simulation was like.
type measured struct {
	rate    float64       // that came out of the link, bit/s
	usual   time.Duration // wait of the median packet in the queue of the link
	late    time.Duration // of 95 of a hundred
	longest time.Duration
	target  float64
}

// measure plays so much time and measures it.
func (s *simulation) measure(d time.Duration) measured {
	s.bytes, s.waits = 0, nil
	s.run(d)
	m := measured{rate: float64(s.bytes*8) / d.Seconds(), target: s.control.Estimate(s.clock()).Target}
	sorted := sortedDurations(s.waits)
	if n := len(sorted); n > 0 {
		m.usual, m.late, m.longest = sorted[n/2], sorted[n*95/100], sorted[n-1]
	}
	return m
}

// until plays until the target is at least a rate, and returns how long that took.
func (s *simulation) until(rate float64, most time.Duration) time.Duration {
	began := s.now
	for s.now-began < most && s.control.Estimate(s.clock()).Target < rate {
		s.run(10 * time.Millisecond)
	}
	return s.now - began
}

type event struct {
	at   time.Duration
	turn int
	do   func()
}

type events []event

func (e events) Len() int { return len(e) }
func (e events) Less(i, j int) bool {
	return e[i].at < e[j].at || e[i].at == e[j].at && e[i].turn < e[j].turn
}
func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *events) Push(x any)   { *e = append(*e, x.(event)) }
func (e *events) Pop() any {
	o := *e
	x := o[len(o)-1]
	*e = o[:len(o)-1]
	return x
}
