package frame_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"parley/signaling/hub/frame"
)

func TestName(t *testing.T) {
	for _, good := range []string{
		"a", "7", ".", "Anna_B-2.x", "Zoë", "王小明", "Ψ", "אבג", "हिन्दी", "กำ", "ｱ", strings.Repeat("x", 64), strings.Repeat("王", 64),
	} {
		if got, ok := frame.Name(good); !ok || got != good && len(got) == 0 {
			t.Errorf("Name(%q) = %q, %v", good, got, ok)
		}
	}
	for _, bad := range []string{
		"", " ", "a b", "a\tb", "a/b", "a@b", "a:b", "<b>", "a\x00", "\xff", "\u0301a", "😀", "a\u202eb", "a\u200bb", "½", strings.Repeat("x", 65),
	} {
		if got, ok := frame.Name(bad); ok {
			t.Errorf("Name(%q) = %q, want none", bad, got)
		}
	}
}

func TestKey_IgnoresCaseAndForm(t *testing.T) {
	for _, same := range [][2]string{
		{"anna", "ANNA"},
		{"Zo\u00eb", "zoe\u0308"},
		{"ΣΊΣΥΦΟΣ", "σίσυφος"}, // two small letters of one capital
		{"\u212a", "k"},        // Kelvin
	} {
		if frame.Key(same[0]) != frame.Key(same[1]) {
			t.Errorf("Key tells %q from %q", same[0], same[1])
		}
	}
	for _, other := range [][2]string{{"anna", "anne"}, {"e", "é"}, {"o", "0"}} {
		if frame.Key(other[0]) == frame.Key(other[1]) {
			t.Errorf("Key takes %q for %q", other[0], other[1])
		}
	}
}

func TestDisplay(t *testing.T) {
	for in, want := range map[string]string{
		"":                                 "",
		"  Anna \t B.\n":                   "Anna B.",
		"👨\u200d👩\u200d👧":                  "👨\u200d👩\u200d👧",
		"می\u200cخواهم":                    "می\u200cخواهم",
		strings.Repeat("王", 64) + "  ":     strings.Repeat("王", 64),
		"Anna\u3000B":                      "Anna B",
		"<script>alert(1)</script> & more": "<script>alert(1)</script> & more",
	} {
		if got, ok := frame.Display(in); !ok || got != want {
			t.Errorf("Display(%q) = %q, %v, want %q", in, got, ok, want)
		}
	}
	for _, bad := range []string{"\u202eanna", "a\x00", "a\x1b[31m", "\xff", "\ufeff", strings.Repeat("x", 65)} {
		if got, ok := frame.Display(bad); ok {
			t.Errorf("Display(%q) = %q, want none", bad, got)
		}
	}
}

func FuzzClip(f *testing.F) {
	f.Add("Anna\u202e B.\n", 64)
	f.Add(strings.Repeat("王 ", 100), 64)
	f.Fuzz(func(t *testing.T, s string, most int) {
		most = min(max(most, 0), 64)
		got := frame.Clip(s, most)
		if shown, ok := frame.Display(got); !ok || shown != got || utf8.RuneCountInString(got) > most {
			t.Errorf("Clip(%q, %d) = %q, which Display makes %q, %v", s, most, got, shown, ok)
		}
	})
}

func FuzzSuggest(f *testing.F) {
	for in, want := range map[string]string{
		"Anna B. Müller": "Anna-B.-Müller", "": "", "  ": "", "///": "", "a//b": "a-b", "\u0301": "", "😀 x": "x",
		strings.Repeat("y", 70): strings.Repeat("y", 64),
	} {
		if got := frame.Suggest(in); got != want {
			f.Errorf("Suggest(%q) = %q, want %q", in, got, want)
		}
		f.Add(in)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := frame.Suggest(s)
		if name, ok := frame.Name(got); got != "" && (!ok || name != got) {
			t.Errorf("Suggest(%q) = %q, which Name makes %q, %v", s, got, name, ok)
		}
	})
}
