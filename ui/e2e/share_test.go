//go:build e2e

package e2e_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"parley/signaling/signalingtest/foreign"
	"parley/ui/e2e/browser"
	"parley/ui/e2e/lab"
)

// The part of the screen that is shown in these tests: of a shape that no camera has.
const shownWidth, shownHeight = 320, 100

// desk starts a display that becomes that of the programs under test.
func desk(t *testing.T) {
	t.Helper()
	t.Setenv("DISPLAY", lab.NewDisplay(t, 800, 600).Name)
	t.Setenv("WAYLAND_DISPLAY", "")
}

// besideCamera is what a camera does at least while a screen has the path and the
// processor.
func besideCamera() camera { return camera{rate: 5, age: 2000} }

// shares shows the part and returns the event that says that it is on show.
func shares(ctx context.Context, p *lab.Parley) lab.Event {
	p.Do("share", "target", fmt.Sprintf("@%dx%d+40+40", shownWidth, shownHeight))
	return p.Next(ctx, "sharing", func(e lab.Event) bool { return e.Text("name") != "" })
}

// beside waits until a program is told of a screen beside the camera, and sees both.
func beside(ctx context.Context, p *lab.Parley) {
	p.Next(ctx, "remoteSharing", func(e lab.Event) bool { return e["on"] == true })
	seesBoth(ctx, p)
}

// seesBoth waits until a program decodes what is shown and the camera at the same time.
func seesBoth(ctx context.Context, p *lab.Parley) {
	first := p.Ask(ctx, "stats")
	p.Until(ctx, "stats", func(e lab.Event) bool {
		more := func(path string) float64 { return e.Number(path) - first.Number(path) }
		return e.Number("inbound.screen.frameWidth") == shownWidth && e.Number("inbound.screen.frameHeight") == shownHeight &&
			more("inbound.screen.framesDecoded") > 0 && more("pattern.frames") > 20
	})
}

// lonely waits until a program sees the camera and nothing beside it.
func lonely(ctx context.Context, p *lab.Parley) {
	p.Next(ctx, "remoteSharing", func(e lab.Event) bool { return e["on"] == false })
	first := p.Ask(ctx, "stats").Number("pattern.frames")
	p.Until(ctx, "stats", func(e lab.Event) bool {
		return e.Number("pattern.frames")-first > 20 && e.Number("inbound.screen.framesPerSecond") < 3
	})
}

// TestShare_BesideTheCamera lets two programs show each other their screens beside their
// cameras, through a hub and through servers that know nothing of Parley.
func TestShare_BesideTheCamera(t *testing.T) {
	for _, profile := range []string{"hub", "room-ws", "vue-av-call"} {
		t.Run(profile, func(t *testing.T) {
			ctx := bounded(t)
			desk(t)
			ann, ben, to := two(t, ctx, profile)
			ann.Do("call", "to", to, "kind", "video")
			ben.Phase(ctx, "ringing")
			ben.Do("accept")
			for _, p := range []*lab.Parley{ann, ben} {
				p.Phase(ctx, "active")
				shows(t, ctx, p, besideCamera())
			}
			for _, p := range [][2]*lab.Parley{{ann, ben}, {ben, ann}} {
				if s := shares(ctx, p[0]); s["beside"] != true {
					t.Errorf("the screen is shown as %v", s)
				}
				beside(ctx, p[1])
			}
			seesBoth(ctx, ben)
			ben.Do("share", "on", false)
			lonely(ctx, ann)
			ann.Do("share", "on", false)
			lonely(ctx, ben)
			ben.Do("hangup")
			ann.Phase(ctx, "idle")
			ann.Quit(ctx)
			ben.Quit(ctx)
		})
	}
}

// two starts two programs on a server of a profile, and tells whom the first calls.
func two(t *testing.T, ctx context.Context, profile string) (ann, ben *lab.Parley, to string) {
	t.Helper()
	if profile == "hub" {
		hub := lab.NewHub(t, "127.0.0.1:0")
		ann, ben = lab.Headless(t, quiet("ann", hub.URL)...), lab.Headless(t, quiet("ben", hub.URL)...)
		ann.Sees(ctx, "ben")
		return ann, ben, "ben"
	}
	var r rival
	for _, known := range rivals() {
		if known.profile == profile {
			r = known
		}
	}
	s := foreign.Start(t, profile, r.args...)
	of := func(own ...string) *lab.Parley {
		before := talkers(s.Frames())
		p := lab.Headless(t, append([]string{
			"--camera", "pattern", "--microphone", "tone", "--speaker", "off", "--server", s.WS, "--profile", profile,
		}, own...)...)
		p.Next(ctx, "ready", nil)
		if err := s.Until(ctx, func(f []foreign.Frame) bool { return talkers(f) > before }); err != nil {
			t.Fatal(err)
		}
		return p
	}
	if profile == "vue-av-call" {
		return of("--name", "1"), of("--name", "2"), "2"
	}
	return of(r.flags(s)...), of(r.flags(s)...), r.to
}

