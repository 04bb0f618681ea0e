package wire_test

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"parley/signaling"
	"parley/signaling/wire"
)

// tunnel copies between two connections until either ends.
func tunnel(near, far net.Conn) {
	var copying sync.WaitGroup
	for _, way := range [][2]net.Conn{{near, far}, {far, near}} {
		copying.Go(func() {
			_, _ = io.Copy(way[0], way[1])
			_ = near.Close()
			_ = far.Close()
		})
	}
	copying.Wait()
}

// proxy is a proxy that knows the name far.invalid of one server and lets in who
// has the credentials me:secret. It counts who asked for what.
type proxy struct {
	address string // host:port
	target  string // where far.invalid:443 leads

	mu    sync.Mutex
	asked []string
}

// listen runs a proxy that serves each connection, until the test ends.
func listen(t *testing.T, target string, serve func(p *proxy, c net.Conn) error) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{address: l.Addr().String(), target: target}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			running.Go(func() {
				defer func() { _ = c.Close() }()
				_ = serve(p, c) // what ends it is seen at the other end
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		running.Wait()
	})
	return p
}

func (p *proxy) askedFor(what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, what)
}

func (p *proxy) was() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.asked, " ")
}

// serveConnect speaks CONNECT (RFC 9110 section 9.3.6).
func serveConnect(p *proxy, c net.Conn) error {
	in := bufio.NewReader(c)
	r, err := http.ReadRequest(in)
	if err != nil {
		return err
	}
	p.askedFor(r.Method + " " + r.Host)
	if r.Header.Get("Proxy-Authorization") != "Basic "+base64.StdEncoding.EncodeToString([]byte("me:secret")) {
		_, err = io.WriteString(c, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
		return err
	}
	far, err := net.Dial("tcp", p.target)
	if err != nil {
		return err
	}
	if _, err = io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n"); err == nil {
		tunnel(c, far)
	}
	return err
}

// serveSOCKS speaks SOCKS5 (RFC 1928) with names and passwords (RFC 1929).
func serveSOCKS(p *proxy, c net.Conn) error {
	in := bufio.NewReader(c)
	read := func(n int) []byte {
		b := make([]byte, n)
		_, _ = io.ReadFull(in, b) // a short one is all zero, which suits nothing
		return b
	}
	text := func() string { return string(read(int(read(1)[0]))) }
	_ = read(1)
	_ = text() // the methods offered
	if _, err := c.Write([]byte{5, 2}); err != nil {
		return err
	}
	_ = read(1)
	if name, password := text(), text(); name != "me" || password != "secret" {
		p.askedFor("refused")
		_, err := c.Write([]byte{1, 1})
		return err
	}
	if _, err := c.Write([]byte{1, 0}); err != nil {
		return err
	}
	request := read(4)
	if request[1] != 1 || request[3] != 3 { // connect, to a name
		return errors.New("not a connection to a name")
	}
	name, port := text(), read(2)
	p.askedFor(fmt.Sprintf("%s:%d", name, int(port[0])<<8|int(port[1])))
	far, err := net.Dial("tcp", p.target)
	if err != nil {
		return err
	}
	if _, err := c.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0}); err != nil {
		return err
	}
	tunnel(c, far)
	return nil
}

// TestProxy goes through proxies to a server of TLS whose name only they know.
func TestProxy(t *testing.T) {
	c := certify(t, "far.invalid")
	s := c.serve(t, echoing(t))
	trust, err := wire.Trust{Roots: c.roots}.Config()
	if err != nil {
		t.Fatal(err)
	}
	for scheme, serve := range map[string]func(*proxy, net.Conn) error{
		"http": serveConnect, "socks5": serveSOCKS, "socks5h": serveSOCKS,
	} {
		t.Run(scheme, func(t *testing.T) {
			p := listen(t, s.Listener.Addr().String(), serve)
			through, err := wire.Proxy(scheme + "://me:secret@" + p.address)
			if err != nil {
				t.Fatal(err)
			}
			roundTrip(t, wire.Options{URL: "wss://far.invalid/", TLS: trust, Proxy: through})
			if got := strings.TrimPrefix(p.was(), "CONNECT "); got != "far.invalid:443" {
				t.Errorf("the proxy was asked for %q", got)
			}

			if through, err = wire.Proxy(scheme + "://me:wrong@" + p.address); err != nil {
				t.Fatal(err)
			}
			l := run(t, wire.Options{URL: "wss://far.invalid/", TLS: trust, Proxy: through}, record())
			if end := <-l.closed; !errors.Is(end.cause, signaling.ErrProxy) || strings.Contains(end.cause.Error(), "wrong") {
				t.Errorf("closed because of %v", end.cause)
			}
			l.finish(t)
		})
	}
}

