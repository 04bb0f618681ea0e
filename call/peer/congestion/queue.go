package congestion

import (
	"math"
	"time"
)

// lowest is the least of what was seen lately: a window of slots. Not ready as
// zero value.
type lowest struct {
	slot   time.Duration
	slots  []time.Duration
	newest int64
	begun  bool
}

const nothing = time.Duration(math.MaxInt64)

func newLowest(slot time.Duration, count int) lowest {
	l := lowest{slot: slot, slots: make([]time.Duration, count)}
	l.forget()
	return l
}

func (l *lowest) forget() {
	l.begun = false
	for i := range l.slots {
		l.slots[i] = nothing
	}
}

// add takes a value of a moment; moments may be out of order.
func (l *lowest) add(at, value time.Duration) {
	n, count := int64(at/l.slot), int64(len(l.slots))
	if !l.begun || n-l.newest > 1000*count || l.newest-n > 1000*count {
		l.forget()
		l.begun, l.newest = true, n
	}
	if l.newest-n >= count {
		return
	}
	for l.newest < n {
		l.newest++
		l.slots[l.index(l.newest)] = nothing
	}
	i := l.index(n)
	l.slots[i] = min(l.slots[i], value)
}

func (l *lowest) index(n int64) int {
	count := int64(len(l.slots))
	return int((n%count + count) % count)
}

// get returns the least of the newest slots, or nothing.
func (l *lowest) get(newest int) time.Duration {
	least := nothing
	for i := range min(newest, len(l.slots)) {
		least = min(least, l.slots[l.index(l.newest-int64(i))])
	}
	return least
}

// What is told of the delay on the way: against the least of baseSpan, over
// standingSlots of queueSlot, and over freshSlots of them.
const (
	baseSlot      = time.Second
	baseSlots     = 20
	queueSlot     = 50 * time.Millisecond
	standingSlots = 5
	freshSlots    = 2
)

// fullWait is the wait on the way from which the path counts as full.
const fullWait = 8 * time.Millisecond

// queue is how long packets wait on the way. The clocks of the two ends need not
// agree: only differences count.
type queue struct {
	base   lowest
	recent lowest
	spared time.Duration // when the newest packet came that did not have to wait, by the receiver's clock
	begun  bool
}

func newQueue() queue {
	return queue{base: newLowest(baseSlot, baseSlots), recent: newLowest(queueSlot, standingSlots)}
}

// add takes a packet that came.
func (q *queue) add(sent, arrival time.Duration) {
	q.base.add(arrival, arrival-sent)
	q.recent.add(arrival, arrival-sent)
	if base := q.base.get(baseSlots); !q.begun || arrival < q.spared || arrival-sent-base < fullWait {
		q.spared, q.begun = arrival, true
	}
}

// standing is the wait that no packet of the last quarter of a second was spared.
func (q *queue) standing() time.Duration { return q.over(standingSlots) }

// fresh is the least wait of the last packets.
func (q *queue) fresh() time.Duration { return q.over(freshSlots) }

func (q *queue) over(slots int) time.Duration {
	least, base := q.recent.get(slots), q.base.get(baseSlots)
	if least == nothing || base == nothing {
		return 0
	}
	return max(least-base, 0)
}

// rebase takes the present wait for that of an empty path.
func (q *queue) rebase() { q.base.forget() }

// A path that stands still for a moment, as a radio link that changes its base,
// lets nothing through and then everything at once. That is told from a slower
// path by the jump of stallJump between two groups; the burst may take stallLife.
// A second jump within stallPause is none: packets come one by one on a path that
// is very slow.
const (
	stallJump  = 60 * time.Millisecond
	stallLife  = 150 * time.Millisecond
	stallPause = time.Second
)

// stall finds out whether the path stood still just now, by the receiver's clock.
type stall struct {
	begun bool
	at    time.Duration
}

func (l *stall) add(s spacing) {
	if s.arrival-s.sent < stallJump {
		return
	}
	if since := s.at - l.at; !l.begun || since > stallPause || since < 0 {
		l.begun, l.at = true, s.at
	}
}

// lasts reports whether what is behind the stall may not all be here.
func (l *stall) lasts(now time.Duration) bool {
	since := now - l.at
	return l.begun && since >= 0 && since < stallLife
}
