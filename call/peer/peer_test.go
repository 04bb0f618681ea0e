package peer_test

import (
	"testing"

	"go.uber.org/goleak"

	"parley/call"
	"parley/call/peer/peertest"
	"parley/media"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pair opens a call between two new ends.
func pair(t *testing.T, offered, answered media.Kind) (caller, callee *peertest.End) {
	t.Helper()
	caller, callee = peertest.NewEnd(t), peertest.NewEnd(t)
	peertest.Link(caller, callee)
	callee.Open("c1", call.Callee, answered)
	caller.Open("c1", call.Caller, offered)
	return caller, callee
}

func TestPeer_PictureAndSoundBothWays(t *testing.T) {
	caller, callee := pair(t, media.Video, media.Video)
	stopCaller, stopCallee := caller.Run(1000), callee.Run(2000)
	for _, e := range []*peertest.End{caller, callee} {
		e.Wait("PeerUp", e.Up)
		e.Wait("pictures", func() bool { return len(e.Pictures()) > 30 })
		e.Wait("sound", func() bool { return len(e.Sounds()) > 10 })
		e.Wait("first frames", func() bool { return e.First(media.Video) == 1 && e.First(media.Audio) == 1 })
		e.Wait("statistics", func() bool { return e.Stats().Inbound.Video.FramesPerSecond > 0 })
	}
	stopCaller()
	stopCallee()
	caller.Close()
	callee.Close()
}
