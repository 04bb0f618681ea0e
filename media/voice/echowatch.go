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
	// apartSure is how many steps of clear sound from the loudspeaker (-40 dBFS)
	// must pass unheard in the microphone until the two are taken to be apart (a
	// headset). Each that may have been heard counts against it, so that somebody
	// with a headset is heard over the far end for some seconds at least.
	apartSure = 100
	apartMost = 5 * apartSure
	farClear  = 1e-4
)

// echoWatch judges the canceller by what goes in and comes out, and tells when
// what the microphone hears may be the loudspeaker.
type echoWatch struct {
	tail            int     // steps for which the far end may still be heard
	echoed, cleared float32 // mean powers while the far end alone is heard
	in, out         float32 // the same of the last 50 ms
	double          int     // steps for which somebody has spoken at the same time
	since           int     // steps since the far end began, up to farTail
	apart           int     // steps for which the far end was not heard, up to apartMost
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
	if w.tail == 0 {
		w.double, w.since = 0, 0
		return
	}
	w.since = min(w.since+1, farTail)
	w.relate(h.far, noise)
	w.estimate(noise)
}

// relate finds out whether the microphone hears the loudspeaker at all, once the
// far end has been speaking for as long as it can be on its way.
func (w *echoWatch) relate(far, noise float32) {
	if w.since < farTail {
		return
	}
	if w.in > 4*noise {
		w.apart = max(w.apart-1, 0)
	} else if far > farClear {
		w.apart = min(w.apart+1, apartMost)
	}
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

// dominates tells whether what the microphone hears must be taken for the far
// end's echo.
func (w *echoWatch) dominates() bool {
	if w.tail == 0 || w.apart >= apartSure {
		return false
	}
	return !w.cancelling || w.decibels() < echoProven || !w.near
}
