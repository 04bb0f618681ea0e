package h264

import "math/bits"

// writer writes a raw byte sequence payload (section 7.3.1) bit by bit.
type writer struct {
	bytes []byte
	free  int // bits of the last byte
}

// put appends the lowest n bits of v.
func (w *writer) put(n int, v uint32) {
	for n--; n >= 0; n-- {
		if w.free == 0 {
			w.bytes, w.free = append(w.bytes, 0), 8
		}
		w.free--
		w.bytes[len(w.bytes)-1] |= byte(v>>n&1) << w.free
	}
}

// unsigned appends ue(v), an Exp-Golomb code (section 9.1).
func (w *writer) unsigned(v uint32) {
	n := bits.Len32(v + 1)
	w.put(n-1, 0)
	w.put(n, v+1)
}

// signed appends se(v) (section 9.1.1).
func (w *writer) signed(v int32) {
	if v > 0 {
		w.unsigned(uint32(2*v - 1))
		return
	}
	w.unsigned(uint32(-2 * v))
}

// align appends a one and zeros up to a whole byte, unless there is one (as in
// section D.1.1).
func (w *writer) align() {
	if w.free > 0 {
		w.put(1, 1)
		w.free = 0
	}
}

// reader reads a raw byte sequence payload. Beyond its end everything is zero, and
// short says so.
type reader struct {
	bytes []byte
	at    int // bits
	short bool
}

func (r *reader) bit() uint32 {
	if r.at>>3 >= len(r.bytes) {
		r.short = true
		return 0
	}
	v := r.bytes[r.at>>3] >> (7 - r.at&7) & 1
	r.at++
	return uint32(v)
}

// bits reads u(n), of at most 32 bits.
func (r *reader) bits(n int) (v uint32) {
	for range n {
		v = v<<1 | r.bit()
	}
	return v
}

// unsigned reads ue(v), of at most 31 bits.
func (r *reader) unsigned() uint32 {
	zeros := 0
	for r.bit() == 0 {
		if zeros++; r.short || zeros > 30 {
			r.short = true
			return 0
		}
	}
	v := uint32(1)
	for range zeros {
		v = v<<1 | r.bit()
	}
	return v - 1
}

// signed reads se(v).
func (r *reader) signed() int32 {
	v := r.unsigned()
	if v&1 == 1 {
		return int32(v/2) + 1
	}
	return -int32(v / 2)
}

// appendEscaped appends a payload such that no start code is in it (section 7.4.1.1).
func appendEscaped(to, payload []byte) []byte {
	zeros := 0
	for _, b := range payload {
		if zeros == 2 && b <= 3 {
			to, zeros = append(to, 3), 0
		}
		to = append(to, b)
		if zeros++; b != 0 {
			zeros = 0
		}
	}
	return to
}

// unescaped undoes appendEscaped, in memory of its own.
func unescaped(unit []byte) []byte { return appendUnescaped(make([]byte, 0, len(unit)), unit) }

// appendUnescaped undoes appendEscaped.
func appendUnescaped(out, unit []byte) []byte {
	zeros := 0
	for _, b := range unit {
		if zeros == 2 && b == 3 {
			zeros = 0
			continue
		}
		out = append(out, b)
		if zeros++; b != 0 {
			zeros = 0
		}
	}
	return out
}
