package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"parley/signaling"
)

// ErrSilent is why a connection ended on which nothing was heard for too long.
var ErrSilent = errors.New("wire: the other side fell silent")

// ErrTooLarge is why a connection ended on which too large a message came.
var ErrTooLarge = errors.New("wire: message too large")

// CloseError tells how the other side closed the connection.
type CloseError struct {
	Code int // RFC 6455 section 7.4
	Text string
}

// Error returns the code and the text.
func (e *CloseError) Error() string { return fmt.Sprintf("wire: closed with %d %s", e.Code, e.Text) }

// Conn is one established WebSocket. Serve runs it; the other methods may be
// called from any goroutine at any time and never block.
type Conn struct {
	ws     *websocket.Conn
	limits Limits

	queue   chan []byte
	waiting atomic.Int64 // bytes in queue
	pongs   chan []byte
	closing chan farewell

	mu       sync.Mutex // guards what follows, and the deadlines that depend on it
	parting  bool
	cause    error
	patience time.Time // when parting ends
}

// farewell is how this side closes the connection.
type farewell struct {
	code   int
	text   string
	unread bool // the other side does not read: leave out what is queued
}

// Message is one message received (RFC 6455 section 5.6).
type Message struct {
	Data   []byte
	Binary bool
	Cut    bool // Data is but the beginning; see Limits.Cut
}

// NewConn takes over ws, which nobody else may use from now on.
func NewConn(ws *websocket.Conn, l Limits) *Conn {
	l = l.complete()
	return &Conn{
		ws: ws, limits: l,
		queue:   make(chan []byte, l.Queue),
		pongs:   make(chan []byte, 1),
		closing: make(chan farewell, 1),
	}
}

// Subprotocol is what the server chose of those offered, "" for none.
func (c *Conn) Subprotocol() string { return c.ws.Subprotocol() }

// Send queues a text message. The error is signaling.ErrBacklog when the queue
// is full, or signaling.ErrOffline when the connection is closing. It keeps text.
func (c *Conn) Send(text []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock() // so that nothing is queued behind a farewell
	if c.parting {
		return signaling.ErrOffline
	}
	if c.waiting.Add(int64(len(text))) > int64(c.limits.QueueBytes) {
		c.waiting.Add(-int64(len(text)))
		return signaling.ErrBacklog
	}
	select {
	case c.queue <- text:
		return nil
	default:
		c.waiting.Add(-int64(len(text)))
		return signaling.ErrBacklog
	}
}

// Close closes the connection with a code of RFC 6455 section 7.4, after
// writing what is queued. What is received from now on is ignored, and Serve
// returns within Linger. Only the first call counts.
func (c *Conn) Close(code int, text string) { c.part(farewell{code, text, false}, nil) }

// Drop is Close for a connection that does not take what is queued: that is
// thrown away.
func (c *Conn) Drop(code int, text string) { c.part(farewell{code, text, true}, nil) }

// part begins the end of the connection, and remembers why.
func (c *Conn) part(f farewell, cause error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.parting {
		return
	}
	c.parting, c.cause = true, cause
	c.patience = time.Now().Add(c.limits.Linger)
	_ = c.ws.SetReadDeadline(c.patience)
	// On the socket itself: the WebSocket's own deadline does not reach a write
	// that has begun.
	_ = c.ws.NetConn().SetWriteDeadline(c.patience)
	c.closing <- f
}

// Serve reads and writes until the connection ends, and returns why: nil when
// Close or Drop did it, a CloseError when the other side did, ctx's error when
// ctx was done, which closes with the code parting. receive gets every message,
// from this goroutine; its error closes the connection with 1000 and is
// returned. Serve is called once.
func (c *Conn) Serve(ctx context.Context, parting int, receive func(Message) error) error {
	ended, stopped := make(chan struct{}), make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(stopped)
		c.part(farewell{code: parting}, ctx.Err())
	})
	var writer sync.WaitGroup
	writer.Go(func() { c.write(ended) })
	err := c.read(receive)
	close(ended)
	c.sever() // the writer may be stuck in a write that nobody will read
	writer.Wait()
	if !stop() {
		<-stopped
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.parting {
		return c.cause
	}
	c.parting = true
	return err
}

// sever closes the socket, without the farewell of TLS: that could wait for a
// peer that does not read, and the one of the WebSocket has been said.
func (c *Conn) sever() {
	if t, ok := c.ws.NetConn().(*tls.Conn); ok {
		_ = t.NetConn().Close()
	}
	_ = c.ws.Close()
}
