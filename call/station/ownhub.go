package station

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"parley/assets/guest"
	"parley/call/echo"
	"parley/call/peer/conn"
	"parley/signaling"
	"parley/signaling/hub"
	"parley/signaling/wire"
)

// DefaultListen is where the own hub listens: on this computer only, on a port
// that stays the same so that contacts and links go on working.
const DefaultListen = "127.0.0.1:7310"

// ownServer is how addresses and contacts name the own hub, wherever it listens.
const ownServer = signaling.OwnHub

// takeover is how often a Parley that found the hub's port taken tries again.
const takeover = 2 * time.Second

// ServeHub serves a hub with Echo on it until ctx is done. opened is called
// once it listens.
func ServeHub(ctx context.Context, o hub.Options, opened func(*hub.Hub)) error {
	o.Page = guest.Files
	if err := checkListen(o.Listen); err != nil {
		return err
	}
	h, err := hub.New(o)
	switch {
	case errors.Is(err, hub.ErrPublicURL):
		return fault("start.badPublicURL", o.PublicURL, err)
	case errors.Is(err, hub.ErrCertificate):
		return fault("start.certificate", o.CertFile, err)
	case err != nil:
		return err
	}
	switch err := h.Listen(ctx); {
	case errors.Is(err, syscall.EADDRINUSE):
		return fault("start.portTaken", o.Listen, err)
	case err != nil:
		return fault("start.noListen", o.Listen, err)
	}
	opened(h)
	return serveWithEcho(ctx, h, o.Log)
}

func serveWithEcho(ctx context.Context, h *hub.Hub, log *slog.Logger) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	client, err := h.Join(hub.Local{Name: "echo", Display: echo.Name, Kind: signaling.Robot})
	if err != nil {
		return err
	}
	e, err := echo.New(echo.Config{Link: client, Network: conn.Options{Loopback: true, Log: log}, Log: log})
	if err != nil {
		return err
	}
	var robot sync.WaitGroup
	robot.Go(func() {
		if err := client.Run(ctx, e.Handle); err != nil {
			log.Error("echo left the hub", "err", err)
		}
	})
	err = h.Serve(ctx)
	cancel()
	robot.Wait()
	e.Close()
	return err
}

// ownHub is the hub that this Parley brings, or uses together with another
// Parley on this computer, which it replaces when that one ends.
type ownHub struct {
	listen func() string // where it shall listen
	dir    string        // for its certificate
	log    *slog.Logger
	notice func(code string, err error)
	moved  chan struct{} // listen may say something else than before

	mu   sync.Mutex // guards what follows
	hub  *hub.Hub   // ours, with the address that it got; nil while another Parley serves
	next neighbour  // that other's, once it was seen
}

// neighbour is the hub of another Parley on this computer.
type neighbour struct{ url, fingerprint string }

func newOwnHub(s *Station) *ownHub {
	return &ownHub{
		listen: s.hubListen, dir: filepath.Join(s.dir, "hub"), log: s.log, notice: s.notice, moved: make(chan struct{}, 1),
	}
}

// hubListen is where the own hub shall listen: on this computer, or on all of
// its addresses.
func (s *Station) hubListen() string {
	listen := s.options.HubListen
	if listen == "" {
		listen = DefaultListen
	}
	if _, port, err := net.SplitHostPort(listen); err == nil && (s.options.Share || s.Settings().Share) {
		listen = net.JoinHostPort("0.0.0.0", port)
	}
	return listen
}

// OwnHub reports whether the station uses its own hub rather than somebody
// else's server.
func (s *Station) OwnHub() bool { return s.links.own != nil }

// move lets the hub listen where it now shall.
func (o *ownHub) move() {
	select {
	case o.moved <- struct{}{}:
	default:
	}
}

// try listens. It leaves an error to the caller.
func (o *ownHub) try(ctx context.Context) error {
	h, err := hub.New(hub.Options{Listen: o.listen(), DataDir: o.dir, Page: guest.Files, Log: o.log})
	if err != nil {
		return err
	}
	if err := h.Listen(ctx); err != nil {
		return err
	}
	o.set(h)
	return nil
}

