package peer_test

import (
	"testing"
	"time"

	"parley/call/peer/peertest"
	"parley/media"
)

// inStep is how far sound and picture may be apart. The machine may be busy for a
// moment, so what counts is that they come within it.
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

func TestPeer_PicturesWaitForLateSound(t *testing.T) {
	t.Parallel()
	caller, callee := pair(t, media.Video, media.Video)
	const late = 200 * time.Millisecond
	callee.Buffered.Store(int64(late)) // a large buffer, or a slow device
	defer caller.Run(1000)()
	defer callee.Run(2000)()
	callee.Wait("pictures that wait", func() bool {
		d := age(caller, callee) - late
		return d.Abs() < inStep && told(callee)
	})
	if held := callee.Held.Load(); held > 0 {
		t.Errorf("sound is to wait %v", time.Duration(held))
	}
	callee.Buffered.Store(0)
	callee.Wait("pictures at once again", func() bool { return age(caller, callee) < inStep && told(callee) })
	caller.Close()
	callee.Close()
	ordered(t, callee.Pictures())
}

func TestPeer_SoundWaitsForLatePictures(t *testing.T) {
	t.Parallel()
	caller, callee := pair(t, media.Video, media.Video)
	const late = 150 * time.Millisecond
	caller.CameraLag.Store(int64(late))
	defer caller.Run(1000)()
	defer callee.Run(2000)()
	callee.Wait("sound that waits", func() bool {
		d := age(caller, callee) - time.Duration(callee.Held.Load())
		return d.Abs() < inStep && told(callee)
	})
	if held := caller.Held.Load(); held > 0 {
		t.Errorf("the other side's sound is to wait %v", time.Duration(held))
	}
	caller.CameraLag.Store(0)
	callee.Wait("sound at once again", func() bool { return time.Duration(callee.Held.Load()) < inStep && told(callee) })
	caller.Close()
	callee.Close()
}

// The picture of a call in step waits for nothing.
func TestPeer_NothingWaitsInStep(t *testing.T) {
	t.Parallel()
	caller, callee := pair(t, media.Video, media.Video)
	defer caller.Run(1000)()
	defer callee.Run(2000)()
	least := time.Hour
	callee.Wait("statistics", func() bool {
		if number, _ := callee.Shown(); number > 0 {
			least = min(least, age(caller, callee))
		}
		return told(callee) && callee.Stats().Inbound.Video.FramesDecoded > 300
	})
	if held := callee.Held.Load(); held > 0 || least > 10*time.Millisecond {
		t.Errorf("sound is to wait %v, pictures are at least %v old", time.Duration(held), least)
	}
	caller.Close()
	callee.Close()
}
