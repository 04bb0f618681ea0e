package wire

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"

	"github.com/gorilla/websocket"

	"parley/signaling"
)

// RefusedError says that the server answered the opening handshake with
// something else than a WebSocket.
type RefusedError struct{ Status int } // of HTTP

// Error returns the status.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("wire: the server answered with status %d instead of a WebSocket", e.Status)
}

// Dial opens one WebSocket, within Handshake, that does not come back. Backoff
// is not used. The error is a RefusedError where HTTP answered, and signaling.ErrProxy
// where a proxy does not lead to the server, possibly wrapped.
// Serve must be called, which ends it.
func Dial(ctx context.Context, o Options) (*Conn, error) {
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	ws, err := o.dial(ctx)
	if err != nil {
		return nil, err
	}
	return NewConn(ws, o.Limits), nil
}

// dial opens the WebSocket, within Handshake.
func (o *Options) dial(ctx context.Context) (*websocket.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, o.Handshake)
	defer cancel()
	var release []func() bool
	var way detour
	d := websocket.Dialer{
		Proxy:           way.watch(o.Proxy),
		TLSClientConfig: o.TLS,
		Subprotocols:    o.Subprotocols,
		NetDialContext: func(_ context.Context, network, address string) (net.Conn, error) {
			conn, err := o.netDial()(ctx, network, address)
			if err == nil {
				release = append(release, interrupt(ctx, conn))
			}
			return conn, err
		},
	}
	ws, response, err := d.DialContext(way.trace(ctx), o.URL, o.Header)
	if response != nil {
		_ = response.Body.Close() // there is none to read
	}
	for _, stop := range release {
		if !stop() && err == nil {
			err = context.Cause(ctx)
		}
	}
	if err == nil {
		return ws, nil
	}
	if ws != nil {
		_ = ws.Close()
	}
	if response != nil {
		return nil, &RefusedError{response.StatusCode}
	}
	return nil, fmt.Errorf("wire: connect: %w", way.blame(err))
}

// detour watches whether a connection goes through a proxy, and whether the proxy has
// led to the server: what goes wrong before is the proxy's, and not the server's.
type detour struct{ proxied, there bool }

func (d *detour) watch(proxy ProxyFunc) ProxyFunc {
	return func(r *http.Request) (*url.URL, error) {
		u, err := proxy(r)
		d.proxied = u != nil && err == nil
		return u, err
	}
}

// trace returns a context that tells when the way to the server is open.
func (d *detour) trace(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { d.there = true }})
}

func (d *detour) blame(err error) error {
	if !d.proxied || d.there {
		return err
	}
	return fmt.Errorf("%w: %w", signaling.ErrProxy, err)
}

func (o *Options) netDial() NetDial {
	if o.NetDial != nil {
		return o.NetDial
	}
	return (&net.Dialer{}).DialContext
}

// interrupt closes conn when ctx is done. The handshake is plain reading and
// writing that does not look at ctx itself.
func interrupt(ctx context.Context, conn net.Conn) (stop func() bool) {
	return context.AfterFunc(ctx, func() { _ = conn.Close() })
}
