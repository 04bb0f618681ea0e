package device

import (
	"net"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func TestPulseSockets(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	tests := []struct {
		name string
		env  map[string]string
		want string
		all  bool
	}{
		{"path", map[string]string{"PULSE_SERVER": "/a/b"}, "/a/b", true},
		{"unix", map[string]string{"PULSE_SERVER": "unix:/a/b"}, "/a/b", true},
		{"with machine", map[string]string{"PULSE_SERVER": "{0123}unix:/a/b"}, "/a/b", true},
		{"tcp", map[string]string{"PULSE_SERVER": "tcp:host:4713"}, "", false},
		{"host", map[string]string{"PULSE_SERVER": "unix:/a/b host"}, "", false},
		{"session", map[string]string{"XDG_RUNTIME_DIR": "/run/user/7"}, "/run/user/7/pulse/native", true},
		{"own folder", map[string]string{"PULSE_RUNTIME_PATH": "/p"}, "/p/native", true},
		{"system", nil, "/run/pulse/native", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			paths, all := pulseSockets(func(name string) string { return tt.env[name] })
			if all != tt.all || tt.want != "" && !slices.Contains(paths, tt.want) {
				t.Errorf("%v, %v", paths, all)
			}
		})
	}
}

func TestPulseListens(t *testing.T) {
	path := filepath.Join(t.TempDir(), "native")
	env := func(name string) string {
		if name == "PULSE_SERVER" {
			return "unix:" + path
		}
		return ""
	}
	if pulseListens(env) {
		t.Error("nobody listens, it says")
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	if !pulseListens(env) {
		t.Error("somebody listens, it says not")
	}
}

func TestPatient_TriesRarelyUntilSomebodyListens(t *testing.T) {
	var p patient
	now := time.Unix(0, 0)
	const day = 24 * 3600 / 5
	tries := func(lists int, listening, urgent bool) (n int) {
		for range lists {
			now = now.Add(5 * time.Second)
			if p.now(now, listening, urgent) {
				n++
				p.tried(now, errNotThere)
			}
		}
		return n
	}
	if n := tries(day, false, false); n > 150 {
		t.Errorf("%d tries in a day without a server", n)
	}
	if n := tries(12, false, true); n > 1 {
		t.Errorf("%d tries in a minute of a call without a server", n)
	}
	if !p.now(now, true, false) {
		t.Error("does not try when somebody listens")
	}
	p.tried(now, nil)
	if n := tries(day, true, false); n > 160 {
		t.Errorf("%d tries in a day of a server that refuses", n)
	}
	if n := tries(12, true, true); n < 4 {
		t.Errorf("%d tries in a minute of a call with a server that has refused for a day", n)
	}
}
