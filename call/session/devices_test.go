package session_test

import (
	"errors"
	"testing"
	"time"

	"parley/call"
	"parley/call/session"
	"parley/media"
	"parley/signaling"
)

// tone is what a person's program plays.
func (p *person) plays(want session.Tone) {
	p.w.t.Helper()
	if got := p.devices.now().Tone; got != want {
		p.w.t.Errorf("%s hears tone %d, want %d", p.client.Address().Name, got, want)
	}
}

func TestTones(t *testing.T) {
	bothOrders(t, func(w *world) {
		ann, ben := w.person("ann"), w.person("ben")
		ann.plays(session.NoTone)
		ann.dial(ben)
		ben.plays(session.RingTone)
		ann.plays(session.RingBack)
		if !ben.devices.now().Speaker {
			w.t.Error("the ring has no speaker")
		}
		ben.Post(session.Accept{Kind: media.Video})
		ann.plays(session.NoTone)
		ben.plays(session.NoTone)
		ann.Post(session.Hangup{})
		ann.plays(session.NoTone) // who hangs up knows
		ben.plays(session.HangupTone)
		after(time.Second)
		ben.plays(session.NoTone)
		if ben.devices.now().Speaker {
			w.t.Error("the speaker stays open")
		}
	})
}

func TestBusyTone(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann, ben, cyd := w.person("ann"), w.person("ben"), w.person("cyd")
		w.talk(ann, ben)
		cyd.dial(ben)
		cyd.plays(session.BusyTone)
		after(time.Second)
		cyd.plays(session.BusyTone)
		ann.Post(session.Hangup{})
		ann.is(call.Idle)
		cyd.dial(ben) // a new call ends the tone of the last
		cyd.plays(session.RingBack)
		after(10 * time.Second)
		cyd.plays(session.RingBack)
	})
}

// A server that cannot tell that the other side rings leaves us to assume it.
func TestRingBackOfSimpleServer(t *testing.T) {
	inWorld(t, signaling.Capabilities{OfferWithInvite: true}, func(w *world) {
		ann, away := w.person("ann"), w.stray("ben")
		ann.Post(session.Dial{To: away, Kind: media.Audio})
		ann.plays(session.RingBack)
	})
	inWorld(t, everything, func(w *world) {
		ann, away := w.person("ann"), w.stray("ben")
		ann.Post(session.Dial{To: away, Kind: media.Audio})
		ann.plays(session.NoTone)
	})
}

// Nothing opens before the user has agreed to a call, but for a preview.
func TestDevicesWanted(t *testing.T) {
	bothOrders(t, func(w *world) {
		ann, ben := w.person("ann"), w.person("ben")
		ben.Post(session.Preview{On: true})
		if d := ben.devices.now(); !d.Camera || d.Microphone || d.Speaker {
			w.t.Errorf("a preview wants %+v", d)
		}
		ben.Post(session.Preview{})
		ann.dial(ben)
		if d := ben.devices.now(); d.Camera || d.Microphone {
			w.t.Errorf("a ring wants %+v", d)
		}
		if d := ann.devices.now(); !d.Camera || !d.Microphone || !d.Speaker {
			w.t.Errorf("calling wants %+v", d)
		}
		ben.Post(session.Preview{On: true})
		ben.Post(session.Accept{Kind: media.Video})
		if d := ben.devices.now(); !d.Camera || !d.Microphone || !d.Speaker {
			w.t.Errorf("a call wants %+v", d)
		}
		ann.Post(session.Hangup{})
		ben.ended(call.RemoteHangup)
		if d := ben.devices.now(); d.Camera || d.Microphone {
			w.t.Errorf("rest wants %+v: the preview should end with the call that it led to", d)
		}
	})
}

// Mutes need no peer and no message, and end with the call.
func TestMute(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann, ben := w.person("ann"), w.person("ben")
		ann.dial(ben)
		ben.is(call.Ringing)
		ben.Post(session.Mute{Kind: media.Audio, On: true}) // before answering
		ben.Post(session.Accept{Kind: media.Video})
		ben.is(call.Active)
		ben.Post(session.Mute{Kind: media.Video, On: true})
		if d := ben.devices.now(); !d.MuteAudio || !d.MuteVideo || !d.Microphone || !d.Camera {
			w.t.Errorf("muted, ben wants %+v", d)
		}
		if m := ben.now().Muted; !m[media.Audio] || !m[media.Video] {
			w.t.Errorf("shown as muted: %v", m)
		}
		sent := len(ben.sent)
		ben.Post(session.Mute{Kind: media.Audio})
		if d := ben.devices.now(); d.MuteAudio || !d.MuteVideo {
			w.t.Errorf("after one mute ended, ben wants %+v", d)
		}
		if len(ben.sent) != sent {
			w.t.Error("a mute was told to the other side")
		}
		ben.Post(session.Hangup{})
		ben.ended(call.LocalHangup)
		if m := ben.now().Muted; m[media.Video] {
			w.t.Error("the mute outlives the call")
		}
	})
}

