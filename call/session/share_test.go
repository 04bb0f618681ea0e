package session_test

import (
	"slices"
	"testing"

	"parley/call"
	"parley/call/session"
	"parley/media"
)

// shares checks what ann's program shows of the screen.
func (p *person) shares(want session.Sharing) {
	p.w.t.Helper()
	if got := p.now().Sharing; got != want {
		p.w.t.Errorf("%s shares %+v instead of %+v", p.client.Address().Name, got, want)
	}
	if d := p.devices.now(); d.Sharing != want.On || d.Target != want.Target || d.Beside != want.Beside || d.Smooth != want.Smooth || want.On && !d.Camera {
		p.w.t.Errorf("%s wants %+v", p.client.Address().Name, d)
	}
}

func (p *person) noticed(code string) bool {
	return slices.ContainsFunc(p.now().Notices, func(n session.Notice) bool { return n.Code == code })
}

// Sharing needs no peer and no message, and ends with the call.
func TestShare(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann, ben := w.person("ann"), w.person("ben")
		ann.Post(session.Share{On: true})
		ann.shares(session.Sharing{}) // nobody would see it
		w.talk(ann, ben)
		sent := len(ann.sent)
		ann.Post(session.Mute{Kind: media.Video, On: true})
		ann.Post(session.Share{On: true, Target: "0x1@2x2+0+0"})
		ann.shares(session.Sharing{On: true, Target: "0x1@2x2+0+0"})
		ann.Post(session.DeviceReport{Shared: "Letter", Sharing: session.ShareChoice("0x2")}) // of what was shared before
		ann.shares(session.Sharing{On: true, Target: "0x1@2x2+0+0"})
		ann.Post(session.DeviceReport{Shared: "Letter", Sharing: session.ShareChoice("0x1@2x2+0+0")})
		ann.shares(session.Sharing{On: true, Target: "0x1@2x2+0+0", Name: "Letter"})
		ann.Post(session.Share{On: true, Target: "0x1@2x2+0+0", Smooth: true}) // the same goes on
		ann.shares(session.Sharing{On: true, Target: "0x1@2x2+0+0", Name: "Letter", Smooth: true})
		ann.Post(session.Share{})
		ann.shares(session.Sharing{})
		ann.Post(session.Share{On: true})
		ann.shares(session.Sharing{On: true})
		if len(ann.sent) != sent {
			w.t.Error("sharing was told to the other side")
		}
		ben.Post(session.Hangup{})
		ann.ended(call.RemoteHangup)
		ann.shares(session.Sharing{})
	})
}

func TestShareEndsWithThePreview(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann := w.person("ann")
		ann.Post(session.Preview{On: true})
		ann.Post(session.Share{On: true})
		ann.shares(session.Sharing{On: true})
		ann.Post(session.Preview{})
		ann.shares(session.Sharing{})
	})
}

func TestShareEndsWhenTheWindowIsClosed(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann, ben := w.person("ann"), w.person("ben")
		w.talk(ann, ben)
		ann.Post(session.Share{On: true, Target: "0x1"})
		gone := session.Notice{Code: "shareGone"}
		ann.Post(session.ShareEnded{Choice: session.ShareChoice("0x2"), Notice: gone}) // of what was shared before
		ann.shares(session.Sharing{On: true, Target: "0x1"})
		if ann.noticed("shareGone") {
			w.t.Error("what is shared no more was told of")
		}
		ann.Post(session.ShareEnded{Choice: session.ShareChoice("0x1"), Notice: gone})
		ann.shares(session.Sharing{})
		if !ann.noticed("shareGone") || ann.devices.now().Chosen[media.Camera] != media.DefaultDevice {
			w.t.Errorf("noticed %v, chosen %v", ann.now().Notices, ann.devices.now().Chosen)
		}
		ann.is(call.Active)
		ann.Post(session.Share{On: true, Target: "0x3"})
		if ann.shares(session.Sharing{On: true, Target: "0x3"}); ann.noticed("shareGone") {
			w.t.Error("something else is shown, and it is still said that nothing is")
		}
		ann.Post(session.ShareEnded{Choice: session.ShareChoice("0x3"), Notice: gone})
		ann.Post(session.Hangup{})
		if ann.is(call.Idle); ann.noticed("shareGone") {
			w.t.Error("what was shown in a call that is over is still told of")
		}
	})
}

// A window that was chosen as the camera leaves no camera when it is closed:
// nobody asked for the other one.
func TestWindowThatIsTheCameraIsClosed(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann := w.person("ann")
		ann.Post(session.Preview{On: true})
		ended := session.ShareEnded{Choice: session.ShareChoice("0x1"), Notice: session.Notice{Code: "shareGone"}}
		ann.Post(session.Choose{Kind: media.Camera, Choice: media.Pattern})
		ann.Post(ended)
		if got := ann.devices.now().Chosen[media.Camera]; got != media.Pattern || ann.noticed("shareGone") {
			w.t.Errorf("chosen is %q", got)
		}
		ann.Post(session.Choose{Kind: media.Camera, Choice: session.ShareChoice("0x1")})
		ann.Post(ended)
		if got := ann.devices.now().Chosen[media.Camera]; got != media.Off || !ann.noticed("shareGone") {
			w.t.Errorf("chosen is %q", got)
		}
	})
}

// Where the other side takes two pictures, what is shown is beside the camera, also
// what was begun before that was known.
func TestShareBesideTheCamera(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann, ben := w.person("ann"), w.person("ben")
		ann.Post(session.TakesTwo{ID: "of nobody", On: true})
		ann.Post(session.Preview{On: true})
		ann.Post(session.Share{On: true})
		ann.shares(session.Sharing{On: true})
		w.talk(ann, ben)
		ann.Post(session.Share{On: true})
		ann.shares(session.Sharing{On: true})
		id := ann.now().Call.ID
		ann.Post(session.TakesTwo{ID: id, On: true})
		ann.shares(session.Sharing{On: true, Beside: true})
		ann.Post(session.TakesTwo{ID: "another", On: false})
		ann.Post(session.Share{})
		ann.shares(session.Sharing{})
		ann.Post(session.Share{On: true, Target: "0x1"})
		ann.shares(session.Sharing{On: true, Target: "0x1", Beside: true})
		ann.Post(session.ShareEnded{Choice: session.ShareChoice("0x1"), Notice: session.Notice{Code: "shareGone"}})
		ann.shares(session.Sharing{})
		ann.Post(session.Share{On: true})

		for _, on := range []bool{true, false, true} {
			ben.Post(session.SeesShare{ID: id, On: on})
			ben.Post(session.SeesShare{ID: "another", On: !on})
			if ben.now().SeesShare != on {
				t.Errorf("ben sees a screen: %v", !on)
			}
		}
		ann.Post(session.Hangup{})
		ben.ended(call.RemoteHangup)
		if ben.now().SeesShare {
			t.Error("ben sees a screen after the call")
		}
		ann.shares(session.Sharing{})
		ann.is(call.Idle)
		ann.Post(session.Preview{On: true})
		ann.Post(session.Share{On: true})
		ann.shares(session.Sharing{On: true})
	})
}
