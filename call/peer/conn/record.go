package conn

import (
	"math"
	"time"
)

const (
	// heldArrivals is how many packets are remembered, those that did not come among
	// them. It is a power of two.
	heldArrivals = 4096
	// arrivalLife is how long what was told is remembered: if a packet comes that was
	// overtaken, what came after it is told again, as libwebrtc does.
	arrivalLife = 500 * time.Millisecond
	// overtakers is how many packets may overtake the very first one.
	overtakers = 64
	// mostTold is how many packets one feedback tells of: with the longest deltas and
	// the worst chunks it takes 936 bytes, which every path carries.
	mostTold = 400
)

// notCame stands for the time at which a packet came that did not.
const notCame time.Duration = -1

// record remembers when packets came, by their transport-wide numbers, until it was
// told.
type record struct {
	begun bool
	first int64 // number of the oldest that is remembered; numbers do not wrap here
	next  int64 // the first that is to be told of
	end   int64 // after the last that came
	times [heldArrivals]time.Duration
}

func (r *record) at(n int64) *time.Duration { return &r.times[n&(heldArrivals-1)] }

// came takes note of a packet.
func (r *record) came(number uint16, at time.Duration) {
	n := r.end - 1 + int64(int16(number-uint16(r.end-1)))
	if !r.begun {
		r.begun = true
		r.first, r.next, r.end = n-overtakers, n, n-overtakers
	}
	if n < r.first {
		return
	}
	for ; r.end <= n; r.end++ {
		*r.at(r.end) = notCame
	}
	r.first = max(r.first, r.end-heldArrivals)
	if *r.at(n) != notCame {
		return // once before
	}
	*r.at(n) = at
	r.next = max(min(r.next, n), r.first)
	r.forget(at)
}

// forget forgets what was told and is old.
func (r *record) forget(now time.Duration) {
	for n := r.first; n < r.next; n++ {
		switch at := *r.at(n); {
		case at == notCame:
		case now-at < arrivalLife:
			return
		default:
			r.first = n + 1
		}
	}
}

// tell fills in the next feedback; false when all was told.
func (r *record) tell(f *Feedback) bool {
	if r.next == r.end {
		return false
	}
	reference := r.reference()
	f.First, f.Packets = uint16(r.next), f.Packets[:0]
	f.Reference = uint32(reference/referenceUnit) & (1<<referenceBits - 1)
	for last := reference; r.next < r.end && len(f.Packets) < mostTold; r.next++ {
		at := *r.at(r.next)
		if at == notCame {
			f.Packets = append(f.Packets, Fate{})
			continue
		}
		delta := (at - last).Round(deltaUnit)
		steps := int64(delta / deltaUnit)
		if steps < math.MinInt16 || steps > math.MaxInt16 {
			break // the next feedback has a reference of its own
		}
		f.Packets = append(f.Packets, Fate{Came: true, Delta: int16(steps)})
		last += delta
	}
	return true
}

// reference is what the deltas begin with: shortly before the next that came. There
// is one, for the last of all has come.
func (r *record) reference() time.Duration {
	n := r.next
	for *r.at(n) == notCame {
		n++
	}
	return r.at(n).Truncate(referenceUnit)
}
