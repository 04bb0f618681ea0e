package session_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"parley/call"
	"parley/call/session"
	"parley/media"
	"parley/signaling"
)

func TestRingLimit(t *testing.T) {
	bothOrders(t, func(w *world) {
		ann, ben := w.person("ann"), w.person("ben")
		ann.dial(ben)
		ben.is(call.Ringing)
		if d := ann.now().Deadline; !d.Equal(time.Now().Add(call.RingLimit)) {
			w.t.Errorf("the deadline is %v", d)
		}
		after(call.RingLimit - time.Second)
		ann.is(call.Calling)
		after(time.Second)
		ann.ended(call.NoAnswer)
		ben.ended(call.Missed)
		if n := ann.count(signaling.Cancel{Timeout: true}); n > 1 {
			w.t.Errorf("%d cancels", n)
		}
	})
}

// The callee's own limit ends a ring whose caller is no longer there to end it,
// where the server does not tell who is.
func TestRingLimitOfCallee(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann, ben := w.person("ann"), w.person("ben")
		ben.Post(session.Signaled{Event: signaling.Roster{Server: w.relay.URL}})
		ann.dial(ben)
		ben.is(call.Ringing)
		ann.client.Cut(nil)
		ann.ended(call.Offline)
		after(call.RingLimit)
		ben.ended(call.Missed)
		if n := ben.count(signaling.Bye{}); n != 1 {
			w.t.Errorf("ben said bye %d times", n)
		}
	})
}

// A program that was killed says no goodbye, but the server tells that it left.
func TestLeftWhileRinging(t *testing.T) {
	leaves := func(w *world, who, sees *person) {
		for _, here := range [][]signaling.Member{{{Address: who.client.Address()}}, nil} {
			sees.Post(session.Signaled{Event: signaling.Roster{Server: w.relay.URL, Members: here}})
		}
	}
	bothOrders(t, func(w *world) {
		ann, ben := w.person("ann"), w.person("ben")
		ann.dial(ben)
		ben.is(call.Ringing)
		leaves(w, ann, ben)
		ben.ended(call.Missed)
		leaves(w, ben, ann)
		ann.is(call.Idle)
	})
	bothOrders(t, func(w *world) {
		ann, ben := w.person("ann"), w.person("ben")
		ann.dial(ben)
		ben.is(call.Ringing)
		leaves(w, ben, ann)
		ann.ended(call.Unreachable)
	})
	bothOrders(t, func(w *world) {
		ann, ben := w.person("ann"), w.person("ben")
		w.talk(ann, ben)
		leaves(w, ben, ann)
		ann.is(call.Active) // the media path tells better
	})
}

func TestSetupLimit(t *testing.T) {
	bothOrders(t, func(w *world) {
		ann, ben := w.person("ann"), w.person("ben")
		w.network.Break()
		ann.dial(ben)
		ben.is(call.Ringing)
		ben.Post(session.Accept{Kind: media.Video})
		ann.is(call.Connecting)
		after(call.SetupLimit)
		ann.is(call.Idle)
		ben.is(call.Idle)
		reasons := []call.Reason{ann.now().LastEnd.Reason, ben.now().LastEnd.Reason}
		if !slices.Contains(reasons, call.SetupFailed) {
			w.t.Errorf("ended with %v", reasons)
		}
	})
}

func TestRecovery(t *testing.T) {
	bothOrders(t, func(w *world) {
		ann, ben := w.person("ann"), w.person("ben")
		w.talk(ann, ben)
		w.network.Break()
		ann.is(call.Recovering)
		ben.is(call.Recovering)
		w.network.Mend()
		ann.client.Cut(nil)
		ann.is(call.Recovering)
		ann.client.Restore() // a new round with the server back
		ann.is(call.Active)
		ben.is(call.Active)
		if round := ann.now().Call.Round; round != 2 {
			w.t.Errorf("round is %d", round)
		}
	})
}

// Both lose the path and the server, as behind one router, and are back one after the
// other: the first one's offer of a new round finds nobody.
func TestRecovery_OneAfterTheOther(t *testing.T) {
	for _, callerFirst := range []bool{true, false} {
		bothOrders(t, func(w *world) {
			ann, ben := w.person("ann"), w.person("ben")
			w.talk(ann, ben)
			w.network.Break()
			ann.client.Cut(nil)
			ben.client.Cut(nil)
			ann.is(call.Recovering)
			ben.is(call.Recovering)
			w.network.Mend()
			first, second := ben, ann
			if callerFirst {
				first, second = ann, ben
			}
			first.client.Restore()
			after(time.Second)
			first.is(call.Recovering)
			second.client.Restore()
			ann.is(call.Active)
			ben.is(call.Active)
		})
	}
}

func TestPathNeverBack(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann, ben := w.person("ann"), w.person("ben")
		w.talk(ann, ben)
		w.network.Break()
		after(call.RecoverLimit)
		ann.is(call.Idle)
		ben.is(call.Idle)
		if a, b := ann.now().LastEnd.Reason, ben.now().LastEnd.Reason; a != call.Lost && b != call.Lost {
			w.t.Errorf("ended with %v and %v", a, b)
		}
	})
}

