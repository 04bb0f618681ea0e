//go:build e2e

package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"testing"

	"parley/signaling/signalingtest/foreign"
	"parley/ui/e2e/browser"
)

// foreignPage is a page of a server that is not ours, held by its window.rig.
type foreignPage struct{ *tab }

// visit opens a server's page and tells it who, or where, it is.
func visit(t *testing.T, ctx context.Context, b browser.Browser, s *foreign.Server, self object) foreignPage {
	t.Helper()
	p := foreignPage{open(t, ctx, b, s.HTTP)}
	t.Cleanup(func() {
		defer p.page.Close() //nolint:errcheck // the browser ends soon in any case
		if t.Failed() {
			log, err := browser.Get[[]string](context.WithoutCancel(ctx), p.page, `[rig.state, ...rig.log]`)
			t.Logf("page %v: %q %v", self, log, err)
		}
	})
	p.enter(s, self)
	return p
}

// enter tells the page, once it is loaded, who or where it is. Where nobody
// answers to that, it waits until the server has heard it.
func (p foreignPage) enter(s *foreign.Server, self object) {
	p.t.Helper()
	start := maps.Clone(self)
	start["socket"] = s.WS // where that is another port
	known := talkers(s.Frames())
	p.press("start", start)
	p.is("idle")
	announces, err := browser.Get[bool](p.ctx, p.page, `rig.announces === true`)
	p.ok(err)
	if announces {
		p.ok(s.Until(p.ctx, func(said []foreign.Frame) bool { return talkers(said) > known }))
	}
}

type object = map[string]any

// press does what a button of the page does.
func (p foreignPage) press(button string, arguments ...any) {
	p.t.Helper()
	text, err := json.Marshal(append([]any{}, arguments...))
	p.ok(err)
	p.do(fmt.Sprintf(`(async () => { await rig.%s(...%s) })()`, button, text))
}

// tap is press without waiting for what comes of it, which a page whose
// connection is closed on the way never learns.
func (p foreignPage) tap(button string, arguments ...any) {
	p.t.Helper()
	text, err := json.Marshal(append([]any{}, arguments...))
	p.ok(err)
	p.do(fmt.Sprintf(`void rig.%s(...%s)`, button, text))
}

// has tells whether the page has a button.
func (p foreignPage) has(button string) bool {
	p.t.Helper()
	there, err := browser.Get[bool](p.ctx, p.page, fmt.Sprintf(`typeof rig.%s === 'function'`, button))
	p.ok(err)
	return there
}

func (p foreignPage) is(state string) {
	p.t.Helper()
	p.wait(fmt.Sprintf(`rig.state === %q`, state))
}

// sees waits until the remote picture moves.
func (p foreignPage) sees() {
	p.t.Helper()
	p.wait(`new Promise((resolve) => {
		const video = document.querySelector('[data-testid="remote"]');
		let frames = 0;
		const look = () => ++frames > 10 ? resolve(true) : video.requestVideoFrameCallback(look);
		video.requestVideoFrameCallback(look);
	})`)
}

// dialect is what a test must know to let two pages of a server call each other.
type dialect struct {
	server string
	args   []string
	caller object // of start
	callee object
	to     any    // whom the caller calls
	ask    string // or what tells that on the callee's page
	auto   bool   // the callee's page answers by itself
	both   bool   // whoever is called has to join, too
	again  bool   // one hangs up, the other notices, and they call again
	deaf   bool   // who does not hang up does not notice
}

func dialects() []dialect {
	room := object{"room": "001"}
	return []dialect{
		{server: "room-ws", caller: room, callee: room, again: true},
		{server: "room-socketio", caller: room, callee: room, again: true},
		{server: "room-socketio-2", caller: room, callee: room, again: true},
		{server: "room-nest", caller: room, callee: room, again: true},
		{server: "username-target", caller: object{"name": "bob"}, callee: object{"name": "kim"}, to: "kim", auto: true, again: true, deaf: true},
		{server: "vue-av-call", caller: object{"name": 1}, callee: object{"name": 2}, to: 2, again: true},
		{
			server: "wechat-clone", to: 2, again: true,
			caller: object{"name": 1, "token": "pasted-token-of-1"}, callee: object{"name": 2, "token": "pasted-token-of-2"},
		},
		{server: "peerjs", caller: object{"name": "bob"}, callee: object{"name": "kim"}, to: "kim"},
		{server: "ayame", caller: room, callee: room, auto: true, both: true},
		{server: "login-offer", caller: object{"name": "bob"}, callee: object{"name": "kim"}, to: "kim", auto: true},
		{server: "join-otherjoin", caller: room, callee: room, auto: true, both: true},
		{server: "call-user", caller: object{"name": "Bob"}, callee: object{"name": "Kim"}, ask: "rig.id"},
		{server: "simple-peer", caller: room, callee: room, auto: true, both: true},
		{
			server: "simple-peer", auto: true, both: true,
			caller: object{"room": "001", "trickle": true}, callee: object{"room": "001", "trickle": true},
		},
		{server: "user-connected", caller: room, callee: room, auto: true, both: true},
		{server: "janus-videocall", caller: object{"name": "bob"}, callee: object{"name": "kim"}, to: "kim"},
	}
}

// TestForeign_PagesCallEachOther checks the servers and pages that Parley is
// tested against: their users can call each other.
func TestForeign_PagesCallEachOther(t *testing.T) {
	b := chromium(t, browser.Options{})
	for _, d := range dialects() {
		t.Run(d.server, func(t *testing.T) {
			ctx := bounded(t)
			s := foreign.Start(t, d.server, d.args...)
			callee := visit(t, ctx, b, s, d.callee)
			caller := visit(t, ctx, b, s, d.caller)
			if d.ask != "" {
				id, err := browser.Get[string](ctx, callee.page, d.ask)
				callee.ok(err)
				d.to = id
			}
			d.call(caller, callee)
			if d.again {
				d.hangUp(caller, callee)
				d.call(caller, callee)
			}
		})
	}
}

// call lets one page call the other.
func (d dialect) call(caller, callee foreignPage) {
	if d.both {
		callee.press("call")
	}
	caller.press("call", d.to, "video")
	if !d.auto {
		callee.is("ringing")
		callee.press("accept")
	}
	caller.is("live")
	caller.sees()
	callee.is("live")
	callee.sees()
}

// hangUp ends the call of two pages.
func (d dialect) hangUp(caller, callee foreignPage) {
	caller.press("hangup")
	caller.is("idle")
	if d.deaf {
		callee.press("hangup")
	}
	callee.is("idle")
}
