package peer_test

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/pion/transport/v4/vnet"

	"parley/call/peer"
	"parley/call/peer/peertest"
)

// chance loses a share of what is of pictures, in whatever way it is sent.
func chance(share float64) func(vnet.Chunk) bool {
	var mu sync.Mutex
	dice := rand.New(rand.NewPCG(3, 4))
	return func(c vnet.Chunk) bool {
		kind := payloadType(c)
		mu.Lock()
		defer mu.Unlock()
		return (kind == 96 || kind == 97 || kind == 30) && dice.Float64() < share
	}
}

// Where packets are lost by chance parity brings most of them; where nothing is lost
// any more there is none.
func TestPeer_Parity(t *testing.T) {
	virtually(t, 30*time.Millisecond, func(t *testing.T, n *network, caller, callee *peertest.End) {
		for _, e := range []*peertest.End{caller, callee} {
			e.Width.Store(1920)
			e.FrameBytes.Store(6000)
		}
		caller.Wait("frames of several packets", func() bool { return caller.Stats().Outbound.Video.TargetBitrate > 5_000_000 })
		n.filter(chance(0.05))
		callee.Wait("parity", func() bool { return callee.Stats().Inbound.Video.FECPacketsReceived > 100 })
		before := callee.Stats().Inbound.Video
		frames := before.FramesDecoded + 800
		callee.Wait("pictures", func() bool { return callee.Stats().Inbound.Video.FramesDecoded > frames })
		after := callee.Stats().Inbound.Video
		packets, asked := after.Packets-before.Packets, after.NACKCount-before.NACKCount
		if asked > packets/40 {
			t.Errorf("of %d packets, of which one in twenty is lost, %d were asked for", packets, asked)
		}
		if after.FreezeCount > before.FreezeCount+1 || after.PacketsLost > 5 {
			t.Errorf("%d freezes, %d packets lost", after.FreezeCount-before.FreezeCount, after.PacketsLost)
		}
		came, useless := after.FECPacketsReceived-before.FECPacketsReceived, after.FECPacketsDiscarded-before.FECPacketsDiscarded
		if came > packets/2 || useless >= came || came-useless < packets/40 {
			t.Errorf("%d packets of parity came, %d of them for nothing, beside %d", came, useless, packets)
		}
		n.filter(nil)
		frames += 800
		callee.Wait("calm", func() bool { return callee.Stats().Inbound.Video.FramesDecoded > frames })
		last := callee.Stats().Inbound.Video.FECPacketsReceived
		frames += 100
		callee.Wait("pictures without", func() bool { return callee.Stats().Inbound.Video.FramesDecoded > frames })
		if got := callee.Stats().Inbound.Video.FECPacketsReceived; got != last {
			t.Errorf("%d packets of parity came though nothing is lost", got-last)
		}
	}, func(c *peer.Config) { c.MaxVideoBitrate = 6_000_000 })
}
