package playout

import (
	"time"

	"parley/media"
)

const (
	// slightly is how much less than wanted the delay may be, for noise of the
	// measurement.
	slightly = 500 * time.Microsecond

	// Where nobody speaks, nobody hears a change. In speech one is made after so
	// many steps, and where a pitch period is so much like the next, as it is
	// worth by how wrong the delay is.
	little     = 20 * time.Millisecond
	much       = 40 * time.Millisecond
	littleRest = 40
	usualRest  = 8
	muchRest   = 3
	leastAlike = 0.85
	mostAlike  = 0.95
	// A little too much delay is no hurry: it is given up in pauses, and in speech
	// only now and then, in case nobody pauses.
	pauseRest = 100

	searchEvery = 3 // steps

	// muchTooLate is the excess above which sound is shortened at every step,
	// even where it is audible: twice as fast it can still be understood, though
	// less well, and after a stall of a second the conversation is nearly live again
	// a second later. Dropping instead would lose words.
	muchTooLate = 300 * time.Millisecond
	// Per step no more is taken out of speech than is played, in one or two cuts,
	// in each of which a whole number of any pitch period of 5 to 10 ms fits.
	fastest   = media.StepSamples
	longPitch = media.StepSamples / 2
	// Where nobody speaks, less than a pitch period is taken out, too, so that packets
	// begin where steps do.
	shortestTrim = media.StepSamples / 20
	quietCuts    = 3 // longest periods taken out per step where nobody speaks
)

// manner is how the delay is changed.
type manner struct {
	rest   int     // steps between two changes of speech
	alike  float32 // how alike periods must be
	urgent bool
}

// manners returns how to change the delay by that many samples.
func manners(wrong int) manner {
	switch by := samples(wrong); {
	case by < little:
		return manner{littleRest, mostAlike, false}
	case by < much:
		return manner{usualRest, 0.9, false}
	}
	return manner{muchRest, leastAlike, false}
}

// pacing keeps the playhead where the arrivals want it.
//
// A packet is of use at the first step after its arrival, so what counts is not
// the playhead's delay but how long before its step a packet may arrive: the
// slack. All delays of one slack differ by where in a step packets begin, and
// the least of them is that where they begin with it. Slack comes in whole steps.
type pacing struct {
	steps int // since the last change
}

// ready reports whether to look for a place in speech now. Searching costs more
// than all else here, and speech does not change from one step to the next.
func (p *pacing) ready(m manner) bool {
	return m.urgent || p.steps >= m.rest && p.steps%searchEvery == 0
}

// pace shortens or lengthens what is decoded when the delay is not as wanted.
func (b *Buffer) pace(now time.Duration) {
	b.pacing.steps++
	if !b.running || b.comfort || b.speech.invent > 0 || b.speech.torn {
		return
	}
	switch excess := b.excess(now); {
	case excess > count(muchTooLate):
		b.hurry(now, excess, manner{urgent: true})
	case excess >= count(little):
		b.hurry(now, excess, manners(excess))
	case excess >= shortestLag:
		b.hurry(now, excess, manner{pauseRest, mostAlike, false})
	case excess >= shortestTrim && b.isQuiet():
		b.remove(excess, 0)
	case excess < 0:
		b.dawdle(-excess)
	}
}

// excess returns how many samples should be taken out (put in, if negative).
func (b *Buffer) excess(now time.Duration) int {
	into, slack := b.into(), b.slack(now)
	if low := b.target(); slack < low-slightly {
		steps := (low - slack + media.Step - 1) / media.Step
		return into - int(steps)*media.StepSamples
	}
	high := max(b.target(), b.bearable())
	high += high/16 + slightly
	return into + max(int((slack-high)/media.Step), 0)*media.StepSamples
}

// Early implements media.EarlyPlayer. It is not known where the sender is silent, or
// nothing is there to play.
func (b *Buffer) Early() (by time.Duration, known bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.running || b.comfort || b.speech.invent > 0 {
		return 0, false
	}
	spare := b.slack(b.played+media.Step) - max(b.target(), b.bearable()) - slightly
	return max(spare, 0) % media.Step, true
}

// into returns how many samples into a step packets begin.
func (b *Buffer) into() int { return b.speech.len() % media.StepSamples }

// slack returns how long before the step that needs it a packet may arrive at
// the latest, counted from when the fastest would.
func (b *Buffer) slack(now time.Duration) time.Duration { return b.delay(now) - samples(b.into()) }

