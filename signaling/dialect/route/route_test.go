package route_test

import (
	"net/http"
	"net/url"
	"reflect"
	"testing"

	"parley/signaling/dialect/profile"
	"parley/signaling/dialect/route"
	"parley/signaling/dialect/value"
)

func address(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func template(t *testing.T, source any) value.Template {
	t.Helper()
	made, err := value.NewTemplate(source, func(string) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// fill knows one variable.
func fill(t value.Template) (any, error) {
	return t.Expand(func(name string) (any, bool) { return "me", name == "self" })
}

func TestSocket(t *testing.T) {
	query := map[string]value.Template{"id": template(t, "${self}"), "gone": template(t, "${none|opt}")}
	elsewhere := template(t, "//other:3001/${self}")
	bad := template(t, "http://[")
	for _, c := range []struct {
		typed   string
		channel profile.Channel
		want    string
	}{
		{"ws://host:1", profile.Channel{Kind: profile.WebSocket}, "ws://host:1/"},
		{"wss://host", profile.Channel{Kind: profile.WebSocket, Path: "/peerjs", Query: query}, "wss://host/peerjs?id=me"},
		{"wss://host/app?a=b", profile.Channel{Kind: profile.WebSocket, Path: "/peerjs", Query: query}, "wss://host/app?a=b&id=me"},
		{"wss://host/app", profile.Channel{Kind: profile.WebSocket, URL: &elsewhere, Path: "/x"}, "wss://other:3001/me"},
		{"ws://host", profile.Channel{Kind: profile.SocketIO, EIO: 3, Query: query}, "ws://host/socket.io/?EIO=3&id=me&transport=websocket"},
		{"ws://host", profile.Channel{Kind: profile.WebSocket, URL: &bad}, ""},
	} {
		got, err := route.Socket(address(t, c.typed), c.channel, fill)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("Socket(%q, %+v) = %q, %v; want %q", c.typed, c.channel, got, err, c.want)
		}
	}
	unknown := profile.Channel{Kind: profile.WebSocket, Query: map[string]value.Template{"id": template(t, "${none}")}}
	if got, err := route.Socket(address(t, "ws://host"), unknown, fill); err == nil {
		t.Errorf("Socket without a value = %q", got)
	}
}

func TestNewRequest(t *testing.T) {
	c := profile.Channel{
		Kind: profile.HTTP, Path: "/api", Header: map[string]value.Template{"Authorization": template(t, "Bearer ${self}")},
		Query: map[string]value.Template{"id": template(t, "${self}")},
	}
	frame := map[string]any{
		"method": "POST", "path": "/login", "query": map[string]any{"b": true}, "header": map[string]any{"X-One": "1"},
		"body": map[string]any{"to": "<you>"},
	}
	got, err := route.NewRequest(address(t, "wss://host:8000/socket?x=y"), c, frame, fill)
	want := route.Request{
		Method: "POST", URL: "https://host:8000/api/login?b=true&id=me", Body: []byte(`{"to":"<you>"}`),
		Header: http.Header{"Authorization": {"Bearer me"}, "Content-Type": {"application/json"}, "X-One": {"1"}},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("NewRequest = %+v, %v", got, err)
	}

	elsewhere := template(t, "http://other/base/")
	got, err = route.NewRequest(address(t, "ws://host"), profile.Channel{Kind: profile.HTTP, URL: &elsewhere}, map[string]any{"path": "peers"}, fill)
	if err != nil || got.Method != http.MethodGet || got.URL != "http://other/base/peers" || got.Body != nil {
		t.Errorf("NewRequest = %+v, %v", got, err)
	}
	if got, err = route.NewRequest(address(t, "ws://host"), c, "no object", fill); err == nil {
		t.Errorf("NewRequest = %+v", got)
	}
}
