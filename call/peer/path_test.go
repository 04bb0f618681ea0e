package peer_test

import (
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/logging"
	"github.com/pion/transport/v4/vnet"

	"parley/call"
	"parley/call/peer"
	"parley/call/peer/peertest"
	"parley/media"
)

// network is a virtual network of two hosts that can lose packets.
type network struct {
	t      *testing.T
	router *vnet.Router
	hosts  int
	lose   atomic.Pointer[func(vnet.Chunk) bool]
}

func newNetwork(t *testing.T) *network {
	t.Helper()
	return newFarNetwork(t, 5*time.Millisecond)
}

// newFarNetwork returns one whose hosts are so far from each other, one way.
func newFarNetwork(t *testing.T, delay time.Duration) *network {
	t.Helper()
	router, err := vnet.NewRouter(&vnet.RouterConfig{
		CIDR: "10.0.0.0/24", LoggerFactory: &logging.DefaultLoggerFactory{Writer: io.Discard},
		MinDelay: delay,
	})
	if err != nil {
		t.Fatal(err)
	}
	n := &network{t: t, router: router}
	router.AddChunkFilter(func(c vnet.Chunk) bool {
		lose := n.lose.Load()
		return lose == nil || !(*lose)(c)
	})
	return n
}

// host returns a configuration for one more host of the network, with quick
// timeouts.
func (n *network) host() func(*peer.Config) {
	n.t.Helper()
	n.hosts++
	host, err := vnet.NewNet(&vnet.NetConfig{StaticIPs: []string{[]string{"10.0.0.1", "10.0.0.2"}[n.hosts-1]}})
	if err != nil {
		n.t.Fatal(err)
	}
	if err := n.router.AddNet(host); err != nil {
		n.t.Fatal(err)
	}
	return func(c *peer.Config) {
		c.Network.Net, c.Network.Loopback = host, false
		c.Network.Timeouts.Disconnected = 300 * time.Millisecond
		c.Network.Timeouts.Failed = 30 * time.Second
		c.Network.Timeouts.Keepalive = 50 * time.Millisecond
	}
}

// pair opens a call between two hosts of the network.
func (n *network) pair(kind media.Kind, change ...func(*peer.Config)) (caller, callee *peertest.End) {
	n.t.Helper()
	caller, callee = peertest.NewEnd(n.t, append(change, n.host())...), peertest.NewEnd(n.t, append(change, n.host())...)
	if err := n.router.Start(); err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(func() {
		if err := n.router.Stop(); err != nil {
			n.t.Error(err)
		}
	})
	peertest.Link(caller, callee)
	callee.Open("c1", call.Callee, kind)
	caller.Open("c1", call.Caller, kind)
	return caller, callee
}

// filter sets what is lost; nil loses nothing.
func (n *network) filter(lose func(vnet.Chunk) bool) {
	if lose == nil {
		n.lose.Store(nil)
		return
	}
	n.lose.Store(&lose)
}

func everything(vnet.Chunk) bool { return true }

// losing loses every so many'th packet of pictures, and of those that are sent
// again.
func losing(every int64) func(vnet.Chunk) bool {
	var first, again atomic.Int64
	return func(c vnet.Chunk) bool {
		switch payloadType(c) {
		case 96:
			return first.Add(1)%every == 0
		case 97:
			return again.Add(1)%every == 0
		}
		return false
	}
}

func TestPeer_RestartAfterPathLoss(t *testing.T) {
	n := newNetwork(t)
	caller, callee := n.pair(media.Video)
	defer caller.Run(1)()
	defer callee.Run(2)()
	see(caller)
	see(callee)

	n.filter(everything)
	for _, e := range []*peertest.End{caller, callee} {
		e.Wait("PeerDown", func() bool { _, down := e.Level().(call.PeerDown); return down })
	}
	caller.Peer().Restart(1)
	caller.Wait("a second offer", func() bool { return len(described(caller)) == 2 })
	callee.Wait("a second answer", func() bool { return len(described(callee)) == 2 })
	if r := described(callee)[1].Round; r != 1 {
		t.Errorf("the answer is of round %d", r)
	}
	n.filter(nil)
	for _, e := range []*peertest.End{caller, callee} {
		e.Wait("PeerUp", e.Up)
		see(e)
		hear(e)
	}
	caller.Close()
	callee.Close()
}

// TestPeer_RestartAgainWithoutAnswer loses the answer to a restart, so that the
// next one must be made while the last offer is still open.
func TestPeer_RestartAgainWithoutAnswer(t *testing.T) {
	n := newNetwork(t)
	caller, callee := n.pair(media.Audio)
	defer caller.Run(1)()
	defer callee.Run(2)()
	hear(caller)
	hear(callee)

	n.filter(everything)
	caller.Wait("PeerDown", func() bool { _, down := caller.Level().(call.PeerDown); return down })
	caller.Forward(nil) // the server is down too
	caller.Peer().Restart(1)
	caller.Wait("a second offer", func() bool { return len(described(caller)) == 2 })
	peertest.Link(caller, callee)
	caller.Peer().Restart(2)
	callee.Wait("a second answer", func() bool { return len(described(callee)) == 2 })
	n.filter(nil)
	for _, e := range []*peertest.End{caller, callee} {
		e.Wait("PeerUp", e.Up)
		hear(e)
	}
	if d := described(caller); d[1].SDP == d[2].SDP || d[2].Round != 2 {
		t.Error("the third offer is the second")
	}
	caller.Close()
	callee.Close()
}