// TestShare_Guest shows the screen to a browser guest, who sees it and the camera.
func TestShare_Guest(t *testing.T) {
	for _, c := range []struct {
		name  string
		start func(*testing.T) browser.Browser
	}{{"Chromium", withClips}, {"Firefox", withSound}} {
		t.Run(c.name, func(t *testing.T) {
			ctx := bounded(t)
			desk(t)
			heard := filepath.Join(t.TempDir(), "heard.wav")
			ann := lab.Headless(t, append(senses(heard), "--hub", "127.0.0.1:0", "--name", "ann")...)
			ann.Sees(ctx, "echo")
			ann.Do("invite")
			p := arrive(t, ctx, c.start(t), ann.Next(ctx, "invite", nil).Text("url"))
			if c.name == "Firefox" {
				p.do(devicesJS)
			}
			p.reads("home-name", "ann")

			p.click("Call")
			ann.Phase(ctx, "ringing")
			ann.Do("accept")
			p.guestSees(ctx, ann)
			p.shoot("screen-beside-camera")
			ann.Do("share", "on", false)
			p.noScreen()
			ann.Do("hangup")
			p.view("home")

			ann.Do("call", "to", nameOf(t, ann.Ask(ctx, "presence"), "Kim"), "kind", "video")
			p.view("ringing")
			p.click("Answer")
			p.guestSees(ctx, ann)
			ann.Do("share", "on", false)
			p.noScreen()
			p.watches()
			p.sees(besideCamera())
			p.click("Hang up")
			ann.Phase(ctx, "idle")
			ann.Quit(ctx)
		})
	}
}

// guestSees has a program show its screen in a call, and waits until the page shows
// it and the camera.
func (p *tab) guestSees(ctx context.Context, ann *lab.Parley) {
	p.t.Helper()
	ann.Phase(ctx, "active")
	p.phase("active")
	p.wait(`document.getElementById('remote').dataset.picture === 'true'`)
	p.wait(`document.getElementById('view-call').dataset.sharing === 'false'`)
	if s := shares(ctx, ann); s["beside"] != true {
		p.t.Errorf("the screen is shown as %v", s)
	}
	p.wait(fmt.Sprintf(`document.getElementById('view-call').dataset.sharing === 'true'
		&& document.getElementById('screen').videoWidth === %d && document.getElementById('screen').videoHeight === %d`, shownWidth, shownHeight))
	p.wait(`document.getElementById('remote').clientWidth < document.getElementById('screen').clientWidth / 2`)
	p.watches()
	p.sees(besideCamera())
}

// noScreen waits until the page shows the camera alone.
func (p *tab) noScreen() {
	p.t.Helper()
	p.wait(`document.getElementById('view-call').dataset.sharing === 'false'
		&& document.getElementById('remote').clientWidth === innerWidth`)
}

// TestShare_ForeignPage shows the screen to pages that know of one picture: it comes
// in the camera's place, and goes again. So it is through Janus, which takes part in
// the media and would drop what it does not know.
func TestShare_ForeignPage(t *testing.T) {
	devices := browser.Options{Camera: lab.PatternClip(t), Microphone: lab.ToneClip(t)}
	for _, r := range rivals() {
		switch r.profile {
		case "room-ws", "username-target", "peerjs", "simple-peer", "janus-videocall":
		default:
			continue
		}
		t.Run(r.profile, func(t *testing.T) {
			desk(t)
			d := newDuel(t, chromium(t, devices), r)
			d.weRing()
			d.page.sees()
			faces := d.parley.Until(d.ctx, "stats", func(e lab.Event) bool { return e.Number("outbound.video.framesEncoded") > 0 }).Text("outbound.video.codec")
			if s := shares(d.ctx, d.parley); s["beside"] != false {
				t.Errorf("the screen is shown as %v", s)
			}
			const remote = `document.querySelector('[data-testid="remote"]')`
			d.page.wait(fmt.Sprintf(`%[1]s.videoWidth === %[2]d && %[1]s.videoHeight === %[3]d`, remote, shownWidth, shownHeight))
			// Text comes in the codec for text, whatever was agreed for faces.
			d.parley.Until(d.ctx, "stats", func(e lab.Event) bool { return e.Text("outbound.video.codec") == "video/H264" })
			d.parley.Do("share", "on", false)
			d.parley.Until(d.ctx, "stats", func(e lab.Event) bool { return e.Text("outbound.video.codec") == faces })
			t.Logf("faces come as %s", faces)
			d.page.wait(fmt.Sprintf(`%[1]s.videoWidth * 9 === %[1]s.videoHeight * 16`, remote))
			d.page.watches()
			d.page.tab.sees(besideCamera())
			d.parley.Do("hangup")
			d.parley.Phase(d.ctx, "idle")
		})
	}
}

