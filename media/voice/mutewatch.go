package voice

const (
	muteSpeaks = 60               // steps of speech until somebody is told
	muteGap    = 50               // steps without after which the count begins anew
	muteLasts  = 2 * stepsASecond // steps for which it is told after the last speech
)

// muteWatch tells when somebody speaks while nobody hears it.
type muteWatch struct {
	speaking bool
	near     muteCount // who certainly is here
	any      muteCount // or may be the far end's echo
}

// muteCount counts steps of speech that follow each other without a gap.
type muteCount struct {
	spoken int
	silent int // steps since
}

func (c *muteCount) step(speaks bool) {
	if speaks {
		c.spoken, c.silent = min(c.spoken+1, muteSpeaks), 0
	} else {
		c.silent = min(c.silent+1, muteLasts)
	}
	if c.silent >= muteGap {
		c.spoken = 0
	}
}

func (m *muteWatch) step(muted bool, e *ears) {
	if !muted {
		*m = muteWatch{}
		return
	}
	speaks := e.speech && e.voiced && e.loud
	m.any.step(speaks)
	m.near.step(speaks && e.near)
	if e.echo.apart.sure() { // nothing of it was an echo
		m.near = m.any
	}
	if m.near.spoken >= muteSpeaks {
		m.speaking = true
	} else if m.near.silent >= muteLasts {
		m.speaking = false
	}
}
