package session_test

import (
	"testing"

	"parley/call"
	"parley/call/session"
	"parley/media"
	"parley/signaling"
)

// bothOrders runs a test with the offer in the invite and after the accept.
func bothOrders(t *testing.T, f func(w *world)) {
	t.Helper()
	for name, c := range map[string]signaling.Capabilities{"offer-first": everything, "offer-later": offerLater} {
		t.Run(name, func(t *testing.T) { inWorld(t, c, f) })
	}
}

func TestCall(t *testing.T) {
	bothOrders(t, func(w *world) {
		ann, ben := w.person("ann"), w.person("ben")
		w.talk(ann, ben)
		if a, b := ann.now(), ben.now(); a.Call.ID != b.Call.ID || b.PeerName != "ann" {
			w.t.Errorf("ann is in %q, ben in %q with %q", a.Call.ID, b.Call.ID, b.PeerName)
		}
		ann.Post(session.Hangup{})
		ann.ended(call.LocalHangup)
		ben.ended(call.RemoteHangup)
		if ends := w.network.Ends(); len(ends) != 0 {
			w.t.Errorf("%d peers are left", len(ends))
		}
	})
}

func TestAcceptSoundOnly(t *testing.T) {
	bothOrders(t, func(w *world) {
		ann, ben := w.person("ann"), w.person("ben")
		ann.dial(ben)
		ben.is(call.Ringing)
		ben.Post(session.Accept{Kind: media.Audio})
		ann.is(call.Active)
		for _, p := range []*person{ann, ben} {
			if k := p.now().Call.Kind; k != media.Audio {
				w.t.Errorf("%s has a call of %v", p.client.Address().Name, k)
			}
			if d := p.devices.now(); d.Camera || !d.Microphone {
				w.t.Errorf("%s wants %+v of the devices", p.client.Address().Name, d)
			}
		}
		for _, e := range w.network.Ends() {
			if wide := e.Opening().Kind == media.Video && !e.Narrowed(); wide {
				w.t.Errorf("a peer carries video: %+v", e.Opening())
			}
		}
	})
}
