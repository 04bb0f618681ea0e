package hub

import (
	"context"
	"net"
	"sync"

	"parley/signaling"
	"parley/signaling/hub/client"
)

// localURL is where members of the same process connect. No name server knows
// it, and no network is used.
const localURL = "ws://hub.invalid/ws"

// Local describes a member of the same process.
type Local struct {
	Name    string
	Display string               // "": the name
	Kind    signaling.MemberKind // Person or Robot
	Server  string               // of its addresses, see signaling.Address
}

// Join returns a client of the hub that needs no network: what it says goes
// through memory, and no rate or number of connections limits it. A Robot may have a name
// that is kept for robots. It connects while both its Run and Serve run, in
// either order.
func (h *Hub) Join(m Local) (signaling.Client, error) {
	return client.New(client.Options{
		URL: localURL, Server: m.Server, Name: m.Name, Display: m.Display,
		NetDial: func(ctx context.Context, _, _ string) (net.Conn, error) { return h.memory.dial(ctx, m.Kind) },
		Log:     h.log,
	})
}

// memory is a listener for connections from the same process.
type memory struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newMemory() *memory {
	return &memory{conns: make(chan net.Conn), closed: make(chan struct{})}
}

// localConn is the hub's end of a connection from the same process.
type localConn struct {
	net.Conn
	kind signaling.MemberKind
}

func (m *memory) dial(ctx context.Context, kind signaling.MemberKind) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case m.conns <- &localConn{far, kind}:
		return near, nil
	case <-m.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept implements net.Listener.
func (m *memory) Accept() (net.Conn, error) {
	select {
	case c := <-m.conns:
		return c, nil
	case <-m.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (m *memory) Close() error {
	m.once.Do(func() { close(m.closed) })
	return nil
}

// Addr implements net.Listener.
func (m *memory) Addr() net.Addr { return &net.UnixAddr{Name: "memory", Net: "memory"} }

// localKey is the key of the kind of a local connection in its context.
type localKey struct{}

// mark notes in the context of a connection of which kind it is.
func mark(ctx context.Context, c net.Conn) context.Context {
	if local, ok := c.(*localConn); ok {
		return context.WithValue(ctx, localKey{}, local.kind)
	}
	return ctx
}

// localKind returns what mark noted, or "" for a connection from the network.
func localKind(ctx context.Context) signaling.MemberKind {
	kind, _ := ctx.Value(localKey{}).(signaling.MemberKind)
	return kind
}