func TestPeer_PathFailsForGood(t *testing.T) {
	n := newNetwork(t)
	short := func(c *peer.Config) { c.Network.Timeouts.Failed = 300 * time.Millisecond }
	caller, callee := peertest.NewEnd(t, n.host(), short), peertest.NewEnd(t, n.host(), short)
	if err := n.router.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = n.router.Stop() }()
	peertest.Link(caller, callee)
	callee.Open("c1", call.Callee, media.Audio)
	caller.Open("c1", call.Caller, media.Audio)
	caller.Wait("PeerUp", caller.Up)
	callee.Wait("PeerUp", callee.Up)
	n.filter(everything)
	caller.Wait("PeerFailed", func() bool { return peertest.Said[call.PeerFailed](caller) > 0 })
	caller.Close()
	callee.Close()
}

// TestPeer_OneWay loses everything in one direction: the other keeps flowing.
func TestPeer_OneWay(t *testing.T) {
	n := newNetwork(t)
	caller, callee := n.pair(media.Video)
	defer caller.Run(1)()
	defer callee.Run(2)()
	see(caller)
	see(callee)
	n.filter(func(c vnet.Chunk) bool { return strings.HasPrefix(c.SourceAddr().String(), "10.0.0.2:") })
	caller.Wait("PeerDown", func() bool { _, down := caller.Level().(call.PeerDown); return down })
	see(callee)
	n.filter(nil)
	caller.Wait("PeerUp", caller.Up)
	see(caller)
	caller.Close()
	callee.Close()
}

// TestPeer_Loss loses one media packet in twenty, which retransmission repairs,
// and then one in five and every retransmission, which only a key frame repairs.
func TestPeer_Loss(t *testing.T) {
	n := newNetwork(t)
	caller, callee := n.pair(media.Video)
	defer caller.Run(1)()
	defer callee.Run(2)()
	see(caller)
	see(callee)

	var count atomic.Int64
	n.filter(func(c vnet.Chunk) bool { return picture(c) && count.Add(1)%20 == 0 })
	callee.Wait("requests for retransmission", func() bool {
		v := callee.Stats().Inbound.Video
		return v.NACKCount > 2 && v.FramesDecoded > 200
	})
	keys := caller.Keys.Load()
	n.filter(func(c vnet.Chunk) bool { return payloadType(c) == 97 || picture(c) && count.Add(1)%5 == 0 })
	callee.Wait("a key frame", func() bool {
		return caller.Keys.Load() > keys && callee.Stats().Inbound.Video.PLICount > 0
	})
	n.filter(nil)
	see(callee)
	if lost := caller.Stats().Outbound.Audio.PacketsLost; lost < 0 {
		t.Errorf("%d packets lost", lost)
	}
	caller.Close()
	callee.Close()
	ordered(t, callee.Pictures())
	ordered(t, caller.Pictures())
}

// picture reports whether a packet is RTP of our VP8, or its retransmission.
func picture(c vnet.Chunk) bool { return payloadType(c) == 96 || payloadType(c) == 97 }

// payloadType returns that of an RTP packet, or -1.
func payloadType(c vnet.Chunk) int {
	p := c.UserData()
	if len(p) <= 12 || p[0]>>6 != 2 {
		return -1
	}
	return int(p[1] & 0x7f)
}

// ordered checks that pictures were shown in order, each once.
func ordered(t *testing.T, shown []uint64) {
	t.Helper()
	for i := 1; i < len(shown); i++ {
		if shown[i] <= shown[i-1] {
			t.Fatalf("picture %d was shown after %d", shown[i], shown[i-1])
		}
	}
}

// sound reports whether a packet is RTP with the payload type of our Opus.
func sound(c vnet.Chunk) bool { return payloadType(c) == 111 }

// TestPeer_SoundFollowsThePath begins with short packets, and learns that some get
// lost. How soon is logged: it is two reports, unless the machine is busy.
func TestPeer_SoundFollowsThePath(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	caller, callee := n.pair(media.Audio)
	defer caller.Run(1)()
	defer callee.Run(2)()
	caller.Wait("short packets", func() bool { return caller.Stats().Outbound.Audio.PacketLength == 0.01 })
	if loss := caller.Loss.Load(); loss != 0 {
		t.Errorf("the encoder prepares for %d %% without any", loss)
	}
	var count atomic.Int64
	n.filter(func(c vnet.Chunk) bool { return sound(c) && count.Add(1)%8 == 0 })
	began := time.Now()
	caller.Wait("news of the loss", func() bool { return caller.Loss.Load() >= 8 })
	t.Logf("the sender learned of the loss after %v", time.Since(began))
	caller.Wait("longer packets", func() bool {
		s := caller.Stats().Outbound.Audio
		return s.PacketLength == 0.02 && s.Loss > 0.08
	})
	caller.Close()
	callee.Close()
}
