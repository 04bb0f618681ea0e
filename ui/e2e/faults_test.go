//go:build e2e

package e2e_test

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"parley/ui/e2e/browser"
	"parley/ui/e2e/lab"
)

// echoes checks that a call works: the next one, after something went wrong.
func echoes(t *testing.T, ctx context.Context, p *lab.Parley) {
	t.Helper()
	p.Do("call", "to", "echo", "kind", "video")
	p.Phase(ctx, "active")
	p.Next(ctx, "firstFrame", func(e lab.Event) bool { return e.Text("kind") == "video" })
	p.Do("hangup")
	p.Phase(ctx, "idle")
}

// sentences waits for errors with these codes, in any order, and checks that
// they say something.
func sentences(t *testing.T, ctx context.Context, p *lab.Parley, codes ...string) {
	t.Helper()
	for len(codes) > 0 {
		e := p.Next(ctx, "error", nil)
		if text := e.Text("text"); !strings.Contains(text, " ") {
			t.Errorf("the error %q is told as %q", e.Text("code"), text)
		}
		codes = slices.DeleteFunc(codes, func(code string) bool { return code == e.Text("code") })
	}
}

func TestFault_NoDevices(t *testing.T) {
	ctx := bounded(t)
	t.Setenv("PULSE_SERVER", "unix:"+t.TempDir()+"/nobody")
	ann := lab.Headless(t, "--hub", "127.0.0.1:0", "--name", "ann")
	ann.Sees(ctx, "echo")
	ann.Do("call", "to", "echo", "kind", "video")
	sentences(t, ctx, ann, "noSoundServer", "noCamera")
	ann.Until(ctx, "stats", func(e lab.Event) bool { return e.Number("inbound.video.framesDecoded") > 0 }) // something goes out all the same
	ann.Do("hangup")
	ann.Phase(ctx, "idle")
	echoes(t, ctx, ann)
	ann.Quit(ctx)
}

func TestFault_Commands(t *testing.T) {
	t.Parallel()
	ctx := bounded(t)
	ann := lab.Headless(t, append(quiet("ann", ""), "--hub", "127.0.0.1:0")...)
	ann.Sees(ctx, "echo")
	for _, line := range []string{
		`{`, `null`, `[]`, `7`, `{}`, `{"do":7}`, `{"do":"fly"}`, `{"do":"call"}`, `{"do":"call","to":"echo","kind":"smell"}`,
		`{"do":"mute"}`, `{"do":"choose","kind":"nose","choice":"x"}`, `{"do":"choose","kind":"speaker","choice":"pattern"}`,
	} {
		ann.Line(line)
		sentences(t, ctx, ann, "badCommand")
	}
	for _, idle := range []string{"accept", "reject", "hangup"} {
		ann.Do(idle) // means nothing now
	}
	echoes(t, ctx, ann)
	ann.Quit(ctx)
}

func TestFault_HubKilled(t *testing.T) {
	t.Parallel()
	ctx := bounded(t)
	hub := lab.NewHub(t, "127.0.0.1:0")
	ann := lab.Headless(t, quiet("ann", hub.URL)...)
	bob := lab.Headless(t, append(quiet("bob", hub.URL), "--auto-answer")...)
	both := []*lab.Parley{ann, bob}
	ann.Sees(ctx, "bob")
	ann.Do("call", "to", "bob")
	for _, p := range both {
		p.Next(ctx, "firstFrame", nil)
	}
	hub.Kill()
	for _, p := range both {
		p.Next(ctx, "offline", nil)
		shows(t, ctx, p, parleyCamera()) // the call needs no server
	}
	lab.NewHub(t, address(t, hub.URL))
	for _, p := range both {
		p.Next(ctx, "ready", nil)
		shows(t, ctx, p, parleyCamera())
	}
	ann.Do("hangup")
	for _, p := range both {
		p.Phase(ctx, "idle")
	}
	bob.Do("call", "to", "ann")
	ann.Phase(ctx, "ringing")
	ann.Do("accept")
	for _, p := range both {
		p.Next(ctx, "firstFrame", nil)
	}
	ann.Quit(ctx)
	bob.Quit(ctx)
}

