package session_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"parley/call"
	"parley/call/session"
	"parley/media"
	"parley/signaling"
)

// hears gives a person a message without a server.
func (p *person) hears(from signaling.Address, id signaling.CallID, m signaling.Message) {
	p.Post(session.Signaled{Event: signaling.Received{Envelope: signaling.Envelope{Peer: from, Call: id, Message: m}}})
}

func ring() signaling.Invite {
	return signaling.Invite{Kind: media.Video, Offer: &signaling.Description{Type: signaling.Offer, SDP: "v=0"}}
}

// end returns the one open peer of a call.
func (w *world) end(id signaling.CallID) interface{ Candidates() int } {
	w.t.Helper()
	for _, e := range w.network.Ends() {
		if e.Opening().ID == id {
			return e
		}
	}
	w.t.Fatalf("there is no peer of %s", id)
	return nil
}

// Candidates that overtake their invite, and those that come while it rings,
// reach the peer once it opens.
func TestEarlyCandidates(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ben, away := w.person("ben"), w.stray("ann")
		other := w.stray("other")
		for i := range 3 {
			ben.hears(away, "a", signaling.Candidate{Candidate: fmt.Sprint(i)})
			ben.hears(other, "a", signaling.Candidate{Candidate: "forged"})
			ben.hears(away, "b", signaling.Candidate{Candidate: "of another call"})
		}
		ben.hears(away, "a", ring())
		ben.hears(away, "a", signaling.Candidate{Candidate: "3"})
		ben.is(call.Ringing)
		if n := len(w.network.Opened()); n != 0 {
			w.t.Fatal("a peer was opened before the user agreed")
		}
		ben.Post(session.Accept{Kind: media.Video})
		ben.is(call.Connecting)
		if n := w.end("a").Candidates(); n != 4 {
			w.t.Errorf("the peer got %d candidates, want 4", n)
		}
	})
}

func TestEarlyCandidatesExpire(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ben, away := w.person("ben"), w.stray("ann")
		ben.hears(away, "a", signaling.Candidate{Candidate: "old"})
		ben.now()
		after(time.Minute)
		ben.hears(away, "a", ring())
		ben.Post(session.Accept{Kind: media.Video})
		ben.is(call.Connecting)
		if n := w.end("a").Candidates(); n != 0 {
			w.t.Errorf("the peer got %d candidates", n)
		}
	})
}

// What strangers can make us keep is bounded, in number and in size.
func TestKeptIsBounded(t *testing.T) {
	huge := strings.Repeat("x", 10<<10)
	for _, c := range []struct {
		name      string
		early     bool
		candidate string
		most      int
	}{
		{"many early", true, "x", 64},
		{"large early", true, huge, 3},
		{"many while it rings", false, "x", 127}, // and the offer
		{"large while it rings", false, huge, 51},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "-"), func(t *testing.T) {
			inWorld(t, everything, func(w *world) {
				ben, away := w.person("ben"), w.stray("ann")
				for i := range 20 { // calls that nobody announces must not crowd out later ones for ever
					ben.hears(away, signaling.CallID(fmt.Sprint(i)), signaling.Candidate{Candidate: huge})
				}
				ben.now()
				after(time.Minute)
				if !c.early {
					ben.hears(away, "a", ring())
				}
				for range 1000 {
					ben.hears(away, "a", signaling.Candidate{Candidate: c.candidate})
				}
				if c.early {
					ben.hears(away, "a", ring())
				}
				ben.Post(session.Accept{Kind: media.Video})
				ben.is(call.Connecting)
				if n := w.end("a").Candidates(); n != c.most {
					w.t.Errorf("the peer got %d candidates, want %d", n, c.most)
				}
			})
		})
	}
}

// A peer that goes away unasked ends the call, and the next one works.
func TestPeerClosesByItself(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann, ben := w.person("ann"), w.person("ben")
		w.network.Break()
		ann.dial(ben)
		ben.is(call.Ringing)
		ben.Post(session.Accept{Kind: media.Video})
		ben.is(call.Connecting)
		for _, e := range w.network.Ends() {
			if !e.Opening().Offers {
				e.Close()
			}
		}
		ben.ended(call.SetupFailed)
		ann.ended(call.RemoteHangup)
		w.network.Mend()
		w.talk(ann, ben)
	})
}

// What a peer says after its call has nothing to do with the next one, even if
// somebody forges its id.
func TestOldPeerIsNotHeard(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ben, away := w.person("ben"), w.stray("ann")
		w.network.Stick()
		ben.Post(session.Dial{To: away, Kind: media.Video})
		ben.is(call.Calling)
		old := w.network.Ends()[0]
		ben.hears(away, "zzz", ring()) // larger: ben adopts it
		ben.is(call.Connecting)
		ben.Post(session.Hangup{})
		after(3 * time.Second)
		ben.ended(call.LocalHangup)
		ben.hears(away, "ben-1", ring())
		ben.Post(session.Accept{Kind: media.Video})
		ben.is(call.Connecting)
		old.Fail()
		ben.is(call.Connecting)
		if n := len(w.network.Opened()); n != 3 {
			w.t.Errorf("%d peers were opened", n)
		}
	})
}

// A forged id of a peer that is still closing gets a place of its own.
func TestIDOfClosingPeer(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ben, away := w.person("ben"), w.stray("ann")
		ben.Post(session.Dial{To: away, Kind: media.Video})
		ben.is(call.Calling)
		w.network.Stick()
		ben.hears(away, "zzz", ring()) // larger: ben adopts it, and ben-1 does not close
		ben.is(call.Connecting)
		ben.Post(session.Hangup{})
		ben.is(call.Closing)
		ben.hears(away, "ben-1", ring())
		after(3 * time.Second)
		ben.is(call.Ringing)
		ben.Post(session.Accept{Kind: media.Video})
		ben.is(call.Connecting)
		if n := len(w.network.Opened()); n != 3 {
			w.t.Errorf("%d peers were opened", n)
		}
	})
}
