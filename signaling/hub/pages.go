package hub

import (
	"context"
	_ "embed"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

//go:embed home.html
var home []byte

// server serves everything. Requests end when ctx does.
func (h *Hub) server(ctx context.Context) *http.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") })
	mux.HandleFunc("GET /ws", h.socket)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(home)
	})
	mux.HandleFunc("GET /i/{token}", func(w http.ResponseWriter, r *http.Request) { h.file(w, r, "index.html") })
	mux.HandleFunc("GET /guest/{name}", h.asset)
	return &http.Server{
		Handler:           h.guard(mux),
		ReadHeaderTimeout: 10 * time.Second,
		WriteTimeout:      30 * time.Second, // not of WebSockets, which lift it
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(h.log.Handler(), slog.LevelDebug),
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ConnContext:       mark,
	}
}

func (h *Hub) asset(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	if name == "index.html" { // which is a page of its own address
		http.NotFound(w, r)
		return
	}
	h.file(w, r, name)
}

// file serves a file of the page's root, and nothing but files.
func (h *Hub) file(w http.ResponseWriter, r *http.Request, name string) {
	if h.options.Page == nil {
		http.NotFound(w, r)
		return
	}
	info, err := fs.Stat(h.options.Page, name)
	if err != nil || !info.Mode().IsRegular() {
		http.NotFound(w, r)
		return
	}
	http.ServeFileFS(w, r, h.options.Page, name)
}

// guard answers for our own names only, and sets the headers of every answer. A
// page of somebody else whose name is made to point at this machine (DNS
// rebinding) would otherwise count as ours.
func (h *Hub) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if localKind(r.Context()) == "" && !h.ownHost(r.Host) {
			http.Error(w, "this hub has another name", http.StatusMisdirectedRequest)
			return
		}
		head := w.Header()
		head.Set("Content-Security-Policy", policy(r.Host))
		head.Set("Permissions-Policy", "camera=(self), microphone=(self), display-capture=(self), geolocation=()")
		head.Set("Cross-Origin-Opener-Policy", "same-origin")
		head.Set("Cross-Origin-Resource-Policy", "same-origin")
		head.Set("X-Content-Type-Options", "nosniff")
		head.Set("Referrer-Policy", "no-referrer")
		head.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// policy is the Content-Security-Policy of W3C CSP3. The WebSocket is named
// because not every browser lets 'self' mean it.
func policy(host string) string {
	return strings.Join([]string{
		"default-src 'none'", "script-src 'self'", "style-src 'self'", "font-src 'self'", "manifest-src 'self'",
		"img-src 'self' data: blob:", "media-src 'self' blob:", "worker-src 'self' blob:",
		"connect-src 'self' ws://" + host + " wss://" + host,
		"base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
	}, "; ")
}

// ownHost tells whether the Host of a request is one of ours: any address, or a
// name that only its owner can make point here.
func (h *Hub) ownHost(host string) bool {
	u, err := url.Parse("//" + host)
	if err != nil || u.Host != host || u.User != nil || u.Path != "" {
		return false
	}
	name := strings.ToLower(u.Hostname())
	if ip, err := netip.ParseAddr(name); err == nil {
		return ip.Zone() == "" // a zone could be any text, and ends in a header
	}
	if name == "localhost" || strings.HasSuffix(name, ".localhost") || h.public != nil && strings.EqualFold(name, h.public.Hostname()) {
		return true
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.certificate != nil && h.certificate.Leaf.VerifyHostname(name) == nil
}

// ownPage tells whether a WebSocket is asked for by a page of ours, or by
// something that is no page at all (RFC 6455 section 10.2).
func (h *Hub) ownPage(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	if err != nil {
		return false
	}
	return strings.EqualFold(u.Host, r.Host) || h.public != nil && strings.EqualFold(u.Host, h.public.Host)
}
