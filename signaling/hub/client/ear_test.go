package client_test

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"parley/signaling"
	"parley/signaling/hub/client"
	"parley/signaling/hub/frame"
)

// strange is a hub that says what a test wants.
type strange struct {
	place
	t       *testing.T
	server  http.Server
	sockets chan *websocket.Conn
	ended   chan struct{}
}

func newStrange(t *testing.T) *strange {
	t.Helper()
	s := &strange{t: t, sockets: make(chan *websocket.Conn, 10), ended: make(chan struct{})}
	u := websocket.Upgrader{Subprotocols: []string{frame.Protocol}}
	s.server.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/ws" {
			http.NotFound(w, r)
			return
		}
		ws, err := u.Upgrade(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		s.sockets <- ws
	})
	l := s.listen()
	go func() {
		defer close(s.ended)
		_ = s.server.Serve(l)
	}()
	return s
}

func (s *strange) close() {
	_ = s.server.Close()
	<-s.ended
}

// greeted starts a client, reads its first frame and returns its connection.
func (s *strange) greeted(o client.Options, want string) (*user, *websocket.Conn) {
	s.t.Helper()
	u := start(s.t, &s.place, o)
	ws := <-s.sockets
	if _, text, err := ws.ReadMessage(); err != nil || string(text) != want {
		s.t.Errorf("the client said %s, %v; want %s", text, err, want)
	}
	return u, ws
}

func say(t *testing.T, ws *websocket.Conn, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if err := ws.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
}

// leave reads until the connection ends.
func leave(ws *websocket.Conn) {
	for {
		if _, _, err := ws.ReadMessage(); err != nil {
			_ = ws.Close()
			return
		}
	}
}

const welcome = `{"type":"welcome","self":{"name":"anna","display":"anna","kind":"person"},"resume":"secret","ice":[]}`

func TestEar_StrangeFramesHurtNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStrange(t)
		u, ws := s.greeted(client.Options{Name: "anna"}, `{"type":"identify","name":"anna"}`)
		say(t, ws, `{"type":"came","member":{"name":"early","display":"E","kind":"person"}}`, `{"type":"gone","name":"early"}`)
		say(t, ws, welcome, `{"type":"presence","here":[]}`)
		expect[signaling.Linked](u)
		expect[signaling.Roster](u)
		for _, text := range []string{`hello`, `123`, `[]`, `{"type":7}`, `{"type":"came"}`, `{"type":"bye","from":"bert"}`, `{"type":"error"}`} {
			say(t, ws, text)
			if f := expect[signaling.Fault](u); f.Code != "bad-frame" || f.Err == nil {
				t.Errorf("%s: fault %v", text, f)
			}
		}
		say(t, ws, `{"type":"weather","sun":true}`, `{"type":"gone","name":"nobody"}`)
		for _, display := range []string{"Bert", "Dr. Bert"} {
			say(t, ws, `{"type":"came","member":{"name":"bert","display":"`+display+`","kind":"person"}}`)
			if r := expect[signaling.Roster](u); len(r.Members) != 1 || r.Members[0].Name != display {
				t.Errorf("roster %v", r)
			}
		}
		go leave(ws)
		u.stop()
		s.close()
	})
}

func TestEar_PassingTroublesLeadToAnotherTry(t *testing.T) {
	for _, code := range []frame.Code{frame.Full, frame.Slow, frame.TooFast, frame.BadFrame, frame.NotIdentified, "of-a-later-version"} {
		t.Run(string(code), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStrange(t)
				u, ws := s.greeted(client.Options{Name: "anna"}, `{"type":"identify","name":"anna"}`)
				say(t, ws, welcome, `{"type":"error","code":"`+string(code)+`","text":"sorry"}`)
				number := code.CloseCode()
				if number == 0 {
					number = 4499
				}
				_ = ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(number, string(code)), time.Now().Add(time.Second))
				leave(ws)
				expect[signaling.Linked](u)
				if f := expect[signaling.Fault](u); f.Code != string(code) {
					t.Errorf("fault %v", f)
				}
				if down := expect[signaling.Unlinked](u); down.Retry == 0 {
					t.Errorf("unlinked %v", down)
				}
				ws = <-s.sockets
				if _, text, _ := ws.ReadMessage(); string(text) != `{"type":"identify","name":"anna","resume":"secret"}` {
					t.Errorf("the client said %s", text)
				}
				go leave(ws)
				u.stop()
				s.close()
			})
		})
	}
}

func TestEar_FinalErrors(t *testing.T) {
	for _, code := range []frame.Code{frame.Version, frame.Replaced, frame.InviteExpired} {
		t.Run(string(code), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStrange(t)
				u, ws := s.greeted(client.Options{Invite: "token", Display: " A\u202e "}, `{"type":"identify","display":"A","invite":"token"}`)
				say(t, ws, `{"type":"error","code":"`+string(code)+`","text":"no"}`)
				go leave(ws)
				var refusal frame.Error
				if err := <-u.result; !errors.As(err, &refusal) || refusal.Code != code {
					t.Errorf("Run returned %v", err)
				}
				u.cancel()
				s.close()
			})
		})
	}
}