// outcome is one way for Ann's call to Ben to end.
type outcome struct {
	name     string
	end      func(w *world, ann, ben *person)
	ann, ben call.Reason
	answered bool
}

var outcomesOfCalls = []outcome{
	{name: "withdrawn", ann: call.Withdrawn, ben: call.Missed, end: func(_ *world, ann, _ *person) { ann.Post(session.Hangup{}) }},
	{name: "declined", ann: call.Declined, ben: call.Rejected, end: func(_ *world, _, ben *person) { ben.Post(session.Reject{Text: "in a meeting"}) }},
	{name: "declined by hanging up", ann: call.Declined, ben: call.Rejected, end: func(_ *world, _, ben *person) { ben.Post(session.Hangup{}) }},
	{name: "nobody answers", ann: call.NoAnswer, ben: call.Missed, end: func(*world, *person, *person) { after(call.RingLimit) }},
	{name: "caller hangs up", ann: call.LocalHangup, ben: call.RemoteHangup, answered: true, end: func(_ *world, ann, ben *person) {
		ben.Post(session.Accept{Kind: media.Video})
		ann.is(call.Active)
		after(time.Minute)
		ann.Post(session.Hangup{})
	}},
	{name: "callee hangs up", ann: call.RemoteHangup, ben: call.LocalHangup, answered: true, end: func(_ *world, ann, ben *person) {
		ben.Post(session.Accept{Kind: media.Video})
		ann.is(call.Active)
		after(time.Minute)
		ben.Post(session.Hangup{})
	}},
	{name: "peer fails", ann: call.SetupFailed, ben: call.RemoteHangup, answered: true, end: func(w *world, ann, ben *person) {
		w.network.Break()
		ben.Post(session.Accept{Kind: media.Video})
		ann.is(call.Connecting)
		for _, e := range w.network.Ends() {
			if e.Opening().Offers {
				e.Fail()
			}
		}
	}},
	{name: "callee leaves", ann: call.RemoteHangup, ben: call.RemoteHangup, answered: true, end: func(w *world, ann, ben *person) {
		ben.Post(session.Accept{Kind: media.Video})
		ann.is(call.Active)
		after(time.Minute)
		for _, e := range w.network.Ends() {
			if !e.Opening().Offers {
				e.Leave()
			}
		}
	}},
	{name: "server lost", ann: call.Offline, ben: call.Missed, end: func(_ *world, ann, _ *person) {
		ann.client.Cut(nil)
		after(call.RingLimit)
	}},
}

func TestHistory(t *testing.T) {
	for _, o := range outcomesOfCalls {
		t.Run(strings.ReplaceAll(o.name, " ", "-"), func(t *testing.T) {
			bothOrders(t, func(w *world) { checkOutcome(w, o) })
		})
	}
}

func checkOutcome(w *world, o outcome) {
	w.t.Helper()
	ann, ben := w.person("ann"), w.person("ben")
	began := time.Now()
	ann.dial(ben)
	ben.is(call.Ringing)
	after(2 * time.Second)
	o.end(w, ann, ben)
	for _, side := range []struct {
		p, other *person
		role     call.Role
		reason   call.Reason
	}{{ann, ben, call.Caller, o.ann}, {ben, ann, call.Callee, o.ben}} {
		side.p.ended(side.reason)
		records := side.p.ledger.all()
		if len(records) != 1 {
			w.t.Fatalf("%v has %d records", side.role, len(records))
		}
		duration := time.Duration(0)
		if o.answered && o.name != "peer fails" {
			duration = time.Minute
		}
		want := call.Record{
			ID: "ann-1", Remote: side.other.client.Address(), Name: side.other.client.Address().Name, Role: side.role,
			Kind: media.Video, Started: began, Answered: o.answered, Duration: duration, End: side.reason,
		}
		if got := records[0]; got != want {
			w.t.Errorf("%v records\n%+v, want\n%+v", side.role, got, want)
		}
	}
}

func TestDeclineText(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann, ben := w.person("ann"), w.person("ben")
		ann.dial(ben)
		ben.is(call.Ringing)
		ben.Post(session.Reject{Text: "in a meeting"})
		ann.ended(call.Declined)
		end := ann.now().LastEnd
		want := session.Ending{
			ID: "ann-1", Remote: ben.client.Address(), Name: "ben", Kind: media.Video, Role: call.Caller,
			Reason: call.Declined, At: time.Now(), Text: "in a meeting",
		}
		if end != want {
			w.t.Errorf("ended with %+v, want %+v", end, want)
		}
	})
}

// A third one hears that Ben is busy, and Ben finds a missed call.
func TestBusy(t *testing.T) {
	bothOrders(t, func(w *world) {
		ann, ben, cyd := w.person("ann"), w.person("ben"), w.person("cyd")
		w.talk(ann, ben)
		cyd.dialKind(ben, media.Audio)
		cyd.ended(call.Busy)
		ben.is(call.Active)
		want := call.Record{
			ID: "cyd-1", Remote: cyd.client.Address(), Name: "cyd", Role: call.Callee, Kind: media.Audio,
			Started: time.Now(), End: call.Missed,
		}
		if got := ben.ledger.all(); len(got) != 1 || got[0] != want || !got[0].Missed() {
			w.t.Errorf("ben records %+v", got)
		}
		if end := ben.now().LastEnd; end != (session.Ending{}) {
			w.t.Errorf("ben's call is said to have ended: %+v", end)
		}
	})
}

