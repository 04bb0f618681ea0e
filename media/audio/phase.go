package audio

import (
	"time"

	"parley/media"
)

const (
	// It must be possible by so much more than the time between two takings that
	// a step is made sooner, and for so many judgements, more after each change.
	phaseMargin               = time.Millisecond
	leastCertain, mostCertain = 3, 48
)

// phase chooses which of the speaker's takings a step is made for, where it takes half a
// step at a time: there are two, and where packets come between them is chance, by
// how a call began. Packets that come just after a step was made wait for the next;
// where the step is made for the other taking, half a step sooner, they wait less.
//
// Only where both devices have one clock: else they change places by themselves.
type phase struct {
	sooner  bool
	same    int // judgements in a row that another would be better
	certain int // how many of these there must be
}

// judge takes note of how much sooner what is played could be, beyond whole steps, while
// the speaker takes bite at a time. It returns by how much to change the reserve.
func (p *phase) judge(early time.Duration, known bool, bite int) (by int) {
	p.certain = max(p.certain, leastCertain)
	roomy := early >= lasting(uint64(bite))+phaseMargin
	tight := p.sooner && early < phaseMargin/2
	if !known || 2*bite > media.StepSamples+closeTo || !roomy && !tight {
		p.same = 0
		return 0
	}
	if p.same++; p.same < p.certain {
		return 0
	}
	p.same, p.sooner = 0, !p.sooner
	if p.sooner {
		p.certain = min(2*p.certain, mostCertain)
		return -bite
	}
	return bite
}

// below is how much less the reserve may be than where nobody chooses.
func (p *phase) below(bite int) int {
	if p.sooner {
		return bite
	}
	return 0
}
