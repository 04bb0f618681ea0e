//go:build e2e

package e2e_test

import (
	"context"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"parley/assets/guest"
)

// frame is one JSON frame of docs/protocol.md.
type frame = map[string]any

// script is a hub that says exactly what a test tells it to, so that the page
// can be brought into every state.
type script struct {
	*httptest.Server
	t      *testing.T
	ctx    context.Context //nolint:containedctx // of one test
	guests chan *line
}

// line is the connection of one guest.
type line struct {
	*script
	socket *websocket.Conn
	frames chan frame
}

func newScript(t *testing.T, ctx context.Context) *script {
	t.Helper()
	s := &script{t: t, ctx: ctx, guests: make(chan *line, 8)}
	mux := http.NewServeMux()
	mux.HandleFunc("/ws", s.serve)
	mux.Handle("/guest/", http.StripPrefix("/guest/", http.FileServerFS(guest.Files)))
	mux.HandleFunc("/i/", func(w http.ResponseWriter, _ *http.Request) {
		page, err := fs.ReadFile(guest.Files, "index.html")
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page)
	})
	s.Server = httptest.NewServer(policed(mux))
	t.Cleanup(s.Close)
	return s
}

// policed sends what docs/protocol.md promises with every page.
func policed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

func (s *script) serve(w http.ResponseWriter, r *http.Request) {
	upgrader := websocket.Upgrader{Subprotocols: []string{"parley.hub.v1"}}
	socket, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	l := &line{s, socket, make(chan frame, 100)}
	s.guests <- l
	defer close(l.frames)
	for {
		var f frame
		if socket.ReadJSON(&f) != nil {
			return
		}
		l.frames <- f
	}
}

// accept waits for a guest to identify itself.
func (s *script) accept() (*line, frame) {
	s.t.Helper()
	select {
	case l := <-s.guests:
		return l, l.next("identify")
	case <-s.ctx.Done():
		s.t.Fatal("no guest came")
		return nil, nil
	}
}

// welcome lets a guest in, whose inviter is Ann.
func (s *script) welcome(here bool) *line {
	s.t.Helper()
	l, identity := s.accept()
	l.greet(identity, here)
	return l
}

// greet answers an identification.
func (l *line) greet(identity frame, here bool) {
	l.t.Helper()
	l.say(frame{
		"type": "welcome", "resume": "secret", "ice": []any{},
		"self": frame{"name": "guest-abcdefgh", "display": identity["display"], "kind": "guest"},
	})
	members := []any{}
	if here {
		members = append(members, ann)
	}
	l.say(frame{"type": "presence", "here": members})
}

var ann = frame{"name": "ann", "display": "Ann Example", "kind": "person"}

func (l *line) say(f frame) {
	l.t.Helper()
	if err := l.socket.WriteJSON(f); err != nil {
		l.t.Fatalf("say %s: %v", f["type"], err)
	}
}

// next returns the next frame of this type, and passes over candidates.
func (l *line) next(kind string) frame {
	l.t.Helper()
	for {
		select {
		case f, ok := <-l.frames:
			switch {
			case !ok:
				l.t.Fatalf("the page hung up while %q was awaited", kind)
			case f["type"] == kind:
				return f
			case f["type"] != "candidate":
				l.t.Fatalf("the page said %v, want %q", f["type"], kind)
			}
		case <-l.ctx.Done():
			l.t.Fatalf("the page never said %q", kind)
		}
	}
}

// drop ends the connection with a close code of docs/protocol.md.
func (l *line) drop(code int, text string) {
	l.t.Helper()
	message := websocket.FormatCloseMessage(code, text)
	if err := l.socket.WriteMessage(websocket.CloseMessage, message); err != nil {
		l.t.Fatalf("close with %d: %v", code, err)
	}
}

func (s *script) link() string { return s.URL + "/i/" + strings.Repeat("a", 22) }

// invite is the invite of Ann with this call id.
func invite(call, kind, sdp string) frame {
	f := frame{"type": "invite", "from": "ann", "call": call, "kind": kind, "display": "Ann Example"}
	if sdp != "" {
		f["description"] = frame{"type": "offer", "sdp": sdp, "round": 0}
	}
	return f
}

// callID makes a call id of the right length from one character. Those of the
// page are hexadecimal.
func callID(c string) string { return strings.Repeat(c, 32) }
