package dialect_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"parley/signaling"
)

// posts is a server to which one speaks by HTTP and which answers by WebSocket,
// once the login is done.
const posts = `
name = "posts"
[param.name]
label = { en = "Name" }
required = true
[channel.main]
kind = "ws"
[channel.api]
kind = "http"
path = "/api"
header = { Authorization = "Bearer ${var.token|or:none}" }
query = { v = "1" }
[channel.extra]
kind = "ws"
url = "ws://${host}/extra?token=${var.token}"
after = 1
[[identify]]
frames = [{ via = "api", body = { method = "POST", path = "/login", body = { name = "${self}" } }, ok = { status = 200 }, then = { capture = { token = "body.token" }, text = "body.text" } }]
[[identify]]
frame = { type = "bind" }
expect = { match = { type = "bound" } }
[peers]
kind = "person"
ids = "string"
self = "${param.name}"
[flow]
offer = "with-invite"
[candidates]
trickle = true
[send.invite]
via = "api"
frame = { method = "POST", path = "/say", query = { to = "${to}" }, header = { X-Kind = "offer" }, body = { sdp = "${sdp}" } }
[send.candidate]
via = "api"
frame = { method = "POST", path = "/say", body = { candidate = "${candidate.text}" } }
[send.bye]
via = "api"
frame = { method = "POST", path = "/say", body = { bye = "${to}" } }
[send.cancel]
same_as = "bye"
[[recv]]
via = "extra"
match = { type = "here" }
do = "roster"
members = "who.*"
`

// pages is the HTTP side: it notes what is said to it.
type pages struct {
	mu    sync.Mutex
	said  []string
	delay time.Duration
	heard chan string
}

func newPages() *pages { return &pages{heard: make(chan string, 100)} }

func (p *pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if r.URL.Path == "/api/login" {
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "crumb", Path: "/"})
		_, _ = fmt.Fprint(w, `{"token":"T"}`)
		return
	}
	p.mu.Lock()
	delay := p.delay
	p.delay = 0 // the first is the slowest
	p.mu.Unlock()
	<-time.After(delay)
	cookie, _ := r.Cookie("session")
	text := fmt.Sprintf("%s %s %s %s %v %s", r.Method, r.URL, r.Header.Get("Authorization"), r.Header.Get("X-Kind"), cookie, body)
	p.mu.Lock()
	p.said = append(p.said, text)
	p.mu.Unlock()
	p.heard <- text
}

// login takes the connections of a client that logs in.
func (p *place) login() (main, extra *socket) {
	p.t.Helper()
	main, extra = <-p.sockets, <-p.sockets
	main.hear(`{"type":"bind"}`)
	main.say(`{"type":"bound"}`)
	return main, extra
}

func TestWeb_SaysInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := newPages()
		p := open(t, api)
		u := start(t, p, posts, anna)
		main, extra := p.login()
		if got := extra.request.URL.String(); got != "/extra?token=T" {
			t.Errorf("the second WebSocket asked for %s", got)
		}
		expect[signaling.Linked](u)
		extra.say(`{"type":"here","who":["bert"]}`)
		await[signaling.Roster](u)
		api.mu.Lock()
		api.delay = 3 * time.Second
		api.mu.Unlock()
		for _, m := range []signaling.Message{
			invite(), signaling.Candidate{Candidate: "candidate:1 1 udp 1 127.0.0.1 9 typ host"}, signaling.Cancel{},
		} {
			if err := u.Send(to("bert", "c", m)); err != nil {
				t.Fatal(err)
			}
		}
		for i, want := range []string{
			`POST /api/say?to=bert&v=1 Bearer T offer session=crumb {"sdp":`,
			`POST /api/say?v=1 Bearer T  session=crumb {"candidate":"candidate:1 `,
			`POST /api/say?v=1 Bearer T  session=crumb {"bye":"bert"}`,
		} {
			if got := <-api.heard; !strings.HasPrefix(got, want) {
				t.Errorf("request %d was %s, want %s", i, got, want)
			}
		}
		go main.leave()
		go extra.leave()
		u.stop()
	})
}

// TestWeb_LastWords ends while a request is on its way and others wait.
func TestWeb_LastWords(t *testing.T) {
	for _, c := range []struct {
		delay time.Duration
		heard int // of two requests
	}{{time.Second, 2}, {time.Minute, 0}} {
		t.Run(c.delay.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				api := newPages()
				p := open(t, api)
				u := start(t, p, posts, anna)
				main, extra := p.login()
				expect[signaling.Linked](u)
				go main.leave()
				go extra.leave()
				api.delay = c.delay
				_ = u.Send(to("bert", "c", invite()))
				_ = u.Send(to("bert", "c", signaling.Cancel{}))
				before := time.Now()
				u.stop()
				if took := time.Since(before); took > 3*time.Second {
					t.Errorf("leaving took %v", took)
				}
				if got := len(api.heard); got != c.heard {
					t.Errorf("%d requests arrived, want %d", got, c.heard)
				}
				<-time.After(time.Hour) // of virtual time: the server's side ends, too
			})
		})
	}
}

// TestWeb_SecondSocket loses one WebSocket and then the other.
func TestWeb_SecondSocket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, newPages())
		u := start(t, p, posts, anna)
		main, extra := p.login()
		expect[signaling.Linked](u)
		_ = extra.Close()
		extra = <-p.sockets // it alone is opened again
		if extra.request.URL.Path != "/extra" {
			t.Errorf("opened %v", extra.request.URL)
		}
		extra.say(`{"type":"here","who":["bert"]}`)
		await[signaling.Roster](u)
		_ = main.Close()
		expect[signaling.Unlinked](u)
		extra.leave() // closed with main
		main, extra = p.login()
		expect[signaling.Linked](u)
		go main.leave()
		go extra.leave()
		u.stop()
	})
}

// TestWeb_SameTrust reaches both sides of a server by its pinned certificate.
func TestWeb_SameTrust(t *testing.T) {
	api := newPages()
	sockets := make(chan *websocket.Conn, 4)
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !websocket.IsWebSocketUpgrade(r) {
			api.ServeHTTP(w, r)
			return
		}
		u := websocket.Upgrader{}
		if ws, err := u.Upgrade(w, r, nil); err == nil {
			sockets <- ws
		}
	}))
	defer s.Close()
	pin := sha256.Sum256(s.Certificate().Raw)
	o := anna
	o.URL, o.Fingerprint = s.URL, hex.EncodeToString(pin[:])
	toml := strings.Replace(posts, "ws://${host}", "wss://${host}", 1)
	u := start(t, nil, toml, o)
	main, extra := &socket{<-sockets, t, nil}, &socket{<-sockets, t, nil}
	main.hear(`{"type":"bind"}`)
	main.say(`{"type":"bound"}`)
	expect[signaling.Linked](u)
	u.cancel()
	main.leave()
	extra.leave()
	u.stop()
}

var _ http.Handler = (*pages)(nil)
