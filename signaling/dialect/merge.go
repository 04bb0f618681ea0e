package dialect

import (
	"cmp"
	"reflect"
	"slices"
	"time"

	"parley/signaling"
)

// told is what was posted last, of all connections together.
type told struct {
	up       bool
	lost     bool // it was up, or could not be, and is not
	linked   signaling.Linked
	members  []signaling.Member
	roster   bool // members were told since up
	stale    bool // they may have changed
	gone     int  // frames not understood, of connections that are no more
	frames   int  // frames not understood, of all
	last     string
	shown    int       // frames, when they were told
	counting time.Time // when to tell them; zero: they were
	faults   int       // since second
	second   time.Time
}

// countPause is how often frames that were not understood are told of at most:
// some servers say nothing else.
const countPause = time.Second

// say posts an event, after what it may rest on.
func (l *loop) say(e signaling.Event) {
	l.roster()
	l.post(e)
}

// maxFaults is how many faults of one second are told of: a server that
// complains without end says nothing new.
const maxFaults = 10

// hand posts what an engine reports.
func (l *loop) hand(e signaling.Event) {
	f, ok := e.(signaling.Fault)
	if !ok {
		l.say(e)
		return
	}
	if now := time.Now(); now.Sub(l.told.second) >= time.Second {
		l.told.second, l.told.faults = now, 0
	}
	if l.told.faults++; l.told.faults > maxFaults {
		l.client.log.Debug("fault not told", "code", f.Code)
		return
	}
	l.say(f)
}

// fault posts that something went wrong on our side of the server.
func (l *loop) fault(code string, err error) {
	l.hand(signaling.Fault{Server: l.client.options.Server, Name: l.told.linked.Self.Name, Code: code, Err: err})
}

// settle posts what changed.
func (l *loop) settle(now time.Time) {
	l.roster()
	t := &l.told
	if t.counting.IsZero() || now.Before(t.counting) {
		return
	}
	t.counting = time.Time{}
	if t.frames != t.shown {
		t.shown = t.frames
		l.post(signaling.Counted{Server: l.client.options.Server, Frames: t.frames, Last: t.last})
	}
}

// count notes how many frames of a link were not understood.
func (l *loop) count(k *link) {
	frames, last := k.engine.NotUnderstood()
	frames += k.strange
	if frames == k.frames {
		return
	}
	l.told.frames += frames - k.frames
	k.frames = frames
	l.told.last = cmp.Or(last, l.told.last)
	if l.told.counting.IsZero() {
		l.told.counting = time.Now().Add(countPause)
	}
}

// up tells whether the server can be used. One of rooms can before there is a
// room, so that one can be called.
func (l *loop) up() bool {
	if l.client.isRooms() && len(l.links) == 0 && len(l.refused) == 0 {
		return true
	}
	for _, k := range l.links {
		if k.ready || k.renewed {
			return true
		}
	}
	return false
}

// hoping tells whether a connection is being made for the first time: until
// that fails there is nothing to tell.
func (l *loop) hoping() bool {
	for _, k := range l.links {
		if !k.tried {
			return true
		}
	}
	return false
}

// ready tells that a link's server knows us, and what it said of itself.
func (l *loop) ready(k *link) {
	linked := l.linked()
	linked.Self = k.self
	linked.ICE = k.ice
	if len(linked.ICE) == 0 {
		linked.ICE = l.told.linked.ICE
	}
	l.client.setKnown(true)
	if !l.told.up || !reflect.DeepEqual(linked, l.told.linked) {
		l.link(linked)
	}
}

// link posts that the server is linked.
func (l *loop) link(e signaling.Linked) {
	if !l.told.up {
		l.told.roster, l.told.stale = false, true
	}
	l.told.up, l.told.lost, l.told.linked = true, false, e
	l.post(e)
}

// level posts whether the server is linked, if that changed.
func (l *loop) level(cause error) {
	switch up := l.up(); {
	case up == l.told.up:
	case !up && l.hoping():
	case up:
		e := l.linked()
		e.ICE = l.told.linked.ICE
		l.link(e)
	default:
		l.down(cause, l.retry())
	}
}

// failed tells of a connection that was lost or could not be made. Only the
// last one's matters.
func (l *loop) failed(cause error, retry time.Duration) {
	if !l.up() {
		l.down(cause, retry)
	}
}

// down posts that there is no connection.
func (l *loop) down(cause error, retry time.Duration) {
	for _, k := range l.links {
		k.unring()
	}
	l.told.lost = true
	l.told.up, l.told.members, l.told.roster = false, nil, false
	l.client.setKnown(false)
	l.post(signaling.Unlinked{Server: l.client.options.Server, Cause: cause, Retry: retry})
}

// retry is when the first of the lost connections is tried again.
func (l *loop) retry() time.Duration {
	var first time.Time
	for _, k := range l.links {
		first = sooner(first, k.retry)
	}
	if first.IsZero() {
		return 0
	}
	return max(time.Until(first), 1)
}

// roster posts who is here, if that changed.
func (l *loop) roster() {
	if !l.told.stale || !l.told.up {
		return
	}
	l.told.stale = false
	members, known := l.here()
	if !known && !l.told.roster {
		return
	}
	if l.told.roster && slices.Equal(members, l.told.members) {
		return
	}
	if p := l.told.linked.Capabilities.Presence; !p && l.client.options.Profile.AsksWhoIsHere() {
		l.told.roster = true // who is here is known from now on
		l.link(l.linked())
	}
	l.told.roster, l.told.members = true, members
	l.post(signaling.Roster{Server: l.client.options.Server, Members: slices.Clone(members)})
}

// here is who is here, on all connections, sorted; and whether any server tells.
func (l *loop) here() (members []signaling.Member, known bool) {
	seen := map[signaling.Address]bool{}
	for _, k := range l.links {
		known = known || k.tells
		for _, m := range k.here {
			if !seen[m.Address] {
				seen[m.Address] = true
				members = append(members, m)
			}
		}
	}
	slices.SortFunc(members, func(a, b signaling.Member) int { return cmp.Compare(a.Address.Name, b.Address.Name) })
	return members, known
}

// linked is what is true of the server in general.
func (l *loop) linked() signaling.Linked {
	p := l.client.options.Profile
	e := signaling.Linked{
		Server: l.client.options.Server, Profile: p.Name, Capabilities: p.Capabilities(), Peers: p.Habits(),
		Self: l.told.linked.Self, ICE: l.told.linked.ICE,
	}
	if p.AsksWhoIsHere() && !l.told.roster {
		e.Capabilities.Presence = false // until the server has answered
	}
	return e
}
