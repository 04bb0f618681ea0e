package profile_test

import (
	"net/url"
	"testing"

	"parley/signaling/dialect/profile"
)

func TestParam_DefaultKnowsTheServer(t *testing.T) {
	for _, c := range []struct{ server, fallback, want string }{
		{"ws://10.0.0.7:2346/x", "http://${hostname}:8000", "http://10.0.0.7:8000"},
		{"ws://[::1]:2346", "http://${hostname}:8000", "http://[::1]:8000"},
		{"wss://chat.example", "https://${host}/api", "https://chat.example/api"},
		{"ws://10.0.0.7", "${else}", "${else}"},
	} {
		server, err := url.Parse(c.server)
		if err != nil {
			t.Fatal(err)
		}
		if got := (profile.Param{Default: c.fallback}).For(server); got != c.want {
			t.Errorf("%s on %s: %s, want %s", c.fallback, c.server, got, c.want)
		}
	}
}
