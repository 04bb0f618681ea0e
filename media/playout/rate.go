package playout

import (
	"time"

	"parley/media"
)

const (
	// wrongFor is how many packets must agree that the sender's clock is wrong;
	// a clock that is too fast looks like silence between packets at first.
	wrongFor = 25
	fastFor  = 50
)

// rate corrects senders whose timestamps do not count 48 000 a second, as
// RFC 7587 section 4.1 demands: it compares how far apart the timestamps of
// neighbours are with how long the first of them says it is.
type rate struct {
	origin    int64 // timestamp that keeps its value
	real, own int64 // samples that pass while the sender counts own; zero is 1:1

	last  observed
	pair  [2]int64 // length and advance of timestamps that are seen again and again
	times int
	since time.Duration
}

// observed is the packet that another is compared with.
type observed struct {
	seq, ts int64
	length  int64
}

// media returns what timestamp ts should have been.
func (r *rate) media(ts int64) int64 {
	if r.own == 0 {
		return ts
	}
	return r.origin + (ts-r.origin)*r.real/r.own
}

// wire is the inverse of media.
func (r *rate) wire(ts int64) int64 {
	if r.own == 0 {
		return ts
	}
	return r.origin + (ts-r.origin)*r.own/r.real
}

// observe takes a packet of that length into account, and reports whether the
// sender's clock turned out to be another than was thought.
func (r *rate) observe(seq, ts int64, length int, at time.Duration) (changed bool) {
	before := r.last
	r.last = observed{seq, ts, int64(length)}
	advance := ts - before.ts
	if seq != before.seq+1 || advance <= 0 || before.length <= 0 {
		return false
	}
	pair := [2]int64{before.length, advance}
	if pair != r.pair {
		r.pair, r.times, r.since = pair, 0, at
		return false
	}
	r.times++
	if !r.convinced(at) {
		return false
	}
	r.times = 0
	if r.own == 0 && advance == before.length || r.own != 0 && advance*r.real == before.length*r.own {
		return false
	}
	r.real, r.own = before.length, advance
	return true
}

// convinced reports whether what was seen again and again is beyond doubt.
func (r *rate) convinced(at time.Duration) bool {
	length, advance := r.pair[0], r.pair[1]
	if advance <= length {
		return r.times >= wrongFor
	}
	if r.times < fastFor {
		return false
	}
	passed := int64((at - r.since).Seconds() * media.SampleRate)
	said, should := int64(r.times)*advance, int64(r.times)*length
	return abs64(passed-should) < abs64(passed-said)
}

func abs64(n int64) int64 { return max(n, -n) }
