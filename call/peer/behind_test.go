package peer_test

import (
	"sync/atomic"
	"testing"
	"time"

	"parley/call/peer"
	"parley/call/peer/peertest"
	"parley/media"
)

// slowDecoder takes so long for each frame.
type slowDecoder struct {
	media.VideoDecoder
	takes *atomic.Int64 // ns
}

// Decode implements media.VideoDecoder.
func (s slowDecoder) Decode(packet []byte) (*media.Frame, error) {
	<-time.After(time.Duration(s.takes.Load()))
	return s.VideoDecoder.Decode(packet)
}

// decodingSlowly is a call in virtual time between two that decode as slowly as is said.
func decodingSlowly(t *testing.T, test func(takes *atomic.Int64, caller, callee *peertest.End)) {
	t.Helper()
	var takes atomic.Int64
	virtually(t, 20*time.Millisecond, func(_ *testing.T, _ *network, caller, callee *peertest.End) {
		callee.Wait("pictures", func() bool { return len(callee.Pictures()) > 100 })
		test(&takes, caller, callee)
	}, func(c *peer.Config) {
		open := c.NewVideoDecoder
		c.NewVideoDecoder = func(mime string) (media.VideoDecoder, error) {
			d, err := open(mime)
			return slowDecoder{d, &takes}, err
		}
	})
}

// Where decoding does not follow, pictures are missing, and none is late for long.
func TestPeer_ADecoderThatIsTooSlow(t *testing.T) {
	for _, takes := range []time.Duration{15 * time.Millisecond, 40 * time.Millisecond, 60 * time.Millisecond} {
		t.Run(takes.String(), func(t *testing.T) {
			decodingSlowly(t, func(slow *atomic.Int64, caller, callee *peertest.End) {
				slow.Store(int64(takes))
				<-time.After(time.Second)
				before, oldest := callee.Stats().Inbound.Video, time.Duration(0)
				const seconds = 30
				for range seconds * 10 {
					<-time.After(100 * time.Millisecond)
					oldest = max(oldest, age(caller, callee))
				}
				after := callee.Stats().Inbound.Video
				shown, asked := after.FramesDecoded-before.FramesDecoded, after.PLICount-before.PLICount
				t.Logf("at most %v late, %d shown, %d key frames asked for", oldest, shown, asked)
				if oldest > 1200*time.Millisecond {
					t.Errorf("a picture is %v late", oldest)
				}
				if most := uint64(seconds * time.Second / takes); shown < most*7/10 || asked > 2*seconds {
					t.Errorf("%d pictures of %d, and %d key frames asked for", shown, most, asked)
				}
			})
		})
	}
}

// A decoder that stands still for a moment makes up for it, and nothing is lost.
func TestPeer_ADecoderThatHiccups(t *testing.T) {
	decodingSlowly(t, func(slow *atomic.Int64, caller, callee *peertest.End) {
		before := callee.Stats().Inbound.Video
		for range 5 {
			slow.Store(int64(700 * time.Millisecond))
			<-time.After(50 * time.Millisecond) // a frame is in there
			slow.Store(int64(time.Millisecond))
			<-time.After(3 * time.Second)
			if late := age(caller, callee); late > 500*time.Millisecond {
				t.Errorf("the picture is %v late", late)
			}
		}
		if after := callee.Stats().Inbound.Video; after.PLICount != before.PLICount || after.FramesDropped != before.FramesDropped {
			t.Errorf("%d key frames were asked for, %d frames dropped", after.PLICount-before.PLICount, after.FramesDropped-before.FramesDropped)
		}
	})
}
