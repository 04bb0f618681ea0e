package h264

// Margin is what of a picture is not to be shown: columns on the right and rows at the
// bottom. Encoders fill up pictures to whole macroblocks, and parameter sets say by how
// much, but of 4:2:0 in pairs only (CropUnitX and CropUnitY, section 7.4.2.1.1). What a
// pan-scan rectangle says (section D.2.4) has sixteenths of samples: so does a Margin.
// Who does not know the message shows the margin, too.
type Margin struct{ Right, Bottom int }

// MaxMargin is the largest that a Margin may have: less than a macroblock. Rectangles
// that leave out more are of broadcasts for narrow screens.
const MaxMargin = 15

const (
	panScan     = 2 // payloadType (section D.1.1)
	sixteenths  = 16
	mostMessage = 255 // the longest that is looked at, bytes; a rectangle has fewer
)

// AppendTo appends the message to a byte stream. It belongs before the first slice of a
// key frame, and holds until the next. Right and Bottom must be 0 to MaxMargin.
func (m Margin) AppendTo(stream []byte) []byte {
	var w writer
	w.unsigned(0) // pan_scan_rect_id
	w.put(1, 0)   // pan_scan_rect_cancel_flag
	w.unsigned(0) // pan_scan_cnt_minus1
	for _, offset := range []int{0, -m.Right, 0, -m.Bottom} {
		w.signed(int32(offset * sixteenths))
	}
	w.unsigned(1) // pan_scan_rect_repetition_period: until it is told anew
	w.align()
	payload := append([]byte{panScan, byte(len(w.bytes))}, w.bytes...)
	payload = append(payload, 0x80) // rbsp_trailing_bits
	return appendEscaped(append(stream, 0, 0, 0, 1, SEI), payload)
}

// MarginOf returns the margin of an access unit; none where it tells of none.
func MarginOf(access []byte) Margin {
	for at := 0; ; {
		found := Index(access[at:], SEI)
		if found < 0 {
			return Margin{}
		}
		at += found + next(access[at+found:])
		end := len(access)
		if following := next(access[at:]); following >= 0 {
			end = at + following - 3
		}
		if m, ok := marginIn(access[at+1 : end]); ok {
			return m
		}
	}
}

// marginIn looks among the messages of a unit (section 7.3.2.3).
func marginIn(unit []byte) (Margin, bool) {
	left := unescaped(unit)
	for len(left) > 2 { // rbsp_trailing_bits are one
		var kind, size int
		kind, left = sizeOf(left)
		size, left = sizeOf(left)
		if size > len(left) {
			return Margin{}, false
		}
		if kind == panScan && size <= mostMessage {
			return readMargin(left[:size])
		}
		left = left[size:]
	}
	return Margin{}, false
}

// sizeOf reads a type or a size: bytes of 255 and one of less, which are added up.
func sizeOf(from []byte) (n int, rest []byte) {
	for i, b := range from {
		n += int(b)
		if b != 0xff {
			return n, from[i+1:]
		}
	}
	return n, nil
}

// readMargin reads a rectangle; false for one that is no margin.
func readMargin(payload []byte) (Margin, bool) {
	r := reader{bytes: payload}
	r.unsigned()
	if r.bit() == 1 || r.unsigned() != 0 { // cancelled, or several
		return Margin{}, false
	}
	left, right, top, bottom := r.signed(), r.signed(), r.signed(), r.signed()
	m := Margin{-int(right) / sixteenths, -int(bottom) / sixteenths}
	whole := right%sixteenths == 0 && bottom%sixteenths == 0
	within := m.Right >= 0 && m.Bottom >= 0 && m.Right <= MaxMargin && m.Bottom <= MaxMargin
	return m, left == 0 && top == 0 && whole && within && !r.short
}
