package voice

const (
	// farHeard is the power from which the loudspeaker may be heard in the
	// microphone: -55 dBFS.
	farHeard = 3.2e-6
	// farTail is how long it may be, in steps, after it was played: the delay of
	// the devices and the echo of the room.
	farTail = 50
	// echoProven is how many dB a canceller must have been seen to take away
	// before what it leaves is believed.
	echoProven = 6
	// echoResidue is the share of the power that a canceller leaves of an echo at
	// most; where it leaves more, somebody is speaking.
	echoResidue = 0.25
	// echoSlow is what one step counts in the estimate: half a second.
	echoSlow = 0.02
	// echoWorse is how many dB less than before a canceller takes away when
	// somebody speaks too, and echoDouble for how many steps in a row that may be
	// the reason.
	echoWorse  = 8
	echoDouble = 10 * stepsASecond
	// echoTrusted is how many dB a canceller must take away until the gain learns
	// from what it leaves: with less, leftovers of a loud echo look like somebody
	// who talks softly. AEC3 passes it within seconds, speexdsp after half a minute
	// or, where the echo is faint, never.
	echoTrusted = 20
)

// echoWatch judges the canceller by what goes in and comes out, and tells when
// what the microphone hears may be the loudspeaker.
type echoWatch struct {
	tail            int     // steps for which the far end may still be heard
	echoed, cleared float32 // mean powers while the far end alone is heard
	in, out         float32 // the same of the last 50 ms
	double          int     // steps for which somebody has spoken at the same time
	apart           apart
	cancelling      bool
	near            bool // the canceller leaves too much for an echo
}

func (w *echoWatch) step(h heard, noise float32) {
	w.tail = max(w.tail-1, 0)
	if h.far > farHeard {
		w.tail = farTail
	}
	if w.cancelling != h.cancelling {
		w.cancelling, w.echoed, w.cleared, w.double = h.cancelling, 0, 0, 0
	}
	w.in += (h.echoed - w.in) * 0.2
	w.out += (h.cleared - w.out) * 0.2
	w.near = w.out > echoResidue*w.in
	w.apart.step(h.far, h.echoed, noise)
	if w.tail == 0 {
		w.double = 0
		return
	}
	w.estimate(noise)
}

// estimate follows how much the canceller takes away. Where it takes far less
// than it did, somebody speaks too, unless that lasts.
func (w *echoWatch) estimate(noise float32) {
	if !w.cancelling || w.in < 4*noise {
		return
	}
	worse := w.decibels() >= echoProven && ratio(w.out, w.in) > echoWorse-w.decibels()
	if worse && w.double < echoDouble {
		w.double++
		return
	}
	if !worse {
		w.double = 0
	}
	w.echoed += (w.in - w.echoed) * echoSlow
	w.cleared += (w.out - w.cleared) * echoSlow
}

// decibels returns by how much the canceller lowers the echo, 0 to 60; 0 where
// there was none to lower.
func (w *echoWatch) decibels() float32 {
	if w.echoed < leastPower {
		return 0
	}
	return min(max(ratio(w.echoed, w.cleared), 0), 60)
}

// heard tells whether the far end may be in what the microphone hears.
func (w *echoWatch) heard() bool { return w.tail > 0 && !w.apart.sure() }

// dominates tells whether what the microphone hears must be taken for the far
// end's echo.
func (w *echoWatch) dominates() bool {
	return w.heard() && (!w.cancelling || w.decibels() < echoProven || !w.near)
}

// doubtful tells whether what is left may be echo although the canceller does
// not take it for that.
func (w *echoWatch) doubtful() bool {
	return w.heard() && (!w.cancelling || w.decibels() < echoTrusted)
}
