package record

import (
	"time"

	"parley/media"
)

// timeline puts what two people send on one line, which begins with the recording.
//
// Our own frames have the time of their capture by our clock. What the other sends
// has RTP timestamps, each stream with its own beginning; the sender's reports say
// which moment of the sender's wall clock they are, so that sound and pictures of one
// moment come to the same place. Where that clock stands against ours is taken from
// what arrives soonest, which is also how we follow a clock that runs faster or slower
// than ours. A stream without reports is placed by its arrival in the same manner.
type timeline struct {
	began   time.Time
	persons map[bool]*anchor // by media.Channel.Mine
	streams map[media.Channel]*stampClock
}

func newTimeline(began time.Time) *timeline {
	return &timeline{
		began: began, persons: map[bool]*anchor{false: {}, true: {}}, streams: map[media.Channel]*stampClock{},
	}
}

// place returns when a frame was captured, since the beginning.
func (t *timeline) place(f *media.Encoded) time.Duration {
	s := t.streams[f.Channel]
	if s == nil {
		s = &stampClock{}
		t.streams[f.Channel] = s
	}
	arrival := f.Arrival.Sub(t.began)
	elapsed := s.elapsed(f)
	if f.Moment.IsZero() {
		return s.anchor.place(elapsed, arrival)
	}
	person := t.persons[f.Channel.Mine]
	moment := time.Duration(f.Moment.UnixNano())
	if !person.set { // what was placed by its arrival stays there
		person.fix(moment, s.anchor.place(elapsed, arrival))
	}
	return person.place(moment, arrival)
}

// stampClock follows the RTP timestamps of a stream.
type stampClock struct {
	anchor anchor
	begun  bool
	last   uint32
	since  int64 // ticks since the first
}

// elapsed returns the time since the stream's first timestamp.
func (s *stampClock) elapsed(f *media.Encoded) time.Duration {
	if !s.begun {
		s.begun, s.last = true, f.Stamp
	}
	s.since += int64(int32(f.Stamp - s.last))
	s.last = f.Stamp
	rate := int64(max(f.Rate, 1))
	return time.Duration(s.since/rate)*time.Second + time.Duration(s.since%rate*int64(time.Second)/rate)
}

const (
	// driftWindow is how long arrivals are watched until an anchor moves, and
	// driftStep by how much it may: a sender's clock is off by less than a thousandth.
	driftWindow = 10 * time.Second
	driftStep   = 10 * time.Millisecond
	// farOff is how far a place may be from its arrival. Beyond it the sender's
	// clock was set, or its timestamps began anew.
	farOff = 5 * time.Second
)

// anchor ties another clock to the line.
type anchor struct {
	set    bool
	offset time.Duration // place minus the other clock

	window time.Duration // arrival with which the window began
	least  time.Duration // least lateness in the window
	seen   bool
}

func (a *anchor) fix(at, place time.Duration) {
	*a = anchor{set: true, offset: place - at}
}

// place returns where a moment of the other clock is, of something that arrived.
func (a *anchor) place(at, arrival time.Duration) time.Duration {
	if late := arrival - at - a.offset; !a.set || late.Abs() > farOff {
		a.fix(at, arrival)
	}
	a.follow(arrival-at-a.offset, arrival)
	return at + a.offset
}

// follow moves the anchor toward the soonest arrivals.
func (a *anchor) follow(late, arrival time.Duration) {
	if !a.seen {
		a.seen, a.window, a.least = true, arrival, late
	}
	a.least = min(a.least, late)
	if arrival-a.window >= driftWindow {
		a.offset += min(max(a.least, -driftStep), driftStep)
		a.seen = false
	}
}
