package peer

import "time"

const (
	// quietLevel is below what anybody says: -50 dB of full scale.
	quietLevel = 0.003
	// pauseBegins is for how long it is quiet between words, and longer between
	// sentences.
	pauseBegins = 200 * time.Millisecond
	// mostUnfit is how long a pause is waited for once copies of packets are needed.
	mostUnfit = 300 * time.Millisecond
)

// nearness decides when voice is encoded near, see media.AudioSettings. The two
// encoders look ahead by different times, so that a change leaves out 4 ms or
// repeats them. It is therefore made where that is not heard: to near at the first
// word after a pause, and back in the next pause, where the other encoder need not
// send anything either. The zero value is ready.
type nearness struct {
	on    bool
	quiet time.Duration // for how long it has been
	unfit time.Duration // for how long it should have been off
}

// next decides about a packet of a length that begins with sound of a level (root
// mean square, 0 to 1), where the path and the receiver are fit for it or not.
func (n *nearness) next(fit bool, level float64, length time.Duration) bool {
	pause := n.quiet > 0
	n.quiet += length
	if level >= quietLevel {
		n.quiet = 0
	}
	n.unfit += length
	if fit {
		n.unfit = 0
	}
	switch {
	case !n.on:
		n.on = fit && pause && n.quiet == 0
	case n.quiet >= pauseBegins, !fit && (n.quiet > 0 || n.unfit > mostUnfit):
		n.on = false
	}
	return n.on
}