func TestFault_HubKilledWhileRinging(t *testing.T) {
	t.Parallel()
	ctx := bounded(t)
	hub := lab.NewHub(t, "127.0.0.1:0")
	ann := lab.Headless(t, quiet("ann", hub.URL)...)
	bob := lab.Headless(t, quiet("bob", hub.URL)...)
	ann.Sees(ctx, "bob")
	ann.Do("call", "to", "bob")
	bob.Phase(ctx, "ringing")
	hub.Kill()
	for p, reason := range map[*lab.Parley]string{ann: "offline", bob: "missed"} {
		if e := p.Phase(ctx, "idle"); e.Text("reason") != reason {
			t.Errorf("the call ended with %q, want %q", e.Text("reason"), reason)
		}
	}
	ann.Do("call", "to", "bob")
	if e := ann.Phase(ctx, "idle"); e.Text("reason") != "offline" {
		t.Errorf("a call without a server ends with %q", e.Text("reason"))
	}
}

// address is the host and port of a URL.
func address(t *testing.T, text string) string {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u.Host
}

func TestFault_PeerKilled(t *testing.T) {
	t.Parallel()
	ctx := bounded(t)
	hub := lab.NewHub(t, "127.0.0.1:0")
	ann := lab.Headless(t, quiet("ann", hub.URL)...)
	bob := lab.Headless(t, append(quiet("bob", hub.URL), "--auto-answer")...)
	ann.Sees(ctx, "bob")
	ann.Do("call", "to", "bob")
	ann.Next(ctx, "firstFrame", nil)
	bob.Kill()
	ann.Phase(ctx, "recovering")
	if e := ann.Phase(ctx, "idle"); e.Text("reason") != "lost" {
		t.Errorf("the call ended with %q", e.Text("reason"))
	}
	again := lab.Headless(t, append(quiet("bob", hub.URL), "--auto-answer")...)
	again.Next(ctx, "ready", nil)
	ann.Do("call", "to", "bob")
	ann.Phase(ctx, "active")
	ann.Next(ctx, "firstFrame", nil)
	ann.Quit(ctx)
}

