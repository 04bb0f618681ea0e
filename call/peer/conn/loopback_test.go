package conn

import (
	"errors"
	"net"
	"testing"
)

func TestLoopbackOnlyWithoutOthers(t *testing.T) {
	have := func(texts ...string) func() ([]net.Addr, error) {
		return func() ([]net.Addr, error) {
			var out []net.Addr
			for _, s := range texts {
				ip, n, err := net.ParseCIDR(s)
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, &net.IPNet{IP: ip, Mask: n.Mask})
			}
			return out, nil
		}
	}
	unknown := func() ([]net.Addr, error) { return nil, errors.New("not told") }
	for _, c := range []struct {
		name, ip string
		has      func() ([]net.Addr, error)
		want     bool
	}{
		{"alone", "127.0.0.1", have("127.0.0.1/8", "::1/128"), true},
		{"beside link-local only", "127.0.0.1", have("127.0.0.1/8", "fe80::1/64"), true},
		{"beside a network", "127.0.0.1", have("127.0.0.1/8", "192.168.1.7/24"), false},
		{"of version 6 beside a network", "::1", have("::1/128", "fd00::7/64"), false},
		{"not loopback", "192.168.1.7", have("192.168.1.7/24"), true},
		{"unknown", "127.0.0.1", unknown, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := worthwhile(net.ParseIP(c.ip), c.has); got != c.want {
				t.Errorf("worthwhile(%s) = %t, want %t", c.ip, got, c.want)
			}
		})
	}
}
