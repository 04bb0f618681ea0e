//go:build e2e

package e2e_test

import (
	_ "embed"
	"fmt"
	"testing"

	"parley/ui/e2e/browser"
	"parley/ui/e2e/lab"
)

var (
	//go:embed testdata/watch.js
	watchJS string
	//go:embed testdata/devices.js
	devicesJS string
)

// view is what a page saw of the other side. See testdata/watch.js.
type view struct {
	Frames, Codes, Backwards int
	Seconds, Rate            float64
	MedianAge                float64
	First, Last              int
	Width, Height            int
}

// camera is what the other side's camera is like, and so what must arrive of
// it. The machine may be busy with other things for a moment: rate and age must
// be reached in good time, not all the time.
type camera struct {
	rate  float64 // frames a second
	age   float64 // median in ms, at most; 0 where frames do not carry the present time
	loops bool    // begins again once it is over
}

// flowing is how many frames in a row must arrive at the rate, and in order.
const flowing = 60

func clipCamera() camera { return camera{rate: 25, loops: true} }

// The script draws 30 frames a second, but Firefox encodes fewer where it has
// few processors.
func scriptCamera() camera { return camera{rate: 12, age: 500} }

func firefox(t *testing.T, o browser.Options) browser.Browser {
	t.Helper()
	b, err := browser.Firefox(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// withClips is a Chromium whose camera shows numbered bars and whose microphone
// hears a tone.
func withClips(t *testing.T) browser.Browser {
	t.Helper()
	return chromium(t, browser.Options{Camera: lab.PatternClip(t), Microphone: lab.ToneClip(t)})
}

// withSound is a Firefox that has a sound server, without which it makes no
// sound at all.
func withSound(t *testing.T) browser.Browser {
	t.Helper()
	return firefox(t, browser.Options{Env: lab.NewSoundServer(t).Env()})
}

// pair joins two guests: each is Ann for the other.
func (s *script) pair(a, b *line) {
	s.t.Helper()
	carry := func(from, to *line) {
		for f := range from.frames {
			delete(f, "to")
			f["from"] = "ann"
			if to.socket.WriteJSON(f) != nil {
				return
			}
		}
	}
	go carry(a, b)
	go carry(b, a)
}

// watches begins to read the remote picture.
func (p *tab) watches() { p.do(watchJS) }

// sees waits until the numbered bars of the other side flow, and checks that
// they come in order.
func (p *tab) sees(c camera) {
	p.t.Helper()
	p.wait(fmt.Sprintf(`watch.flows(%d, %v, %v)`, flowing, c.rate, c.age))
	v, err := browser.Get[view](p.ctx, p.page, fmt.Sprintf(`watch.report(%d)`, flowing))
	p.ok(err)
	p.t.Logf("saw %+v", v)
	if v.Backwards > 1 || v.Backwards == 1 && !c.loops {
		p.t.Errorf("%d frames came out of order", v.Backwards)
	}
}

func (p *tab) hears() {
	p.t.Helper()
	p.wait(fmt.Sprintf(`watch.hears(%d)`, lab.ToneHertz))
}

// TestPage_CallsBetweenBrowsers lets two browsers hold a real call, so that what
// the page does is known to work apart from the program.
func TestPage_CallsBetweenBrowsers(t *testing.T) {
	ctx := bounded(t)
	hub := newScript(t, ctx)
	caller := arrive(t, ctx, withClips(t), hub.link())
	first := hub.welcome(true)
	callee := arrive(t, ctx, withSound(t), hub.link())
	second := hub.welcome(true)
	callee.do(devicesJS)
	hub.pair(first, second)

	caller.click("Call")
	callee.click("Answer")
	talk(t, caller, callee)

	callee.click("Hang up")
	caller.view("home")
	callee.view("home")
	callee.click("Call")
	caller.click("Answer")
	talk(t, caller, callee)
	caller.click("Hang up")
	caller.view("home")
	callee.view("home")
}

func talk(t *testing.T, chromium, firefox *tab) {
	t.Helper()
	for _, p := range []*tab{chromium, firefox} {
		p.phase("active")
		p.wait(`document.getElementById('remote').dataset.picture === 'true'`)
		p.watches()
	}
	firefox.hears()
	chromium.hears()
	chromium.sees(scriptCamera())
	firefox.sees(clipCamera())
	chromium.shoot("chromium")
	firefox.shoot("firefox")
}

// TestPage_InCall presses every button of a call between two pages.
func TestPage_InCall(t *testing.T) {
	ctx := bounded(t)
	hub, b := newScript(t, ctx), chromium(t, browser.Options{})
	caller := arrive(t, ctx, b, hub.link())
	first := hub.welcome(true)
	callee := arrive(t, ctx, b, hub.link())
	second := hub.welcome(true)
	hub.pair(first, second)
	callee.do(`(() => {
		const play = HTMLMediaElement.prototype.play;
		HTMLMediaElement.prototype.play = function () {
			return navigator.userActivation.isActive && window.allowed ? play.call(this) : Promise.reject(new DOMException('', 'NotAllowedError'));
		};
	})()`)
	caller.click("Call")
	callee.click("Answer")
	caller.phase("active")
	callee.phase("active")

	callee.wait(`document.getElementById('blocked').checkVisibility()`)
	callee.shoot("blocked")
	callee.do(`window.allowed = true`)
	callee.click("Turn the sound on")
	callee.wait(`!document.getElementById('blocked').checkVisibility()`)
	callee.wait(`document.getElementById('remote').dataset.picture === 'true'`)

	caller.click("Mute")
	caller.wait(`document.getElementById('mute').ariaPressed === 'true' && document.getElementById('tile-muted').checkVisibility()`)
	caller.click("Mute")
	caller.wait(`document.getElementById('mute').ariaPressed === 'false'`)

	caller.click("Camera")
	caller.reads("tile-text", "Camera is off")
	callee.wait(shade + ` < 60`) // the still is dark, the fake camera is not
	callee.shoot("still")
	caller.click("Camera")
	caller.wait(`document.getElementById('local').dataset.picture === 'true'`)
	callee.wait(shade + ` > 60`)

	callee.ok(callee.page.Open(ctx, hub.link())) // a reload in the middle
	caller.view("home")
	caller.wait(`document.getElementById('ended').innerText.startsWith('Ann Example hung up')`)
}

// shade is the mean level of the green in the corner of the remote picture.
const shade = `(() => {
	const video = document.getElementById('remote');
	const canvas = Object.assign(document.createElement('canvas'), {width: 8, height: 8});
	const pen = canvas.getContext('2d');
	pen.drawImage(video, 0, video.videoHeight / 2, video.videoWidth / 8, video.videoHeight / 8, 0, 0, 8, 8);
	const pixels = pen.getImageData(0, 0, 8, 8).data;
	let sum = 0;
	for (let i = 1; i < pixels.length; i += 4) sum += pixels[i];
	return sum / 64;
})()`
