//go:build e2e

package e2e_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"parley/signaling/signalingtest/foreign"
	"parley/ui/e2e/browser"
	"parley/ui/e2e/lab"
)

// duel is Parley and a page on a server.
type duel struct {
	t       *testing.T
	ctx     context.Context //nolint:containedctx // of one test
	rival   rival
	b       browser.Browser
	server  *foreign.Server
	parley  *lab.Parley
	self    string // Parley's id
	talkers int    // with the server, when the last call stood
	heard   string // what Parley's speaker wrote
	page    foreignPage
	passed  func(column string)
}

func newDuel(t *testing.T, b browser.Browser, r rival) *duel {
	t.Helper()
	d := &duel{t: t, ctx: bounded(t), rival: r, b: b, server: foreign.Start(t, r.profile, r.args...)}
	d.page = d.visit(r.page)
	d.start()
	return d
}

func (d *duel) visit(self object) foreignPage {
	d.t.Helper()
	return visit(d.t, d.ctx, d.b, d.server, self)
}

// start starts Parley and waits until the server knows it.
func (d *duel) start() {
	d.t.Helper()
	d.heard = filepath.Join(d.t.TempDir(), "heard.wav")
	flags := append(senses(d.heard), "--server", d.server.WS, "--profile", d.rival.profile)
	before := talkers(d.server.Frames())
	d.parley = lab.Headless(d.t, append(flags, d.rival.flags(d.server)...)...)
	self, _ := d.parley.Next(d.ctx, "ready", nil)["self"].(map[string]any)
	d.self, _ = self["name"].(string)
	if !d.rival.silent { // most servers say nothing when they have heard who we are
		d.page.ok(d.server.Until(d.ctx, func(f []foreign.Frame) bool { return talkers(f) > before }))
	}
}

// talkers is how many clients have said something.
func talkers(frames []foreign.Frame) int {
	who := map[int]bool{}
	for _, f := range frames {
		who[f.Client] = true
	}
	return len(who)
}

// them is whom Parley calls.
func (d *duel) them() string {
	d.t.Helper()
	if d.rival.to != "" {
		return d.rival.to
	}
	id, err := browser.Get[string](d.ctx, d.page.page, `rig.id`)
	d.page.ok(err)
	return id
}

// us is whom the page calls.
func (d *duel) us() any {
	if d.rival.target != nil || d.rival.to != "" {
		return d.rival.target
	}
	return d.self
}

// weRing lets Parley call the page until both are in the call.
func (d *duel) weRing() {
	d.t.Helper()
	d.parley.Do("call", "to", d.them(), "kind", "video")
	if d.rival.joining {
		d.parley.Phase(d.ctx, "calling")
		d.page.press("call", d.us(), "video")
	}
	if !d.rival.auto {
		d.page.is("ringing")
		d.page.press("accept")
	}
	d.live()
}

// theyRing lets the page call Parley.
func (d *duel) theyRing() {
	d.t.Helper()
	d.page.press("call", d.us(), "video")
	d.parley.Phase(d.ctx, "ringing")
	d.parley.Do("accept", "kind", "video")
	d.live()
}

func (d *duel) live() {
	d.t.Helper()
	d.parley.Phase(d.ctx, "active")
	d.page.is("live")
	d.talkers = talkers(d.server.Frames())
}

// over waits until neither is in a call, and returns Parley's reason. The users
// of a page that never notices reload it.
func (d *duel) over() string {
	d.t.Helper()
	reason := d.parley.Phase(d.ctx, "idle").Text("reason")
	if d.rival.deaf {
		d.reload()
	} else {
		d.page.is("idle")
	}
	if own := reason == "localHangup" || reason == "rejected"; own && d.rival.parts || d.rival.rejoins {
		d.rejoined()
	}
	return reason
}

// rejoined waits until Parley is back where it left with the call.
func (d *duel) rejoined() {
	d.t.Helper()
	d.page.ok(d.server.Until(d.ctx, func(f []foreign.Frame) bool { return talkers(f) > d.talkers }))
	d.parley.Until(d.ctx, "servers", func(e lab.Event) bool {
		server, _ := e["servers"].([]any)[0].(map[string]any)
		return server["up"] == true
	})
}

func (d *duel) reload() {
	d.t.Helper()
	d.page.ok(d.page.page.Open(d.ctx, d.server.HTTP))
	d.page.enter(d.server, d.rival.page)
}

func (d *duel) ended(want string) {
	d.t.Helper()
	if reason := d.over(); reason != want {
		d.t.Errorf("the call ended with %q, want %q", reason, want)
	}
}

// flows checks that pictures and sound come at their rate both ways.
func (d *duel) flows() {
	d.t.Helper()
	d.page.watches()
	d.page.wait(fmt.Sprintf(`watch.hears(%d)`, parleyHertz))
	d.page.tab.sees(parleyCamera())
	shows(d.t, d.ctx, d.parley, clipCamera())
}

// calls is both directions, either side hanging up, and once more in the same tab.
func (d *duel) calls() {
	if d.rival.joining { // the page was there first
		d.parley.Quit(d.ctx)
		d.page.press("call", d.us(), "video")
		d.start()
		d.parley.Do("call", "to", d.them(), "kind", "video")
		d.live()
	} else {
		d.weRing()
	}
	d.flows()
	d.parley.Do("hangup")
	d.ended("localHangup")
	d.passed(weCall)

	d.theyRing()
	d.flows()
	d.theyHangUp()
	d.passed(theyCall)

	d.weRing()
	d.theyHangUp()
	d.theyRing()
	d.parley.Do("hangup")
	d.ended("localHangup")
	d.passed(again)
	d.parley.Quit(d.ctx)
	listened(d.t, d.heard, lab.ToneHertz)
}

