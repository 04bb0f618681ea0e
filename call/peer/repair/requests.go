package repair

import (
	"slices"
	"time"
)

// What is asked for, how often, and how long.
const (
	mostMissing = 500         // packets; more are a path that was away, which only a key frame mends
	mostTries   = 10          // requests for one packet
	mostAge     = time.Second // of a missing packet that is asked for
	together    = 2 * time.Millisecond
	// overtaking is how much sooner than packets that came before it something may be
	// handed over that was sent in another stream.
	overtaking = 3 * time.Millisecond
	// pairGap is the time between the two requests of a pair. A retransmission that
	// got lost has cost a round trip already, so from the second time on it is asked
	// for twice: what comes twice is little beside what is lost. On paths of longTrip
	// there is no time for another round trip, and the first request is made so too.
	pairGap  = 8 * time.Millisecond
	longTrip = 80 * time.Millisecond
)

// A path is lossy once lossyCount packets were asked for within lossySpan.
const (
	lossyCount = 3
	lossySpan  = 15 * time.Second
)

// Requests knows what is missing of one stream. The zero value is ready. It
// belongs to the goroutine that reads the stream.
type Requests struct {
	begun   bool
	highest int64
	missing []gap // by sequence number
	out     []int64
	trip    trip
	order   order
	tail    tail
	asked   [lossyCount]time.Time // the last first requests
	next    int                   // place in asked
}

// gap is a packet that did not come though later ones did.
type gap struct {
	sequence int64
	noticed  time.Time
	due      time.Time // of the next request
	first    time.Time // when it was asked for first
	asked    time.Time // and last, pairs counted once
	tries    int
	pair     bool // the second request of a pair is due
	guessed  bool // nothing later came: it may not be sent yet
}

// Packet is one that came.
type Packet struct {
	Sequence int64 // without wraps
	Last     bool  // of its frame
	Again    bool  // is known to be a retransmission (RFC 4588); without such a stream it is guessed
}

// Came takes a packet.
func (r *Requests) Came(p Packet, now time.Time) {
	r.order.separates = r.order.separates || p.Again
	newest := !r.begun || p.Sequence >= r.highest
	switch {
	case !r.begun:
		r.begun, r.highest = true, p.Sequence
	case p.Sequence > r.highest:
		r.tail.came(p.Sequence-r.highest, now)
		r.skip(p.Sequence, now)
		r.highest = p.Sequence
	default:
		r.fill(p.Sequence, p.Again, now)
	}
	if newest {
		r.tail.open, r.tail.at = !p.Last, now
	}
}

// skip notices what lies between the newest packet and one that came after it.
func (r *Requests) skip(to int64, now time.Time) {
	if to-r.highest > mostMissing-int64(len(r.missing)) {
		r.missing = r.missing[:0]
		return
	}
	due := now.Add(min(r.order.slack, r.Interval()))
	for s := r.highest + 1; s < to; s++ {
		r.missing = append(r.missing, gap{sequence: s, noticed: now, due: due})
	}
}

// fill takes a packet that was missing, if it was.
func (r *Requests) fill(sequence int64, again bool, now time.Time) {
	at, found := slices.BinarySearchFunc(r.missing, sequence, func(g gap, s int64) int { return int(g.sequence - s) })
	if !found {
		return
	}
	g := r.missing[at]
	r.missing = slices.Delete(r.missing, at, at+1)
	if g.guessed && !again {
		r.tail.early(now)
		return
	}
	if r.order.late(g, again, r.trip, now) {
		return
	}
	if g.tries == 1 { // else nobody knows which request it answers (Karn's rule, RFC 6298 section 3)
		r.trip.take(now.Sub(g.asked))
	} else {
		r.trip.bound(now.Sub(g.first))
	}
}

