package signaling_test

import (
	"testing"
	"unicode/utf8"

	"parley/signaling"
)

func TestLine(t *testing.T) {
	for in, want := range map[string]string{
		"":                       "",
		" a\tb\n\nc ":            "a b c",
		"a\x00b\u202ec\ufffdd":   "abcd",
		"\u0646\u200c\u0627":     "\u0646\u200c\u0627",
		"👩\u200d👧":               "👩\u200d👧",
		"twelve long characters": "twelve long",
		"\xff\xfe":               "",
	} {
		if got := signaling.Line(in, 12); got != want {
			t.Errorf("of %q is left %q, want %q", in, got, want)
		}
	}
}

func FuzzLine(f *testing.F) {
	f.Add("a\tb", 1)
	f.Fuzz(func(t *testing.T, in string, most int) {
		most = min(max(most, 0), 1000)
		got := signaling.Line(in, most)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > most || signaling.Line(got, most) != got {
			t.Errorf("of %q is left %q", in, got)
		}
	})
}
