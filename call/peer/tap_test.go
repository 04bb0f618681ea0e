package peer_test

import (
	"sync"
	"testing"
	"time"

	"parley/media"
)

// tape is a Tap that keeps what it is given.
type tape struct {
	mu    sync.Mutex
	got   map[media.Channel][]media.Encoded
	bytes map[media.Channel]int
}

func (t *tape) Take(f media.Encoded) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.got[f.Channel] = append(t.got[f.Channel], f)
	t.bytes[f.Channel] += len(f.Data)
}

func (t *tape) of(c media.Channel) []media.Encoded {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.got[c]
}

var channels = []media.Channel{
	{Kind: media.Audio}, {Kind: media.Video}, {Mine: true, Kind: media.Audio}, {Mine: true, Kind: media.Video},
}

// What is handed over in the middle of a call begins with a key frame, both ways.
func TestPeer_Tap(t *testing.T) {
	caller, callee := pair(t, media.Video, media.Video)
	stopCaller, stopCallee := caller.Run(1000), callee.Run(2000)
	caller.Wait("pictures", func() bool { return len(caller.Pictures()) > 30 })
	got := &tape{got: map[media.Channel][]media.Encoded{}, bytes: map[media.Channel]int{}}
	caller.Peer().Tap(got)
	ready := func() bool {
		for _, c := range channels {
			all := got.of(c)
			if len(all) < 20 || all[len(all)-1].Moment.IsZero() || !anyKey(all) {
				return false
			}
		}
		return true
	}
	caller.Wait("everything that is sent and received", ready)
	caller.Peer().Tap(nil)
	stopCaller()
	stopCallee()
	for _, c := range channels {
		all := got.of(c)
		f := all[len(all)-1]
		if off := f.Arrival.Sub(f.Moment); off.Abs() > time.Minute || c.Mine && off != 0 {
			t.Errorf("%+v: captured at %v, came at %v", c, f.Moment, f.Arrival)
		}
		if c.Kind == media.Video && (f.Width != 320 || f.Height != 180 || f.Codec != "video/VP8" || f.Rate != 90_000) {
			t.Errorf("%+v: %d × %d of %s at %d", c, f.Width, f.Height, f.Codec, f.Rate)
		}
		if got.bytes[c] == 0 {
			t.Errorf("%+v: nothing in it", c)
		}
	}
	caller.Close()
	callee.Close()
}

func anyKey(all []media.Encoded) bool {
	for _, f := range all {
		if f.Key {
			return true
		}
	}
	return false
}
