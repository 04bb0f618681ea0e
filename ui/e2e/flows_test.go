//go:build e2e

package e2e_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"parley/ui/e2e/browser"
)

// TestPage_Flows leads one page through everything that can become of a call.
func TestPage_Flows(t *testing.T) {
	b := chromium(t, browser.Options{})
	for name, flow := range map[string]func(*testing.T, context.Context, *tab, *line){
		"they decline with a word":       declined,
		"they are busy":                  busy,
		"nobody home":                    nobodyHome,
		"they do not answer":             noAnswer,
		"we give up":                     withdrawn,
		"they give up":                   missed,
		"both call, theirs wins":         collisionLost,
		"both call, ours wins":           collisionWon,
		"somebody else rings":            busyForOthers,
		"frames of unknown calls":        unknownCalls,
		"the server restarts":            serverRestarts,
		"the server goes in a call":      serverGoesWhileCalling,
		"the keyboard answers":           keyboard,
		"answered with sound only":       answeredSoundOnly,
		"nonsense from the server":       nonsense,
		"a name with markup is a name":   markup,
		"another name":                   rename,
		"a call while the name is typed": ringsOverName,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, hub := bounded(t), newScript(t)
			p := arrive(t, ctx, b, hub.link())
			l := hub.welcome(t, ctx, true)
			p.view("home")
			flow(t, ctx, p, l)
			p.ok(p.page.Close())
		})
	}
}

// dialing presses Call and returns the id.
func dialing(t *testing.T, ctx context.Context, p *tab, l *line) string {
	t.Helper()
	p.click("Call")
	f := l.next(t, ctx, "invite")
	if f["kind"] != "video" || f["to"] != "ann" || f["description"] == nil {
		t.Fatalf("the invite is %v", f)
	}
	return f["call"].(string)
}

func declined(t *testing.T, ctx context.Context, p *tab, l *line) {
	id := dialing(t, ctx, p, l)
	l.say(t, frame{"type": "decline", "from": "ann", "call": id, "text": "In ten minutes"})
	p.view("home")
	p.reads("ended", "Ann Example can’t talk right now: “In ten minutes”")
}

func busy(t *testing.T, ctx context.Context, p *tab, l *line) {
	id := dialing(t, ctx, p, l)
	l.say(t, frame{"type": "busy", "from": "ann", "call": id})
	p.reads("ended", "Ann Example is in another call. Try again in a few minutes.")
}

func nobodyHome(t *testing.T, ctx context.Context, p *tab, l *line) {
	id := dialing(t, ctx, p, l)
	l.say(t, frame{"type": "error", "code": "unknown-peer", "text": "gone", "call": id, "to": "ann"})
	p.reads("ended", "Ann Example cannot be reached just now. Try again in a moment.")
}

func noAnswer(t *testing.T, ctx context.Context, p *tab, l *line) {
	id := dialing(t, ctx, p, l)
	l.say(t, frame{"type": "ringing", "from": "ann", "call": id})
	p.reads("person-text", "Ringing…")
	l.say(t, frame{"type": "bye", "from": "ann", "call": id})
	p.reads("ended", "Ann Example didn’t answer. Try again later, or leave this page open and wait for a call back.")
}

func withdrawn(t *testing.T, ctx context.Context, p *tab, l *line) {
	id := dialing(t, ctx, p, l)
	p.click("Hang up")
	if f := l.next(t, ctx, "cancel"); f["call"] != id {
		t.Errorf("cancelled %v, want %v", f["call"], id)
	}
	p.view("home")
	p.wait(`!document.getElementById('ended').checkVisibility()`)
	p.wait(`document.getElementById('local').srcObject === null`)
}

func missed(t *testing.T, ctx context.Context, p *tab, l *line) {
	l.say(t, invite(callID("1"), "audio", ""))
	l.next(t, ctx, "ringing")
	p.reads("ringing-text", "wants to talk to you")
	p.wait(`document.title === 'Ann Example is calling'`)
	l.say(t, frame{"type": "cancel", "from": "ann", "call": callID("1"), "timeout": true})
	p.reads("ended", "You missed a call from Ann Example. Call back when you like.")
}

func collisionLost(t *testing.T, ctx context.Context, p *tab, l *line) {
	id := dialing(t, ctx, p, l)
	theirs := callID("z")
	l.say(t, invite(theirs, "video", ""))
	if f := l.next(t, ctx, "cancel"); f["call"] != id {
		t.Errorf("cancelled %v, want %v", f["call"], id)
	}
	if f := l.next(t, ctx, "accept"); f["call"] != theirs {
		t.Errorf("accepted %v, want %v", f["call"], theirs)
	}
	p.phase("connecting")
	p.click("Hang up")
	l.next(t, ctx, "bye")
}

