package session

import (
	"context"
	"log/slog"
	"maps"
	"time"

	"parley/call"
	"parley/media"
	"parley/signaling"
)

// shutdownLimit is how long Run goes on after its context ended, for the peer
// to close and the goodbyes to leave.
const shutdownLimit = 3 * time.Second

// Session is one user's end of the calls they make, one at a time. Make it with
// New, start it with Run, and tell it everything by Post.
type Session struct {
	deps    Deps
	log     *slog.Logger
	mailbox *mailbox

	// All below belongs to the goroutine of Run. Maps and slices that a snapshot
	// shows are replaced, never written to, so that snapshots can share them.

	state    call.State
	deadline time.Time // when the phase times out; zero for never
	times    times
	next     *Dial // to be made once the present call is closed
	peers    peers
	early    early
	callers  map[callKey]string // display names that came with invites

	servers     servers
	book        BookChanged
	devices     devices
	sound       sound
	notices     notices
	invite      signaling.InviteLink
	puzzles     []signaling.Challenge // at most one of each server, oldest first
	lastEnd     Ending
	recording   CallRecording
	unshown     string      // code of the notice that tells why nothing is shown any more
	recordOrder RecordOrder // as applied
	saved       Saved
	tone        afterTone

	leaving   time.Time // when Run returns at the latest; zero while running
	applied   *Wanted
	published *Snapshot
}

// times is what is known of the present call besides its state.
type times struct {
	began, live time.Time
	firstFrame  map[media.Kind]time.Time
	stats       call.Stats
	takesTwo    bool // the other side takes a screen beside the camera
	seesShare   bool // and shows its own so
}

// callKey names a call of somebody: an id alone could be forged.
type callKey struct {
	peer signaling.Address
	call signaling.CallID
}

// New returns a session that is idle.
func New(d Deps) *Session {
	return &Session{
		deps:    d,
		log:     d.Log.With("component", "session"),
		mailbox: newMailbox(),
		state:   call.State{Online: true},
		callers: map[callKey]string{},
		peers:   newPeers(),
		early:   newEarly(),
		servers: newServers(),
		sound:   sound{switches: maps.Clone(d.Sound.Switches), volume: maps.Clone(d.Sound.Volume)},
	}
}

// Post puts in into the mailbox, which takes over what in refers to. It never
// blocks, and may be called from any goroutine, before, during and after Run.
func (s *Session) Post(in Input) { s.mailbox.put(in) }

// Run is the loop. When ctx is done it ends the call with every goodbye that is
// due, waits at most three seconds for peers to close, and returns nil; until
// then the Link must stay up. Run is called once.
func (s *Session) Run(ctx context.Context) error {
	defer s.mailbox.close()
	timer := time.NewTimer(0)
	defer timer.Stop()
	done := ctx.Done()
	for {
		select {
		case <-done:
			done = nil
			s.leave()
		case <-s.mailbox.wake:
			s.takeAll(s.mailbox.take())
		case <-timer.C:
		}
		s.expire()
		s.refresh()
		if s.finished() {
			return nil
		}
		timer.Reset(s.untilNext())
	}
}

// takeAll takes what has come. What came together is shown together, but for
// phases: whoever follows a call sees each of them.
func (s *Session) takeAll(inputs []Input) {
	for _, in := range inputs {
		before := s.state.Phase
		s.take(in)
		if s.state.Phase != before {
			s.refresh()
		}
	}
}

// leave begins the shutdown.
func (s *Session) leave() {
	s.leaving = time.Now().Add(shutdownLimit)
	s.next = nil
	s.devices.preview, s.sound.testing = false, false
	s.goodbye()
}

// goodbye ends whatever is going on while the session shuts down.
func (s *Session) goodbye() {
	if !s.leaving.IsZero() && s.state.Phase != call.Idle && s.state.Phase != call.Closing {
		s.step(call.Hangup{})
	}
}

// finished reports whether a shutdown is complete.
func (s *Session) finished() bool {
	return !s.leaving.IsZero() && s.state.Phase == call.Idle && s.peers.none()
}

// expire does what is due by now.
func (s *Session) expire() {
	now := time.Now()
	if due(s.deadline, now) {
		s.step(call.Timeout{Seq: s.state.Seq})
	}
	if due(s.tone.until, now) {
		s.tone = afterTone{}
	}
	s.early.expire(now)
	for _, p := range s.peers.overdue(now, s.leaving) {
		s.abandon(p)
	}
}

// untilNext is how long nothing is due.
func (s *Session) untilNext() time.Duration {
	next := earliest(s.deadline, s.tone.until, s.early.next(), s.peers.next(), s.leaving)
	if next.IsZero() {
		return time.Hour
	}
	return max(0, time.Until(next))
}

func due(at, now time.Time) bool { return !at.IsZero() && !now.Before(at) }

// earliest returns the first of the moments that are set, or zero.
func earliest(moments ...time.Time) time.Time {
	var first time.Time
	for _, m := range moments {
		if !m.IsZero() && (first.IsZero() || m.Before(first)) {
			first = m
		}
	}
	return first
}

// with returns a copy of m in which k has value v.
func with[K comparable, V any](m map[K]V, k K, v V) map[K]V {
	out := maps.Clone(m)
	if out == nil {
		out = map[K]V{}
	}
	out[k] = v
	return out
}
