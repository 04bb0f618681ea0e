package congestion

import "time"

// Packets that left within groupSpan, or that came in one burst, are one group:
// what they have to say about the path is said by the last of them.
const (
	groupSpan  = 5 * time.Millisecond
	burstGap   = 5 * time.Millisecond
	burstLimit = 100 * time.Millisecond
)

// A path whose clock jumps is measured anew.
const (
	arrivalJump  = 3 * time.Second
	mostReorders = 3
)

// group is some packets that left together.
type group struct {
	firstSent, lastSent       time.Duration
	firstArrival, lastArrival time.Duration
}

// groups turns packets into the differences between groups (section 5.2 of the
// draft). The zero value is ready.
type groups struct {
	now, before group
	count       int // of groups: 0, 1, or 2 for both
	reordered   int
}

// spacing is how far two groups were apart when they were sent and when they came.
type spacing struct {
	sent, arrival time.Duration
	at            time.Duration // when the later group had come, by the receiver's clock
}

// add takes a packet. It returns the spacing of the two groups before the
// packet's when that begins a new one.
func (g *groups) add(sent, arrival time.Duration) (s spacing, ok bool) {
	switch {
	case g.count == 0:
		g.begin(sent, arrival)
		return s, false
	case sent < g.now.firstSent:
		return s, false // out of order
	case g.belongs(sent, arrival):
		g.now.lastSent = max(g.now.lastSent, sent)
		g.now.lastArrival = max(g.now.lastArrival, arrival)
		return s, false
	}
	if g.count == 2 {
		s, ok = g.difference()
	}
	if g.count > 0 {
		g.before = g.now
	}
	g.begin(sent, arrival)
	return s, ok
}

func (g *groups) begin(sent, arrival time.Duration) {
	g.now = group{sent, sent, arrival, arrival}
	g.count = min(g.count+1, 2)
}

func (g *groups) belongs(sent, arrival time.Duration) bool {
	if sent-g.now.firstSent <= groupSpan {
		return true
	}
	gap := arrival - g.now.lastArrival
	faster := gap < sent-g.now.lastSent
	return faster && gap <= burstGap && arrival-g.now.firstArrival < burstLimit
}

// difference compares the two complete groups, or starts anew where they cannot
// be compared.
func (g *groups) difference() (spacing, bool) {
	s := spacing{
		sent: g.now.lastSent - g.before.lastSent, arrival: g.now.lastArrival - g.before.lastArrival, at: g.now.lastArrival,
	}
	switch {
	case s.arrival-s.sent > arrivalJump:
		*g = groups{}
		return s, false
	case s.arrival < 0:
		g.reordered++
		if g.reordered >= mostReorders {
			*g = groups{}
		}
		return s, false
	}
	g.reordered = 0
	return s, true
}
