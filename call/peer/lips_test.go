package peer_test

import (
	"testing"
	"testing/synctest"
	"time"

	"parley/call/peer"
	"parley/call/peer/peertest"
	"parley/media"
)

// inStep is how far sound and picture may be apart.
const inStep = 40 * time.Millisecond

// age returns how old the picture is that an end was shown last.
func age(from, to *peertest.End) time.Duration {
	number, at := to.Shown()
	return at.Sub(from.Taken(number))
}

// told reports whether the statistics know that sound and picture are in step.
func told(e *peertest.End) bool {
	late := time.Duration(e.Stats().Inbound.Audio.LipSync * float64(time.Second))
	return late != 0 && late.Abs() < inStep
}

// held is what a device always holds: in virtual time sound and picture would else be
// in step to the nanosecond, which statistics tell like not knowing it.
const held = time.Millisecond

// virtually has two peers call each other over a virtual network whose hosts are so
// far from each other, in virtual time: how busy the machine is makes no difference.
func virtually(t *testing.T, delay time.Duration, test func(t *testing.T, n *network, caller, callee *peertest.End), change ...func(*peer.Config)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		n := newFarNetwork(t, delay)
		caller, callee := n.pair(media.Video, change...)
		caller.Buffered.Store(int64(held))
		callee.Buffered.Store(int64(held))
		stops := []func(){caller.Run(1000), callee.Run(2000)}
		test(t, n, caller, callee)
		for _, stop := range stops {
			stop()
		}
		caller.Close()
		callee.Close()
		ordered(t, callee.Pictures())
		ordered(t, caller.Pictures())
	})
}

func TestPeer_PicturesWaitForLateSound(t *testing.T) {
	virtually(t, 5*time.Millisecond, func(t *testing.T, _ *network, caller, callee *peertest.End) {
		const late = 200 * time.Millisecond
		callee.Buffered.Store(int64(late)) // a large buffer, or a slow device
		callee.Wait("pictures that wait", func() bool {
			d := age(caller, callee) - late
			return d.Abs() < inStep && told(callee)
		})
		if waits := callee.Held.Load(); waits > 0 {
			t.Errorf("sound is to wait %v", time.Duration(waits))
		}
		callee.Buffered.Store(int64(held))
		callee.Wait("pictures at once again", func() bool { return age(caller, callee) < inStep && told(callee) })
	})
}

func TestPeer_SoundWaitsForLatePictures(t *testing.T) {
	virtually(t, 5*time.Millisecond, func(t *testing.T, _ *network, caller, callee *peertest.End) {
		const late = 150 * time.Millisecond
		caller.CameraLag.Store(int64(late))
		callee.Wait("sound that waits", func() bool {
			d := age(caller, callee) - time.Duration(callee.Held.Load())
			return callee.Held.Load() > 0 && d.Abs() < inStep && told(callee)
		})
		if waits := caller.Held.Load(); waits > 0 {
			t.Errorf("the other side's sound is to wait %v", time.Duration(waits))
		}
		caller.CameraLag.Store(0)
		callee.Wait("sound at once again", func() bool { return time.Duration(callee.Held.Load()) < inStep && told(callee) })
	})
}

// The picture of a call in step waits for nothing.
func TestPeer_NothingWaitsInStep(t *testing.T) {
	virtually(t, 5*time.Millisecond, func(t *testing.T, _ *network, caller, callee *peertest.End) {
		oldest := time.Duration(0)
		callee.Wait("statistics", func() bool {
			if told(callee) { // not of the first key frame
				oldest = max(oldest, age(caller, callee))
			}
			return told(callee) && callee.Stats().Inbound.Video.FramesDecoded > 300
		})
		if waits := callee.Held.Load(); waits > 0 || oldest > 10*time.Millisecond {
			t.Errorf("sound is to wait %v, pictures are up to %v old", time.Duration(waits), oldest)
		}
	})
}

// Sound waits for pictures that wait for what is sent again.
func TestPeer_InStepWhereMuchIsLost(t *testing.T) {
	virtually(t, 30*time.Millisecond, func(t *testing.T, n *network, caller, callee *peertest.End) {
		n.filter(losing(9)) // odd, because there are pictures both ways
		callee.Wait("pictures that wait for the network", func() bool {
			return callee.Stats().Inbound.Video.JitterBufferTargetDelay > 0.02
		})
		before := callee.Stats().Inbound.Video.FreezeCount
		callee.Wait("sound in step", func() bool {
			return callee.Stats().Inbound.Video.FramesDecoded > 2500 && told(callee)
		})
		if v := callee.Stats().Inbound.Video; v.FreezeCount > before || v.RetransmittedPackets < 100 {
			t.Errorf("%d freezes, %d packets came again", v.FreezeCount-before, v.RetransmittedPackets)
		}
	})
}
