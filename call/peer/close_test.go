package peer_test

import (
	"os"
	"runtime"
	"testing"
	"time"

	"parley/call"
	"parley/call/peer/peertest"
	"parley/media"
	"parley/signaling"
)

func TestPeer_CloseInEveryState(t *testing.T) {
	for _, c := range []struct {
		name  string
		until func(caller, callee *peertest.End)
	}{
		{"at once", func(_, _ *peertest.End) {}},
		{"offered", func(caller, _ *peertest.End) {
			caller.Wait("an offer", func() bool { return len(described(caller)) > 0 })
		}},
		{"answered", func(_, callee *peertest.End) {
			callee.Wait("an answer", func() bool { return len(described(callee)) > 0 })
		}},
		{"connected", func(caller, _ *peertest.End) { caller.Wait("PeerUp", caller.Up) }},
		{"first picture", func(_, callee *peertest.End) { see(callee) }},
		{"restarting", func(caller, _ *peertest.End) {
			caller.Wait("PeerUp", caller.Up)
			caller.Peer().Restart(1)
		}},
		{"restart offered", func(caller, _ *peertest.End) {
			caller.Wait("PeerUp", caller.Up)
			caller.Peer().Restart(1)
			caller.Wait("an offer", func() bool { return len(described(caller)) > 1 })
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			caller, callee := pair(t, media.Video, media.Video)
			defer caller.Run(1)()
			defer callee.Run(2)()
			c.until(caller, callee)
			caller.Peer().Close()
			caller.Close() // twice
			callee.Close()
		})
	}
}

// TestPeer_UseAfterClose checks that late calls of a closed peer are ignored.
func TestPeer_UseAfterClose(t *testing.T) {
	e := peertest.NewEnd(t)
	e.Open("c1", call.Caller, media.Video)
	e.Close()
	events := len(e.Events())
	e.Peer().SetRemote(signaling.Description{Type: signaling.Answer, SDP: "v=0"})
	e.Peer().AddCandidate(signaling.Candidate{})
	e.Peer().Restart(1)
	e.Peer().Narrow()
	e.Peer().Close()
	if n := len(e.Events()); n != events {
		t.Errorf("%d events after PeerClosed", n-events)
	}
}

// TestPeer_RemoteGoesAway checks that a remote that closes without a word is
// noticed at once, by its DTLS goodbye, and reported after a moment.
func TestPeer_RemoteGoesAway(t *testing.T) {
	caller, callee := pair(t, media.Audio, media.Audio)
	caller.Wait("PeerUp", caller.Up)
	callee.Wait("PeerUp", callee.Up)
	callee.Close()
	gone := time.Now()
	caller.Wait("PeerLeft", func() bool { return peertest.Said[call.PeerLeft](caller) > 0 })
	if waited := time.Since(gone); waited < 500*time.Millisecond {
		t.Errorf("reported after %v: the hang-up had no chance to come first", waited)
	}
	caller.Peer().Restart(1) // cannot work, and must say so
	caller.Wait("PeerFailed", func() bool { return peertest.Said[call.PeerFailed](caller) > 0 })
	caller.Close()
}

func TestPeer_FiftyCallsLeaveNothing(t *testing.T) {
	caller, callee := peertest.NewEnd(t), peertest.NewEnd(t)
	defer caller.Run(1)()
	defer callee.Run(2)()
	var goroutines, files int
	for i := range 50 {
		peertest.Link(caller, callee)
		callee.Open("c1", call.Callee, media.Video)
		caller.Open("c1", call.Caller, media.Video)
		if i%5 == 0 {
			see(callee)
		}
		for _, e := range []*peertest.End{caller, callee} {
			e.Close()
			e.Clear()
		}
		if i == 9 {
			goroutines, files = settled(t, 1<<30), openFiles(t)
		}
	}
	if n := settled(t, goroutines); n > goroutines {
		t.Errorf("%d goroutines after 50 calls, %d after 10", n, goroutines)
	}
	if n := openFiles(t); n > files {
		t.Errorf("%d open files after 50 calls, %d after 10", n, files)
	}
}

// settled returns the number of goroutines once it is at most want, or after a
// while.
func settled(t *testing.T, want int) int {
	t.Helper()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	n := runtime.NumGoroutine()
	for range 100 {
		if n <= want {
			break
		}
		<-ticker.C
		n = runtime.NumGoroutine()
	}
	return n
}

func openFiles(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/dev/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}
