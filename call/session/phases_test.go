package session_test

import (
	"testing"
	"time"

	"parley/call"
	"parley/call/session"
	"parley/media"
	"parley/signaling"
)

// ways bring Ann, who rings Ben, into each phase; and Ben into the phase that
// answers it.
var ways = []struct {
	phase call.Phase
	lead  func(w *world, ann, ben *person)
}{
	{call.Idle, func(*world, *person, *person) {}},
	{call.Calling, func(_ *world, ann, ben *person) { ann.dial(ben) }},
	{call.Ringing, func(_ *world, ann, ben *person) { ben.dial(ann) }},
	{call.Connecting, func(w *world, ann, ben *person) {
		w.network.Break()
		ann.dial(ben)
		ben.is(call.Ringing)
		ben.Post(session.Accept{Kind: media.Video})
	}},
	{call.Active, func(w *world, ann, ben *person) { w.talk(ann, ben) }},
	{call.Recovering, func(w *world, ann, ben *person) {
		w.talk(ann, ben)
		w.network.Break()
	}},
	{call.Closing, func(w *world, ann, ben *person) {
		w.talk(ann, ben)
		w.network.Stick()
		ann.Post(session.Hangup{})
	}},
}

// inEachPhase runs a test with Ann in each phase, in both orders.
func inEachPhase(t *testing.T, f func(w *world, phase call.Phase, ann, ben *person)) {
	t.Helper()
	for _, way := range ways {
		t.Run(way.phase.String(), func(t *testing.T) {
			bothOrders(t, func(w *world) {
				ann, ben := w.person("ann"), w.person("ben")
				way.lead(w, ann, ben)
				ann.is(way.phase)
				f(w, way.phase, ann, ben)
			})
		})
	}
}

// Before the answer a call ends with its server; after it, it does not notice.
func TestServerLost(t *testing.T) {
	inEachPhase(t, func(w *world, phase call.Phase, ann, _ *person) {
		ann.client.Cut(nil)
		want := phase
		if phase == call.Calling || phase == call.Ringing {
			want = call.Idle
		}
		ann.is(want)
		if s := ann.now().Servers; len(s) != 1 || s[0].Up || s[0].Cause != session.CauseLost || s[0].RetryAt.Before(time.Now()) {
			w.t.Errorf("the server is shown as %+v", s)
		}
		if len(ann.now().Roster) != 0 {
			w.t.Error("people are shown who cannot be reached")
		}
	})
}

// Whatever was lost with the server, both sides agree again in the end.
func TestServerLostAndFound(t *testing.T) {
	inEachPhase(t, func(w *world, phase call.Phase, ann, ben *person) {
		ann.client.Cut(nil)
		after(time.Second)
		w.network.Mend()
		ann.client.Restore()
		after(call.RingLimit + call.SetupLimit)
		want := call.Idle
		switch phase {
		case call.Connecting, call.Active, call.Recovering:
			want = call.Active
		case call.Idle, call.Calling, call.Ringing, call.Closing:
		}
		ann.is(want)
		ben.is(want)
		if a, b := ann.now().Call.ID, ben.now().Call.ID; a != b {
			w.t.Errorf("ann is in %q, ben in %q", a, b)
		}
	})
}

func TestShutdown(t *testing.T) {
	inEachPhase(t, func(w *world, phase call.Phase, ann, ben *person) {
		began := time.Now()
		ann.leave()
		<-ann.left
		limit := time.Duration(0)
		if phase == call.Closing {
			limit = 3 * time.Second // its peer never closes
		}
		if took := time.Since(began); took > limit {
			w.t.Errorf("it took %v", took)
		}
		after(3 * time.Second)
		ben.is(call.Idle)
		if phase == call.Ringing && ben.now().LastEnd.Reason != call.Declined {
			w.t.Errorf("ben's call ended with %v", ben.now().LastEnd.Reason)
		}
		ann.is(call.Idle)
		if d := ann.devices.now(); d.Camera || d.Microphone || d.Speaker || d.Tone != session.NoTone {
			w.t.Errorf("the devices are left with %+v", d)
		}
	})
}

// What never closes does not stop the program, nor the next call.
func TestPeerNeverCloses(t *testing.T) {
	bothOrders(t, func(w *world) {
		ann, ben := w.person("ann"), w.person("ben")
		w.talk(ann, ben)
		w.network.Stick()
		ann.Post(session.Hangup{})
		ann.is(call.Closing)
		after(3 * time.Second)
		ann.ended(call.LocalHangup)
		ben.ended(call.RemoteHangup)
		w.talk(ann, ben)
		began := time.Now()
		ann.leave()
		<-ann.left
		if took := time.Since(began); took != 3*time.Second {
			w.t.Errorf("it took %v", took)
		}
	})
}

// An invite that waits behind a peer that never closes is declined on the way out.
func TestShutdownDeclinesHeldInvite(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann, ben, cyd := w.person("ann"), w.person("ben"), w.person("cyd")
		w.talk(ann, ben)
		w.network.Stick()
		ann.Post(session.Hangup{})
		cyd.dial(ann)
		cyd.is(call.Calling)
		ann.leave()
		<-ann.left
		cyd.is(call.Closing)
		after(3 * time.Second)
		cyd.ended(call.Declined)
	})
}

func TestDialWhileLeaving(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann, ben := w.person("ann"), w.person("ben")
		w.talk(ann, ben)
		w.network.Stick()
		ann.leave()
		ann.is(call.Closing)
		ann.dial(ben)
		ann.Post(session.Preview{On: true})
		<-ann.left
		ann.Post(session.Hangup{}) // nobody is there to take it
		if n := ann.count(signaling.Bye{}); n != 1 || ann.now().Call.Phase != call.Idle {
			w.t.Errorf("ann said bye %d times and is %v", n, ann.now().Call.Phase)
		}
		if len(w.network.Opened()) != 2 || ann.devices.now().Camera {
			w.t.Error("something began while leaving")
		}
	})
}
