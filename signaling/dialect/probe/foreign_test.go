package probe_test

import (
	"slices"
	"testing"

	"parley/signaling/dialect"
	"parley/signaling/dialect/probe"
	"parley/signaling/signalingtest/foreign"
)

// TestRun_ForeignServers meets every foreign server by its address alone. They
// die of what they do not expect, and then their test fails.
func TestRun_ForeignServers(t *testing.T) {
	all := dialect.Shipped()
	for name, c := range map[string]struct {
		transport string
		silent    bool // nothing tells its kind
	}{
		"ayame": {"ws", false}, "call-user": {"socketio", false}, "janus-videocall": {"ws", false}, "join-otherjoin": {"socketio", false},
		"login-offer": {"ws", false}, "peerjs": {"ws", false}, "room-nest": {"ws", false}, "room-socketio": {"socketio", false},
		"room-socketio-2": {"socketio", false}, "room-ws": {"ws", false}, "simple-peer": {"socketio", false},
		"username-target": {"socketio", false}, "vue-av-call": {"ws", false},
		// It says what it is at the port of its pages, which is 8000 where it is at home.
		"wechat-clone": {"ws", true},
		// It tells only others who came.
		"user-connected": {"socketio", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := foreign.Start(t, name)
			r, err := probe.Run(t.Context(), probe.Options{Address: s.WS, Profiles: all, Proxy: direct})
			if err != nil {
				t.Fatal(err)
			}
			want := name
			if c.silent {
				want = ""
			}
			if r.Profile != want || r.Transport != c.transport || r.URL != s.WS || !slices.Contains(r.Candidates, name) {
				t.Errorf("%+v", r)
			}
		})
	}
}
