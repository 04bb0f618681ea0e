package foreign_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"parley/signaling/signalingtest/foreign"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func bounded(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// get returns what is at a URL.
func get(t *testing.T, ctx context.Context, url string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v", url, response.Status, err)
	}
	return string(text)
}

// dial opens a WebSocket that the end of the test closes.
func dial(t *testing.T, ctx context.Context, url string) *websocket.Conn {
	t.Helper()
	socket, response, err := websocket.DefaultDialer.DialContext(ctx, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	t.Cleanup(func() { _ = socket.Close() })
	return socket
}

func says(t *testing.T, socket *websocket.Conn, text string) {
	t.Helper()
	if err := socket.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		t.Fatal(err)
	}
}

func hears(t *testing.T, socket *websocket.Conn, want string) {
	t.Helper()
	if _, text, err := socket.ReadMessage(); err != nil || !strings.Contains(string(text), want) {
		t.Fatalf("heard %q, %v; want %q", text, err, want)
	}
}

func TestStart_ServesPageAndLibraries(t *testing.T) {
	s := foreign.Start(t, "room-socketio-2")
	ctx := bounded(t)
	for path, has := range map[string]string{"/": "data-testid", "/lib/rig.js": "window.rig", "/socket.io/socket.io.js": "Socket.IO"} {
		if text := get(t, ctx, s.HTTP+path); !strings.Contains(text, has) {
			t.Errorf("%s has no %q", path, has)
		}
	}
}

func TestServer_RestartsWhereItWas(t *testing.T) {
	s := foreign.Start(t, "room-socketio-2")
	ctx, was := bounded(t), s.Address
	s.Restart()
	if s.Address != was {
		t.Errorf("restarted at %s, was at %s", s.Address, was)
	}
	get(t, ctx, s.HTTP)
}

func TestServer_TellsWhatClientsSay(t *testing.T) {
	s := foreign.Start(t, "room-socketio-2")
	ctx := bounded(t)
	socket := dial(t, ctx, s.WS+"/socket.io/?EIO=4&transport=websocket")
	hears(t, socket, "sid")
	says(t, socket, "40")
	hears(t, socket, "40")
	hears(t, socket, "connectionSuccess")
	says(t, socket, `42["joinRoom","001"]`)
	says(t, socket, `42["callRemote","001"]`)
	hears(t, socket, "receiveCall")
	_ = socket.Close()
	err := s.Until(ctx, func(said []foreign.Frame) bool {
		return len(said) == 3 && said[0].Said == `{"event":"joinRoom","args":["001"]}` && said[2].Gone
	})
	if err != nil {
		t.Error(err)
	}
}
