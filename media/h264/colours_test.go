package h264

import "testing"

// A parameter set by hand: what stands before the colours in all its kinds.
func TestColoursOf(t *testing.T) {
	full := Colours{Matrix: 1, Full: true}
	for name, c := range map[string]struct {
		profile uint32
		order   uint32 // pic_order_cnt_type
		usable  bool
		want    Colours
	}{
		"baseline":          {66, 2, true, full},
		"orders of frames":  {77, 1, true, full},
		"scaling matrices":  {100, 0, true, full},
		"4:4:4":             {244, 0, true, full},
		"tells of no usage": {66, 0, false, Colours{Matrix: Unspecified}},
	} {
		unit := parameterSet(c.profile, c.order, c.usable)
		access := stream([]byte{9, 0xf0}, append([]byte{SPS}, appendEscaped(nil, unit)...), []byte{IDR, 1, 2})
		if got, ok := ColoursOf(access); !ok || got != c.want {
			t.Errorf("%s: %+v, %v", name, got, ok)
		}
		for cut := range unit {
			if got, ok := readColours(unit[:cut]); ok && c.usable {
				t.Errorf("%s, %d bytes of %d: %+v", name, cut, len(unit), got)
			}
		}
	}
	if got, ok := ColoursOf(stream([]byte{IDR, 1, 2})); ok {
		t.Errorf("without a parameter set: %+v", got)
	}
}

func parameterSet(profile, order uint32, usable bool) []byte {
	var w writer
	w.put(8, profile)
	w.put(16, 0xc01f)
	w.unsigned(0)
	if profile >= 100 {
		putChroma(&w, profile == 244)
	}
	w.unsigned(0)
	w.unsigned(order)
	switch order {
	case 0:
		w.unsigned(2)
	case 1:
		w.put(1, 0)
		w.signed(-3)
		w.signed(4)
		w.unsigned(2)
		w.signed(1)
		w.signed(-1)
	}
	w.unsigned(1)
	w.put(1, 0)
	w.unsigned(19)
	w.unsigned(14)
	w.put(1, 0) // fields
	w.put(1, 0)
	w.put(1, 1)
	w.put(1, 1) // cropped
	for range 4 {
		w.unsigned(1)
	}
	w.put(1, map[bool]uint32{true: 1}[usable])
	if usable {
		putUsability(&w)
	}
	w.put(1, 1)
	w.align()
	return w.bytes
}

func putChroma(w *writer, whole bool) {
	lists := 8
	if whole {
		w.unsigned(3)
		w.put(1, 0)
		lists = 12
	} else {
		w.unsigned(1)
	}
	w.unsigned(0)
	w.unsigned(0)
	w.put(2, 1) // with scaling matrices: none, one that ends at once, one to its end
	w.put(1, 0)
	w.put(1, 1)
	w.signed(-8)
	w.put(1, 1)
	for range 16 {
		w.signed(1)
	}
	w.put(lists-3, 0)
}

func putUsability(w *writer) {
	w.put(1, 1)
	w.put(8, 255)
	w.put(16, 8)
	w.put(16, 9)
	w.put(2, 3) // overscan
	w.put(1, 1)
	w.put(3, 5)
	w.put(1, 1) // the full range
	w.put(1, 1)
	w.put(8, 1)
	w.put(8, 13)
	w.put(8, 1)
}

// Nothing that comes ends the program, or takes long.
func FuzzColoursOf(f *testing.F) {
	f.Add(stream(append([]byte{SPS}, parameterSet(100, 1, true)...)))
	f.Add([]byte{0, 0, 1, SPS, 66})
	f.Fuzz(func(t *testing.T, access []byte) {
		if c, ok := ColoursOf(access); ok && len(access) < 8 {
			t.Errorf("%+v of %d bytes", c, len(access))
		}
	})
}
