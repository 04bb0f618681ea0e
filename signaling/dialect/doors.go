package dialect

import (
	"cmp"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"parley/signaling/dialect/profile"
	"parley/signaling/dialect/value"
	"parley/signaling/wire"
	"parley/signaling/wire/socketio"
)

// doors knows where a server is and how to get there, for sockets and requests alike.
type doors struct {
	options   Options
	address   *url.URL // as typed, with the profile's port
	tls       *tls.Config
	proxy     wire.ProxyFunc
	transport *http.Transport
}

func newDoors(o Options) (*doors, error) {
	address, err := locate(o.URL, o.Profile.Port)
	if err != nil {
		return nil, err
	}
	trust, err := wire.Trust{Roots: o.CAFile, Fingerprint: o.Fingerprint}.Config()
	if err != nil {
		return nil, err
	}
	proxy, err := wire.Proxy(o.Proxy)
	if err != nil {
		return nil, err
	}
	return &doors{
		options: o, address: address, tls: trust, proxy: proxy,
		transport: &http.Transport{
			Proxy: proxy, TLSClientConfig: trust, DialContext: o.NetDial,
			TLSHandshakeTimeout: requestTime, IdleConnTimeout: 90 * time.Second,
		},
	}, nil
}

// locate returns the address that somebody typed. Where they say no port the
// profile's is meant, unless they chose TLS: then somebody put the server
// behind a door of the usual kind.
func locate(typed string, port int) (*url.URL, error) {
	address, err := wire.Normalize(typed)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, wire.ErrAddress
	}
	usual := wire.HasScheme(typed) && u.Scheme == "wss"
	if u.Port() == "" && port != 0 && !usual {
		u.Host = net.JoinHostPort(u.Hostname(), strconv.Itoa(port))
	}
	return u, nil
}

func (d *doors) close() { d.transport.CloseIdleConnections() }

// line says how a WebSocket of a channel is opened.
func (d *doors) line(k *link, c profile.Channel) (wire.Options, error) {
	o := wire.Options{
		Subprotocols: c.Subprotocols, TLS: d.tls, NetDial: d.options.NetDial, Proxy: d.proxy,
		Backoff: d.options.Backoff, Limits: d.options.Limits, Log: d.options.Log, Header: http.Header{},
	}
	header, err := k.texts(c.Header)
	if err != nil {
		return o, fmt.Errorf("header: %w", err)
	}
	for key, v := range header {
		o.Header.Set(key, v)
	}
	o.URL, err = d.socket(k, c)
	return o, err
}

// socket is the address of a channel's WebSocket.
func (d *doors) socket(k *link, c profile.Channel) (string, error) {
	base, err := d.base(k, c)
	if err != nil {
		return "", err
	}
	query, err := k.texts(c.Query)
	if err != nil {
		return "", fmt.Errorf("query: %w", err)
	}
	if c.Kind == profile.SocketIO {
		values := url.Values{}
		for key, v := range query {
			values.Set(key, v)
		}
		return socketio.URL(base.String(), c.Path, values, cmp.Or(c.EIO, 4))
	}
	base.Scheme = secure(base.Scheme, "ws", "wss")
	if base.Path == "" || base.Path == "/" {
		base.Path = cmp.Or(c.Path, "/")
	}
	with(base, query)
	return base.String(), nil
}

// base is where a channel leads: where the profile says, or where the user did.
func (d *doors) base(k *link, c profile.Channel) (*url.URL, error) {
	if c.URL == nil {
		u := *d.address
		return &u, nil
	}
	filled, err := k.engine.Fill(*c.URL)
	if err != nil {
		return nil, fmt.Errorf("url: %w", err)
	}
	text, _ := value.Text(filled)
	u, err := d.address.Parse(text)
	if err != nil {
		return nil, wire.ErrAddress // the text may hold a secret
	}
	return u, nil
}

// page is the address of a request. Without an address in the profile it is on
// the server that the user typed; the path there is the socket's, not the pages'.
func (d *doors) page(k *link, c profile.Channel, frame map[string]any) (string, error) {
	u, err := d.base(k, c)
	if err != nil {
		return "", err
	}
	if c.URL == nil {
		u.Path, u.RawPath, u.RawQuery = c.Path, "", ""
	}
	u.Scheme = secure(u.Scheme, "http", "https")
	path, _ := value.Text(frame["path"])
	u.Path = strings.TrimRight(u.Path, "/") + "/" + strings.TrimLeft(path, "/")
	general, err := k.texts(c.Query)
	if err != nil {
		return "", fmt.Errorf("query: %w", err)
	}
	with(u, general)
	with(u, textsOf(frame["query"]))
	return u.String(), nil
}

// secure returns the scheme of plain or of encrypted connections.
func secure(scheme, plain, encrypted string) string {
	if scheme == "wss" || scheme == "https" {
		return encrypted
	}
	return plain
}