// dialHub connects as a client that does as it likes.
func dialHub(t *testing.T, ctx context.Context, hub string) *websocket.Conn {
	t.Helper()
	dialer := websocket.Dialer{Subprotocols: []string{"parley.hub.v1"}}
	c, response, err := dialer.DialContext(ctx, strings.TrimSuffix(hub, "/ws")+"/ws", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close() // of an upgraded connection, so it is empty
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// TestFault_RoguePeer lets a member send what no program would, to the hub and
// to another member.
func TestFault_RoguePeer(t *testing.T) {
	t.Parallel()
	ctx := bounded(t)
	hub := lab.NewHub(t, "127.0.0.1:0")
	ann := lab.Headless(t, append(quiet("ann", hub.URL), "--auto-answer")...)
	ann.Sees(ctx, "echo")
	rogue := dialHub(t, ctx, hub.URL)
	say := func(text string) {
		t.Helper()
		if err := rogue.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	say(`{"type":"identify","name":"rogue"}`)
	ann.Sees(ctx, "rogue")
	for _, text := range []string{
		``, `{`, `[]`, `{"type":"surprise"}`, `{"type":"invite","to":"ann"}`, `{"type":"invite","to":"ann","call":"short","kind":"video"}`,
	} {
		say(text) // the hub complains about these itself
	}
	for i, offer := range []string{
		`"v=0"`, `"m=video"`, `"v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n"`, `"` + strings.Repeat("x", 200<<10) + `"`,
	} {
		id := callID(string(rune('a' + i)))
		say(`{"type":"candidate","to":"ann","call":"` + id + `","candidate":{"candidate":"nonsense"}}`)
		say(`{"type":"invite","to":"ann","call":"` + id + `","kind":"video","description":{"type":"offer","sdp":` + offer + `,"round":0}}`)
		say(`{"type":"candidate","to":"ann","call":"` + id + `","candidate":{"candidate":"candidate:1 1 udp 1 256.1.2.3 99999 typ host"}}`)
		if e := ann.Phase(ctx, "idle"); e.Text("reason") != "setupFailed" {
			t.Errorf("such an offer ends with %q", e.Text("reason"))
		}
	}
	say(`{"type":"invite","to":"ann","call":"` + callID("z") + `","kind":"video"}`) // and nothing more
	ann.Phase(ctx, "connecting")
	say(`{"type":"bye","to":"ann","call":"` + callID("z") + `"}`)
	ann.Phase(ctx, "idle")
	say(strings.Repeat(" ", 300<<10)) // too large: the hub hangs up
	for {
		if _, _, err := rogue.ReadMessage(); err != nil {
			if !websocket.IsCloseError(err, websocket.CloseMessageTooBig) {
				t.Errorf("a huge frame ends with %v", err)
			}
			break
		}
	}
	echoes(t, ctx, ann)
	ann.Quit(ctx)
}

// TestFault_RogueHub lets a server say what no hub would.
func TestFault_RogueHub(t *testing.T) {
	t.Parallel()
	ctx := bounded(t)
	hub := newScript(t, ctx)
	ann := lab.Headless(t, append(quiet("ann", "ws"+strings.TrimPrefix(hub.URL, "http")), "--profile", "hub")...) // a look would find none
	l, _ := hub.accept()
	l.say(frame{"type": "surprise"})
	l.say(frame{"type": "welcome", "resume": "secret", "ice": []any{}, "self": frame{"name": "ann", "display": "Ann", "kind": "person"}})
	ann.Next(ctx, "ready", nil)
	l.say(frame{"type": "presence", "here": []any{frame{"name": "bob", "display": "Bob", "kind": "person"}}})
	ann.Sees(ctx, "bob")
	for _, text := range []string{``, `{`, `null`, `[]`, `{"type":7}`, `{"type":"presence","here":7}`, `{"type":"came"}`, `{"type":"invite","from":"bob"}`} {
		if err := l.socket.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	ring := invite(callID("1"), "video", "")
	ring["from"] = "bob"
	l.say(ring)
	if e := ann.Phase(ctx, "ringing"); e.Text("peer") != "bob" {
		t.Errorf("it rings for %v", e)
	}
	ann.Do("reject")
	l.next("ringing")
	l.next("decline")
	if err := l.socket.WriteMessage(websocket.TextMessage, []byte(strings.Repeat(" ", 8<<20))); err != nil {
		t.Logf("the program hung up while a huge frame was sent: %v", err)
	}
	again, identity := hub.accept()
	if identity["resume"] != "secret" {
		t.Errorf("it came back with resume %v", identity["resume"])
	}
	again.say(frame{"type": "welcome", "resume": "secret", "ice": []any{}, "self": frame{"name": "ann", "display": "Ann", "kind": "person"}})
	ann.Next(ctx, "ready", nil)
	ann.Quit(ctx)
}

// TestFault_BrowserGone closes the browser in the middle of a call.
func TestFault_BrowserGone(t *testing.T) {
	t.Parallel()
	ctx := bounded(t)
	ann := lab.Headless(t, append(quiet("ann", ""), "--hub", "127.0.0.1:0", "--auto-answer")...)
	ann.Sees(ctx, "echo")
	ann.Do("invite")
	p := arrive(t, ctx, chromium(t, browser.Options{}), ann.Next(ctx, "invite", nil).Text("url"))
	p.click("Call")
	ann.Next(ctx, "firstFrame", func(e lab.Event) bool { return e.Text("kind") == "video" })
	p.ok(p.page.Close())
	if e := ann.Phase(ctx, "idle"); e.Text("reason") != "remoteHangup" {
		t.Errorf("the call ended with %q", e.Text("reason"))
	}
	echoes(t, ctx, ann)
	ann.Quit(ctx)
}
