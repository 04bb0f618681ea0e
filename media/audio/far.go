package audio

import "parley/media"

// farQueue holds steps that were played before their time, because the speaker
// could not wait for the microphone, until the microphone's step comes that each
// belongs to. It is empty but for such moments, so that what is played and what
// is heard stay in lockstep.
type farQueue struct {
	steps [farSteps][media.StepSamples]int16
	first int
	count int

	least int // since the count of pops below began
	pops  int
}

const (
	farSteps = 32 // 320 ms: more than sound is waited for
	// So many steps of the microphone later what is left over is not a delay that
	// passes, but sound that the microphone has lost.
	farPatience = 50
)

// push adds a step, if there is room.
func (q *farQueue) push(step *[media.StepSamples]int16) {
	if q.full() {
		return
	}
	q.steps[(q.first+q.count)%farSteps] = *step
	q.count++
}

func (q *farQueue) full() bool { return q.count == farSteps }

// pop returns the oldest step, or nil. It may be used until the next push.
func (q *farQueue) pop() *[media.StepSamples]int16 {
	if q.count == 0 {
		return nil
	}
	step := &q.steps[q.first]
	q.first = (q.first + 1) % farSteps
	q.count--
	return step
}

// judge is called after each step of the microphone and drops what its steps
// will never come for. It returns how many those were.
func (q *farQueue) judge() (dropped int) {
	if q.pops == 0 || q.count < q.least {
		q.least = q.count
	}
	if q.pops++; q.pops < farPatience {
		return 0
	}
	for range q.least {
		q.pop()
	}
	q.pops = 0
	return q.least
}

func (q *farQueue) clear() { q.first, q.count, q.pops = 0, 0, 0 }
