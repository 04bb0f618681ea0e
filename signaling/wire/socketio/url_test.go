package socketio_test

import (
	"net/url"
	"testing"

	"parley/signaling/wire/socketio"
)

func TestURL(t *testing.T) {
	const tail = "EIO=4&transport=websocket"
	for _, c := range []struct{ base, path, query, want string }{
		{"ws://host:3000", "", "", "ws://host:3000/socket.io/?" + tail},
		{"https://host/", "", "", "wss://host/socket.io/?" + tail},
		{"http://[::1]:3000", "/io", "", "ws://[::1]:3000/io/?" + tail},
		{"wss://host/app/socket.io", "/other", "", "wss://host/app/socket.io/?" + tail},
		{"ws://host/?room=1", "", "name=a b&EIO=9", "ws://host/socket.io/?EIO=4&name=a+b&room=1&transport=websocket"},
	} {
		query, err := url.ParseQuery(c.query)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := socketio.URL(c.base, c.path, query, 4); err != nil || got != c.want {
			t.Errorf("URL(%q, %q, %q) = %q, %v", c.base, c.path, c.query, got, err)
		}
	}
	if got, err := socketio.URL("ws://host", "", nil, 3); err != nil || got != "ws://host/socket.io/?EIO=3&transport=websocket" {
		t.Errorf("URL = %q, %v", got, err)
	}
	for _, bad := range []string{"", "host", "ftp://host", "ws://", "ws://host:port", "://"} {
		if got, err := socketio.URL(bad, "", nil, 4); err == nil {
			t.Errorf("URL(%q) = %q", bad, got)
		}
	}
}