// Toggles that wait together reach the devices as one.
func TestMuteCoalesces(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann := w.newPerson("ann")
		for i := range 101 {
			ann.Post(session.Mute{Kind: media.Audio, On: i%2 == 0})
		}
		ann.start()
		if d := ann.devices.now(); !d.MuteAudio || len(ann.devices.applied) > 2 {
			w.t.Errorf("applied %d times, at last %+v", len(ann.devices.applied), d)
		}
	})
}

func TestChoose(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann := w.person("ann")
		ann.Post(session.Choose{Kind: media.Camera, Choice: media.Pattern})
		ann.devices.now().Chosen[media.Microphone] = media.Off // what is handed out is not the session's own
		ann.Post(session.Choose{Kind: media.Speaker, Choice: media.Off})
		got := ann.devices.now().Chosen
		if len(got) != 2 || got[media.Camera] != media.Pattern || got[media.Speaker] != media.Off {
			w.t.Errorf("chosen: %v", got)
		}
		if shown := ann.now().Chosen; len(shown) != 2 {
			w.t.Errorf("shown as chosen: %v", shown)
		}
	})
}

func TestDeviceReport(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann := w.person("ann")
		broken := session.Notice{Code: "noCamera", Args: map[string]string{"name": "x"}, Err: errors.New("no camera")}
		report := session.DeviceReport{
			Devices: []media.Device{{Kind: media.Speaker, ID: "1", Name: "Loud"}},
			Using:   map[media.DeviceKind]string{media.Speaker: "Loud"},
			Notices: []session.Notice{broken},
		}
		ann.Post(report)
		first := ann.now()
		report.Using[media.Speaker], report.Devices[0].Name, broken.Args["name"] = "changed", "changed", "changed"
		if first.Using[media.Speaker] != "Loud" || first.Devices[0].Name != "Loud" || len(first.Notices) != 1 || first.Notices[0].Args["name"] != "x" {
			w.t.Fatalf("reported: %+v", first)
		}
		since := first.Notices[0].Since
		after(time.Minute)
		same := session.DeviceReport{Notices: []session.Notice{{Code: "noCamera", Args: map[string]string{"name": "x"}, Err: broken.Err}}}
		ann.Post(same)
		if n := ann.now().Notices; len(n) != 1 || !n[0].Since.Equal(since) {
			w.t.Errorf("a notice that goes on is shown as new: %+v", n)
		}
		ann.Post(session.Dismiss{Code: "noCamera"})
		ann.Post(same)
		if n := ann.now().Notices; len(n) != 0 {
			w.t.Errorf("a dismissed notice is back: %+v", n)
		}
		ann.Post(session.DeviceReport{})
		ann.Post(same)
		if n := ann.now().Notices; len(n) != 1 {
			w.t.Error("a trouble that came again is not shown")
		}
	})
}

func TestNotices(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann := w.person("ann")
		fault := func(code string) {
			ann.Post(session.Signaled{Event: signaling.Fault{Server: w.relay.URL, Code: code, Err: errors.New(code)}})
		}
		fault("too-fast")
		fault("too-fast")
		fault("full")
		fault("invite-expired")
		fault("somethingElse")
		var codes []string
		for _, n := range ann.now().Notices {
			codes = append(codes, n.Code)
			if n.Args["server"] != w.relay.URL || n.Since.IsZero() || n.Err == nil {
				w.t.Errorf("notice %+v", n)
			}
		}
		if len(codes) != 4 || codes[0] != "tooFast" || codes[1] != "hubFull" || codes[2] != "badLink" || codes[3] != "somethingElse" {
			w.t.Errorf("codes are %v", codes)
		}
		ann.Post(session.Dismiss{Code: "hubFull"})
		if n := ann.now().Notices; len(n) != 3 {
			w.t.Errorf("after a dismissal there are %d", len(n))
		}
		ann.Post(session.Noticed{Notice: session.Notice{Code: "bookFailed"}})
		ann.client.Cut(nil)
		ann.client.Restore()
		if n := ann.now().Notices; len(n) != 1 || n[0].Code != "bookFailed" {
			w.t.Errorf("a server that is back leaves %+v", n)
		}
		for i := range 100 {
			fault(string(rune('a' + i)))
		}
		if n := len(ann.now().Notices); n != 16 {
			w.t.Errorf("%d notices fill the screen", n)
		}
	})
}

func TestSendFails(t *testing.T) {
	inWorld(t, everything, func(w *world) {
		ann, ben := w.person("ann"), w.person("ben")
		ann.refuse = signaling.ErrBacklog
		ann.dial(ben)
		n := ann.now().Notices
		if len(n) != 1 || n[0].Code != session.NoticeSendFailed || !errors.Is(n[0].Err, signaling.ErrBacklog) {
			w.t.Errorf("notices are %+v", n)
		}
		ann.refuse = signaling.ErrOffline
		ann.Post(session.Hangup{})
		ann.Post(session.Dismiss{Code: session.NoticeSendFailed})
		ann.is(call.Idle)
		if n := ann.now().Notices; len(n) != 0 {
			w.t.Errorf("being offline is told twice: %+v", n)
		}
	})
}
