package x11

import (
	"encoding/binary"
	"errors"
	"testing"
)

func TestParseDisplay(t *testing.T) {
	for text, want := range map[string]address{
		":0":                    {"", 0, 0},
		":12.1":                 {"", 12, 1},
		"unix:3":                {"", 3, 0},
		"host/unix:3":           {"", 3, 0},
		"localhost:10.0":        {"localhost", 10, 0},
		"tcp/display.example:1": {"display.example", 1, 0},
		"[::1]:2.3":             {"::1", 2, 3},
	} {
		if got, err := parseDisplay(text); err != nil || got != want {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "0", ":", ":x", ":-1", ":70000", ":0.x", ":0.300"} {
		if _, err := parseDisplay(text); !errors.Is(err, ErrDisplay) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// record writes one record of an authority file.
func record(family uint16, fields ...string) (b []byte) {
	b = binary.BigEndian.AppendUint16(b, family)
	for _, f := range fields {
		b = append(binary.BigEndian.AppendUint16(b, uint16(len(f))), f...)
	}
	return b
}

func TestCookieIsTheOneOfThisComputer(t *testing.T) {
	file := append(record(0, "\x7f\x00\x00\x01", "1", magicCookie, "by address"), record(familyWild, "", "", magicCookie, "of any")...)
	file = append(file, record(familyLocal, "elsewhere", "0", magicCookie, "of another")...)
	file = append(file, record(familyLocal, "here", "0", "XDM-AUTHORIZATION-1", "of another kind")...)
	entries := parseAuthority(append(file, record(familyLocal, "here", "0", magicCookie, "ours")...))
	for _, c := range []struct {
		number int
		host   string
		want   string
	}{{0, "here", "ours"}, {0, "nowhere", "of any"}, {1, "here", "of any"}} {
		if got := find(entries, address{number: c.number}, c.host); got != c.want {
			t.Errorf("display %d at %s: %q", c.number, c.host, got)
		}
	}
	if got := find(entries[:1], address{number: 2}, "here"); got != "" {
		t.Errorf("the cookie of another display: %q", got)
	}
}

func FuzzAuthority(f *testing.F) {
	f.Add(record(familyLocal, "here", "0", magicCookie, "secret"))
	f.Add([]byte{1, 0, 0, 9, 1})
	f.Fuzz(func(t *testing.T, file []byte) {
		size := 0
		for _, e := range parseAuthority(file) {
			size += 10 + len(e.address) + len(e.number) + len(e.name) + len(e.data)
		}
		if size > len(file) {
			t.Errorf("%d bytes were read from %d", size, len(file))
		}
	})
}