func collisionWon(t *testing.T, ctx context.Context, p *tab, l *line) {
	id := dialing(t, ctx, p, l)
	l.say(t, invite(callID("-"), "video", ""))
	l.say(t, frame{"type": "accept", "from": "ann", "call": id, "kind": "video"})
	p.phase("connecting")
	p.click("Hang up")
	if f := l.next(t, ctx, "bye"); f["call"] != id {
		t.Errorf("hung up %v, want %v", f["call"], id)
	}
}

func busyForOthers(t *testing.T, ctx context.Context, p *tab, l *line) {
	dialing(t, ctx, p, l)
	other := invite(callID("9"), "video", "")
	other["from"] = "bob"
	l.say(t, other)
	if f := l.next(t, ctx, "busy"); f["to"] != "bob" || f["call"] != callID("9") {
		t.Errorf("said busy to %v about %v", f["to"], f["call"])
	}
	p.click("Hang up")
	l.next(t, ctx, "cancel")
}

func unknownCalls(t *testing.T, ctx context.Context, p *tab, l *line) {
	for _, f := range []frame{
		{"type": "accept", "kind": "video"},
		{"type": "ringing"},
		{"type": "description", "description": frame{"type": "answer", "sdp": "", "round": 0}},
	} {
		f["from"], f["call"] = "ann", callID("7")
		l.say(t, f)
		l.next(t, ctx, "bye")
	}
	p.view("home")
}

func serverRestarts(t *testing.T, ctx context.Context, p *tab, l *line) {
	l.drop(t, 1001, "")
	p.wait(`document.getElementById('trouble').checkVisibility() && document.getElementById('dial').disabled`)
	p.click("Try now")
	hub := l.hub
	back, identity := hub.accept(t, ctx)
	if identity["resume"] != "secret" {
		t.Errorf("came back with resume %v", identity["resume"])
	}
	back.greet(t, identity, true)
	p.wait(`!document.getElementById('trouble').checkVisibility() && !document.getElementById('dial').disabled`)
}

func serverGoesWhileCalling(t *testing.T, ctx context.Context, p *tab, l *line) {
	dialing(t, ctx, p, l)
	l.drop(t, 1001, "")
	p.reads("ended", "The server went away before the call began. Call again once it is back.")
}

func keyboard(t *testing.T, ctx context.Context, p *tab, l *line) {
	l.say(t, invite(callID("1"), "video", ""))
	l.next(t, ctx, "ringing")
	p.view("ringing")
	p.wait(`document.activeElement.id === 'answer'`)
	p.do(`document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape', bubbles: true}))`)
	l.next(t, ctx, "decline")
	p.view("home")
}

func answeredSoundOnly(t *testing.T, ctx context.Context, p *tab, l *line) {
	l.say(t, invite(callID("1"), "video", ""))
	l.next(t, ctx, "ringing")
	p.click("Answer with sound only")
	if f := l.next(t, ctx, "accept"); f["kind"] != "audio" {
		t.Errorf("accepted %v", f["kind"])
	}
	p.phase("connecting")
	p.wait(`!document.getElementById('camera').checkVisibility() && !document.getElementById('tile').checkVisibility()`)
	p.click("Hang up")
	l.next(t, ctx, "bye")
}

func nonsense(t *testing.T, ctx context.Context, p *tab, l *line) {
	for _, f := range []frame{
		{"type": "surprise"},
		{"type": "constructor", "from": "ann", "call": callID("1")},
		{"type": "invite"},
		{"type": "invite", "from": "ann", "call": 7, "kind": "video"},
		{"type": "invite", "from": "ann", "call": callID("1"), "kind": "smell"},
		{"type": "candidate", "from": "ann", "call": callID("1"), "candidate": "x"},
		{"type": "presence"},
		{"type": "came"},
		{"type": "gone"},
		{"type": "error"},
	} {
		l.say(t, f)
	}
	l.say(t, invite(callID("2"), "video", "v=broken"))
	l.next(t, ctx, "ringing")
	p.click("Answer")
	l.next(t, ctx, "accept")
	l.next(t, ctx, "bye") // such an offer cannot be answered
	p.reads("ended", "No connection to Ann Example could be made. Another network, such as your phone’s, may help.")
	dialing(t, ctx, p, l)
	p.click("Hang up")
	l.next(t, ctx, "cancel")
}

