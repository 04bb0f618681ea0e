package station

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/websocket"
)

// hall is a server of rooms like the raw WebSocket demo: it greets with a number
// and says everything to the whole room, its sender included.
type hall struct {
	url   string
	mu    sync.Mutex
	rooms map[string][]*websocket.Conn
	came  chan string // rooms that somebody joined
	left  chan string // rooms that somebody left
}

func newHall(t *testing.T) *hall {
	t.Helper()
	h := &hall{rooms: map[string][]*websocket.Conn{}, came: make(chan string, 16), left: make(chan string, 16)}
	var serving sync.WaitGroup
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		serving.Add(1)
		defer serving.Done()
		h.serve(w, r)
	}))
	h.url = "ws" + strings.TrimPrefix(web.URL, "http")
	t.Cleanup(func() {
		h.shut()
		web.Close()
		serving.Wait()
	})
	return h
}

func (h *hall) shut() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, room := range h.rooms {
		for _, c := range room {
			_ = c.Close()
		}
	}
}

func (h *hall) serve(w http.ResponseWriter, r *http.Request) {
	c, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer func() { _ = c.Close() }()
	h.say("", c, []byte("123"))
	joined := ""
	for {
		_, text, err := c.ReadMessage()
		if err != nil {
			h.leave(joined, c)
			return
		}
		var frame map[string]any
		if json.Unmarshal(text, &frame) != nil {
			return
		}
		if room, _ := frame["roomId"].(string); frame["event"] == "joinRoom" && joined == "" {
			joined = room
			h.mu.Lock()
			h.rooms[room] = append(h.rooms[room], c)
			h.mu.Unlock()
			h.came <- room
			continue
		}
		delete(frame, "roomId")
		text, _ = json.Marshal(frame)
		h.say(joined, nil, text)
	}
}

// say tells a room, or one, something.
func (h *hall) say(room string, only *websocket.Conn, text []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	to := h.rooms[room]
	if only != nil {
		to = []*websocket.Conn{only}
	}
	for _, c := range to {
		_ = c.WriteMessage(websocket.TextMessage, text)
	}
}

func (h *hall) leave(room string, c *websocket.Conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.rooms[room] = slices.DeleteFunc(h.rooms[room], func(other *websocket.Conn) bool { return other == c })
	h.left <- room
}