// TestProxy_Blame tells a proxy that is not there from a server that is not: only one
// that leads to the server is not to blame for what comes after.
func TestProxy_Blame(t *testing.T) {
	dead := dead(t)
	c := certify(t, "other.invalid") // and not far.invalid
	s := c.serve(t, echoing(t))
	p := listen(t, s.Listener.Addr().String(), serveConnect)
	for name, o := range map[string]struct {
		proxy, url string
		blamed     bool
	}{
		"dead proxy":       {"http://" + dead, "ws://far.invalid/", true},
		"dead SOCKS proxy": {"socks5://" + dead, "wss://far.invalid/", true},
		"dead server":      {"direct", "ws://" + dead + "/", false},
		"untrusted server": {"http://me:secret@" + p.address, "wss://far.invalid/", false},
	} {
		t.Run(name, func(t *testing.T) {
			through, err := wire.Proxy(o.proxy)
			if err != nil {
				t.Fatal(err)
			}
			_, err = wire.Dial(t.Context(), wire.Options{URL: o.url, Proxy: through})
			if err == nil || errors.Is(err, signaling.ErrProxy) != o.blamed {
				t.Errorf("%v, the proxy is to blame: %v", err, o.blamed)
			}
		})
	}
}

// dead is an address at which nobody listens.
func dead(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return l.Addr().String()
}

func TestProxy_Texts(t *testing.T) {
	request := httptest.NewRequest(http.MethodGet, "https://far.invalid/", nil)
	for text, want := range map[string]string{
		"direct": "<nil>", "http://p:8080/": "http://p:8080/", "socks5h://p": "socks5://p",
	} {
		through, err := wire.Proxy(" " + text + "\n")
		if err != nil {
			t.Errorf("Proxy(%q): %v", text, err)
			continue
		}
		if u, err := through(request); err != nil || fmt.Sprint(u) != want {
			t.Errorf("Proxy(%q) leads to %v, %v", text, u, err)
		}
	}
	for _, bad := range []string{
		"p:8080", "https://p", "socks4://p", "http://", "http://p/secret", "http://p?secret", "http://p#secret", "http://secret:%zz@p",
	} {
		if _, err := wire.Proxy(bad); !errors.Is(err, wire.ErrProxy) {
			t.Errorf("Proxy(%q): %v", bad, err)
		}
	}
}

// The environment decides when nothing else does. net/http reads it once, so
// that only a change of the whole process could be seen here.
func TestProxy_EnvironmentByDefault(t *testing.T) {
	through, err := wire.Proxy("")
	if err != nil {
		t.Fatal(err)
	}
	// Never for this machine itself, whatever the environment says.
	if u, err := through(httptest.NewRequest(http.MethodGet, "http://127.0.0.1/", nil)); u != nil || err != nil {
		t.Errorf("a proxy for loopback: %v, %v", u, err)
	}
}

func TestLine_ADeadProxyIsTold(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close()
	through, err := wire.Proxy("socks5://" + address)
	if err != nil {
		t.Fatal(err)
	}
	r := run(t, wire.Options{URL: "wss://far.invalid/", Proxy: through, TLS: &tls.Config{MinVersion: tls.VersionTLS12}}, record())
	if end := <-r.closed; end.cause == nil || !strings.Contains(end.cause.Error(), address) {
		t.Errorf("closed because of %v", end.cause)
	}
	r.finish(t)
}
