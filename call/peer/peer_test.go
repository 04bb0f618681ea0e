package peer_test

import (
	"log/slog"
	"testing"

	"go.uber.org/goleak"

	"parley/call"
	"parley/media"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// testLog shows what the code logs when a test fails.
func testLog(t *testing.T) *slog.Logger {
	t.Helper()
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// pair opens a call between two new ends.
func pair(t *testing.T, kind, answer media.Kind) (caller, callee *end) {
	t.Helper()
	caller, callee = newEnd(t), newEnd(t)
	link(caller, callee)
	callee.openAs("c1", call.Callee, answer)
	caller.openAs("c1", call.Caller, kind)
	return caller, callee
}

func TestPeer_PictureAndSoundBothWays(t *testing.T) {
	caller, callee := pair(t, media.Video, media.Video)
	stopCaller, stopCallee := caller.run(), callee.run()
	for _, e := range []*end{caller, callee} {
		e.wait("PeerUp", func() bool { return said[call.PeerUp](e) })
		e.wait("pictures", func() bool { return e.screen.count() > 30 })
		e.wait("sound", func() bool { return len(e.playout.sounds()) > 10 })
		e.wait("first frames", func() bool { return e.first[media.Video] == 1 && e.first[media.Audio] == 1 })
		e.wait("statistics", func() bool {
			return len(e.stats) > 1 && e.stats[len(e.stats)-1].Inbound.Video.FramesPerSecond > 0
		})
	}
	stopCaller()
	stopCallee()
	caller.close()
	callee.close()
}
