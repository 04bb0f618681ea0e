package wire_test

import (
	"bufio"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/websocket"

	"parley/signaling/wire"
)

// echoing is a handler that sends every message back.
func echoing(t *testing.T) http.Handler {
	t.Helper()
	var u websocket.Upgrader
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := u.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer func() { _ = ws.Close() }()
		for {
			kind, data, err := ws.ReadMessage()
			if err != nil || ws.WriteMessage(kind, data) != nil {
				return
			}
		}
	})
}

// roundTrip opens a line, sends a word and waits for it.
func roundTrip(t *testing.T, o wire.Options) {
	t.Helper()
	l := run(t, o, record())
	select {
	case <-l.opened:
		_ = l.Send([]byte("hello"))
		if m := <-l.received; string(m.Data) != "hello" {
			t.Errorf("received %q", m.Data)
		}
	case c := <-l.closed:
		t.Errorf("closed because of %v", c.cause)
	}
	l.finish(t)
}

func TestFingerprint_PinsASelfSignedCertificate(t *testing.T) {
	s := httptest.NewUnstartedServer(echoing(t))
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)
	s.StartTLS()
	defer s.Close()
	address := "wss" + strings.TrimPrefix(s.URL, "https")
	right := wire.FingerprintOf(s.Certificate().Raw)
	roundTrip(t, wire.Options{URL: address, TLS: right.Pin()})

	wrong := right
	wrong[0]++
	l := run(t, wire.Options{URL: address, TLS: wrong.Pin()}, record())
	if c := <-l.closed; !errors.Is(c.cause, wire.ErrFingerprint) {
		t.Errorf("closed because of %v", c.cause)
	}
	l.finish(t)

	l = run(t, wire.Options{URL: address}, record())
	if c := <-l.closed; c.cause == nil || !strings.Contains(c.cause.Error(), "certificate") {
		t.Errorf("closed because of %v", c.cause)
	}
	l.finish(t)
}

func TestParseFingerprint(t *testing.T) {
	want := wire.FingerprintOf([]byte("x"))
	text := want.String()
	if len(text) != 95 || strings.ToUpper(text) != text {
		t.Errorf("String returned %q", text)
	}
	plain := strings.ReplaceAll(text, ":", "")
	for _, s := range []string{text, strings.ToLower(text), plain, " " + plain + "\n", strings.ReplaceAll(text, ":", " ")} {
		if got, err := wire.ParseFingerprint(s); err != nil || got != want {
			t.Errorf("ParseFingerprint(%q) = %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "12", plain + "00", plain[:62] + "xy", text[:94]} {
		if _, err := wire.ParseFingerprint(s); err == nil {
			t.Errorf("ParseFingerprint accepted %q", s)
		}
	}
}

// TestLine_GoesThroughAProxy has a proxy that knows CONNECT (RFC 9110 section 9.3.6).
func TestLine_GoesThroughAProxy(t *testing.T) {
	s := httptest.NewServer(echoing(t))
	defer s.Close()
	tunnels := make(chan string, 1)
	var copying sync.WaitGroup
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect {
			http.Error(w, "only CONNECT", http.StatusMethodNotAllowed)
			return
		}
		tunnels <- r.Host
		out, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
		if err != nil {
			t.Error(err)
			return
		}
		defer out.Close()
		in, buffered, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer in.Close()
		_, _ = io.WriteString(in, "HTTP/1.1 200 OK\r\n\r\n")
		copying.Go(func() {
			_, _ = io.Copy(out, bufio.NewReader(buffered))
			_ = out.Close()
		})
		_, _ = io.Copy(in, out)
	}))
	defer proxy.Close()
	through, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	roundTrip(t, wire.Options{URL: "ws://far-away.invalid:81/", Proxy: http.ProxyURL(through)})
	if host := <-tunnels; host != "far-away.invalid:81" {
		t.Errorf("the proxy was asked for %q", host)
	}
	copying.Wait()
}
