package dialect_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"parley/signaling"
	"parley/signaling/dialect"
	"parley/signaling/dialect/profile"
	"parley/signaling/dialect/value"
	"parley/signaling/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// place is where the servers of a test are: an address in memory, so that time
// can be virtual.
type place struct {
	t       *testing.T
	pipes   chan net.Conn
	sockets chan *socket // those that were opened
	pages   http.Handler // what is asked for without a WebSocket
	refuse  bool         // nothing listens
	server  http.Server
	ended   chan struct{}
	done    sync.WaitGroup
	once    sync.Once
}

// socket is the server's end of a WebSocket.
type socket struct {
	*websocket.Conn
	t       *testing.T
	request *http.Request
}

// open starts the server, which ends with the test at the latest.
func open(t *testing.T, pages http.Handler) *place {
	t.Helper()
	p := &place{
		t: t, pipes: make(chan net.Conn), sockets: make(chan *socket, 64), pages: pages, ended: make(chan struct{}),
	}
	p.server.Handler = p
	p.done.Go(func() { _ = p.server.Serve(p) })
	t.Cleanup(p.close)
	return p
}

// ServeHTTP implements http.Handler.
func (p *place) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !websocket.IsWebSocketUpgrade(r) {
		if p.pages == nil {
			http.NotFound(w, r)
			return
		}
		p.pages.ServeHTTP(w, r)
		return
	}
	u := websocket.Upgrader{Subprotocols: []string{"talk"}}
	ws, err := u.Upgrade(w, r, nil)
	if err != nil {
		p.t.Error(err)
		return
	}
	p.sockets <- &socket{ws, p.t, r}
}

func (p *place) close() {
	p.once.Do(func() { _ = p.server.Close() })
	p.done.Wait()
	for len(p.sockets) > 0 {
		_ = (<-p.sockets).Close()
	}
}

func (p *place) Accept() (net.Conn, error) {
	select {
	case c := <-p.pipes:
		return c, nil
	case <-p.ended:
		return nil, net.ErrClosed
	}
}

func (p *place) Close() error {
	close(p.ended)
	return nil
}

func (*place) Addr() net.Addr { return &net.UnixAddr{Name: "memory"} }

var errNobody = errors.New("nobody listens")

func (p *place) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	if p.refuse {
		return nil, errNobody
	}
	near, far := net.Pipe()
	select {
	case p.pipes <- far:
		return near, nil
	case <-p.ended:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// say writes texts.
func (s *socket) say(texts ...string) {
	s.t.Helper()
	for _, text := range texts {
		if err := s.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
			s.t.Fatalf("say %s: %v", text, err)
		}
	}
}

// hear reads a text, which must be the wanted JSON value.
func (s *socket) hear(want string) {
	s.t.Helper()
	_, text, err := s.ReadMessage()
	if err != nil {
		s.t.Fatalf("the client said nothing, want %s: %v", want, err)
	}
	if !same(s.t, string(text), want) {
		s.t.Fatalf("the client said %s, want %s", text, want)
	}
}

// same compares two texts: as JSON where they are.
func same(t *testing.T, got, want string) bool {
	t.Helper()
	g, err1 := value.Decode([]byte(got))
	w, err2 := value.Decode([]byte(want))
	if err1 != nil || err2 != nil {
		return got == want
	}
	return value.Equal(g, w)
}

// leave reads until the client has closed.
func (s *socket) leave() {
	for {
		if _, _, err := s.ReadMessage(); err != nil {
			_ = s.Close()
			return
		}
	}
}

// user is a client that runs.
type user struct {
	*dialect.Client
	t      *testing.T
	events chan signaling.Event
	result chan error // of Run; closed then
	cancel context.CancelFunc
}

// start runs a client with a profile in TOML.
func start(t *testing.T, p *place, toml string, o dialect.Options) *user {
	t.Helper()
	described, err := profile.Parse([]byte(toml))
	if err != nil {
		t.Fatal(err)
	}
	o.Profile = described
	if p != nil {
		o.URL, o.NetDial = "ws://server.invalid", p.dial
	}
	return run(t, o)
}

func run(t *testing.T, o dialect.Options) *user {
	t.Helper()
	c, err := dialect.New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	u := &user{c, t, make(chan signaling.Event, 5000), make(chan error, 1), cancel}
	go func() {
		defer close(u.result)
		u.result <- c.Run(ctx, func(e signaling.Event) { u.events <- e })
	}()
	t.Cleanup(func() {
		cancel()
		<-u.result
	})
	return u
}

// stop ends the client, which must not have ended before.
func (u *user) stop() {
	u.t.Helper()
	u.cancel()
	if err := <-u.result; err != nil {
		u.t.Errorf("Run returned %v", err)
	}
}

// expect returns the next event, which must be a T.
func expect[T signaling.Event](u *user) T {
	u.t.Helper()
	var e signaling.Event
	select {
	case e = <-u.events:
	case <-time.After(time.Minute):
		u.t.Fatalf("nothing happened, want %T", *new(T))
	}
	v, ok := e.(T)
	if !ok {
		u.t.Fatalf("got %#v, want %T", e, v)
	}
	return v
}

// await returns the next event that is a T.
func await[T signaling.Event](u *user) T {
	u.t.Helper()
	late := time.After(time.Minute)
	for {
		select {
		case e := <-u.events:
			if v, ok := e.(T); ok {
				return v
			}
		case <-late:
			u.t.Fatalf("no %T came", *new(T))
		}
	}
}

// message returns the next envelope, whose message must be an M.
func message[M signaling.Message](u *user) (signaling.Envelope, M) {
	u.t.Helper()
	e := await[signaling.Received](u).Envelope
	m, ok := e.Message.(M)
	if !ok {
		u.t.Fatalf("received %#v, want %T", e.Message, m)
	}
	return e, m
}

// slow makes every pause as long as it may be.
var slow = wire.Backoff{Rand: func(n int64) int64 { return n - 1 }}

// to is an envelope for somebody.
func to(name string, call signaling.CallID, m signaling.Message) signaling.Envelope {
	return signaling.Envelope{Peer: signaling.Address{Server: server, Name: name}, Call: call, Message: m}
}

const server = "ws://server.invalid"
