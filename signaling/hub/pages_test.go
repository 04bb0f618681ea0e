package hub_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gorilla/websocket"

	"parley/signaling/hub"
)

var page = fstest.MapFS{
	"index.html":    {Data: []byte("<!doctype html><title>guest</title>")},
	"guest.js":      {Data: []byte("'use strict'")},
	"guest.css":     {Data: []byte("body{}")},
	"icon.svg":      {Data: []byte("<svg/>")},
	"deep/file.txt": {Data: []byte("x")},
}

// real serves a hub on sockets until the test ends.
func real(t *testing.T, o hub.Options) *hub.Hub {
	t.Helper()
	h, err := hub.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	result := make(chan error, 1)
	go func() { result <- h.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-result; err != nil {
			t.Errorf("Serve returned %v", err)
		}
	})
	return h
}

// answer is what a page said.
type answer struct {
	status int
	header http.Header
	body   string
}

// browser is an HTTP client that trusts any certificate and follows nothing.
func browser(t *testing.T) *http.Client {
	t.Helper()
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func get(t *testing.T, address, host string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = host
	response, err := browser(t).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, string(body)}
}

func TestPages(t *testing.T) {
	h := real(t, hub.Options{Page: page})
	for _, c := range []struct {
		path   string
		status int
		kind   string
		says   string
	}{
		{"/", 200, "text/html; charset=utf-8", "invite link"},
		{"/healthz", 200, "text/plain; charset=utf-8", "ok\n"},
		{"/i/AAAAAAAAAAAAAAAAAAAAAA", 200, "text/html; charset=utf-8", "guest"},
		{"/guest/guest.js", 200, "text/javascript; charset=utf-8", "use strict"},
		{"/guest/guest.css", 200, "text/css; charset=utf-8", "body"},
		{"/guest/icon.svg", 200, "image/svg+xml", "svg"},
		{"/guest/index.html", 404, "", ""},
		{"/guest/", 404, "", ""},
		{"/guest/deep", 404, "", ""},
		{"/guest/deep/file.txt", 404, "", ""},
		{"/guest/deep%2Ffile.txt", 200, "", "x"},
		{"/guest/..%2f..%2fgo.mod", 404, "", ""},
		{"/guest/none.js", 404, "", ""},
		{"/i/", 404, "", ""},
		{"/i/a/b", 404, "", ""},
		{"/other", 404, "", ""},
		{"/ws", 400, "", ""},
	} {
		t.Run(c.path, func(t *testing.T) {
			a := get(t, h.Public()+c.path, "")
			if a.status != c.status || c.kind != "" && a.header.Get("Content-Type") != c.kind || !strings.Contains(a.body, c.says) {
				t.Errorf("got %d %s %q", a.status, a.header.Get("Content-Type"), a.body)
			}
			csp := a.header.Get("Content-Security-Policy")
			host := strings.TrimPrefix(h.Public(), "http://")
			for _, rule := range []string{"default-src 'none'", "script-src 'self';", "connect-src 'self' ws://" + host + " wss://" + host + ";", "media-src 'self' blob:", "frame-ancestors 'none'"} {
				if !strings.Contains(csp, rule) {
					t.Errorf("the policy lacks %q: %s", rule, csp)
				}
			}
			for key, want := range map[string]string{"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"} {
				if got := a.header.Get(key); got != want {
					t.Errorf("%s is %q", key, got)
				}
			}
		})
	}
}

func TestPages_WithoutAPage(t *testing.T) {
	h := real(t, hub.Options{})
	for path, want := range map[string]int{"/": 200, "/i/token": 404, "/guest/guest.js": 404, "/healthz": 200} {
		if a := get(t, h.Public()+path, ""); a.status != want {
			t.Errorf("%s: status %d, want %d", path, a.status, want)
		}
	}
}

