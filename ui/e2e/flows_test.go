//go:build e2e

package e2e_test

import (
	"fmt"
	"strings"
	"testing"

	"parley/ui/e2e/browser"
)

// TestPage_Flows leads one page through everything that can become of a call.
func TestPage_Flows(t *testing.T) {
	b := chromium(t, browser.Options{})
	for name, flow := range map[string]func(*tab, *line){
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
			ctx := bounded(t)
			hub := newScript(t, ctx)
			p := arrive(t, ctx, b, hub.link())
			l := hub.welcome(true)
			p.view("home")
			flow(p, l)
			p.ok(p.page.Close())
		})
	}
}

// dialing presses Call and returns the id.
func dialing(p *tab, l *line) string {
	p.t.Helper()
	p.click("Call")
	f := l.next("invite")
	if f["kind"] != "video" || f["to"] != "ann" || f["description"] == nil {
		p.t.Fatalf("the invite is %v", f)
	}
	return f["call"].(string)
}

func declined(p *tab, l *line) {
	id := dialing(p, l)
	l.say(frame{"type": "decline", "from": "ann", "call": id, "text": "In ten minutes"})
	p.view("home")
	p.reads("ended", "Ann Example can’t talk right now: “In ten minutes”")
}

func busy(p *tab, l *line) {
	id := dialing(p, l)
	l.say(frame{"type": "busy", "from": "ann", "call": id})
	p.reads("ended", "Ann Example is in another call. Try again in a few minutes.")
}

func nobodyHome(p *tab, l *line) {
	id := dialing(p, l)
	l.say(frame{"type": "error", "code": "unknown-peer", "text": "gone", "call": id, "to": "ann"})
	p.reads("ended", "Ann Example cannot be reached just now. Try again in a moment.")
}

func noAnswer(p *tab, l *line) {
	id := dialing(p, l)
	l.say(frame{"type": "ringing", "from": "ann", "call": id})
	p.reads("person-text", "Ringing…")
	l.say(frame{"type": "bye", "from": "ann", "call": id})
	p.reads("ended", "Ann Example didn’t answer. Try again later, or leave this page open and wait for a call back.")
}

func withdrawn(p *tab, l *line) {
	id := dialing(p, l)
	p.click("Hang up")
	if f := l.next("cancel"); f["call"] != id {
		p.t.Errorf("cancelled %v, want %v", f["call"], id)
	}
	p.view("home")
	p.wait(`!document.getElementById('ended').checkVisibility()`)
	p.wait(`document.getElementById('local').srcObject === null`)
}

func missed(p *tab, l *line) {
	l.say(invite(callID("1"), "audio", ""))
	l.next("ringing")
	p.reads("ringing-text", "wants to talk to you")
	p.wait(`document.title === 'Ann Example is calling'`)
	l.say(frame{"type": "cancel", "from": "ann", "call": callID("1"), "timeout": true})
	p.reads("ended", "You missed a call from Ann Example. Call back when you like.")
}

func collisionLost(p *tab, l *line) {
	id := dialing(p, l)
	theirs := callID("z")
	l.say(invite(theirs, "video", ""))
	if f := l.next("cancel"); f["call"] != id {
		p.t.Errorf("cancelled %v, want %v", f["call"], id)
	}
	if f := l.next("accept"); f["call"] != theirs {
		p.t.Errorf("accepted %v, want %v", f["call"], theirs)
	}
	p.phase("connecting")
	p.click("Hang up")
	l.next("bye")
}

func collisionWon(p *tab, l *line) {
	id := dialing(p, l)
	l.say(invite(callID("-"), "video", ""))
	l.say(frame{"type": "accept", "from": "ann", "call": id, "kind": "video"})
	p.phase("connecting")
	p.click("Hang up")
	if f := l.next("bye"); f["call"] != id {
		p.t.Errorf("hung up %v, want %v", f["call"], id)
	}
}

func busyForOthers(p *tab, l *line) {
	dialing(p, l)
	other := invite(callID("9"), "video", "")
	other["from"] = "bob"
	l.say(other)
	if f := l.next("busy"); f["to"] != "bob" || f["call"] != callID("9") {
		p.t.Errorf("said busy to %v about %v", f["to"], f["call"])
	}
	p.click("Hang up")
	l.next("cancel")
}

