package h264

import (
	"bytes"
	"slices"
	"testing"
)

// stream puts units behind start codes of three and four bytes in turn.
func stream(units ...[]byte) (out []byte) {
	for i, unit := range units {
		if i%2 == 0 {
			out = append(out, 0)
		}
		out = append(append(out, 0, 0, 1), unit...)
	}
	return out
}

func TestAppendUnits(t *testing.T) {
	units := [][]byte{{0x67, 1, 0, 2}, {0x68, 3}, {0x65, 0, 0, 3, 1}}
	for name, from := range map[string][]byte{
		"codes of both lengths":  stream(units...),
		"zeros before":           append([]byte{0, 0, 0}, stream(units...)...),
		"zeros behind":           append(stream(units...), 0, 0, 0),
		"something before":       append([]byte{9, 9}, stream(units...)...),
		"zeros between":          slices.Concat(stream(units[0]), []byte{0, 0, 0, 0}, stream(units[1:]...)),
		"an empty unit":          slices.Concat(stream(units[0]), []byte{0, 0, 1}, stream(units[1:]...)),
		"an empty unit behind":   append(stream(units...), 0, 0, 1),
		"an unfinished code":     append(stream(units...), 0, 0),
		"a unit of nothing else": slices.Concat([]byte{0, 0, 1, 0, 0, 0, 0, 1}, stream(units...)),
	} {
		before := [][]byte{{1}}
		if got := AppendUnits(before, from); !slices.EqualFunc(got, append(before, units...), bytes.Equal) {
			t.Errorf("%s: % x", name, got)
		}
	}
	for _, none := range [][]byte{nil, {0}, {0, 0}, {0, 0, 1}, {0, 0, 2, 9}, {1, 2, 3}} {
		if got := AppendUnits(nil, none); len(got) != 0 {
			t.Errorf("% x: % x", none, got)
		}
	}
}

func TestIndex(t *testing.T) {
	access := stream([]byte{0x67, 1}, []byte{0x68, 2}, []byte{0x65, 3}, []byte{6, 4})
	for kind, want := range map[byte]int{SPS: 0, PPS: 6, IDR: 11, SEI: -1, Slice: -1} {
		if got := Index(access, kind); got != want || Has(access, kind) != (want >= 0) {
			t.Errorf("type %d: %d, want %d", kind, got, want)
		}
	}
	if Has([]byte{0, 0, 1}, 0) || Has(nil, IDR) || Has([]byte{0x65}, IDR) || Index([]byte{0, 0, 1, 0x65}, IDR) != 0 {
		t.Error("what is no unit was found, or one was not")
	}
	if Kind([]byte{0x67}) != SPS {
		t.Error("the type of an SPS")
	}
}

// Whatever the units are, they come back from behind their start codes; and whatever
// the stream is, its units make one that has the same.
func FuzzAppendUnits(f *testing.F) {
	f.Add(stream([]byte{0x67, 1, 0, 2}, []byte{0x68, 3}, []byte{0x65, 0, 0, 3, 1}))
	f.Add([]byte{0, 0, 0, 1})
	f.Add([]byte{0, 0, 1, 0, 0, 1, 0x65, 0})
	f.Fuzz(func(t *testing.T, from []byte) {
		units := AppendUnits(nil, from)
		first := -1
		for i, unit := range units {
			if len(unit) == 0 || unit[len(unit)-1] == 0 || bytes.Contains(unit, []byte{0, 0, 1}) {
				t.Fatalf("no unit: % x", unit)
			}
			if Kind(unit) == IDR && first < 0 {
				first = i
			}
		}
		again := stream(units...)
		if got := AppendUnits(nil, again); !slices.EqualFunc(got, units, bytes.Equal) {
			t.Fatalf("% x became % x", units, got)
		}
		if at := Index(again, IDR); at >= 0 && (first < 0 || !bytes.HasPrefix(AppendUnits(nil, again[at:])[0], units[first])) {
			t.Fatalf("an IDR at %d of % x", at, again)
		}
	})
}
