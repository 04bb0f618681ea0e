package dialect

import (
	"cmp"
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"parley/signaling/dialect/profile"
	"parley/signaling/dialect/route"
	"parley/signaling/wire"
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

// largest is how many bytes of a message are read, unless the options say
// otherwise: some servers list people with their pictures. Longer ones are
// counted with those that nobody understands; to come back would bring the
// same again.
const largest = 1 << 20

// line says how a WebSocket of a channel is opened.
func (d *doors) line(k *link, c profile.Channel) (wire.Options, error) {
	o := wire.Options{
		Subprotocols: c.Subprotocols, TLS: d.tls, NetDial: d.options.NetDial, Proxy: d.proxy,
		Backoff: d.options.Backoff, Limits: d.options.Limits, Log: d.options.Log,
	}
	o.Limits.MaxMessage, o.Limits.Cut = cmp.Or(o.Limits.MaxMessage, largest), true
	var err error
	if o.Header, err = route.Header(c, k.engine.Fill); err != nil {
		return o, err
	}
	o.URL, err = route.Socket(d.address, c, k.engine.Fill)
	return o, err
}
