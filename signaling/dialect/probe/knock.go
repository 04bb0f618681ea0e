package probe

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"parley/signaling/dialect/route"
	"parley/signaling/hub/frame"
	"parley/signaling/wire"
)

const maxAnswer = 1 << 20 // bytes of an HTTP answer that are read: some hold pictures

// notTLS is why the first request failed at something that speaks no TLS.
type notTLS struct{ error }

func (e notTLS) Unwrap() error { return e.error }

// knock asks an origin for its health, by which hubs are known. It fails when
// nothing is there, or not with this scheme; to answer something else than HTTP
// is no failure.
func (at *origin) knock(ctx context.Context) error {
	at.client = &http.Client{
		Transport: &http.Transport{
			Proxy: at.options.Proxy, DialContext: at.dialer(ctx), TLSClientConfig: at.tls,
			TLSHandshakeTimeout: shaking, DisableKeepAlives: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	ctx, cancel := context.WithTimeout(ctx, opening)
	defer cancel()
	status, body, err := at.get(ctx, route.Request{Method: http.MethodGet, URL: at.page("/healthz").String()}, nil)
	if err != nil {
		return at.judge(err)
	}
	at.hello.status = status
	if status == http.StatusOK {
		at.hello.healthy = strings.TrimSpace(string(body))
	}
	return nil
}

// dialer opens network connections until ctx is done, which a Transport would
// do for as long as it takes, and notes that there is something to talk to.
func (at *origin) dialer(ctx context.Context) wire.NetDial {
	dial := at.options.NetDial
	if dial == nil {
		dial = (&net.Dialer{}).DialContext
	}
	return func(_ context.Context, network, address string) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(ctx, opening)
		defer cancel()
		conn, err := dial(ctx, network, address)
		if err == nil {
			at.connected.Store(true)
		}
		return conn, err
	}
}

// judge sorts the failures of the first request. It returns nil for those that
// leave hope.
func (at *origin) judge(err error) error {
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, &certificate), at.throughProxy() != nil, !at.connected.Load():
		return err
	case at.base.Scheme == "ws": // no HTTP, or none in time
		return nil
	case isNotTLS(err):
		return notTLS{err}
	}
	return err
}

// isNotTLS tells whether something that was spoken to in TLS knows none: it says
// so in HTTP, says something else, or hangs up.
func isNotTLS(err error) bool {
	var record tls.RecordHeaderError
	var timeout net.Error
	return errors.Is(err, http.ErrSchemeMismatch) || errors.As(err, &record) || errors.Is(err, io.EOF) ||
		errors.Is(err, net.ErrClosed) || isReset(err) || errors.As(err, &timeout) && timeout.Timeout()
}

// throughProxy is the proxy between us and the origin, nil for none.
func (at *origin) throughProxy() *url.URL {
	u, err := at.options.Proxy(&http.Request{URL: at.page("/")})
	if err != nil {
		return nil
	}
	return u
}

// page is the URL of a page of the origin.
func (at *origin) page(path string) *url.URL {
	scheme := "http"
	if at.base.Scheme == "wss" {
		scheme = "https"
	}
	return &url.URL{Scheme: scheme, Host: at.base.Host, Path: path}
}

// get says a request and returns the answer, of which it reads the beginning.
func (at *origin) get(ctx context.Context, r route.Request, body io.Reader) (status int, text []byte, err error) {
	q, err := http.NewRequestWithContext(ctx, r.Method, r.URL, body)
	if err != nil {
		return 0, nil, fmt.Errorf("probe: %w", err)
	}
	if r.Header != nil {
		q.Header = r.Header
	}
	answer, err := at.client.Do(q)
	if err != nil {
		return 0, nil, fmt.Errorf("probe: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err = io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return 0, nil, fmt.Errorf("probe: %w", err)
	}
	return answer.StatusCode, text, nil
}

// isHub tells whether a hub of Parley answers.
func (at *origin) isHub(ctx context.Context) bool {
	if at.hello.healthy != "ok" {
		return false
	}
	u := *at.base
	if u.Path == "" {
		u.Path = "/ws"
	}
	c, err := at.open(ctx, door{url: u.String(), subprotocols: []string{frame.Protocol}})
	if err != nil {
		return false
	}
	defer c.close()
	return c.conn.Subprotocol() == frame.Protocol
}

// wireOptions say how a WebSocket of the origin is opened.
func (at *origin) wireOptions(d door) wire.Options {
	return wire.Options{
		URL: d.url, Header: d.header, Subprotocols: d.subprotocols,
		TLS: at.tls, Proxy: at.options.Proxy, NetDial: at.options.NetDial, Handshake: opening,
		Limits: wire.Limits{Linger: linger}, Log: at.options.Log,
	}
}
