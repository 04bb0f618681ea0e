// Package client speaks to a hub (docs/protocol.md): it identifies, resumes
// when it connects again, and turns frames into signaling events and back.
//
// It may import signaling, signaling/wire and signaling/hub/frame.
package client

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync/atomic"

	"parley/signaling"
	"parley/signaling/hub/frame"
	"parley/signaling/wire"
)

// Dialect is how the dialect of hubs is called among profiles.
const Dialect = "hub"

// Options say to which hub a Client speaks, and as whom. URL and one of Name
// and Invite are required.
type Options struct {
	URL         string // ws, wss, http or https, of the hub; no path means /ws
	Server      string // Server of addresses and events; "": URL as it is given
	Name        string // the address that others ring, see frame.Name
	Display     string // what they read; "": Name
	Invite      string // the token of an invite link, to be a guest instead of Name
	Fingerprint string // SHA-256 of the hub's certificate, for one that no authority signed
	CAFile      string // authorities to trust besides the system's, PEM; "": none
	Proxy       string // see wire.Proxy; "": as the environment says
	NetDial     wire.NetDial
	Backoff     wire.Backoff
	Limits      wire.Limits
	Log         *slog.Logger // nil: none
}

// Client is a signaling.Client of one hub.
type Client struct {
	options Options
	line    *wire.Line
	log     *slog.Logger
	ready   atomic.Bool // the hub knows us
}

var _ signaling.Client = (*Client)(nil)

// New returns a client that Run connects. It fails for a URL, a fingerprint,
// authorities or a proxy that are none, and leaves judging names to the hub.
func New(o Options) (*Client, error) {
	o.Server = cmp.Or(o.Server, o.URL)
	address, err := socketURL(o.URL)
	if err != nil {
		return nil, err
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	w := wire.Options{
		URL:          address,
		Subprotocols: []string{frame.Protocol},
		NetDial:      o.NetDial, Backoff: o.Backoff, Limits: o.Limits, Log: o.Log,
	}
	if w.TLS, err = (wire.Trust{Roots: o.CAFile, Fingerprint: o.Fingerprint}).Config(); err != nil {
		return nil, fmt.Errorf("hub client: %w", err)
	}
	if w.Proxy, err = wire.Proxy(o.Proxy); err != nil {
		return nil, fmt.Errorf("hub client: %w", err)
	}
	line, err := wire.New(w)
	if err != nil {
		return nil, fmt.Errorf("hub client: %w", err)
	}
	return &Client{options: o, line: line, log: o.Log}, nil
}

// socketURL turns what people write into the address of the hub's WebSocket.
func socketURL(s string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil {
		return "", fmt.Errorf("hub client: %w", err)
	}
	switch u.Scheme {
	case "http":
		u.Scheme = "ws"
	case "https":
		u.Scheme = "wss"
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = "/ws"
	}
	return u.String(), nil
}

// Run implements signaling.Client. The error wraps the frame.Error with which
// the hub refused us for good.
func (c *Client) Run(ctx context.Context, post func(signaling.Event)) error {
	if err := c.line.Run(ctx, &ear{client: c, post: post}); err != nil {
		return fmt.Errorf("hub client: %w", err)
	}
	return nil
}

// Send implements signaling.Client.
func (c *Client) Send(e signaling.Envelope) error {
	f := frame.Call{To: e.Peer.Name, ID: e.Call, Message: e.Message}
	if m, ok := e.Message.(signaling.Decline); ok {
		f.Message = signaling.Decline{Text: frame.Clip(m.Text, frame.MaxText)}
	}
	return c.send(f)
}

// Invite implements signaling.Client.
func (c *Client) Invite() error { return c.send(frame.LinkRequest{}) }

func (c *Client) send(f frame.Frame) error {
	if !c.ready.Load() {
		return signaling.ErrOffline
	}
	return c.write(f)
}

func (c *Client) write(f frame.Frame) error {
	text, err := frame.Encode(f)
	if err != nil {
		return fmt.Errorf("hub client: %w", err)
	}
	if err := c.line.Send(text); err != nil {
		return fmt.Errorf("hub client: send: %w", err)
	}
	return nil
}
