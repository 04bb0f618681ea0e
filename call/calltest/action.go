package calltest

import (
	"fmt"
	"slices"
	"strings"

	"parley/call"
	"parley/media"
	"parley/signaling"
)

// verb is something that can happen to one side of a world.
type verb uint8

const (
	dial verb = iota
	acceptVideo
	acceptAudio
	reject
	hangup
	hear     // the next message arrives
	note     // the machine takes the next thing that its peers said
	timeout  // the one timer fires
	pathUp   // media can flow
	pathGone // media stopped, since the other side's peer closed
	pathLeft // the other side's peer closed, and had time to say so
	pathDrop
	pathFail
	linkDown
	linkUp
)

var verbs = [...]string{
	"dials", "accepts video", "accepts audio", "rejects", "hangs up", "hears", "notes", "times out",
	"path up", "path gone", "path left", "path drops", "path fails", "link down", "link up",
}

// fair says of a verb that it happens by itself sooner or later.
func (v verb) fair() bool {
	switch v {
	case hear, note, timeout, pathUp, pathGone, pathLeft, linkUp:
		return true
	case dial, acceptVideo, acceptAudio, reject, hangup, pathDrop, pathFail, linkDown:
	}
	return false
}

// action is one thing that happens: an edge between two worlds.
type action struct {
	who  int
	verb verb
}

// String returns the line of a scenario that parseAction reads.
func (a action) String() string { return names[a.who] + " " + verbs[a.verb] }

func parseAction(line string) (action, error) {
	name, what, _ := strings.Cut(strings.TrimSpace(line), " ")
	who, v := slices.Index(names[:], name), slices.Index(verbs[:], what)
	if who < 0 || v < 0 {
		return action{}, fmt.Errorf("nobody knows what %q means", line)
	}
	return action{who, verb(v)}, nil
}

// can reports whether an action is possible.
func (r *Rules) can(w *world, a action) bool {
	s := &w.sides[a.who]
	switch a.verb {
	case dial, acceptVideo, acceptAudio, reject, hangup:
		return s.userCan(a.verb) && (a.verb != dial || w.dials < maxIDs)
	case hear:
		return len(s.inbox) > 0
	case note:
		return len(s.said) > 0
	case timeout:
		_, ok := s.state.Timer()
		return ok
	case pathUp, pathGone, pathLeft, pathDrop, pathFail:
		return w.pathCan(a)
	case linkDown:
		return s.budget.Faults > 0 && s.linked
	case linkUp:
		return !s.linked
	}
	return false
}

// userCan reports whether a user may do something, and whether it would do anything.
func (s *side) userCan(v verb) bool {
	phase := s.state.Phase
	if v == dial {
		return s.budget.Dials > 0 && s.linked && phase == call.Idle
	}
	if s.budget.Acts == 0 {
		return false
	}
	if v == hangup {
		return phase != call.Idle && phase != call.Closing
	}
	return phase == call.Ringing
}

// pathCan reports whether the path of a side's present call can change so.
func (w *world) pathCan(a action) bool {
	p := w.present(a.who)
	if p == nil || p.closing {
		return false
	}
	switch a.verb {
	case pathUp:
		return !p.up && w.pathReady(a.who)
	case pathGone, pathLeft:
		return p.up && w.otherGone(a.who)
	case pathDrop:
		return p.up && w.sides[a.who].budget.Faults > 0
	default:
		return w.sides[a.who].budget.Faults > 0
	}
}

// do returns the world after an action, with the event that the machine took,
// if any, and what it asked for.
func (r *Rules) do(w world, a action) (world, call.Event, []call.Effect) {
	e := r.happen(&w, a)
	var effects []call.Effect
	if e != nil {
		effects = r.feed(&w, a.who, e)
	}
	w.checkSide(a.who)
	return w, e, effects
}

// happen changes what is around a machine and returns the event for it.
func (r *Rules) happen(w *world, a action) call.Event {
	s := &w.sides[a.who]
	switch a.verb {
	case dial:
		s.budget.Dials--
		return r.dial(w, a.who)
	case acceptVideo, acceptAudio, reject, hangup:
		s.budget.Acts--
		return userEvent(a.verb)
	case hear:
		e := s.inbox[0]
		s.inbox = s.inbox[1:]
		return call.Received{Envelope: e, Once: r.Once}
	case note:
		return s.take()
	case timeout:
		return call.Timeout{Seq: s.state.Seq}
	case pathUp, pathGone, pathLeft, pathDrop, pathFail:
		r.movePath(w, a)
	case linkDown:
		s.budget.Faults--
		s.linked, s.inbox = false, nil
		return call.Link{Server: server}
	case linkUp:
		s.linked = true
		return call.Link{Server: server, Up: true}
	}
	return nil
}

func userEvent(v verb) call.Event {
	switch v {
	case acceptVideo:
		return call.Accept{Kind: media.Video}
	case acceptAudio:
		return call.Accept{Kind: media.Audio}
	case reject:
		return call.Reject{}
	case hangup:
		return call.Hangup{}
	case dial, hear, note, timeout, pathUp, pathGone, pathLeft, pathDrop, pathFail, linkDown, linkUp:
	}
	return nil
}

// take removes the next thing that the peers said. With its last word a peer is
// gone.
func (s *side) take() call.Event {
	e := s.said[0]
	s.said = s.said[1:]
	if closed, ok := e.(call.PeerClosed); ok {
		s.ends = slices.DeleteFunc(slices.Clone(s.ends), func(p end) bool { return p.id == closed.ID && p.closing })
	}
	return e
}

// movePath changes the path of a side's present call, which its peer will tell. A
// path that drops comes back by itself where nothing else can mend it.
func (r *Rules) movePath(w *world, a action) {
	s := &w.sides[a.who]
	s.ends = slices.Clone(s.ends)
	p := w.present(a.who)
	if a.verb == pathUp {
		p.up = true
		s.say(call.PeerUp{ID: p.id})
		return
	}
	p.up = false
	if !r.Once || a.verb != pathDrop {
		p.local = spoilt
	}
	switch a.verb {
	case pathLeft:
		s.say(call.PeerLeft{ID: p.id})
		return
	case pathFail:
		s.say(call.PeerFailed{ID: p.id})
	default:
		s.say(call.PeerDown{ID: p.id})
	}
	if a.verb != pathGone {
		s.budget.Faults--
	}
}

// every is every action, in the order in which they are tried.
var every = func() (all []action) {
	for v := range verbs {
		for who := range names {
			all = append(all, action{who, verb(v)})
		}
	}
	return all
}()

// unanswerable says of a message that it must not be answered.
func unanswerable(m signaling.Message) bool {
	switch m.(type) {
	case signaling.Decline, signaling.Busy, signaling.Cancel, signaling.Bye, signaling.Unavailable, signaling.Candidate:
		return true
	case signaling.Invite, signaling.Ringing, signaling.Accept, signaling.Description:
	}
	return false
}