// TestPages_OfAnotherName proves that a page whose name is made to point here
// gets nothing.
func TestPages_OfAnotherName(t *testing.T) {
	h := real(t, hub.Options{Page: page, PublicURL: "https://Hub.example:444"})
	for host, want := range map[string]int{
		"":                      200,
		"localhost":             200,
		"LocalHost:1234":        200,
		"a.localhost":           200,
		"192.0.2.1":             200,
		"[2001:db8::1]:80":      200,
		"hub.example":           200,
		"hub.EXAMPLE:9":         200,
		"evil.example":          421,
		"hub.example.evil.test": 421,
		"localhost.evil.test":   421,
		"user@localhost":        421,
		"localhost/x":           421,
	} {
		address := "http" + strings.TrimPrefix(h.URL(), "ws") + "/healthz"
		if a := get(t, address, host); a.status != want && (want == 200 || a.status != 400) {
			t.Errorf("host %q: status %d, want %d", host, a.status, want)
		}
	}
}

func TestSocket_Origins(t *testing.T) {
	h := real(t, hub.Options{PublicURL: "https://hub.example"})
	own := strings.TrimPrefix(h.URL(), "ws://")
	for origin, want := range map[string]int{
		"":                            101,
		"http://" + own:               101,
		"https://hub.example":         101,
		"https://HUB.example":         101,
		"https://evil.example":        403,
		"http://localhost:1":          403,
		"null":                        403,
		"https://hub.example.evil":    403,
		"http://" + own + ".evil.com": 403,
		"%":                           403,
	} {
		header := http.Header{}
		if origin != "" {
			header.Set("Origin", origin)
		}
		d := websocket.Dialer{Subprotocols: []string{"parley.hub.v1"}}
		ws, response, err := d.DialContext(t.Context(), h.URL()+"/ws", header)
		if response == nil {
			t.Fatalf("origin %q: %v", origin, err)
		}
		_ = response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("origin %q: status %d, want %d", origin, response.StatusCode, want)
		}
		if err == nil {
			_ = ws.Close()
		}
	}
}

func TestListen_LoopbackIsPlain(t *testing.T) {
	h := real(t, hub.Options{})
	if !strings.HasPrefix(h.URL(), "ws://127.0.0.1:") || !strings.HasPrefix(h.Public(), "http://127.0.0.1:") || h.Fingerprint() != "" {
		t.Errorf("URL %s, public %s, fingerprint %s", h.URL(), h.Public(), h.Fingerprint())
	}
}

func TestListen_ElsewhereNeedsTLS(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "hub")
	h := real(t, hub.Options{Listen: "0.0.0.0:0", DataDir: dir, Page: page})
	if !strings.HasPrefix(h.URL(), "wss://127.0.0.1:") || !strings.HasPrefix(h.Public(), "https://") || len(h.Fingerprint()) != 95 {
		t.Errorf("URL %s, public %s, fingerprint %s", h.URL(), h.Public(), h.Fingerprint())
	}
	address := strings.TrimPrefix(h.URL(), "wss://")
	if a := get(t, "https://"+address+"/healthz", ""); a.status != 200 {
		t.Errorf("status %d", a.status)
	}
	if a := get(t, "http://"+address+"/i/token", ""); a.status != 400 {
		t.Errorf("plain http got status %d", a.status)
	}
	info, err := os.Stat(filepath.Join(dir, "hub.pem"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key is kept as %v, %v", info, err)
	}
	again := real(t, hub.Options{Listen: "0.0.0.0:0", DataDir: dir})
	if again.Fingerprint() != h.Fingerprint() {
		t.Error("the certificate is another after a restart")
	}
}

func TestListen_ElsewhereWithoutACertificate(t *testing.T) {
	h, err := hub.New(hub.Options{Listen: "0.0.0.0:0"})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Listen(t.Context()); err == nil {
		t.Error("Listen returned nil")
	}
	if h.URL() != "" || h.Public() != "" {
		t.Error("a hub that does not listen has an address")
	}
}