func markup(t *testing.T, _ context.Context, p *tab, l *line) {
	name := `<img src=x onerror=alert(1)>`
	l.say(t, frame{"type": "came", "member": frame{"name": "ann", "display": name, "kind": "person"}})
	p.reads("home-name", name)
}

func rename(t *testing.T, ctx context.Context, p *tab, l *line) {
	p.click("Change")
	p.view("name")
	p.do(`document.getElementById('name').value = '  Kim   the Second '`)
	p.click("Continue")
	again, identity := l.hub.accept(t, ctx)
	if identity["display"] != "Kim the Second" {
		t.Errorf("identified as %q", identity["display"])
	}
	again.greet(t, identity, true)
	p.reads("self", "You appear as Kim the Second.")
}

func ringsOverName(t *testing.T, ctx context.Context, p *tab, l *line) {
	p.click("Change")
	p.view("name")
	l.say(t, invite(callID("1"), "video", ""))
	l.next(t, ctx, "ringing")
	p.view("ringing")
	p.click("Decline")
	l.next(t, ctx, "decline")
	p.view("name")
}

// TestPage_Links shows what becomes of links that do not work.
func TestPage_Links(t *testing.T) {
	b := chromium(t, browser.Options{})
	for _, c := range []struct {
		code  string
		close int
		title string
	}{
		{"invite-unknown", 4404, "This link does not work"},
		{"invite-expired", 4404, "This link has expired"},
		{"version", 4400, "This page is out of date"},
		{"replaced", 4409, "You went on elsewhere"},
	} {
		t.Run(c.code, func(t *testing.T) {
			ctx, hub := bounded(t), newScript(t)
			p := arrive(t, ctx, b, hub.link())
			l, _ := hub.accept(t, ctx)
			l.say(t, frame{"type": "error", "code": c.code, "text": "no"})
			l.drop(t, c.close, c.code)
			p.reads("fatal-title", c.title)
			p.shoot("fatal")
		})
	}
	t.Run("a name that the hub refuses", func(t *testing.T) {
		ctx, hub := bounded(t), newScript(t)
		p := arrive(t, ctx, b, hub.link())
		l, _ := hub.accept(t, ctx)
		l.say(t, frame{"type": "error", "code": "bad-name", "text": "no"})
		l.drop(t, 4402, "bad-name")
		p.reads("name-fault", "That name cannot be used. Letters, digits and spaces are fine, 64 at most.")
	})
	t.Run("a full hub", func(t *testing.T) {
		ctx, hub := bounded(t), newScript(t)
		p := arrive(t, ctx, b, hub.link())
		l, _ := hub.accept(t, ctx)
		l.drop(t, 4407, "full")
		p.wait(`document.getElementById('trouble-text').innerText.startsWith('The server is full')`)
		p.shoot("full")
	})
}

// TestPage_Devices shows that a call goes on without camera and microphone, and
// what is said about it.
func TestPage_Devices(t *testing.T) {
	for _, c := range []struct {
		name, notice string
		options      browser.Options
		silent       bool
	}{
		{"no camera", "No camera was found. Plug one in and press Camera, or go on with sound.", browser.Options{NoCamera: true}, false},
		{"refused", "Your browser does not let this page use the camera and microphone: you can only watch and listen. Allow them beside the address, then press Mute and Camera.", browser.Options{Refused: true}, true},
		{"insecure", "This page was not opened securely, so the browser gives it no camera or microphone: you can only watch and listen. Ask for a link that begins with https.", browser.Options{Host: "parley.test"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ctx, hub := bounded(t), newScript(t)
			url := hub.link()
			if c.options.Host != "" {
				url = strings.Replace(url, "127.0.0.1", c.options.Host, 1)
			}
			p := arrive(t, ctx, chromium(t, c.options), url)
			l := hub.welcome(t, ctx, true)
			dialing(t, ctx, p, l)
			p.phase("calling")
			p.reads("notice-text", c.notice)
			p.reads("tile-text", "No camera")
			p.wait(fmt.Sprintf(`document.getElementById('mute').ariaPressed === '%t'`, c.silent))
			p.wait(`document.getElementById('camera').ariaPressed === 'false'`)
			p.shoot("notice")
			p.click("Close this message")
			p.wait(`!document.getElementById('notice').checkVisibility()`)
			p.click("Camera")
			p.wait(`document.getElementById('notice').checkVisibility()`)
			p.click("Hang up")
			l.next(t, ctx, "cancel")
		})
	}
}