// url is where the client finds the hub, whoever serves it.
func (o *ownHub) url() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.hub != nil:
		return o.hub.URL()
	case o.next.url != "":
		return o.next.url
	}
	return "ws://" + o.listen()
}

func (o *ownHub) fingerprint() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.hub == nil {
		return o.next.fingerprint
	}
	return o.hub.Fingerprint()
}

// open listens, if the port is free, so that the client finds somebody at its
// first try.
func (o *ownHub) open(ctx context.Context) {
	err := o.try(ctx)
	switch {
	case err == nil:
	case errors.Is(err, syscall.EADDRINUSE) && o.meet(ctx):
	case errors.Is(err, syscall.EADDRINUSE):
		o.notice("hubPortTaken", err)
	default:
		o.log.Error("the own hub does not start", "err", err)
		o.notice("hubFailed", err)
	}
}

func (o *ownHub) set(h *hub.Hub) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.hub = h
}

// meet uses the hub of another Parley, if that is what has our port.
func (o *ownHub) meet(ctx context.Context) bool {
	n, ok := o.look(ctx)
	if ok {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.next = n
	}
	return ok
}

// look sees whether what has our port is a hub, and how it is spoken to: with
// TLS if that Parley lets the network in. Its certificate is believed, as
// whoever has the port of this computer is believed without one.
func (o *ownHub) look(ctx context.Context) (neighbour, bool) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	_, port, err := net.SplitHostPort(o.listen())
	if err != nil {
		return neighbour{}, false
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: true}}
	defer transport.CloseIdleConnections()
	for _, s := range []struct{ http, ws string }{{"http", "ws"}, {"https", "wss"}} {
		host := "://127.0.0.1:" + port
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.http+host+"/healthz", http.NoBody)
		if err != nil {
			return neighbour{}, false
		}
		response, err := transport.RoundTrip(request)
		if err != nil {
			continue
		}
		_ = response.Body.Close()
		if response.StatusCode == http.StatusOK {
			return neighbour{s.ws + host, pinned(response.TLS)}, true
		}
	}
	return neighbour{}, false
}

// pinned is the fingerprint of the certificate that was shown; "" without TLS.
func pinned(s *tls.ConnectionState) string {
	if s == nil || len(s.PeerCertificates) == 0 {
		return ""
	}
	return wire.FingerprintOf(s.PeerCertificates[0].Raw).String()
}

// run serves the hub until ctx is done, taking it over when the port becomes
// free. connect is called when the hub has moved.
func (o *ownHub) run(ctx context.Context, connect func()) {
	for ctx.Err() == nil {
		o.mu.Lock()
		h := o.hub
		o.mu.Unlock()
		if h == nil {
			o.wait(ctx, connect)
			continue
		}
		if moved := o.serve(ctx, h); moved {
			o.open(ctx)
			connect()
		}
	}
}

// serve serves h until ctx is done, it fails, or it has to move.
func (o *ownHub) serve(ctx context.Context, h *hub.Hub) (moved bool) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- serveWithEcho(ctx, h, o.log) }()
	var err error
	select {
	case err = <-ended:
		cancel()
	case <-o.moved:
		cancel()
		err, moved = <-ended, true
	}
	if err != nil {
		o.log.Error("the own hub ended", "err", err)
		o.notice("hubFailed", err)
	}
	o.set(nil)
	return moved
}

// wait tries the port again after a while, without repeating what the user has
// been told. It calls connect when the hub there is spoken to in another way
// than before.
func (o *ownHub) wait(ctx context.Context, connect func()) {
	select {
	case <-ctx.Done():
		return
	case <-o.moved:
	case <-time.After(takeover):
	}
	before := o.url() + o.fingerprint()
	err := o.try(ctx)
	if err == nil {
		if o.url()+o.fingerprint() != before {
			connect()
		}
		return
	}
	o.log.Debug("the own hub waits for its port", "err", err)
	if errors.Is(err, syscall.EADDRINUSE) && o.meet(ctx) && o.url()+o.fingerprint() != before {
		connect()
	}
}
