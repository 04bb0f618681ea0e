package h264

import "testing"

// coded is an access unit of a baseline encoder: parameter sets, and a slice of a
// quantizer that its header tells as 26 plus a difference.
type coded struct {
	order   uint32 // pic_order_cnt_type
	initial int32  // pic_init_qp_minus26
	delta   int32  // slice_qp_delta
	kind    uint32 // slice_type
	key     bool
	lists   bool // the slice has what can be skipped
	profile uint32
}

func (c coded) sets() []byte {
	var s writer
	s.put(8, max(c.profile, 66))
	s.put(16, 0xc01f)
	s.unsigned(0)
	s.unsigned(4) // 8 bits of frame_num
	s.unsigned(c.order)
	if c.order == 0 {
		s.unsigned(2)
	}
	s.unsigned(1)
	s.put(1, 0)
	s.unsigned(79)
	s.unsigned(44)
	s.put(1, 1)
	s.put(4, 0b1001) // direct_8x8, no cropping, no VUI, and the end
	s.align()
	var p writer
	p.unsigned(0)
	p.unsigned(0)
	p.put(2, 0)
	p.unsigned(0)
	p.unsigned(0)
	p.unsigned(0)
	p.put(3, 0)
	p.signed(c.initial)
	p.signed(0)
	p.signed(0)
	p.put(3, 0b100)
	p.put(1, 1)
	p.align()
	return append(appendEscaped([]byte{0, 0, 0, 1, 0x67}, s.bytes), appendEscaped([]byte{0, 0, 0, 1, 0x68}, p.bytes)...)
}

func (c coded) slice() []byte {
	var s writer
	s.unsigned(0)
	s.unsigned(c.kind)
	s.unsigned(0)
	s.put(8, 17)
	head := byte(0x61)
	if c.key {
		head = 0x65
		s.unsigned(3)
	}
	if c.order == 0 {
		s.put(6, 34)
	}
	if c.kind%5 == sliceP {
		c.references(&s)
	}
	switch {
	case c.key:
		s.put(2, 0)
	case c.lists:
		s.put(1, 1)
		for _, v := range []uint32{3, 1, 2, 5, 1, 4, 0} { // operations 3, 5, 1 and the end
			s.unsigned(v)
		}
	default:
		s.put(1, 0)
	}
	s.signed(c.delta)
	s.put(8, 0xa5)
	s.align()
	return appendEscaped([]byte{0, 0, 1, head}, s.bytes)
}

func (c coded) references(s *writer) {
	if !c.lists {
		s.put(2, 0)
		return
	}
	s.put(1, 1)
	s.unsigned(0)
	s.put(1, 1)
	for _, v := range []uint32{0, 2, 3} {
		s.unsigned(v)
	}
}

func TestQuantizers(t *testing.T) {
	for name, c := range map[string]coded{
		"a key frame":           {kind: 7, key: true, delta: 5},
		"a picture":             {kind: 5, delta: -9},
		"another beginning":     {kind: 0, initial: 4, delta: 7},
		"without order":         {order: 2, kind: 0, delta: 21},
		"lists and operations":  {kind: 5, lists: true, delta: -3},
		"intra without a key":   {kind: 2, delta: 1},
		"the finest":            {kind: 0, delta: -26},
		"the coarsest":          {kind: 0, delta: 25},
		"order, and a key":      {order: 2, kind: 2, key: true, delta: 2},
		"all of it, and a list": {order: 2, kind: 0, lists: true, initial: -2, delta: 8},
	} {
		var q Quantizers
		want := 26 + int(c.initial+c.delta)
		if got, ok := q.Of(append(c.sets(), c.slice()...)); !ok || got != want {
			t.Errorf("%s: %d %t, want %d", name, got, ok, want)
		}
		if got, ok := q.Of(c.slice()); !ok || got != want {
			t.Errorf("%s, with the sets of before: %d %t", name, got, ok)
		}
	}
}

func TestQuantizers_NotKnown(t *testing.T) {
	for name, c := range map[string]coded{
		"a high profile":      {profile: 100},
		"order by difference": {order: 1},
		"weighted both ways":  {kind: 1},
		"beyond the finest":   {delta: -27},
		"beyond the coarsest": {delta: 26},
	} {
		var q Quantizers
		if got, ok := q.Of(append(c.sets(), c.slice()...)); ok {
			t.Errorf("%s: %d", name, got)
		}
	}
	var q Quantizers
	whole := coded{delta: 3}
	for _, none := range [][]byte{nil, {0, 0, 1}, whole.slice(), whole.sets(), append(whole.sets(), 0, 0, 1, 0x61, 0x80)} {
		if got, ok := q.Of(none); ok {
			t.Errorf("% x: %d", none, got)
		}
	}
}

func FuzzQuantizers(f *testing.F) {
	for _, c := range []coded{{kind: 7, key: true}, {lists: true}, {order: 2, kind: 5}} {
		f.Add(append(c.sets(), c.slice()...), c.slice())
	}
	f.Fuzz(func(t *testing.T, first, second []byte) {
		var q Quantizers
		for _, access := range [][]byte{first, second} {
			if index, ok := q.Of(access); ok && (index < 0 || index > MostQuantizer) {
				t.Fatalf("quantizer %d", index)
			}
		}
	})
}
