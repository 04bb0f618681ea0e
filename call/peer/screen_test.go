package peer_test

import (
	"strings"
	"testing"

	"parley/call"
	"parley/call/peer"
	"parley/call/peer/peertest"
	"parley/media"
)

// screenLine is what tells of the second section of pictures.
const screenLine = "a=x-parley-screen:"

// shown waits until an end sees more of the other side's screen.
func shown(t *testing.T, e *peertest.End) {
	t.Helper()
	before := len(e.Shared())
	e.Wait("pictures of the screen", func() bool { return len(e.Shared()) > before+3 && e.Shows() })
}

func TestPeer_ScreensBesideCameras(t *testing.T) {
	n := newNetwork(t)
	caller, callee := n.pair(media.Video)
	defer caller.Run(1)()
	defer callee.Run(2)()
	ends := []*peertest.End{caller, callee}
	for _, e := range ends {
		see(e)
		e.Wait("the other side to take a screen", e.Beside)
		if len(e.Shared()) > 0 || e.Shows() {
			t.Error("a screen is shown before there is one")
		}
	}
	stops := []func(){caller.Share(1001, 640, 360), callee.Share(2001, 640, 360)}
	for i, e := range ends {
		shown(t, e)
		see(e)
		if first := e.Shared()[0]; first/1000 != uint64(2-i) {
			t.Errorf("end %d sees picture %d of a screen", i, first)
		}
		for _, number := range e.Pictures() {
			if number > 1000 {
				t.Fatal("the screen is shown as the camera's picture")
			}
		}
		e.Wait("statistics", func() bool {
			s := e.Stats()
			return s.Inbound.Screen.FrameWidth == 640 && s.Outbound.Screen.FramesEncoded > 0 && s.Inbound.Video.FrameWidth == 320
		})
	}

	caller.Peer().Restart(1)
	caller.Wait("a second offer", func() bool { return len(described(caller)) == 2 })
	callee.Wait("a second answer", func() bool { return len(described(callee)) == 2 })
	for _, e := range ends {
		shown(t, e)
		see(e)
	}

	for i, e := range ends { // nothing is shown any more, and then something again
		stops[i]()
		stops[i] = e.Share(9000, media.BlankSide, media.BlankSide)
	}
	for i, e := range ends {
		e.Wait("the end of the screen", func() bool { return !e.Shows() })
		stops[i]()
		stops[i] = e.Share(3001, 320, 200)
	}
	for i, e := range ends {
		shown(t, e)
		see(e)
		defer stops[i]()
		if peertest.Said[call.PeerFailed](e) > 0 {
			t.Error("the peer failed")
		}
	}
	caller.Close()
	callee.Close()
}

// Nobody else sees that there could be a second picture.
func TestPeer_OffersOnePictureToOthers(t *testing.T) {
	plain := func(c *peer.Config) { c.Sources.Share, c.Shared = nil, nil }
	for _, c := range []struct {
		name            string
		caller, callee  []func(*peer.Config)
		through         func(sdp string) string
		offers, answers int // lines
	}{
		{"an answerer that does not know", nil, []func(*peer.Config){plain}, nil, 1, 0},
		{"a caller that does not know", []func(*peer.Config){plain}, nil, nil, 0, 0},
		{"a server that drops the line", nil, nil, func(s string) string { return without(s, screenLine) }, 1, 0},
		{"a server with keys of its own", nil, nil, func(s string) string {
			return strings.ReplaceAll(s, screenLine+"screen sendrecv ", screenLine+"screen sendrecv 00:")
		}, 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			caller, callee := peertest.NewEnd(t, c.caller...), peertest.NewEnd(t, c.callee...)
			pass := func(to *peertest.End) func(call.Event) {
				return func(ev call.Event) {
					if l, ok := ev.(call.LocalDescription); ok && c.through != nil {
						l.Description.SDP = c.through(l.Description.SDP)
						ev = l
					}
					peertest.Deliver(ev, to)
				}
			}
			caller.Forward(pass(callee))
			callee.Forward(pass(caller))
			callee.Open("c1", call.Callee, media.Video)
			caller.Open("c1", call.Caller, media.Video)
			defer caller.Run(1)()
			defer callee.Run(2)()
			defer caller.Share(1001, 640, 360)()
			for i, e := range []*peertest.End{caller, callee} {
				see(e)
				d := described(e)[0].SDP
				if strings.Count(d, "\nm=video") != 1 || strings.Count(d, screenLine) != []int{c.offers, c.answers}[i] {
					t.Errorf("end %d describes itself:\n%s", i, d)
				}
				if e.Beside() || len(e.Shared()) > 0 {
					t.Errorf("end %d: beside %v, %d pictures of a screen", i, e.Beside(), len(e.Shared()))
				}
			}
			caller.Peer().Restart(1)
			callee.Wait("a second answer", func() bool { return len(described(callee)) == 2 })
			see(caller)
			see(callee)
			caller.Close()
			callee.Close()
		})
	}
}

func TestPeer_NarrowEndsTheScreen(t *testing.T) {
	caller, callee := pair(t, media.Video, media.Video)
	defer caller.Run(1)()
	defer callee.Run(2)()
	caller.Wait("the other side to take a screen", caller.Beside)
	defer caller.Share(1001, 640, 360)()
	shown(t, callee)
	caller.Peer().Narrow()
	caller.Wait("the screen to stop", func() bool {
		s := caller.Stats().Outbound
		return s.Screen.FramesEncoded > 0 && s.Screen.FramesPerSecond == 0 && s.Video.FramesPerSecond == 0
	})
	caller.Peer().Restart(1)
	callee.Wait("a second answer", func() bool { return len(described(callee)) == 2 })
	hear(caller)
	hear(callee)
	caller.Close()
	callee.Close()
}