// TestShare_FromFirefox lets a guest in Firefox show the screen, which it takes for real
// where nobody is asked: the program shows it beside the guest's camera until the guest
// ends it.
func TestShare_FromFirefox(t *testing.T) {
	ctx := bounded(t)
	desk(t)
	ann := lab.Headless(t, "--camera", "pattern", "--microphone", "off", "--speaker", "off", "--hub", "127.0.0.1:0", "--name", "ann")
	ann.Sees(ctx, "echo")
	ann.Do("invite")
	p := arrive(t, ctx, withSound(t), ann.Next(ctx, "invite", nil).Text("url"))
	p.do(devicesJS)
	p.reads("home-name", "ann")

	p.click("Call")
	ann.Phase(ctx, "ringing")
	ann.Do("accept")
	ann.Phase(ctx, "active")
	p.phase("active")
	p.shares(ctx, ann)
	p.shoot("firefox-shows")
	p.click("Stop showing")
	ann.Next(ctx, "remoteSharing", func(e lab.Event) bool { return e["on"] == false })
	p.wait(`!document.getElementById('shared').checkVisibility()`)
	p.click("Hang up")
	ann.Phase(ctx, "idle")
	ann.Quit(ctx)
}

// TestShare_FromGuest lets a browser guest show a tab, in a call that either side began:
// the program shows it as it shows another Parley's screen, until the guest ends it, or
// the tab is closed.
func TestShare_FromGuest(t *testing.T) {
	const title = "What is shown"
	ctx := bounded(t)
	ann := lab.Headless(t, "--camera", "pattern", "--microphone", "off", "--speaker", "off", "--hub", "127.0.0.1:0", "--name", "ann")
	ann.Sees(ctx, "echo")
	ann.Do("invite")
	url := ann.Next(ctx, "invite", nil).Text("url")
	b := chromium(t, browser.Options{Camera: lab.PatternClip(t), Microphone: lab.ToneClip(t), Captured: title})
	shown := func() *tab {
		other := open(t, ctx, b, "data:text/html,<title>"+title+"</title><h1>Text to read</h1>")
		other.wait(`document.title !== ''`)
		return other
	}
	other := shown()
	p := arrive(t, ctx, b, url)
	p.reads("home-name", "ann")

	p.click("Call")
	ann.Phase(ctx, "ringing")
	ann.Do("accept")
	ann.Phase(ctx, "active")
	p.phase("active")
	p.shares(ctx, ann)
	p.shoot("guest-shows")
	p.click("Stop showing")
	ann.Next(ctx, "remoteSharing", func(e lab.Event) bool { return e["on"] == false })
	p.wait(`!document.getElementById('shared').checkVisibility()`)
	ann.Do("hangup")
	p.view("home")

	ann.Do("call", "to", nameOf(t, ann.Ask(ctx, "presence"), "Kim"), "kind", "video")
	p.view("ringing")
	p.click("Answer")
	ann.Phase(ctx, "active")
	p.shares(ctx, ann)
	if err := other.page.Close(); err != nil {
		t.Fatal(err)
	}
	ann.Next(ctx, "remoteSharing", func(e lab.Event) bool { return e["on"] == false })
	p.wait(`!document.getElementById('shared').checkVisibility() && document.getElementById('share').ariaPressed === 'false'`)
	p.click("Hang up")
	ann.Phase(ctx, "idle")
	ann.Quit(ctx)
}

// shares has the guest show its tab, and waits until the program sees that and the
// camera.
func (p *tab) shares(ctx context.Context, ann *lab.Parley) {
	p.t.Helper()
	p.click("Share screen")
	ann.Next(ctx, "remoteSharing", func(e lab.Event) bool { return e["on"] == true })
	first := ann.Ask(ctx, "stats")
	ann.Until(ctx, "stats", func(e lab.Event) bool {
		more := func(path string) float64 { return e.Number(path) - first.Number(path) }
		return e.Number("inbound.screen.frameWidth") > 16 && e.Number("inbound.screen.framesDecoded") > 0 && more("pattern.frames") > 20
	})
	p.wait(`document.getElementById('shared').checkVisibility() && document.getElementById('share').ariaPressed === 'true'`)
}
