package playout

import (
	"time"

	"parley/media"
)

const (
	tooLate     = 12 * time.Millisecond // shorten above
	tooEarly    = 8 * time.Millisecond  // lengthen below
	muchTooLate = 60 * time.Millisecond // shorten at every step, even if audible
	restSteps   = 4                     // steps between two changes otherwise
	alikeEnough = 0.85
	alikeUrgent = 0.4
)

// pacing keeps the playhead where the arrivals want it.
type pacing struct {
	excess time.Duration // smoothed delay beyond the wanted
	steps  int           // since the last change
	known  bool
}

// pace shortens or lengthens what is decoded when the delay is not as wanted.
func (b *Buffer) pace(now time.Duration) {
	if !b.running || b.comfort || b.speech.invented > 0 {
		b.pacing.known = false // the delay is about to jump
		return
	}
	b.pacing.follow(b.delay(now) - b.target())
	urgent := b.pacing.excess > muchTooLate
	if b.pacing.steps < restSteps && !urgent {
		return
	}
	switch {
	case b.pacing.excess > tooLate:
		b.hurry(now, urgent)
	case b.pacing.excess < -tooEarly:
		b.dawdle()
	}
}

// delay returns how long after the fastest packet the playhead is.
func (b *Buffer) delay(now time.Duration) time.Duration {
	return transit(now, b.head-int64(b.speech.len())) - b.arrivals.least
}

func (p *pacing) follow(excess time.Duration) {
	p.steps++
	if !p.known {
		p.excess, p.known = excess, true
		return
	}
	p.excess += (excess - p.excess) / 8
}

// changed takes note that the delay was changed by that many samples.
func (p *pacing) changed(by int) {
	p.steps = 0
	p.excess += samples(by)
}

// hurry takes a pitch period out, decoding further if packets are there.
func (b *Buffer) hurry(now time.Duration, urgent bool) {
	for b.speech.len() < stretchable+media.StepSamples {
		p := b.packets.first(b.next)
		if p == nil || p.seq != b.next || p.size == 0 || p.ts-b.head >= tolerance || p.ts < b.head {
			break
		}
		b.decode(p, now)
	}
	if b.speech.len() < stretchable+media.StepSamples {
		return
	}
	lag, alike := period(b.speech.pcm[:b.speech.n])
	if alike >= alikeEnough || urgent && alike >= alikeUrgent {
		b.speech.n = len(shorten(b.speech.pcm[:b.speech.n], lag))
		b.pacing.changed(-lag)
		b.stats.removed += uint64(lag)
	}
}

// dawdle puts a pitch period in twice.
func (b *Buffer) dawdle() {
	if b.speech.len() < stretchable {
		return
	}
	lag, alike := period(b.speech.pcm[:b.speech.n])
	if alike >= alikeEnough {
		b.speech.n = len(lengthen(b.speech.pcm[:b.speech.n], lag))
		b.pacing.changed(lag)
		b.stats.inserted += uint64(lag)
	}
}

// target returns the delay above the fastest packet that the playhead should have.
func (b *Buffer) target() time.Duration { return max(b.arrivals.delay(), b.hold) }

// wanted returns the transit that the playhead should have.
func (b *Buffer) wanted() time.Duration { return b.arrivals.least + b.target() }