// Reaches says that the frame goes on to a packet at least, and that something of
// it may still come by itself.
func (r *Requests) Reaches(last int64, now time.Time) {
	if !r.begun || last <= r.highest {
		return
	}
	known := len(r.missing)
	r.skip(last+1, now)
	for i := min(known, len(r.missing)); i < len(r.missing); i++ {
		r.missing[i].due = latest(r.missing[i].due, now.Add(overtaking))
	}
	r.highest, r.tail.open = last, false
}

// Hurry says that nothing before a packet comes by itself any more but what has been
// overtaken.
func (r *Requests) Hurry(before int64, now time.Time) {
	for i := range r.missing {
		if g := &r.missing[i]; g.sequence < before && g.tries == 0 && g.due.After(now.Add(overtaking)) {
			g.due = now.Add(overtaking)
		}
	}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Open reports whether the newest frame that came has not ended.
func (r *Requests) Open() bool { return r.tail.open }

// Path tells the round trip of the path as measured otherwise, 0 when unknown.
func (r *Requests) Path(trip time.Duration) { r.trip.path = trip }

// Interval is after how long an answer is overdue: a round trip, and what it
// varies by.
func (r *Requests) Interval() time.Duration { return r.trip.interval() }

// Forget drops what was sent before a packet: it is of no use any more.
func (r *Requests) Forget(before int64) {
	n := 0
	for n < len(r.missing) && r.missing[n].sequence < before {
		n++
	}
	r.missing = slices.Delete(r.missing, 0, n)
}

// Missing reports whether anything is missing that may still come.
func (r *Requests) Missing() bool { return len(r.missing) > 0 }

// Lossy reports whether packets were missed lately, so that more will be.
func (r *Requests) Lossy(now time.Time) bool {
	oldest := r.asked[r.next]
	return !oldest.IsZero() && now.Sub(oldest) < lossySpan
}

// Next returns how long nothing is to be asked for; false if nothing is missing.
func (r *Requests) Next(now time.Time) (wait time.Duration, ok bool) {
	for i, g := range r.missing {
		if d := g.due.Sub(now); i == 0 || d < wait {
			wait = d
		}
	}
	ok = len(r.missing) > 0
	if r.tail.open {
		if d := r.tail.due().Sub(now); !ok || d < wait {
			wait, ok = d, true
		}
	}
	return max(wait, 0), ok
}

// Due returns what to ask for now, in order, and takes it to be done. The result
// is valid until the next call.
func (r *Requests) Due(now time.Time) []int64 {
	if wait, ok := r.Next(now); !ok || wait > 0 {
		return nil
	}
	r.out = r.out[:0]
	r.guess(now)
	r.missing = slices.DeleteFunc(r.missing, func(g gap) bool {
		return now.Sub(g.noticed) >= mostAge
	})
	for i := range r.missing {
		if g := &r.missing[i]; g.tries < mostTries && !g.due.After(now.Add(together)) {
			r.ask(g, now)
			r.out = append(r.out, g.sequence)
		}
	}
	return r.out
}

// guess takes the next packet to be missing where a frame has no end.
func (r *Requests) guess(now time.Time) {
	if !r.tail.open || r.tail.due().After(now) {
		return
	}
	r.tail.open = false // until more is known
	if len(r.missing) < mostMissing {
		r.highest++
		r.missing = append(r.missing, gap{sequence: r.highest, noticed: now, due: now, guessed: true})
	}
}

// ask notes a request. After the last one there is an age until which an answer
// tells something.
func (r *Requests) ask(g *gap, now time.Time) {
	switch {
	case g.pair:
		g.pair = false
		g.due = g.asked.Add(max(r.Interval(), pairGap))
		return
	case g.tries == 0:
		g.first = now
		if !g.guessed {
			r.asked[r.next] = now
			r.next = (r.next + 1) % lossyCount
		}
	}
	g.asked, g.due = now, now.Add(r.Interval())
	if g.pair = g.tries > 0 || r.trip.usual() >= longTrip; g.pair {
		g.due = now.Add(pairGap)
	}
	if g.tries++; g.tries == mostTries {
		g.pair, g.due = false, g.noticed.Add(mostAge)
	}
}