func unknownCalls(p *tab, l *line) {
	for _, f := range []frame{
		{"type": "accept", "kind": "video"},
		{"type": "ringing"},
		{"type": "description", "description": frame{"type": "answer", "sdp": "", "round": 0}},
	} {
		f["from"], f["call"] = "ann", callID("7")
		l.say(f)
		l.next("bye")
	}
	p.view("home")
}

func serverRestarts(p *tab, l *line) {
	l.drop(1001, "")
	p.wait(`document.getElementById('trouble').checkVisibility() && document.getElementById('dial').disabled`)
	p.click("Try now")
	back, identity := l.accept()
	if identity["resume"] != "secret" {
		p.t.Errorf("came back with resume %v", identity["resume"])
	}
	back.greet(identity, true)
	p.wait(`!document.getElementById('trouble').checkVisibility() && !document.getElementById('dial').disabled`)
}

func serverGoesWhileCalling(p *tab, l *line) {
	dialing(p, l)
	l.drop(1001, "")
	p.reads("ended", "The server went away before the call began. Call again once it is back.")
}

func keyboard(p *tab, l *line) {
	l.say(invite(callID("1"), "video", ""))
	l.next("ringing")
	p.view("ringing")
	p.wait(`document.activeElement.id === 'answer'`)
	p.do(`document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape', bubbles: true}))`)
	l.next("decline")
	p.view("home")
}

func answeredSoundOnly(p *tab, l *line) {
	l.say(invite(callID("1"), "video", ""))
	l.next("ringing")
	p.click("Answer with sound only")
	if f := l.next("accept"); f["kind"] != "audio" {
		p.t.Errorf("accepted %v", f["kind"])
	}
	p.phase("connecting")
	p.wait(`!document.getElementById('camera').checkVisibility() && !document.getElementById('tile').checkVisibility()`)
	p.click("Hang up")
	l.next("bye")
}

func nonsense(p *tab, l *line) {
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
		l.say(f)
	}
	l.say(invite(callID("2"), "video", "v=broken"))
	l.next("ringing")
	p.click("Answer")
	l.next("accept")
	l.next("bye") // such an offer cannot be answered
	p.reads("ended", "No connection to Ann Example could be made. Another network, such as your phone’s, may help.")
	dialing(p, l)
	p.click("Hang up")
	l.next("cancel")
}

func markup(p *tab, l *line) {
	name := `<img src=x onerror=alert(1)>`
	l.say(frame{"type": "came", "member": frame{"name": "ann", "display": name, "kind": "person"}})
	p.reads("home-name", name)
}

func rename(p *tab, l *line) {
	p.click("Change")
	p.view("name")
	p.do(`document.getElementById('name').value = '  Kim   the Second '`)
	p.click("Continue")
	again, identity := l.accept()
	if identity["display"] != "Kim the Second" {
		p.t.Errorf("identified as %q", identity["display"])
	}
	again.greet(identity, true)
	p.reads("self", "You appear as Kim the Second.")
}

func ringsOverName(p *tab, l *line) {
	p.click("Change")
	p.view("name")
	l.say(invite(callID("1"), "video", ""))
	l.next("ringing")
	p.view("ringing")
	p.click("Decline")
	l.next("decline")
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
			ctx := bounded(t)
			hub := newScript(t, ctx)
			p := arrive(t, ctx, b, hub.link())
			l, _ := hub.accept()
			l.say(frame{"type": "error", "code": c.code, "text": "no"})
			l.drop(c.close, c.code)
			p.reads("fatal-title", c.title)
			p.shoot("fatal")
		})
	}
	t.Run("a name that the hub refuses", func(t *testing.T) {
		ctx := bounded(t)
		hub := newScript(t, ctx)
		p := arrive(t, ctx, b, hub.link())
		l, _ := hub.accept()
		l.say(frame{"type": "error", "code": "bad-name", "text": "no"})
		l.drop(4402, "bad-name")
		p.reads("name-fault", "That name cannot be used. Letters, digits and spaces are fine, 64 at most.")
	})
	t.Run("a full hub", func(t *testing.T) {
		ctx := bounded(t)
		hub := newScript(t, ctx)
		p := arrive(t, ctx, b, hub.link())
		l, _ := hub.accept()
		l.drop(4407, "full")
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
			ctx := bounded(t)
			hub := newScript(t, ctx)
			url := hub.link()
			if c.options.Host != "" {
				url = strings.Replace(url, "127.0.0.1", c.options.Host, 1)
			}
			p := arrive(t, ctx, chromium(t, c.options), url)
			l := hub.welcome(true)
			dialing(p, l)
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
			l.next("cancel")
		})
	}
}
