package audio

// owed counts the steps that were played before their time, because the speaker
// could not wait for the microphone, until the microphone's step comes that each
// belongs to. It is zero but for such moments, so that what is played and what
// is heard stay in lockstep.
type owed struct {
	count int

	least int // since the count of pays below began
	pays  int
}

const (
	mostOwed = 32 // 320 ms: more than sound is waited for
	// So many steps of the microphone later what is left over is not a delay that
	// passes, but sound that the microphone has lost.
	owedPatience = 50
)

// add takes note of a step that was played before its time.
func (o *owed) add() { o.count = min(o.count+1, mostOwed) }

func (o *owed) full() bool { return o.count == mostOwed }

// pay reports whether the step of a step of the microphone was played already.
func (o *owed) pay() bool {
	if o.count == 0 {
		return false
	}
	o.count--
	return true
}

// judge is called after each step of the microphone and drops what its steps
// will never come for. It returns how many those were.
func (o *owed) judge() (dropped int) {
	if o.pays == 0 || o.count < o.least {
		o.least = o.count
	}
	if o.pays++; o.pays < owedPatience {
		return 0
	}
	o.count -= o.least
	o.pays = 0
	return o.least
}

func (o *owed) clear() { *o = owed{} }
