package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"parley/signaling"
)

// NetDial opens a network connection, like net.Dialer.DialContext.
type NetDial func(ctx context.Context, network, address string) (net.Conn, error)

// Options say where a Line goes and how. Only URL is required.
type Options struct {
	URL          string      // ws:// or wss://
	Header       http.Header // sent with the opening handshake
	Subprotocols []string    // offered, RFC 6455 section 1.9
	TLS          *tls.Config // nil: the system's roots; see Fingerprint.Pin
	NetDial      NetDial     // nil: the network
	Proxy        func(*http.Request) (*url.URL, error)
	Handshake    time.Duration // dialing takes no longer; 10 s
	Backoff      Backoff
	Limits       Limits
	Log          *slog.Logger // nil: none
}

// Handler is who uses a Line. All methods are called from the goroutine of Run.
type Handler interface {
	// Opened says that the connection is there. An error closes it like one of
	// Receive.
	Opened() error
	// Receive takes a message. An error closes the connection, which is then
	// opened again, unless the error is Final.
	Receive(Message) error
	// Closed says that the connection ended, or could not be opened, and why; a
	// CloseError tells the other side's word. The next try is due after retry;
	// zero says that there will be none.
	Closed(cause error, retry time.Duration)
}

// Line is a client's connection to one server, which comes back when it is lost.
type Line struct {
	options Options
	log     *slog.Logger

	mu      sync.Mutex // guards what follows
	conn    *Conn      // nil: none is open
	settled bool       // see Settle
}

// New returns a line that Run opens. It fails when the URL is none of a WebSocket.
func New(o Options) (*Line, error) {
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	return &Line{options: o, log: o.Log}, nil
}

// complete checks the URL and fills in the defaults.
func (o Options) complete() (Options, error) {
	u, err := url.Parse(o.URL)
	if err != nil {
		return o, fmt.Errorf("wire: %w", err)
	}
	if (u.Scheme != "ws" && u.Scheme != "wss") || u.Host == "" || u.User != nil || u.Fragment != "" {
		return o, fmt.Errorf("wire: %q is not the address of a WebSocket (ws:// or wss://)", u.Redacted())
	}
	if o.Proxy == nil {
		o.Proxy = http.ProxyFromEnvironment
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.Handshake = or(o.Handshake, 10*time.Second)
	o.Backoff = o.Backoff.complete()
	return o, nil
}

// Send queues a text message on the open connection. It never blocks. The error
// is signaling.ErrOffline or signaling.ErrBacklog.
func (l *Line) Send(text []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn == nil {
		return signaling.ErrOffline
	}
	return l.conn.Send(text)
}

// final is an error after which trying again is pointless.
type final struct{ error }

func (f final) Unwrap() error { return f.error }

// Final makes err one after which a Line does not try again.
func Final(err error) error { return final{err} }

// renewal is an end that is no failure.
type renewal struct{ error }

func (r renewal) Unwrap() error { return r.error }

// Renewal makes err a cause of Reopen after which the pause is as short as after
// a connection that was settled: people hang up as often as they like.
func Renewal(err error) error { return renewal{err} }

// Run keeps the connection until ctx is done, and then returns nil, or until
// the handler says Final, and then returns that error. It is called once.
func (l *Line) Run(ctx context.Context, h Handler) error {
	for failures := 0; ; failures++ {
		opened := time.Now()
		cause := l.once(ctx, h)
		var wanted renewal
		if time.Since(opened) >= l.options.Backoff.Settled || errors.As(cause, &wanted) || l.isSettled() {
			failures = 0
		}
		var end final
		if errors.As(cause, &end) {
			h.Closed(end.error, 0)
			return end.error
		}
		if done(ctx) {
			break
		}
		pause := l.options.Backoff.pause(failures)
		level := slog.LevelInfo
		if failures > 0 {
			level = slog.LevelDebug // a server that stays away is told of once
		}
		l.log.Log(ctx, level, "connection ended", "err", cause, "retry", pause)
		h.Closed(cause, pause)
		if !wait(ctx, pause) {
			break
		}
	}
	h.Closed(ctx.Err(), 0)
	return nil
}

// once opens the connection and serves it until it ends.
func (l *Line) once(ctx context.Context, h Handler) error {
	ws, err := l.options.dial(ctx)
	if err != nil {
		return err
	}
	conn := NewConn(ws, l.options.Limits)
	l.set(conn)
	defer l.set(nil)
	l.log.Debug("connection opened")
	if err := h.Opened(); err != nil {
		conn.part(farewell{code: websocket.CloseNormalClosure}, err)
	}
	err = conn.Serve(ctx, websocket.CloseNormalClosure, h.Receive)
	if err == nil {
		err = net.ErrClosed
	}
	return err
}

func (l *Line) set(c *Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conn = c
	if c != nil {
		l.settled = false
	}
}

// Settle says that the open connection has done its work: if the server ends it
// now, as some do after each call, that is no failure.
func (l *Line) Settle() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.settled = l.conn != nil
}

func (l *Line) isSettled() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	was := l.settled
	l.settled = false // of this connection only
	return was
}

func done(ctx context.Context) bool { return ctx.Err() != nil }

// wait tells whether ctx outlasted the pause.
func wait(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
