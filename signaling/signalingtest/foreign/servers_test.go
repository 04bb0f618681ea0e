package foreign_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"parley/signaling/signalingtest/foreign"
)

func TestAyame_IsForTwoWhoEndTogether(t *testing.T) {
	s := foreign.Start(t, "ayame")
	ctx := bounded(t)
	sockets := make([]*websocket.Conn, 3)
	for i, want := range []string{`"isExistClient":false`, `"isExistClient":true`, `"reason":"full"`} {
		sockets[i] = dial(t, ctx, s.WS+"/signaling")
		says(t, sockets[i], `{"type":"register","roomId":"001","clientId":"x"}`)
		hears(t, sockets[i], want)
	}
	says(t, sockets[1], `{"type":"candidate","ice":{"candidate":""}}`)
	hears(t, sockets[0], `"ice"`)
	_ = sockets[0].Close()
	hears(t, sockets[1], `"bye"`)
	ends(t, sockets[1])
}

// TestAyame_LateEnd has somebody whose connection was ended be slow to go: the
// next two meet all the same.
func TestAyame_LateEnd(t *testing.T) {
	s := foreign.Start(t, "ayame")
	ctx := bounded(t)
	join := func(want string) *websocket.Conn {
		socket := dial(t, ctx, s.WS)
		says(t, socket, `{"type":"register","roomId":"001","clientId":"x"}`)
		hears(t, socket, want)
		return socket
	}
	first, slow := join(`"isExistClient":false`), join(`"isExistClient":true`)
	_ = first.Close()
	hears(t, slow, `"bye"`)
	join(`"isExistClient":false`)
	ends(t, slow)
	_ = slow.Close()
	if err := s.Until(ctx, func(said []foreign.Frame) bool {
		return slices.Contains(said, foreign.Frame{Client: 2, Gone: true})
	}); err != nil {
		t.Fatal(err)
	}
	join(`"isExistClient":true`)
}

func TestAyame_ClosesWhatItDoesNotKnow(t *testing.T) {
	s := foreign.Start(t, "ayame")
	socket := dial(t, bounded(t), s.WS)
	says(t, socket, `{"type":"hello"}`)
	ends(t, socket)
}

func TestLoginOffer_DiesOfLeavingNobody(t *testing.T) {
	s := foreign.Start(t, "login-offer")
	ctx := bounded(t)
	socket := dial(t, ctx, s.WS)
	hears(t, socket, "Hello world")
	says(t, socket, "no JSON")
	hears(t, socket, `"error"`)
	says(t, socket, `{"type":"login","name":"ann"}`)
	hears(t, socket, `"success":true`)
	says(t, socket, `{"type":"leave","name":"nobody"}`)
	if err := s.Dies(ctx); err != nil {
		t.Error(err)
	}
}

func TestCallUser_EndsForEverybody(t *testing.T) {
	s := foreign.Start(t, "call-user")
	ctx := bounded(t)
	sockets := make([]*websocket.Conn, 2)
	for i := range sockets {
		sockets[i] = dial(t, ctx, s.WS+"/socket.io/?EIO=4&transport=websocket")
		hears(t, sockets[i], "sid")
		says(t, sockets[i], "40")
		hears(t, sockets[i], "40")
		hears(t, sockets[i], `["me"`)
	}
	_ = sockets[0].Close()
	hears(t, sockets[1], `["callEnded"]`)
}

func TestPeerJS_TellsWhatItIs(t *testing.T) {
	s := foreign.Start(t, "peerjs", "discovery=1")
	ctx := bounded(t)
	if text := get(t, ctx, s.HTTP); !strings.Contains(text, "PeerJS Server") {
		t.Errorf("it says %q", text)
	}
	hears(t, dial(t, ctx, s.WS+"/peerjs?key=peerjs&id=ann&token=1"), `"OPEN"`)
	hears(t, dial(t, ctx, s.WS+"/peerjs?key=peerjs&id=ann&token=2"), `"ID-TAKEN"`)
	if text := get(t, ctx, s.HTTP+"/peerjs/peers"); text != `["ann"]` {
		t.Errorf("here are %s", text)
	}
}

func TestJanus_RestartsWhereItWas(t *testing.T) {
	s := foreign.Start(t, "janus-videocall")
	ctx := bounded(t)
	dialer := websocket.Dialer{Subprotocols: []string{"janus-protocol"}}
	for range 2 {
		socket, response, err := dialer.DialContext(ctx, s.WS, nil)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		says(t, socket, `{"janus":"create","transaction":"1"}`)
		hears(t, socket, `"success"`)
		_ = socket.Close()
		s.Restart()
	}
}

// ends waits for the end of a connection.
func ends(t *testing.T, socket *websocket.Conn) {
	t.Helper()
	if _, text, err := socket.ReadMessage(); err == nil {
		t.Errorf("heard %q, want the end", text)
	}
}