func TestListen_GivenCertificate(t *testing.T) {
	dir := t.TempDir()
	if _, err := hub.Own(dir, []string{"localhost", "hub.example"}, time.Now()); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "hub.pem")
	h := real(t, hub.Options{Listen: "127.0.0.1:0", CertFile: file, KeyFile: file})
	if !strings.HasPrefix(h.URL(), "wss://") || h.Fingerprint() == "" {
		t.Errorf("URL %s", h.URL())
	}
	address := "https" + strings.TrimPrefix(h.URL(), "wss") + "/healthz"
	for host, want := range map[string]int{"hub.example": 200, "evil.example": 421} {
		if a := get(t, address, host); a.status != want {
			t.Errorf("host %q: status %d, want %d", host, a.status, want)
		}
	}
	if _, err := hub.New(hub.Options{CertFile: file, KeyFile: filepath.Join(dir, "none")}); err == nil {
		t.Error("New took a key that does not exist")
	}
}

func TestListen_AddressInUse(t *testing.T) {
	h := real(t, hub.Options{})
	second, err := hub.New(hub.Options{Listen: strings.TrimPrefix(h.URL(), "ws://")})
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Serve(t.Context()); err == nil {
		t.Error("Serve returned nil")
	}
}

func TestClose_FreesTheAddress(t *testing.T) {
	h, err := hub.New(hub.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Errorf("Close before Listen returned %v", err)
	}
	if err := h.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(h.Close(), h.Close()); err != nil {
		t.Errorf("Close returned %v", err)
	}
	real(t, hub.Options{Listen: strings.TrimPrefix(h.URL(), "ws://")})
	if err := h.Serve(t.Context()); err == nil {
		t.Error("Serve returned nil after Close")
	}
}

func TestNew_RefusesPublicURLs(t *testing.T) {
	for _, bad := range []string{"hub.example", "ftp://hub.example", "https://", "https://hub.example/path", "https://h/?q", "://"} {
		if _, err := hub.New(hub.Options{PublicURL: bad}); err == nil {
			t.Errorf("New accepted %q", bad)
		}
	}
	h, err := hub.New(hub.Options{PublicURL: "https://hub.example/"})
	if err != nil || h.Public() != "https://hub.example" {
		t.Errorf("public %v, %v", h, err)
	}
}

func TestCertificate_OfOwn(t *testing.T) {
	dir, now := t.TempDir(), time.Now()
	names := []string{"localhost", "::1", "192.0.2.1", "localhost", "hub.example"}
	first, err := hub.Own(dir, names, now)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if err := first.Leaf.VerifyHostname(name); err != nil {
			t.Error(err)
		}
	}
	roots := x509.NewCertPool()
	roots.AddCert(first.Leaf)
	if _, err := first.Leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: "hub.example"}); err != nil {
		t.Error(err)
	}
	same, err := hub.Own(dir, []string{"elsewhere"}, now.Add(800*24*time.Hour))
	if err != nil || !same.Leaf.Equal(first.Leaf) {
		t.Errorf("a valid certificate was replaced: %v", err)
	}
	later, err := hub.Own(dir, names, now.Add(825*24*time.Hour))
	if err != nil || later.Leaf.Equal(first.Leaf) {
		t.Errorf("an expired certificate was kept: %v", err)
	}
	path := filepath.Join(dir, "hub.pem")
	if err := os.WriteFile(path, []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := hub.Own(dir, names, now); err != nil {
		t.Errorf("a damaged certificate was not replaced: %v", err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("the directory has %v", entries)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := hub.Own(dir, names, now); err == nil {
		t.Error("a directory was taken for a certificate")
	}
}

// TestShutdown_WithPagesOpen has a browser that holds a connection and says nothing.
func TestShutdown_WithPagesOpen(t *testing.T) {
	h := real(t, hub.Options{Page: page})
	u, err := url.Parse(h.Public())
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: localhost\r\n"); err != nil {
		t.Fatal(err)
	}
}
