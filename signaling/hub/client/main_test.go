package client_test

import (
	"context"
	"net"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"parley/signaling"
	"parley/signaling/hub"
	"parley/signaling/hub/client"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// place is where hubs are found: an address in memory, at which one hub after
// another can be.
type place struct {
	mu       sync.Mutex
	listener *memory
	conns    []*cable
}

// memory is a listener in memory, so that time can be virtual.
type memory struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (m *memory) Accept() (net.Conn, error) {
	select {
	case c := <-m.conns:
		return c, nil
	case <-m.closed:
		return nil, net.ErrClosed
	}
}

func (m *memory) Close() error {
	m.once.Do(func() { close(m.closed) })
	return nil
}

func (m *memory) Addr() net.Addr { return &net.UnixAddr{Name: "memory"} }

// cable is a client's end that can be cut without the hub seeing it.
type cable struct {
	net.Conn
	cut chan struct{}
}

func (c *cable) Close() error {
	select {
	case <-c.cut: // the hub must not see this
		return nil
	default:
		return c.Conn.Close()
	}
}

func (p *place) listen() *memory {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.listener = &memory{conns: make(chan net.Conn), closed: make(chan struct{})}
	return p.listener
}

func (p *place) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	p.mu.Lock()
	l := p.listener
	p.mu.Unlock()
	near, far := net.Pipe()
	c := &cable{Conn: near, cut: make(chan struct{})}
	select {
	case l.conns <- far:
		p.mu.Lock()
		defer p.mu.Unlock()
		p.conns = append(p.conns, c)
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// last returns the connection dialed last.
func (p *place) last() *cable {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.conns[len(p.conns)-1]
}

// open starts a hub at the place and returns what stops it.
func (p *place) open(t *testing.T, o hub.Options) (stop func()) {
	t.Helper()
	o.Listener, o.PublicURL = p.listen(), "https://hub.example"
	h, err := hub.New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	result := make(chan error, 1)
	go func() { result <- h.Serve(ctx) }()
	return sync.OnceFunc(func() {
		cancel()
		if err := <-result; err != nil {
			t.Errorf("Serve returned %v", err)
		}
	})
}

// user is a client that runs.
type user struct {
	*client.Client
	t      *testing.T
	events chan signaling.Event
	result chan error
	cancel context.CancelFunc
}

// start runs a client with these options.
func start(t *testing.T, p *place, o client.Options) *user {
	t.Helper()
	if o.URL == "" {
		o.URL, o.NetDial = "ws://127.0.0.1", p.dial
	}
	c, err := client.New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	u := &user{c, t, make(chan signaling.Event, 5000), make(chan error, 1), cancel}
	go func() { u.result <- c.Run(ctx, func(e signaling.Event) { u.events <- e }) }()
	return u
}

// join runs a client and waits until it knows who is here.
func join(t *testing.T, p *place, o client.Options) *user {
	t.Helper()
	u := start(t, p, o)
	expect[signaling.Linked](u)
	expect[signaling.Roster](u)
	return u
}

// expect returns the next event, which must be a T.
func expect[T signaling.Event](u *user) T {
	u.t.Helper()
	e := <-u.events
	v, ok := e.(T)
	if !ok {
		u.t.Fatalf("got %#v, want %T", e, v)
	}
	return v
}

// stop ends the client, which must not have ended before.
func (u *user) stop() {
	u.t.Helper()
	u.cancel()
	if err := <-u.result; err != nil {
		u.t.Errorf("Run returned %v", err)
	}
}
