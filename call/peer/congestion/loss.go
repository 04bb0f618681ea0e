package congestion

import (
	"math"
	"time"
)

// Loss is judged over lossSpan and lossLeast packets, and counts from lossMore
// beyond what the path is known to lose by itself.
const (
	lossSpan     = time.Second
	lossLeast    = 40
	lossMore     = 0.03
	lossSpread   = 2.0 // standard deviations that chance may add
	lossShare    = 0.95
	lossRegrowth = 1.08 // a span
	lossReturn   = 1.5  // and where hardly anything is lost any more
	lossStays    = 0.6  // of the loss before a cut, from which the path is to blame
	lossForget   = 0.3  // weight of a better span
	lossSettle   = 300 * time.Millisecond
	lossNews     = 2500 * time.Millisecond // how long a judgement counts
	mostInherent = 0.2                     // nobody calls over a path that loses more
	lossFloor    = 150_000.0               // bit/s; with less sent there is nothing to learn from
)

// lossBound limits the rate by loss. The draft's rule (section 6: below 2 % grow,
// above 10 % fall) starves on a radio link that loses a tenth whatever is sent.
// Here a cut is an experiment: loss that goes away was the sender's, loss that
// stays is the path's own and is left out of account from then on.
type lossBound struct {
	came, missing int
	began         time.Duration
	inherent      float64 // what the path loses by itself, 0 to 1
	bound         float64 // bit/s, 0: none
	before        float64 // loss that led to the experiment, 0: none is made
	from          float64 // the bound before it
	settled       time.Duration
	last          float64 // fraction of the last span
	judged        time.Duration
}

// add takes what feedback tells. came may be negative where a packet that was
// missing came after all.
func (l *lossBound) add(came, missing int, now time.Duration) {
	if l.came+l.missing <= 0 {
		l.began = now
	}
	l.came += came
	l.missing = max(l.missing+missing, 0)
}

// judge closes a span when it is full, given what comes through in bit/s and
// whether packets wait on the way.
func (l *lossBound) judge(through float64, waiting bool, now time.Duration) {
	if now < l.settled {
		l.came, l.missing = 0, 0
		return
	}
	count := l.came + l.missing
	if count < lossLeast || now-l.began < lossSpan {
		return
	}
	fraction := float64(l.missing) / float64(count)
	l.came, l.missing, l.last, l.judged = 0, 0, fraction, now
	chance := lossSpread * math.Sqrt(fraction*(1-fraction)/float64(count))
	switch {
	case l.before > 0 && !waiting:
		l.conclude(fraction, chance)
	case fraction-l.inherent > lossMore+chance && through > 0:
		l.try(fraction, through, now)
	default:
		l.relax(fraction)
	}
}

// pardon leaves out of account what is told of until a moment: it was lost because more
// was sent than is now, and the answer to that has been given.
func (l *lossBound) pardon(until time.Duration) {
	if l.before == 0 {
		l.settled = max(l.settled, until)
	}
}

// try lowers the bound below what came through, which ends any loss that comes
// of too much.
func (l *lossBound) try(fraction, through float64, now time.Duration) {
	l.before, l.from = fraction, l.bound
	l.bound = math.Max(lossShare*through, lossFloor)
	l.settled = now + lossSettle
}

func (l *lossBound) conclude(fraction, chance float64) {
	if fraction+chance >= lossStays*l.before && fraction > lossMore {
		l.inherent = math.Min(math.Max(l.inherent, (fraction+l.before)/2), mostInherent)
		l.bound = l.from
	}
	l.before = 0
}

func (l *lossBound) relax(fraction float64) {
	l.before = 0
	if fraction-l.inherent < lossMore/3 {
		l.bound *= lossReturn
	} else {
		l.bound *= lossRegrowth
	}
	if fraction < l.inherent {
		l.inherent += lossForget * (fraction - l.inherent)
	}
}

// suffers reports whether more is lost than the path loses by itself. A probe may
// fit into what a policer lets through at once, and says nothing then. What was
// judged long ago is no news: who hardly sends never fills another span, and would
// never find out that the path is free again.
func (l *lossBound) suffers(now time.Duration) bool {
	return now-l.judged < lossNews && (l.before > 0 || l.last-l.inherent > 2*lossMore)
}

// found lifts the bound to what a probe has shown.
func (l *lossBound) found(rate float64, now time.Duration) {
	if l.bound > 0 && !l.suffers(now) {
		l.bound = math.Max(l.bound, rate)
	}
}

// limit returns the rate within the bound, and lifts a bound that binds no more.
func (l *lossBound) limit(rate float64) float64 {
	if l.bound == 0 {
		return rate
	}
	if l.bound > lossRegrowth*rate {
		l.bound = 0
		return rate
	}
	return math.Min(rate, l.bound)
}
