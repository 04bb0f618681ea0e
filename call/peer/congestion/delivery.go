package congestion

import "time"

// The spans over which what arrives is counted. The long one holds enough frames
// to be even, the short one follows a path that became slower.
const (
	longSpan  = 500 * time.Millisecond
	shortSpan = 250 * time.Millisecond
	leastSpan = 100 * time.Millisecond
	spanSlots = 25
	slotSpan  = longSpan / spanSlots
)

// delivery counts what arrives, by the receiver's clock: the acknowledged bit
// rate. The zero value is ready.
type delivery struct {
	slots [spanSlots]int // bytes, one slot per slotSpan
	slot  int64          // the newest
	first int64
	begun bool
}

// add takes a packet that came.
func (d *delivery) add(at time.Duration, size int) {
	slot := int64(at / slotSpan)
	jump := slot - d.slot
	switch {
	case !d.begun || jump > 100*spanSlots || jump < -100*spanSlots:
		*d = delivery{begun: true, slot: slot, first: slot}
	case jump <= -spanSlots:
		return // too old to count
	}
	for ; d.slot < slot; d.slot++ {
		d.slots[place(d.slot+1)] = 0
	}
	d.slots[place(slot)] += size
}

func place(slot int64) int { return int(((slot % spanSlots) + spanSlots) % spanSlots) }

// rate returns the bit/s over a span; 0 when not that much is known. The newest
// slot, which is not over, does not count.
func (d *delivery) rate(span time.Duration) float64 {
	n := int64(span/slotSpan) - 1
	if !d.begun || d.slot-d.first <= n {
		return 0
	}
	return d.over(n)
}

// since returns the bit/s from a moment on, over a span at most; 0 when it is
// less than leastSpan ago.
func (d *delivery) since(at, span time.Duration) float64 {
	from := max(int64(at/slotSpan)+1, d.first+1) // the first slot that is whole
	n := min(d.slot-from, int64(span/slotSpan)-1)
	if !d.begun || time.Duration(n)*slotSpan < leastSpan {
		return 0
	}
	return d.over(n)
}

// over returns the bit/s over so many slots before the newest.
func (d *delivery) over(n int64) float64 {
	bytes := 0
	for i := int64(1); i <= n; i++ {
		bytes += d.slots[place(d.slot-i)]
	}
	return float64(bytes*8) / (time.Duration(n) * slotSpan).Seconds()
}
