package station

import (
	"context"
	"errors"
	"fmt"
	"os/user"
	"strings"
	"sync"
	"time"

	"parley/call/session"
	"parley/signaling"
	"parley/signaling/hub/client"
	"parley/signaling/hub/frame"
)

// maxSuffix bounds how many Parleys of one login name find each other's names taken.
const maxSuffix = 9

// line is the connection to the server, under whatever name we have. It
// implements session.Link.
type line struct {
	station *Station
	own     *ownHub // nil when somebody else's server is used
	renamed chan struct{}

	mu     sync.Mutex // guards what follows
	client signaling.Client
	ice    []signaling.ICEServer
}

func newLine(s *Station) *line {
	l := &line{station: s, renamed: make(chan struct{}, 1)}
	if s.server() == "" {
		l.own = newOwnHub(s)
	}
	return l
}

// Send implements session.Link.
func (l *line) Send(e signaling.Envelope) error {
	c := l.current()
	if c == nil {
		return signaling.ErrOffline
	}
	return c.Send(e)
}

// Invite implements session.Link.
func (l *line) Invite(string) error {
	c := l.current()
	if c == nil {
		return signaling.ErrOffline
	}
	return c.Invite()
}

// again connects anew, because the name changed.
func (l *line) again() {
	select {
	case l.renamed <- struct{}{}:
	default:
	}
}

// iceServers is what the server told us to use.
func (l *line) iceServers() []signaling.ICEServer {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ice
}

func (l *line) current() signaling.Client {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.client
}

// run stays connected until ctx is done.
func (l *line) run(ctx context.Context) {
	hubs, stop := context.WithCancel(context.WithoutCancel(ctx)) // the hub carries our goodbyes, so it ends after us
	var hub sync.WaitGroup
	defer func() { stop(); hub.Wait() }()
	if l.own != nil {
		l.own.open(ctx)
		hub.Go(func() { l.own.run(hubs, l.again) })
	}
	for ctx.Err() == nil {
		l.connect(ctx)
	}
}

// connect is a member until the name changes or ctx is done.
func (l *line) connect(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var member sync.WaitGroup
	defer member.Wait()
	member.Go(func() {
		if err := l.member(ctx); err != nil {
			l.station.log.Warn("the server refused us", "err", err)
		}
	})
	select {
	case <-ctx.Done():
	case <-l.renamed:
		l.settle(ctx)
		cancel()
	}
}

// renameSettle is how long a new name must stand: names are typed letter by letter.
const renameSettle = time.Second

// settle waits until the name no longer changes.
func (l *line) settle(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.renamed:
		case <-time.After(renameSettle):
			return
		}
	}
}

// member identifies, under the next free name if ours was not chosen by the user.
func (l *line) member(ctx context.Context) error {
	name, chosen := l.station.name()
	for suffix := 1; ; suffix++ {
		tried := name
		if suffix > 1 {
			tried = fmt.Sprintf("%s-%d", name, suffix)
		}
		c, err := client.New(l.clientOptions(tried))
		if err != nil {
			l.station.notice("serverAddress", err)
			return err
		}
		l.mu.Lock()
		l.client = c
		l.mu.Unlock()
		err = c.Run(ctx, l.heard)
		if taken := refusal(err) == frame.NameTaken; !taken || chosen || suffix == maxSuffix {
			return err
		}
	}
}

func refusal(err error) frame.Code {
	var refused frame.Error
	if errors.As(err, &refused) {
		return refused.Code
	}
	return ""
}

func (l *line) clientOptions(name string) client.Options {
	o := client.Options{URL: l.station.server(), Name: name, Display: l.station.Settings().Display, Log: l.station.log}
	switch {
	case l.own == nil && l.station.options.Server != "":
		o.Fingerprint = l.station.options.Fingerprint
	case l.own == nil:
		o.Fingerprint = l.station.Settings().Fingerprint
	default:
		o.URL, o.Server, o.Fingerprint = l.own.url(), ownServer, l.own.fingerprint()
	}
	return o
}

// heard passes on what the server says.
func (l *line) heard(e signaling.Event) {
	if linked, ok := e.(signaling.Linked); ok {
		l.mu.Lock()
		l.ice = linked.ICE
		l.mu.Unlock()
	}
	l.station.post(session.Signaled{Event: e})
}

// server is the URL of somebody else's server, or "" for the own hub.
func (s *Station) server() string {
	if s.options.Server != "" {
		return s.options.Server
	}
	return s.Settings().Server
}

// name is what others ring, and whether the user chose it.
func (s *Station) name() (name string, chosen bool) {
	if s.options.Name != "" {
		return s.options.Name, true
	}
	if name = s.Settings().Name; name != "" {
		return name, true
	}
	name = "parley"
	if u, err := user.Current(); err == nil && u.Username != "" {
		name = u.Username[strings.LastIndexByte(u.Username, '\\')+1:] // Windows: DOMAIN\name
	}
	return name, false
}
