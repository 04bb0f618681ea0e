package h264

import (
	"bytes"
	"math"
	"slices"
	"testing"
)

func TestMargin(t *testing.T) {
	for right := range MaxMargin + 1 {
		for bottom := range MaxMargin + 1 {
			m := Margin{right, bottom}
			key := m.AppendTo(stream([]byte{0x67, 1}, []byte{0x68, 2}))
			key = append(key, stream([]byte{0x65, 9, 9})...)
			if got := MarginOf(key); got != m {
				t.Fatalf("%v became %v: % x", m, got, key)
			}
			if n := len(AppendUnits(nil, key)); n != 4 {
				t.Fatalf("%v: %d units in % x", m, n, key)
			}
		}
	}
}

// The bits of a rectangle as the Recommendation has them: ue(0) 0 ue(0) se(0) se(-16)
// se(0) se(-32) ue(1), which are four whole bytes.
func TestMargin_OnTheWire(t *testing.T) {
	want := []byte{0, 0, 0, 1, 6, 2, 4, 0b1_0_1_1_0000, 0b0100001_1, 0b00000010, 0b00001_010, 0x80}
	if got := (Margin{1, 2}).AppendTo(nil); !bytes.Equal(got, want) {
		t.Errorf("% 08b", got)
	}
}

// What is no margin: messages of others, rectangles of broadcasts, and what is cut.
func TestMarginOf_Nothing(t *testing.T) {
	rectangle := func(id, cancel, count uint32, offsets ...int32) []byte {
		var w writer
		w.unsigned(id)
		w.put(1, cancel)
		w.unsigned(count)
		for _, o := range offsets {
			w.signed(o)
		}
		w.unsigned(1)
		w.align()
		payload := append([]byte{panScan, byte(len(w.bytes))}, w.bytes...)
		return appendEscaped([]byte{0, 0, 1, SEI}, append(payload, 0x80))
	}
	if got := MarginOf(rectangle(0, 0, 0, 0, -16, 0, -48)); got != (Margin{1, 3}) {
		t.Fatalf("a margin is %v", got)
	}
	for name, access := range map[string][]byte{
		"nothing":           nil,
		"cancelled":         rectangle(0, 1, 0, 0, -16, 0, -16),
		"several":           rectangle(0, 0, 1, 0, -16, 0, -16, 0, -16, 0, -16),
		"from within":       rectangle(0, 0, 0, 16, -16, 0, -16),
		"from below":        rectangle(0, 0, 0, 0, -16, 16, -16),
		"beyond":            rectangle(0, 0, 0, 0, 16, 0, -16),
		"a half":            rectangle(0, 0, 0, 0, -8, 0, -16),
		"of a broadcast":    rectangle(0, 0, 0, 0, -16*180, 0, 0),
		"as far as it goes": rectangle(0, 0, 0, 0, math.MinInt32/4, 0, 0),
		"cut":               {0, 0, 1, SEI, panScan, 4, 0xb0},
		"empty":             {0, 0, 1, SEI},
		"long":              append([]byte{0, 0, 1, SEI}, bytes.Repeat([]byte{0xff}, 300)...),
		"behind a slice":    slices.Concat(stream([]byte{0x65, 1}), Margin{1, 1}.AppendTo(nil)),
	} {
		if got := MarginOf(access); got != (Margin{}) {
			t.Errorf("%s: %v", name, got)
		}
	}
	other := []byte{0, 0, 1, SEI, 5, 3, 1, 2, 3, 0x80}
	if got := MarginOf(slices.Concat(other, Margin{2, 1}.AppendTo(nil))); got != (Margin{2, 1}) {
		t.Errorf("behind another unit: %v", got)
	}
	within := append([]byte{0, 0, 1, SEI, 5, 3, 1, 2, 3}, Margin{2, 1}.AppendTo(nil)[5:]...)
	if got := MarginOf(within); got != (Margin{2, 1}) {
		t.Errorf("behind another message: %v", got)
	}
}

func FuzzMarginOf(f *testing.F) {
	f.Add(Margin{1, 1}.AppendTo(nil))
	f.Add(Margin{15, 0}.AppendTo(stream([]byte{0x67, 1})))
	f.Add([]byte{0, 0, 1, SEI, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, access []byte) {
		m := MarginOf(access)
		if m.Right < 0 || m.Bottom < 0 || m.Right > MaxMargin || m.Bottom > MaxMargin {
			t.Fatalf("%v of % x", m, access)
		}
		if got := MarginOf(m.AppendTo(nil)); got != m {
			t.Fatalf("%v became %v", m, got)
		}
	})
}

// Escaping leaves no start code, and is undone.
func FuzzEscape(f *testing.F) {
	f.Add([]byte{0, 0, 0, 0, 0, 1, 0, 0, 2, 0, 0, 3, 3, 0, 0})
	f.Fuzz(func(t *testing.T, payload []byte) {
		escaped := appendEscaped(nil, payload)
		for bad := range byte(3) {
			if bytes.Contains(escaped, []byte{0, 0, bad}) {
				t.Fatalf("% x became % x", payload, escaped)
			}
		}
		if got := unescaped(escaped); !bytes.Equal(got, payload) {
			t.Fatalf("% x became % x", payload, got)
		}
	})
}

func FuzzNumbers(f *testing.F) {
	f.Add(uint32(0), int32(-1))
	f.Add(uint32(1<<31-2), int32(1<<30-1))
	f.Fuzz(func(t *testing.T, u uint32, s int32) {
		u %= 1<<31 - 1
		s %= 1 << 30
		var w writer
		w.unsigned(u)
		w.signed(s)
		w.align()
		r := reader{bytes: w.bytes}
		if a, b := r.unsigned(), r.signed(); a != u || b != s || r.short {
			t.Fatalf("%d and %d became %d and %d", u, s, a, b)
		}
	})
}
