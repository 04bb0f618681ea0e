package congestion

import (
	"math"
	"time"
)

// What is told a sender that has nobody count each packet for it.
const (
	receiverRoom  = 1.5                    // of what comes, while the path was never full
	receiverCut   = 0.85                   // of what comes while it is
	receiverLeast = 150_000.0              // bit/s: who sends little may send a picture at any time
	receiverQueue = 100 * time.Millisecond // of which the path is full
	receiverLoss  = 0.1                    // and with so much lost; libwebrtc's limits
	receiverCalm  = 0.02                   // loss below which there is room
	receiverStays = 5                      // times, from which a queue is the path's own
)

// Receiver estimates at the receiver what a path can carry for one stream, by what
// comes, what is lost and how long packets wait on the way: less than a Controller
// learns, for a sender that takes no more (draft-alvestrand-rmcat-remb). See NewReceiver.
type Receiver struct {
	queue queue
	bytes int
	since time.Duration // when they began to be counted
	begun bool
	full  int  // times in a row
	met   bool // the end of the path was
	rate  float64
}

// NewReceiver returns one that knows nothing yet.
func NewReceiver() *Receiver { return &Receiver{queue: newQueue()} }

// Came takes a packet: when it was made and when it came, each by a clock of its own,
// and its size in bytes.
func (r *Receiver) Came(made, at time.Duration, size int) {
	if !r.begun {
		r.begun, r.since = true, at
	}
	r.bytes += size
	r.queue.add(made, at)
}

// Rate returns what may be sent, in bit/s, given the fraction that was lost since it was
// called last; 0 where nothing is known.
func (r *Receiver) Rate(lost float64, at time.Duration) float64 {
	span := (at - r.since).Seconds()
	if !r.begun || span <= 0 {
		return r.rate
	}
	came := float64(8*r.bytes) / span
	r.bytes, r.since = 0, at
	full := r.fills()
	switch {
	case came == 0: // a camera that is off
	case lost > receiverLoss:
		r.rate, r.met = math.Min(r.rate, came*(1-lost/2)), true
	case full:
		r.rate, r.met = math.Min(r.rate, receiverCut*came), true
	case lost < receiverCalm:
		r.rate = math.Max(r.rate, r.more(came))
	}
	r.rate = math.Max(r.rate, receiverLeast)
	return r.rate
}

// more is what may be tried where this came: little more than before, once the end of
// the path was met.
func (r *Receiver) more(came float64) float64 {
	if r.met {
		return math.Min((1+growth)*r.rate, receiverRoom*came)
	}
	return receiverRoom * came
}

// fills reports whether packets wait on the way. Where they still do after less was
// asked for a few times, the path has become longer.
func (r *Receiver) fills() bool {
	if r.queue.standing() < receiverQueue {
		r.full = 0
		return false
	}
	if r.full++; r.full > receiverStays {
		r.full = 0
		r.queue.rebase()
		return false
	}
	return true
}
