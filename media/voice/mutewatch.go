package voice

const (
	muteSpeaks = 60               // steps of speech until somebody is told
	muteGap    = 50               // steps without after which the count begins anew
	muteLasts  = 2 * stepsASecond // steps for which it is told after the last speech
)

// muteWatch tells when somebody speaks while nobody hears it.
type muteWatch struct {
	speaking bool
	spoken   int // steps with speech
	silent   int // steps since
}

func (m *muteWatch) step(muted bool, e *ears) {
	if !muted {
		*m = muteWatch{}
		return
	}
	if e.near && e.voiced && e.loud {
		m.spoken, m.silent = min(m.spoken+1, muteSpeaks), 0
	} else {
		m.silent = min(m.silent+1, muteLasts)
	}
	if m.silent >= muteGap {
		m.spoken = 0
	}
	if m.spoken >= muteSpeaks {
		m.speaking = true
	} else if m.silent >= muteLasts {
		m.speaking = false
	}
}
