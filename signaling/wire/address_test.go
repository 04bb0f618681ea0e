package wire_test

import (
	"errors"
	"strings"
	"testing"

	"parley/signaling/wire"
)

func TestNormalize(t *testing.T) {
	for typed, want := range map[string]string{
		"example.org":                   "wss://example.org",
		"Example.ORG:8443/":             "wss://example.org:8443",
		"example.org/app?room=1":        "wss://example.org/app?room=1",
		"//example.org/":                "wss://example.org",
		"ws://host:3000":                "ws://host:3000",
		"WSS://host/Path/":              "wss://host/Path/",
		"http://host:3000/socket.io/":   "ws://host:3000/socket.io/",
		"https://host":                  "wss://host",
		"https://host/?key=a%20b":       "wss://host?key=a%20b",
		"localhost:3000":                "wss://localhost:3000",
		"192.168.1.5:8080/ws":           "wss://192.168.1.5:8080/ws",
		"::1":                           "wss://[::1]",
		"::1/ws":                        "wss://[::1]/ws",
		"[::1]:9000":                    "wss://[::1]:9000",
		"http://[2001:db8::1]/peerjs":   "ws://[2001:db8::1]/peerjs",
		"wss://host:":                   "wss://host",
		"wss://example.org/r%2Fs?a=b&c": "wss://example.org/r%2Fs?a=b&c",
	} {
		got, err := wire.Normalize("\t" + typed + " \n")
		if err != nil || got != want {
			t.Errorf("Normalize(%q) = %q, %v; want %q", typed, got, err, want)
			continue
		}
		if again, err := wire.Normalize(got); err != nil || again != got {
			t.Errorf("Normalize(%q) = %q, %v", got, again, err)
		}
		if _, err := wire.New(wire.Options{URL: got}); err != nil {
			t.Errorf("New(%q): %v", got, err)
		}
	}
}

func TestNormalize_Refuses(t *testing.T) {
	for typed, want := range map[string]error{
		"":                        wire.ErrNoHost,
		"  ":                      wire.ErrNoHost,
		"wss://":                  wire.ErrNoHost,
		"wss:///path":             wire.ErrNoHost,
		":3000":                   wire.ErrNoHost,
		"ftp://host":              wire.ErrScheme,
		"javascript://host":       wire.ErrScheme,
		"wss://me:secret@host":    wire.ErrUserInfo,
		"me@host":                 wire.ErrUserInfo,
		"wss://host/#secret":      wire.ErrFragment,
		"host#":                   wire.ErrFragment,
		"host:port":               wire.ErrAddress,
		"host:0":                  wire.ErrAddress,
		"host:70000":              wire.ErrAddress,
		"two words":               wire.ErrAddress,
		"wss://[::1":              wire.ErrAddress,
		"wss://[nonsense]":        wire.ErrAddress,
		"wss://secret@ho st":      wire.ErrAddress,
		"wss://host/\x00secret":   wire.ErrAddress,
		"mailto:secret":           wire.ErrAddress,
		"ws://host%zz/%secret":    wire.ErrAddress,
		":::":                     wire.ErrAddress,
		"://host":                 wire.ErrAddress,
		"fe80::1%eth0":            wire.ErrAddress,
		"wss://a b:secret@host/x": wire.ErrAddress,
	} {
		got, err := wire.Normalize(typed)
		if !errors.Is(err, want) {
			t.Errorf("Normalize(%q) = %q, %v; want %v", typed, got, err, want)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("the error repeats a secret: %v", err)
		}
	}
}

func FuzzNormalize(f *testing.F) {
	for _, typed := range []string{"example.org", "http://[::1]:80/a?b", "::1", "me@host", "a#b", "//x", "host:1", "HTTPS://X/%2f"} {
		f.Add(typed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		got, err := wire.Normalize(typed)
		if err != nil {
			return
		}
		if again, err := wire.Normalize(got); err != nil || again != got {
			t.Errorf("Normalize(%q) = %q, and that %q, %v", typed, got, again, err)
		}
		if _, err := wire.New(wire.Options{URL: got}); err != nil {
			t.Errorf("%q: %v", typed, err)
		}
	})
}

func TestNear(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "LOCALHOST:3000": true, "a.localhost": true, "127.0.0.1": true, "127.9.9.9:80": true,
		"::1": true, "[::1]": true, "[::1]:80": true, "10.0.0.1": true, "192.168.0.9:1": true, "172.16.0.1": true,
		"169.254.1.1": true, "fe80::1": true, "fd00::1": true, "::ffff:10.0.0.1": true, "nas": true, "nas:3000": true,
		"nas.local": true, "nas.local.": true, "box.home.arpa": true, "server.lan": true,
		"": false, ":80": false, "example.org": false, "example.org:443": false, "8.8.8.8": false, "172.32.0.1": false,
		"2001:db8::1": false, "local.example": false, "0.0.0.0": false, "mylocalhost.com": false,
	} {
		if got := wire.Near(host); got != want {
			t.Errorf("Near(%q) = %v", host, got)
		}
	}
}
