package station

import (
	"context"
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
)

// DefaultListen is where the own hub listens: on this computer only, on a port
// that stays the same so that contacts and links go on working.
const DefaultListen = "127.0.0.1:7310"

// shareListen is where it listens to let people on this network in.
const shareListen = "0.0.0.0:7310"

// ownServer is how addresses and contacts name the own hub, wherever it listens.
const ownServer = "ws://" + DefaultListen

// takeover is how often a Parley that found the hub's port taken tries again.
const takeover = 2 * time.Second

// ServeHub serves a hub with Echo on it until ctx is done. opened is called
// once it listens.
func ServeHub(ctx context.Context, o hub.Options, opened func(*hub.Hub)) error {
	o.Page = guest.Files
	h, err := hub.New(o)
	if err != nil {
		return err
	}
	if err := h.Listen(ctx); err != nil {
		return err
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
	options hub.Options
	listen  string
	log     *slog.Logger
	notice  func(code string, err error)

	mu  sync.Mutex // guards hub, for the address that it got
	hub *hub.Hub
}

func newOwnHub(s *Station) *ownHub {
	listen := s.options.HubListen
	if listen == "" {
		listen = DefaultListen
		if s.options.Share || s.Settings().Share {
			listen = shareListen
		}
	}
	return &ownHub{
		options: hub.Options{Listen: listen, DataDir: filepath.Join(s.dir, "hub"), Page: guest.Files, Log: s.log},
		listen:  listen, log: s.log, notice: s.notice,
	}
}

// url is where the client finds the hub, whoever serves it.
func (o *ownHub) url() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.hub != nil {
		return o.hub.URL()
	}
	return "ws://" + o.listen
}

func (o *ownHub) fingerprint() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.hub == nil {
		return ""
	}
	return o.hub.Fingerprint()
}

// open listens, if the port is free, so that the client finds somebody at its
// first try.
func (o *ownHub) open(ctx context.Context) {
	h, err := hub.New(o.options)
	if err == nil {
		err = h.Listen(ctx)
	}
	if err == nil {
		o.set(h)
		return
	}
	if errors.Is(err, syscall.EADDRINUSE) {
		if !o.isHub(ctx) {
			o.notice("hubPortTaken", err)
		}
		return
	}
	o.log.Error("the own hub does not start", "err", err)
	o.notice("hubFailed", err)
}

func (o *ownHub) set(h *hub.Hub) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.hub = h
}

// isHub reports whether what has our port is a hub.
func (o *ownHub) isHub(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	_, port, err := net.SplitHostPort(o.listen)
	if err != nil {
		return false
	}
	for _, scheme := range []string{"http", "https"} {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://127.0.0.1:"+port+"/healthz", http.NoBody)
		if err != nil {
			return false
		}
		response, err := http.DefaultClient.Do(request)
		if err == nil {
			_ = response.Body.Close()
			return response.StatusCode == http.StatusOK
		}
	}
	return false
}

// run serves the hub until ctx is done, taking it over when it becomes free.
func (o *ownHub) run(ctx context.Context) {
	for ctx.Err() == nil {
		o.mu.Lock()
		h := o.hub
		o.mu.Unlock()
		if h != nil {
			if err := serveWithEcho(ctx, h, o.log); err != nil {
				o.log.Error("the own hub ended", "err", err)
				o.notice("hubFailed", err)
			}
			o.set(nil)
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(takeover):
		}
		o.retry(ctx)
	}
}

// retry is open without repeating what the user has been told.
func (o *ownHub) retry(ctx context.Context) {
	h, err := hub.New(o.options)
	if err == nil && h.Listen(ctx) == nil {
		o.set(h)
	}
}
