package dialect

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"sync"

	"parley/signaling"
	"parley/signaling/dialect/engine"
	"parley/signaling/dialect/profile"
	"parley/signaling/wire"
)

// Options say to which server a Client speaks, how, and as whom. Profile and
// URL are required.
type Options struct {
	Profile     *profile.Profile
	URL         string            // as people type it, see wire.Normalize
	Server      string            // Server of addresses and events; "": the normalized URL
	Params      map[string]string // by profile.Param.Key; those left out have their default
	Rooms       []string          // joined at first, where the profile is of rooms; see SetRooms
	Display     string            // what others read; "": the name
	Fingerprint string            // SHA-256 of the server's certificate, for one that no authority signed
	CAFile      string            // authorities to trust besides the system's, PEM; "": none
	Proxy       string            // http:// or socks5://; "": as the environment says
	NetDial     wire.NetDial      // nil: the network
	Backoff     wire.Backoff
	Limits      wire.Limits
	Log         *slog.Logger // nil: none
}

// Client is a signaling.Client of a server that a profile describes. To a
// server of people it has one connection; to a server of rooms one for each.
type Client struct {
	options Options
	doors   *doors
	log     *slog.Logger
	wake    chan struct{} // orders or rooms changed

	mu     sync.Mutex // guards what follows
	phase  phase
	known  bool // the server of a person knows us
	rooms  []string
	orders []order
}

// phase is how far Run is.
type phase int

const (
	fresh phase = iota
	running
	over
)

// order is something to do for Run's goroutine.
type order func(*loop)

// maxOrders is how many orders wait at most, which Run's goroutine takes at once.
const maxOrders = 1024

var _ signaling.Client = (*Client)(nil)

// ErrNoInvites is returned by Invite: links are the hub's own invention.
var ErrNoInvites = errors.New("dialect: this server has no invite links")

// ErrBadParam is returned by New, wrapped, for a parameter that is missing.
var ErrBadParam = errors.New("dialect: parameter missing")

// New returns a client that Run connects. It fails for addresses, certificates
// and proxies that are none, and for required parameters that are missing.
func New(o Options) (*Client, error) {
	if o.Profile == nil {
		return nil, errors.New("dialect: no profile")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	address, err := locate(o.URL, o.Profile.Port)
	if err != nil {
		return nil, fmt.Errorf("dialect: %w", err)
	}
	if o.Params, err = complete(o.Profile, o.Params, address); err != nil {
		return nil, err
	}
	d, err := newDoors(o)
	if err != nil {
		return nil, fmt.Errorf("dialect: %w", err)
	}
	if o.Server == "" {
		o.Server, _ = wire.Normalize(o.URL) // newDoors found it good
	}
	return &Client{
		options: o, doors: d, log: o.Log,
		wake: make(chan struct{}, 1), rooms: tidy(o.Rooms),
	}, nil
}

// complete adds the defaults to what the user said.
func complete(p *profile.Profile, said map[string]string, server *url.URL) (map[string]string, error) {
	out := make(map[string]string, len(said))
	for key, v := range said {
		out[key] = v
	}
	for _, param := range p.Params {
		if v := out[param.Key]; v == "" || v == param.Default {
			out[param.Key] = param.For(server)
		}
		byLink := param.Key == roomParam && p.Peers.Kind == profile.Room // told with each connection
		if param.Required && out[param.Key] == "" && !byLink {
			return nil, fmt.Errorf("%w: %s", ErrBadParam, param.Key)
		}
	}
	return out, nil
}

// The parameter that names the room of a connection.
const roomParam = "room"

// Run implements signaling.Client. The error wraps the one for which the server
// will not have us.
func (c *Client) Run(ctx context.Context, post func(signaling.Event)) error {
	c.mu.Lock()
	c.phase = running
	c.mu.Unlock()
	defer c.finish()
	if err := newLoop(c, post).run(ctx); err != nil {
		return fmt.Errorf("dialect: %w", err)
	}
	return nil
}

func (c *Client) finish() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.phase, c.known, c.orders = over, false, nil
	c.doors.close()
}

// Send implements signaling.Client. A room that is not joined is joined first,
// and stays so; what is for a room waits until it is connected, and if that
// takes too long signaling.Unavailable is posted.
func (c *Client) Send(e signaling.Envelope) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.phase != running || (!c.isRooms() && !c.known) {
		return signaling.ErrOffline
	}
	return c.order(func(l *loop) { l.send(e) })
}

func (c *Client) isRooms() bool { return c.options.Profile.Peers.Kind == profile.Room }

// order hands something to Run's goroutine. c.mu is held.
func (c *Client) order(o order) error {
	if len(c.orders) >= maxOrders {
		return signaling.ErrBacklog
	}
	c.orders = append(c.orders, o)
	c.knock()
	return nil
}

func (c *Client) knock() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// Invite implements signaling.Client: it returns ErrNoInvites.
func (c *Client) Invite() error { return ErrNoInvites }

// SetRooms says which rooms to be in, besides those that Send joined. It is
// nothing to a server of people. It never blocks.
func (c *Client) SetRooms(rooms []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rooms = tidy(rooms)
	c.knock()
}

// tidy returns each room once.
func tidy(rooms []string) []string {
	var out []string
	for _, r := range rooms {
		if r != "" && !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}

// Solve answers the signaling.Challenge of this id: how far the piece must be
// moved, in pixels of the picture. It does nothing when the question is gone.
// It never blocks.
func (c *Client) Solve(id string, x int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.order(func(l *loop) { l.solve(id, x) }) // a full queue takes no answers either
}

// take returns what was asked for since the last time.
func (c *Client) take() ([]order, []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	orders := c.orders
	c.orders = nil
	return orders, slices.Clone(c.rooms)
}

func (c *Client) setKnown(known bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known = known
}

// engine returns the engine of a new connection.
func (c *Client) engine(room string) *engine.Engine {
	params := make(map[string]string, len(c.options.Params)+1)
	for key, v := range c.options.Params {
		params[key] = v
	}
	if c.isRooms() {
		params[roomParam] = room
	}
	return engine.New(engine.Options{
		Profile: c.options.Profile, Server: c.options.Server, Params: params,
		Display: c.options.Display, Random: random,
	})
}