// theyHangUp ends the call on the page: by its button, or, where there is none,
// as its users do.
func (d *duel) theyHangUp() {
	d.t.Helper()
	if d.page.has("hangup") {
		d.page.do(`(async () => { await rig.hangup() })().catch(() => {})`) // some pages' own code throws here
		d.ended("remoteHangup")
		return
	}
	d.page.ok(d.page.page.Open(d.ctx, "about:blank"))
	if reason := d.parley.Phase(d.ctx, "idle").Text("reason"); !slices.Contains([]string{"remoteHangup", "lost"}, reason) {
		d.t.Errorf("the call ended with %q", reason)
	}
	d.reload()
}

func (d *duel) theyDecline() {
	d.parley.Do("call", "to", d.them(), "kind", "video")
	d.page.is("ringing")
	d.page.press("reject")
	reason := d.over()
	if !slices.Contains([]string{"declined", "noAnswer", "unreachable"}, reason) {
		d.t.Errorf("the call ended with %q", reason)
	}
}

func (d *duel) weDecline() {
	d.page.press("call", d.us(), "video")
	d.parley.Phase(d.ctx, "ringing")
	d.parley.Do("reject")
	d.ended("rejected")
}

func (d *duel) theyCancel() {
	d.page.press("call", d.us(), "video")
	d.parley.Phase(d.ctx, "ringing")
	d.page.press("hangup")
	d.ended("missed")
}

func (d *duel) weCancel() {
	d.parley.Do("call", "to", d.them(), "kind", "video")
	d.page.is("ringing")
	d.parley.Do("hangup")
	d.ended("withdrawn")
}

// theyVanish ends the page without a word.
func (d *duel) theyVanish() {
	d.theyRing()
	d.page.ok(d.page.page.Close())
	reason := d.parley.Phase(d.ctx, "idle").Text("reason")
	if !slices.Contains([]string{"remoteHangup", "lost"}, reason) {
		d.t.Errorf("the call ended with %q", reason)
	}
	if d.rival.rejoins {
		d.rejoined()
	}
	d.page = d.visit(d.rival.page)
	d.theyRing()
}

// weAreKilled ends Parley without a word, and calls the page anew afterwards.
func (d *duel) weAreKilled() {
	d.weRing()
	d.parley.Kill()
	d.reload() // as its user does, if it does not notice
	d.start()
	d.weRing()
}

// serverRestarts lets the server go away in the middle of a call, which goes on.
func (d *duel) serverRestarts() {
	d.weRing()
	d.page.watches()
	d.server.Restart()
	d.parley.Next(d.ctx, "ready", nil)
	d.page.tab.sees(camera{rate: 10, loops: true})
	shows(d.t, d.ctx, d.parley, camera{rate: 10, loops: true})
	if phase := d.parley.Ask(d.ctx, "stats").Text("phase"); phase != "active" {
		d.t.Errorf("the call is %s", phase)
	}
	d.parley.Do("hangup")
	d.parley.Phase(d.ctx, "idle")
}

// bothCall lets both call at the same moment. Whatever becomes of that, they can
// call each other afterwards.
func (d *duel) bothCall() {
	d.page.press("call", d.us(), "video")
	d.parley.Do("call", "to", d.them(), "kind", "video")
	d.parley.Next(d.ctx, "phase", func(e lab.Event) bool {
		phase := e.Text("phase")
		if phase == "ringing" { // theirs came first
			d.parley.Do("accept", "kind", "video")
		}
		return phase == "active"
	})
	d.page.is("live")
	d.parley.Do("hangup")
	d.ended("localHangup")
}

// third has another page there. In a room it takes the call, and the first
// answers too late; where people are rung, or joining rings, it comes when the
// call stands. Either way it disturbs nobody.
func (d *duel) third() {
	other := d.visit(d.rival.third)
	if d.rival.joining || d.rival.page["room"] == nil {
		d.theyRing()
		other.tap("call", d.us(), "video") // it may be refused before the page has done with it
		d.page.watches()
		d.page.tab.sees(camera{rate: 10, loops: true})
		shows(d.t, d.ctx, d.parley, camera{rate: 10, loops: true})
		d.parley.Do("hangup")
		d.parley.Phase(d.ctx, "idle")
		return
	}
	d.parley.Do("call", "to", d.them(), "kind", "video")
	d.page.is("ringing")
	other.is("ringing")
	other.press("accept")
	d.parley.Phase(d.ctx, "active")
	d.page.press("accept")
	d.oneSees(d.page, other) // where all that ring answer an offer, it may be either
	shows(d.t, d.ctx, d.parley, camera{rate: 10, loops: true})
	d.parley.Do("hangup")
	d.parley.Phase(d.ctx, "idle")
}

// oneSees waits until one of the pages sees Parley's picture.
func (d *duel) oneSees(pages ...foreignPage) {
	d.t.Helper()
	ctx, cancel := context.WithCancel(d.ctx)
	defer cancel()
	ended := make(chan error, len(pages))
	for _, p := range pages {
		p.watches()
		go func() { ended <- browser.WaitFor(ctx, p.page, fmt.Sprintf(`watch.flows(%d, 10, 0)`, flowing)) }()
	}
	var err error
	for range pages {
		if err = <-ended; err == nil {
			return
		}
	}
	d.t.Fatal(err)
}
