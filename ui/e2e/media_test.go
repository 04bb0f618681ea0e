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

// camera is what the other side's camera is like: what counts as a flowing
// picture on a machine that does everything in software and on few processors.
type camera struct {
	rate   float64 // frames a second, at least
	age    float64 // median in ms, at most; 0 where frames do not carry the present time
	loops  bool    // begins again once it is over
	frames int     // to look at
}

func clipCamera() camera   { return camera{rate: 20, loops: true, frames: 90} }
func scriptCamera() camera { return camera{rate: 10, age: 1000, frames: 60} }

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

// pair joins two guests: each is Ann for the other.
func (s *script) pair(t *testing.T, a, b *line) {
	t.Helper()
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

// sees waits until the numbered bars of the other side came for a while, in
// order and on time.
func (p *tab) sees(c camera) {
	p.t.Helper()
	p.wait(`watch.seen.length > 0`)
	start, err := browser.Get[int](p.ctx, p.page, `watch.seen.length`)
	p.ok(err)
	p.wait(fmt.Sprintf(`watch.seen.length >= %d`, start+c.frames))
	v, err := browser.Get[view](p.ctx, p.page, fmt.Sprintf(`watch.report(%d)`, start))
	p.ok(err)
	p.t.Logf("saw %+v", v)
	if v.Backwards > 1 || v.Backwards == 1 && !c.loops {
		p.t.Errorf("%d frames came out of order", v.Backwards)
	}
	if v.Rate < c.rate {
		p.t.Errorf("%.1f frames a second arrived, want %.0f", v.Rate, c.rate)
	}
	if c.age > 0 && v.MedianAge > c.age {
		p.t.Errorf("frames were %.0f ms old, want at most %.0f", v.MedianAge, c.age)
	}
}

func (p *tab) hears() {
	p.t.Helper()
	p.wait(fmt.Sprintf(`watch.hears(%d)`, lab.ToneHertz))
}

// TestPage_CallsBetweenBrowsers lets two browsers hold a real call, so that what
// the page does is known to work apart from the program.
func TestPage_CallsBetweenBrowsers(t *testing.T) {
	ctx, hub := bounded(t), newScript(t)
	caller := arrive(t, ctx, withClips(t), hub.link())
	first := hub.welcome(t, ctx, true)
	callee := arrive(t, ctx, firefox(t, browser.Options{Env: lab.NewSoundServer(t).Env()}), hub.link())
	second := hub.welcome(t, ctx, true)
	callee.do(devicesJS)
	hub.pair(t, first, second)

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