// bearable returns the delay that it is not worth going below: a packet of the
// last two seconds needed it.
func (b *Buffer) bearable() time.Duration {
	if b.arrivals.held {
		return 0
	}
	return b.arrivals.most
}

// delay returns how long after the fastest packet the playhead is.
func (b *Buffer) delay(now time.Duration) time.Duration {
	return transit(now, b.playhead()) - b.arrivals.least
}

// playhead returns the timestamp of the next sample to be played.
func (b *Buffer) playhead() int64 { return b.head - int64(b.speech.len()) }

// hurry takes pitch periods out, up to excess samples, decoding further if
// packets are there.
func (b *Buffer) hurry(now time.Duration, excess int, m manner) {
	quiet, spoken := quietCuts*longestLag, fastest
	for excess >= shortestLag && b.lookAhead(now) {
		s := b.speech
		most := min(excess, longestLag, s.n-media.StepSamples, s.n-seam)
		if most < shortestLag {
			return
		}
		var cut int
		if b.isQuiet() {
			cut = b.remove(min(most, quiet), 0)
			quiet -= cut
		} else {
			cut = b.compress(min(most, spoken), m)
			spoken -= cut
		}
		if cut == 0 || quiet < shortestLag || spoken < shortestLag {
			return
		}
		excess -= cut
	}
}

// compress takes one pitch period out, at most so many samples, if it is found
// or must be; it returns how many samples that was.
func (b *Buffer) compress(most int, m manner) int {
	if !b.pacing.ready(m) {
		return 0
	}
	least := shortestLag
	if m.urgent {
		least = min(longPitch, most)
	}
	s := b.speech
	lag, alike := s.like.search(s.middle[:], past-template, least, most, true)
	if alike < m.alike && !m.urgent {
		return 0
	}
	return b.remove(lag, alike)
}

// isQuiet reports whether nobody speaks at the front of the queue.
func (b *Buffer) isQuiet() bool {
	s := b.speech
	most := min(s.n, seam+longestLag)
	return b.noise.isQuiet(level(s.middle[past-template : past+most]))
}

func (b *Buffer) remove(lag int, alike float32) int {
	b.speech.shorten(lag, alike)
	b.pacing.steps = 0
	b.stats.removed += uint64(lag)
	return lag
}

// lookAhead decodes what is there until there is enough to look at.
func (b *Buffer) lookAhead(now time.Duration) bool {
	for b.speech.len() < ahead {
		p := b.packets.first(b.next)
		if p == nil || p.seq != b.next || p.size <= 2 || abs64(p.ts-b.head) > rounding {
			break
		}
		b.decode(p, now)
		if b.speech.invent > 0 {
			return false
		}
	}
	return b.speech.len() > media.StepSamples
}

// dawdle plays a pitch period again, if that sounds well. In quiet more may be put
// in than is played, so it waits where the queue has no room.
func (b *Buffer) dawdle(missing int) {
	s := b.speech
	if s.n < seam || s.n > waiting-longestLag {
		return
	}
	if b.isQuiet() {
		b.insert(min(max(missing, shortestLag), longestLag), 0)
		return
	}
	// Too small a delay will be heard sooner than too large a one.
	if m := manners(2 * missing); b.pacing.ready(m) {
		most := min(missing+shortestLag, longestLag)
		lag, alike := s.like.search(s.middle[:], past-template, shortestLag, most, false)
		if alike >= m.alike {
			b.insert(lag, alike)
		}
	}
}

func (b *Buffer) insert(lag int, alike float32) {
	b.speech.lengthen(lag, alike)
	b.pacing.steps = 0
	b.stats.inserted += uint64(lag)
}

// target returns the delay above the fastest packet that a packet should have
// before the step that needs it.
func (b *Buffer) target() time.Duration { return max(b.needed(), b.hold) }

// needed returns what of it the network asks for.
func (b *Buffer) needed() time.Duration {
	need := b.required()
	if b.holes.frequent(b.played) {
		need = max(need, b.measured()+spare)
	}
	return min(need, maxDelay)
}

// required returns what of that no packet can do without, or no path that is new.
func (b *Buffer) required() time.Duration { return max(b.arrivals.start()+reserve, b.measured()) }

// measured returns what of that there is a measured reason for.
func (b *Buffer) measured() time.Duration {
	need := b.arrivals.delay()
	if b.repairs.worth(b.played) {
		need = max(need, b.arrivals.typical.usual()+samples(b.repairs.length))
	}
	return min(need, maxDelay)
}

// wanted returns the transit that the playhead should have.
func (b *Buffer) wanted() time.Duration { return b.arrivals.least + b.target() }
