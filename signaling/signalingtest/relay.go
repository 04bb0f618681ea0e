// Package signalingtest is a signaling server in memory, for tests of whatever
// speaks through a signaling.Client.
package signalingtest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"parley/signaling"
)

// Relay carries envelopes between its clients, in order. Like the hub it keeps
// no state of calls, and answers for whoever is not there.
type Relay struct {
	URL          string
	Capabilities signaling.Capabilities
	Delay        time.Duration // of every message; set before the first

	mu      sync.Mutex
	clients map[string]*Client
}

// NewRelay returns a relay without clients.
func NewRelay(url string, c signaling.Capabilities) *Relay {
	return &Relay{URL: url, Capabilities: c, clients: map[string]*Client{}}
}

// Client returns the client of a name; it is connected while it runs.
func (r *Relay) Client(name string) *Client {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.clients[name]
	if c == nil {
		c = &Client{
			relay: r,
			self: signaling.Member{
				Address: signaling.Address{Server: r.URL, Name: name}, Name: name, Kind: signaling.Person,
			},
			wake: make(chan struct{}, 1),
		}
		r.clients[name] = c
	}
	return c
}

// carry takes an envelope from one client to another, or says that there is nobody.
func (r *Relay) carry(from *Client, e signaling.Envelope) {
	to := r.clients[e.Peer.Name]
	if to == nil || !to.up {
		code := signaling.Unavailable{Code: "unknown-peer"}
		from.deliver(signaling.Received{Envelope: signaling.Envelope{Peer: e.Peer, Call: e.Call, Message: code}}, r.Delay)
		return
	}
	e.Peer = from.self.Address
	to.deliver(signaling.Received{Envelope: e}, r.Delay)
}

// presence tells everybody who is here.
func (r *Relay) presence() {
	for _, c := range r.clients {
		if c.up {
			c.deliver(signaling.Roster{Server: r.URL, Members: r.others(c)}, r.Delay)
		}
	}
}

func (r *Relay) others(but *Client) []signaling.Member {
	var here []signaling.Member
	for _, c := range r.clients {
		if c != but && c.up {
			here = append(here, c.self)
		}
	}
	slices.SortFunc(here, func(a, b signaling.Member) int { return cmp.Compare(a.Name, b.Name) })
	return here
}

// Client is a signaling.Client of a Relay.
type Client struct {
	relay *Relay
	self  signaling.Member
	wake  chan struct{}

	// Guarded by the relay's mutex.
	running, up bool
	queue       []parcel
}

var _ signaling.Client = (*Client)(nil)

// parcel is an event on its way.
type parcel struct {
	due   time.Time
	event signaling.Event
}

// Address returns what the others ring.
func (c *Client) Address() signaling.Address { return c.self.Address }

// Run connects, and delivers until ctx is done.
func (c *Client) Run(ctx context.Context, post func(signaling.Event)) error {
	c.relay.mu.Lock()
	c.running = true
	c.relay.mu.Unlock()
	c.Restore()
	defer c.stop()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-c.wake:
		case <-timer.C:
		}
		next := c.arrived(post)
		if !next.IsZero() {
			timer.Reset(time.Until(next))
		}
	}
}

// arrived posts what is due, and returns when there is more to post.
func (c *Client) arrived(post func(signaling.Event)) time.Time {
	for {
		c.relay.mu.Lock()
		if len(c.queue) == 0 {
			c.relay.mu.Unlock()
			return time.Time{}
		}
		first := c.queue[0]
		if time.Now().Before(first.due) {
			c.relay.mu.Unlock()
			return first.due
		}
		c.queue = c.queue[1:]
		c.relay.mu.Unlock()
		post(first.event)
	}
}

// Send carries an envelope.
func (c *Client) Send(e signaling.Envelope) error {
	c.relay.mu.Lock()
	defer c.relay.mu.Unlock()
	if !c.up {
		return fmt.Errorf("send to %s: %w", c.relay.URL, signaling.ErrOffline)
	}
	c.relay.carry(c, e)
	return nil
}

// Invite makes a link.
func (c *Client) Invite() error {
	c.relay.mu.Lock()
	defer c.relay.mu.Unlock()
	if !c.up {
		return fmt.Errorf("ask %s for a link: %w", c.relay.URL, signaling.ErrOffline)
	}
	link := signaling.InviteLink{Server: c.relay.URL, URL: c.relay.URL + "/i/" + c.self.Address.Name, Expires: time.Now().Add(24 * time.Hour)}
	c.deliver(link, c.relay.Delay)
	return nil
}

// Cut breaks the connection: what is on its way to this client is lost.
func (c *Client) Cut(cause error) {
	c.relay.mu.Lock()
	defer c.relay.mu.Unlock()
	if !c.up {
		return
	}
	c.up, c.queue = false, nil
	c.deliver(signaling.Unlinked{Server: c.relay.URL, Cause: cause, Retry: time.Minute}, 0)
	c.relay.presence()
}

// Restore connects again.
func (c *Client) Restore() {
	c.relay.mu.Lock()
	defer c.relay.mu.Unlock()
	if c.up || !c.running {
		return
	}
	c.up = true
	c.deliver(signaling.Linked{Server: c.relay.URL, Self: c.self, Capabilities: c.relay.Capabilities}, 0)
	c.relay.presence()
}

func (c *Client) stop() {
	c.relay.mu.Lock()
	defer c.relay.mu.Unlock()
	c.running, c.up, c.queue = false, false, nil
	c.relay.presence()
}

// deliver queues an event. The relay's mutex is held.
func (c *Client) deliver(e signaling.Event, after time.Duration) {
	c.queue = append(c.queue, parcel{time.Now().Add(after), e})
	select {
	case c.wake <- struct{}{}:
	default:
	}
}
