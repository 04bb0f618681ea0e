package echo

import (
	"fmt"
	"log/slog"
	"time"

	"parley/call"
	"parley/call/peer/conn"
	"parley/signaling"
)

// Name is the address and display name that Echo goes by.
const Name = "Echo"

// Link carries what Echo says to the server. It must not block.
type Link interface {
	Send(signaling.Envelope) error
}

// Config says what Echo needs. Zero members take the defaults.
type Config struct {
	Link     Link
	Network  conn.Options  // VideoCodecs is set by New
	MaxCalls int           // at a time; others hear Busy; default 16
	MaxCall  time.Duration // default 10 min
	Setup    time.Duration // from the invite to a connection; default call.SetupLimit
	Recover  time.Duration // how long a lost path may stay lost; default call.RecoverLimit
	Log      *slog.Logger  // nil: nothing is logged
}

func (c Config) withDefaults() Config {
	if c.MaxCalls == 0 {
		c.MaxCalls = 16
	}
	if c.MaxCall == 0 {
		c.MaxCall = 10 * time.Minute
	}
	if c.Setup == 0 {
		c.Setup = call.SetupLimit
	}
	if c.Recover == 0 {
		c.Recover = call.RecoverLimit
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.Network.VideoCodecs = pictures()
	c.Network.OwnReports = false
	return c
}

// Echo answers calls. Its methods may be called from any goroutine.
type Echo struct {
	config Config
	api    *conn.API
	log    *slog.Logger
	queue  *conn.Queue
	done   chan struct{}

	// What follows belongs to the queue.
	calls   map[signaling.CallID]*session
	closing bool
}

// New returns an Echo that answers what Handle brings. The caller must Close it.
func New(c Config) (*Echo, error) {
	c = c.withDefaults()
	api, err := conn.NewAPI(c.Network)
	if err != nil {
		return nil, fmt.Errorf("echo: %w", err)
	}
	e := &Echo{
		config: c, api: api, log: c.Log.With("component", "echo"),
		queue: conn.NewQueue(), done: make(chan struct{}), calls: map[signaling.CallID]*session{},
	}
	go func() {
		defer close(e.done)
		e.queue.Run()
	}()
	return e, nil
}

// Handle takes what the server says. It returns at once.
func (e *Echo) Handle(ev signaling.Event) {
	if r, ok := ev.(signaling.Received); ok {
		e.queue.Put(func() { e.received(r.Envelope) })
	}
}

// Close ends every call with Bye and returns when nothing of them is left,
// within the limit of conn.Timeouts.Close. It may be called again.
func (e *Echo) Close() {
	e.queue.Put(func() {
		e.closing = true
		for _, s := range e.calls {
			e.end(s, "shutdown", signaling.Bye{})
		}
		e.finish()
	})
	<-e.done
}

// finish ends the queue after the last call.
func (e *Echo) finish() {
	if e.closing && len(e.calls) == 0 {
		e.queue.Close()
	}
}

// received takes an envelope. The switch is complete: a new kind of message
// forces a decision here.
func (e *Echo) received(envelope signaling.Envelope) {
	s := e.calls[envelope.Call]
	if s != nil && s.remote != envelope.Peer {
		return // somebody else uses the id of this call
	}
	switch m := envelope.Message.(type) {
	case signaling.Invite:
		e.invited(envelope, m)
	case signaling.Description:
		if s == nil {
			e.send(envelope.Peer, envelope.Call, signaling.Bye{})
			return
		}
		s.conn.SetRemote(m)
	case signaling.Candidate:
		if s != nil {
			s.conn.AddCandidate(m)
		}
	case signaling.Cancel, signaling.Bye, signaling.Decline, signaling.Busy, signaling.Unavailable:
		if s != nil {
			e.end(s, "remote", nil)
		}
	case signaling.Ringing, signaling.Accept: // answers to a call that Echo never makes
	}
}

func (e *Echo) invited(envelope signaling.Envelope, m signaling.Invite) {
	if s := e.calls[envelope.Call]; s != nil || e.closing {
		return
	}
	for _, s := range e.calls {
		if s.remote == envelope.Peer && !s.ending {
			e.end(s, "replaced", nil) // its program began anew
		}
	}
	if len(e.calls) >= e.config.MaxCalls {
		e.log.Info("busy", "calls", len(e.calls))
		e.send(envelope.Peer, envelope.Call, signaling.Busy{})
		return
	}
	e.open(envelope, m)
}

func (e *Echo) send(to signaling.Address, id signaling.CallID, m signaling.Message) {
	if err := e.config.Link.Send(signaling.Envelope{Peer: to, Call: id, Message: m}); err != nil {
		e.log.Debug("sending", "call", id, "err", err)
	}
}
