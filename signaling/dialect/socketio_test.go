package dialect_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"parley/signaling"
	"parley/signaling/dialect"
	"parley/signaling/wire/socketio"
)

// events is a server of people that speaks Socket.IO and acknowledges names.
const events = `
name = "events"
[param.name]
label = { en = "Name" }
required = true
[param.token]
label = { en = "Token" }
secret = true
[channel.main]
kind = "socketio"
namespace = "/calls"
query = { v = "2" }
auth = { token = "${param.token|opt}" }
[[identify]]
frames = [{ body = { event = "login", args = ["${self}"] }, ack = true, ok = { "args.0" = "ok" }, then = { text = "args.1" } }]
[peers]
kind = "person"
ids = "string"
self = "${param.name}"
[flow]
offer = "with-invite"
[send.invite]
frame = { event = "offer", args = ["${to}", "${sdp}"] }
[[recv]]
match = { event = "bye" }
do = "bye"
from = "args.0"
`

const handshake = `0{"sid":"engine","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}`

var annaWithToken = dialect.Options{Params: map[string]string{"name": "anna", "token": "secret"}, Backoff: slow}

// enter takes the next connection and lets it into the namespace.
func (p *place) enter() *socket {
	p.t.Helper()
	s := <-p.sockets
	s.say(handshake)
	_, text, err := s.ReadMessage()
	if err != nil || string(text) != `40/calls,{"token":"secret"}` {
		p.t.Fatalf("the client said %s, %v", text, err)
	}
	s.say(`40/calls,{"sid":"socket"}`)
	return s
}

// exactly reads a text.
func (s *socket) exactly(want string) {
	s.t.Helper()
	if _, text, err := s.ReadMessage(); err != nil || string(text) != want {
		s.t.Fatalf("the client said %s, %v; want %s", text, err, want)
	}
}

func TestSocketIO_Connects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, nil)
		u := start(t, p, events, annaWithToken)
		s := p.enter()
		if got := s.request.URL; got.Path != "/socket.io/" || got.Query().Get("EIO") != "4" || got.Query().Get("transport") != "websocket" || got.Query().Get("v") != "2" {
			t.Errorf("the client asked for %v", got)
		}
		s.exactly(`42/calls,1["login","anna"]`)
		if n := len(u.events); n != 0 {
			t.Errorf("%d events before the acknowledgement", n)
		}
		s.say(`43/calls,1["ok"]`)
		expect[signaling.Linked](u)
		if err := u.Send(to("bert", "c", invite())); err != nil {
			t.Fatal(err)
		}
		if _, text, err := s.ReadMessage(); err != nil || !strings.HasPrefix(string(text), `42/calls,["offer","bert",{`) {
			t.Errorf("the client said %s, %v", text, err)
		}
		s.say(`42/calls,["bye","bert"]`)
		message[signaling.Decline](u) // a goodbye in place of an answer
		s.say(`2`)
		s.exactly(`3`)
		if err := u.Send(to("bert", "d", invite())); err != nil {
			t.Fatal(err)
		}
		u.cancel()
		if _, text, err := s.ReadMessage(); err != nil || !strings.HasPrefix(string(text), `42/calls,["offer"`) {
			t.Errorf("the last words are %s, %v", text, err)
		}
		if _, text, err := s.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseNormalClosure) {
			t.Errorf("after its last words the client said %s, %v", text, err)
		}
		_ = s.Close()
		u.stop()
	})
}

// TestSocketIO_RefusedComesBack has a server that refuses the namespace at first.
func TestSocketIO_RefusedComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, nil)
		u := start(t, p, events, annaWithToken)
		s := <-p.sockets
		s.say(handshake)
		s.exactly(`40/calls,{"token":"secret"}`)
		s.say(`44/calls,{"message":"not yet"}`)
		go s.leave()
		if f := expect[signaling.Fault](u); f.Code != "refused" || !strings.Contains(f.Err.Error(), "not yet") {
			t.Errorf("fault %+v", f)
		}
		if down := expect[signaling.Unlinked](u); down.Retry <= 0 {
			t.Errorf("unlinked %+v", down)
		}
		s = p.enter()
		s.exactly(`42/calls,1["login","anna"]`)
		s.say(`43/calls,1["ok"]`)
		expect[signaling.Linked](u)
		go s.leave()
		u.stop()
	})
}

func TestSocketIO_SilenceEndsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, nil)
		u := start(t, p, events, annaWithToken)
		s := p.enter()
		s.exactly(`42/calls,1["login","anna"]`)
		s.say(`43/calls,1["ok"]`)
		expect[signaling.Linked](u)
		before := time.Now()
		go s.leave() // it answers the WebSocket's own pings, as a dead program behind a proxy does
		if down := expect[signaling.Unlinked](u); !errors.Is(down.Cause, socketio.ErrSilent) {
			t.Errorf("unlinked %+v", down)
		}
		if took := time.Since(before); took != 45*time.Second {
			t.Errorf("noticed after %v", took)
		}
		s = p.enter()
		go s.leave()
		u.stop()
	})
}

// TestSocketIO_NoAcknowledgement has a server that does not answer who we are.
func TestSocketIO_NoAcknowledgement(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, nil)
		u := start(t, p, events, annaWithToken)
		s := p.enter()
		s.exactly(`42/calls,1["login","anna"]`)
		go s.leave()
		expect[signaling.Fault](u)
		expect[signaling.Unlinked](u)
		s = p.enter()
		go s.leave()
		u.stop()
	})
}

func TestSocketIO_StrangeTexts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, nil)
		u := start(t, p, events, annaWithToken)
		s := p.enter()
		s.exactly(`42/calls,1["login","anna"]`)
		s.say(`43/calls,1["ok"]`)
		expect[signaling.Linked](u)
		s.say(`42/calls,{`, `9`, `42/calls,["weather"]`, `42/calls,["weather"]`, `43/calls,77["late"]`, `42["elsewhere"]`,
			`42/calls,["weather","`+strings.Repeat("x", 2<<20)+`"]`)
		if c := expect[signaling.Counted](u); c.Frames != 5 {
			t.Errorf("counted %+v", c)
		}
		go s.leave()
		u.stop()
	})
}
