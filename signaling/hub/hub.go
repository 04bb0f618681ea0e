package hub

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"parley/signaling/wire"
)

// Hub is one server. Make it with New, then Listen, then Serve.
type Hub struct {
	options Options
	log     *slog.Logger
	public  *url.URL // PublicURL; nil: where it listens
	memory  *memory
	door    *door
	steps   chan func(*registry)
	stopped chan struct{} // closed when nothing takes steps any more

	mu          sync.Mutex // guards what Listen sets
	listener    net.Listener
	certificate *tls.Certificate // nil: plain
}

// What New refuses. They are found with errors.Is.
var (
	ErrPublicURL   = errors.New("the public URL is not http:// or https:// with a host and no path")
	ErrCertificate = errors.New("the certificate or its key cannot be read")
)

// New checks the options and reads the certificate, if one is given.
func New(o Options) (*Hub, error) {
	o = o.complete()
	h := &Hub{
		options: o, log: o.Log,
		memory: newMemory(), door: newDoor(),
		steps: make(chan func(*registry)), stopped: make(chan struct{}),
	}
	if o.PublicURL != "" {
		u, err := url.Parse(strings.TrimSuffix(o.PublicURL, "/"))
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.Path != "" || u.RawQuery != "" {
			return nil, fmt.Errorf("hub: %w: %q", ErrPublicURL, o.PublicURL)
		}
		h.public = u
	}
	if o.CertFile != "" || o.KeyFile != "" {
		c, err := tls.LoadX509KeyPair(o.CertFile, o.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("hub: %w: %w", ErrCertificate, err)
		}
		h.certificate = &c
	}
	return h, nil
}

// Listen opens the address, so that URL, Public and Fingerprint are known. Serve
// does it otherwise.
func (h *Hub) Listen(ctx context.Context) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.listener != nil {
		return nil
	}
	if h.options.Listener != nil {
		h.listener = h.options.Listener
		return nil
	}
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", h.options.Listen)
	if err != nil {
		return fmt.Errorf("hub: listen: %w", err)
	}
	if h.listener, err = h.secure(l); err != nil {
		_ = l.Close()
		return err
	}
	h.log.Info("hub listens", "address", l.Addr().String(), "tls", h.certificate != nil)
	return nil
}

// Close gives up the address of a hub that listens and is not to be served. One
// that is served stops with the context of Serve.
func (h *Hub) Close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.listener == nil {
		return nil
	}
	if err := h.listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("hub: close: %w", err)
	}
	return nil
}

// secure puts TLS on a listener that others than this machine can reach:
// browsers give no camera to pages that came without.
func (h *Hub) secure(l net.Listener) (net.Listener, error) {
	if h.certificate == nil {
		if a, ok := l.Addr().(*net.TCPAddr); ok && a.IP.IsLoopback() {
			return l, nil
		}
		c, err := ownCertificate(h.options.DataDir, h.names(), h.options.Now())
		if err != nil {
			return nil, err
		}
		h.certificate = c
	}
	return tls.NewListener(l, &tls.Config{
		MinVersion:   tls.VersionTLS12,
		Certificates: []tls.Certificate{*h.certificate},
		NextProtos:   []string{"http/1.1"}, // WebSockets need it
	}), nil
}

// Fingerprint returns the SHA-256 of the certificate, as people compare it, or
// "" for a hub without TLS.
func (h *Hub) Fingerprint() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.certificate == nil || len(h.certificate.Certificate) == 0 {
		return ""
	}
	return wire.FingerprintOf(h.certificate.Certificate[0]).String()
}

// farewellTime bounds how long a hub that stops waits for pages on their way.
const farewellTime = 3 * time.Second

// Serve serves until ctx is done, and then closes every connection with 1001,
// waits for them, and returns nil. It fails when the listener does. It is called once.
func (h *Hub) Serve(ctx context.Context) error {
	if err := h.Listen(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	server := h.server(ctx)
	failed := make(chan error, 2)
	var accepting, stepping sync.WaitGroup
	accepting.Go(func() { failed <- server.Serve(h.listener) })
	accepting.Go(func() { failed <- server.Serve(h.memory) })
	over := make(chan struct{})
	stepping.Go(func() { h.run(over) })

	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
		err = fmt.Errorf("hub: accept: %w", err)
	}
	cancel() // every connection says goodbye
	h.stop(server)
	accepting.Wait()
	h.door.close()
	close(over)
	stepping.Wait()
	return err
}

func (h *Hub) stop(server *http.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), farewellTime)
	defer cancel()
	if err := server.Shutdown(ctx); errors.Is(err, context.DeadlineExceeded) {
		_ = server.Close() // a page that nobody reads
	}
}

// run is the one goroutine that owns the registry.
func (h *Hub) run(over <-chan struct{}) {
	defer close(h.stopped)
	r := h.registry()
	for {
		select {
		case step := <-h.steps:
			step(r)
			r.settle()
		case <-over:
			return
		}
	}
}

func (h *Hub) registry() *registry {
	return &registry{
		members: map[string]*member{},
		links: links{
			base: h.Public() + "/i/", life: h.options.Limits.LinkLife, most: h.options.Limits.Links,
			links: map[string]link{}, order: map[string][]string{},
		},
		secrets: newSecrets(h.options.Rand),
		ice:     h.options.ICE,
		log:     h.log,
	}
}

// do has the owner of the registry take a step, after those before it.
func (h *Hub) do(step func(*registry)) {
	select {
	case h.steps <- step:
	case <-h.stopped:
	}
}
