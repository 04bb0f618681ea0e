package wire_test

import (
	"context"
	"net"
	"net/http"
	"sync"
	"testing"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"parley/signaling/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server is the other end of lines: a WebSocket server in memory, so that time
// can be virtual.
type server struct {
	pipes   chan net.Conn
	sockets chan *websocket.Conn // each is the test's once it is here
	ended   chan struct{}
	http    http.Server
	done    sync.WaitGroup
}

// serve starts a server that ends with the test.
func serve(t *testing.T) *server {
	t.Helper()
	s := &server{pipes: make(chan net.Conn), sockets: make(chan *websocket.Conn, 16), ended: make(chan struct{})}
	u := websocket.Upgrader{Subprotocols: []string{"two"}}
	s.http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Refuse") != "" {
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		ws, err := u.Upgrade(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		s.sockets <- ws
	})
	s.done.Go(func() { _ = s.http.Serve(s) })
	return s
}

// stop ends the server; connections that it accepted stay.
func (s *server) stop() {
	_ = s.http.Close()
	s.done.Wait()
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

func (s *server) dial(ctx context.Context, _, _ string) (net.Conn, error) {
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

// recorder is a handler that keeps what it is told.
type recorder struct {
	opened   chan struct{}
	received chan wire.Message
	closed   chan closed
	open     func() error
	receive  func(wire.Message) error
}

type closed struct {
	cause error
	retry int64 // ns
}

func record() *recorder {
	return &recorder{
		opened:   make(chan struct{}, 100),
		received: make(chan wire.Message, 100),
		closed:   make(chan closed, 100),
	}
}

// running is a line that runs.
type running struct {
	*wire.Line
	*recorder
	cancel context.CancelFunc
	result chan error
}

// run starts a line. Its end is waited for by finish.
func run(t *testing.T, o wire.Options, r *recorder) *running {
	t.Helper()
	if o.URL == "" {
		o.URL = "ws://server.invalid/ws"
	}
	line, err := wire.New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	out := &running{line, r, cancel, make(chan error, 1)}
	go func() { out.result <- line.Run(ctx, r) }()
	return out
}

func (r *running) finish(t *testing.T) {
	t.Helper()
	r.cancel()
	if err := <-r.result; err != nil {
		t.Errorf("Run returned %v", err)
	}
}
