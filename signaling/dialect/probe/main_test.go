package probe_test

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"parley/signaling/dialect/probe"
	"parley/signaling/dialect/value"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a network in memory, so that time can be virtual.
type world struct {
	t       *testing.T
	servers map[string]*server // by host:port
	silent  []string           // host:port where connecting takes forever

	mu    sync.Mutex
	asked []string // host:port of connections that were tried
}

// server serves HTTP on pipes.
type server struct {
	pipes chan net.Conn
	ended chan struct{}
	http  http.Server
	done  sync.WaitGroup

	mu   sync.Mutex
	said []string // text messages that clients said
}

func newWorld(t *testing.T) *world { return &world{t: t, servers: map[string]*server{}} }

// serve starts a server at an address; with a certificate it wants TLS.
func (w *world) serve(address string, certificate *tls.Certificate, handle func(*server) http.HandlerFunc) *server {
	s := &server{pipes: make(chan net.Conn), ended: make(chan struct{})}
	s.http.Handler = handle(s)
	s.http.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)
	var listener net.Listener = s
	if certificate != nil {
		listener = tls.NewListener(s, &tls.Config{Certificates: []tls.Certificate{*certificate}, MinVersion: tls.VersionTLS12})
	}
	s.done.Go(func() { _ = s.http.Serve(listener) })
	w.servers[address] = s
	return s
}

// stop ends all servers, and waits for what they do: on a pipe, which holds
// nothing, the farewells of TLS meet and take seconds.
func (w *world) stop() {
	<-time.After(time.Minute)
	for _, s := range w.servers {
		_ = s.http.Close()
		s.done.Wait()
	}
}

func (w *world) dial(ctx context.Context, _, address string) (net.Conn, error) {
	w.mu.Lock()
	w.asked = append(w.asked, address)
	w.mu.Unlock()
	if slices.Contains(w.silent, address) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	host, _, _ := net.SplitHostPort(address)
	if host == "nowhere.example" {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	s := w.servers[address]
	if s == nil {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	}
	near, far := net.Pipe()
	select {
	case s.pipes <- far:
		return near, nil
	case <-s.ended:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *server) Accept() (net.Conn, error) {
	select {
	case c := <-s.pipes:
		return c, nil
	case <-s.ended:
		return nil, net.ErrClosed
	}
}

func (s *server) Close() error {
	close(s.ended)
	return nil
}

func (s *server) Addr() net.Addr { return &net.UnixAddr{Name: "test"} }

// heard is everything that clients said.
func (s *server) heard() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.said)
}

// socket serves a WebSocket: greet is said at once, and answer says what follows
// a message.
func (s *server) socket(greet []string, answer func(said string) []string) http.HandlerFunc {
	u := websocket.Upgrader{Subprotocols: []string{"parley.hub.v1", "known"}}
	return func(w http.ResponseWriter, r *http.Request) {
		if !websocket.IsWebSocketUpgrade(r) {
			http.Error(w, "upgrade", http.StatusUpgradeRequired)
			return
		}
		ws, err := u.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer func() { _ = ws.Close() }()
		say := func(texts []string) {
			for _, text := range texts {
				_ = ws.WriteMessage(websocket.TextMessage, []byte(text))
			}
		}
		say(greet)
		for {
			_, text, err := ws.ReadMessage()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.said = append(s.said, string(text))
			s.mu.Unlock()
			say(answer(string(text)))
		}
	}
}

// raw is a server of raw WebSockets that dies of what is no JSON.
func raw(greet []string, answers map[string]string) func(*server) http.HandlerFunc {
	return func(s *server) http.HandlerFunc {
		return s.socket(greet, func(said string) []string {
			if _, err := value.Decode([]byte(said)); err != nil {
				s.mu.Lock()
				defer s.mu.Unlock()
				s.said = append(s.said, "DIED OF "+said)
				return nil
			}
			for part, answer := range answers {
				if strings.Contains(said, part) {
					return []string{answer}
				}
			}
			return nil
		})
	}
}

const handshake = `0{"sid":"engine","upgrades":[],"pingInterval":25000,"pingTimeout":20000}`

// events is a Socket.IO server of Engine.IO 4; welcome answers CONNECT.
func events(welcome []string, answers map[string]string) func(*server) http.HandlerFunc {
	return func(s *server) http.HandlerFunc {
		socket := s.socket([]string{handshake}, func(said string) []string {
			if strings.HasPrefix(said, "40") {
				return welcome
			}
			if answer := answers[said]; answer != "" {
				return []string{answer}
			}
			return nil
		})
		return only("/socket.io/", socket)
	}
}

// only serves one path.
func only(path string, h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != path {
			http.NotFound(w, r)
			return
		}
		h(w, r)
	}
}

// direct is no proxy, whatever the environment of the tests says.
func direct(*http.Request) (*url.URL, error) { return nil, nil }

// look looks at an address of the world, and checks what every report must be.
func (w *world) look(o probe.Options) probe.Report {
	w.t.Helper()
	o.NetDial = w.dial
	if o.Proxy == nil {
		o.Proxy = direct
	}
	r, err := probe.Run(w.t.Context(), o)
	if err != nil {
		w.t.Errorf("Run: %v", err)
	}
	for _, f := range r.Findings {
		if !slices.Contains(probe.Codes(), f.Code) {
			w.t.Errorf("the code %q is not in the list", f.Code)
		}
	}
	for address, s := range w.servers {
		for _, said := range s.heard() {
			if strings.HasPrefix(said, "DIED OF ") {
				w.t.Errorf("%s %s", address, said)
			}
		}
	}
	return r
}

// codes are the codes of the findings, in order.
func codes(r probe.Report) string {
	var all []string
	for _, f := range r.Findings {
		all = append(all, f.Code)
	}
	return strings.Join(all, " ")
}
