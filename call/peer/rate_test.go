package peer_test

import (
	"image"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/transport/v4/vnet"

	"parley/call/peer"
	"parley/media"
)

// narrows is a bottleneck with a queue that both directions share, as a radio
// link is: packets pass one by one, each in its time.
type narrows struct {
	rate atomic.Int64 // bit/s; 0: wide
	free time.Time    // belongs to the goroutine of the router
}

// pass holds a packet up in the goroutine of the router. It never drops any.
func (n *narrows) pass(c vnet.Chunk) bool {
	rate := n.rate.Load()
	if rate == 0 {
		return true
	}
	now := time.Now()
	if n.free.Before(now) {
		n.free = now
	}
	n.free = n.free.Add(time.Duration(int64(len(c.UserData())+28) * 8 * int64(time.Second) / rate))
	<-time.After(n.free.Sub(now))
	return true
}

// A real connection over a path that becomes narrow and wide again: the encoder,
// the size and the reason follow. How soon is not judged, the machine may be busy.
func TestPeer_ThePictureFollowsThePath(t *testing.T) {
	n, link := newNetwork(t), &narrows{}
	n.router.AddChunkFilter(link.pass)
	scale := func(c *peer.Config) { c.Scale = func(_, _ *image.YCbCr) error { return nil } }
	caller, callee := n.pair(media.Video, scale)
	defer caller.Run(1)()
	see(callee)
	const wide, narrow, reports = 350_000, 230_000, 40_000 // bit/s
	sent := func() (bitrate float64, width int, reason string) {
		v := caller.Stats().Outbound.Video
		return v.TargetBitrate, v.FrameWidth, v.QualityLimitationReason
	}
	caller.Wait("a wide path", func() bool {
		bitrate, width, reason := sent()
		return bitrate > wide && width == 320 && reason == "none"
	})
	link.rate.Store(narrow + reports)
	caller.Wait("a narrow path", func() bool {
		bitrate, width, reason := sent()
		return bitrate < narrow && width < 320 && reason == "bandwidth" && caller.Stats().Path.AvailableOutgoingBitrate < 1.5*narrow
	})
	see(callee)
	link.rate.Store(0)
	caller.Wait("a wide path again", func() bool {
		bitrate, width, reason := sent()
		return bitrate > wide && width == 320 && reason == "none"
	})
	caller.Close()
	callee.Close()
	ordered(t, callee.Pictures())
}