func TestUnreachable(t *testing.T) {
	bothOrders(t, func(w *world) {
		ann := w.person("ann")
		ann.Post(session.Dial{To: signaling.Address{Name: "nobody"}, Kind: media.Video})
		ann.ended(call.Unreachable)
		if r := ann.ledger.all(); len(r) != 1 || r[0].Remote.Server != w.relay.URL || r[0].Name != "nobody" {
			w.t.Errorf("ann records %+v", r)
		}
	})
}

func TestDialOffline(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann := w.person("ann")
		ann.client.Cut(nil)
		ann.Post(session.Dial{To: signaling.Address{Name: "ben"}, Kind: media.Audio})
		ann.ended(call.Offline)
		if r := ann.ledger.all(); len(r) != 1 || r[0].End != call.Offline || r[0].ID != "ann-1" || r[0].Started != time.Now() {
			w.t.Errorf("ann records %+v", r)
		}
		if end := ann.now().LastEnd; end.Reason != call.Offline || end.Remote.Name != "ben" {
			w.t.Errorf("ended with %+v", end)
		}
	})
}

// Both ring each other within the time that a message takes: one call is left,
// with nobody asked to accept it, and one record of it on each side.
func TestCollision(t *testing.T) {
	bothOrders(t, func(w *world) {
		w.relay.Delay = 50 * time.Millisecond
		ann, ben := w.person("ann"), w.person("ben")
		after(time.Second)
		ann.dial(ben)
		ben.dial(ann)
		after(time.Second)
		ann.is(call.Active)
		ben.is(call.Active)
		if a, b := ann.now().Call, ben.now().Call; a.ID != "ben-1" || b.ID != "ben-1" || a.Role != call.Callee {
			w.t.Errorf("ann is in %s as %v, ben in %s", a.ID, a.Role, b.ID)
		}
		if n := len(w.network.Ends()); n != 2 {
			w.t.Errorf("%d peers are open", n)
		}
		ann.Post(session.Hangup{})
		after(time.Second)
		for _, p := range []*person{ann, ben} {
			if r := p.ledger.all(); len(r) != 1 || r[0].ID != "ben-1" || !r[0].Answered {
				w.t.Errorf("%s records %+v", p.client.Address().Name, r)
			}
		}
	})
}

// Ann hangs up and rings again while Ben's peer takes its time to close.
func TestHeldInvite(t *testing.T) {
	bothOrders(t, func(w *world) {
		ann, ben := w.person("ann"), w.person("ben")
		w.talk(ann, ben)
		w.network.Stick()
		ann.Post(session.Hangup{})
		ben.is(call.Closing)
		ann.dial(ben) // waits for the old call to close
		ann.is(call.Closing)
		after(3 * time.Second)
		ann.is(call.Calling)
		ben.is(call.Ringing)
		if id := ben.now().Call.ID; id != "ann-2" {
			w.t.Errorf("ben's phone rings for %s", id)
		}
	})
}

// An invite that waits while a call closes, and is withdrawn, was missed.
func TestHeldInviteWithdrawn(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann, ben, cyd := w.person("ann"), w.person("ben"), w.person("cyd")
		w.talk(ann, ben)
		w.network.Stick()
		ann.Post(session.Hangup{})
		ben.is(call.Closing)
		cyd.dial(ben)
		if held := ben.now().Call.Next.ID; held != "cyd-1" {
			w.t.Fatalf("ben holds %q", held)
		}
		cyd.Post(session.Hangup{})
		cyd.is(call.Closing)
		after(4 * time.Second)
		ben.ended(call.RemoteHangup)
		records := ben.ledger.all()
		if len(records) != 2 || records[1].ID != "cyd-1" || !records[1].Missed() || records[1].Name != "cyd" {
			w.t.Errorf("ben records %+v", records)
		}
	})
}

// Somebody whose program lost its memory rings again: both rings are known.
func TestRungAgain(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ben, stray := w.person("ben"), w.stray("stray")
		for _, id := range []signaling.CallID{"first", "second"} {
			ben.Post(session.Signaled{Event: signaling.Received{Envelope: signaling.Envelope{
				Peer: stray, Call: id, Message: signaling.Invite{Kind: media.Audio, Name: "STRAY"},
			}}})
		}
		ben.is(call.Ringing)
		if now := ben.now(); now.Call.ID != "second" || now.PeerName != "stray" {
			w.t.Errorf("ben's phone rings for %s of %s", now.Call.ID, now.PeerName)
		}
		if r := ben.ledger.all(); len(r) != 1 || r[0].ID != "first" || !r[0].Missed() {
			w.t.Errorf("ben records %+v", r)
		}
	})
}
