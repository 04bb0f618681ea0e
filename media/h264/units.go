package h264

import "bytes"

// The types of NAL units (table 7-1) that calls meet, and KindMask, which takes them from
// the first byte of one.
const (
	Slice    = 1
	IDR      = 5
	SEI      = 6
	SPS      = 7
	PPS      = 8
	KindMask = 0x1f
)

// Kind returns the type of a NAL unit, which must not be empty.
func Kind(unit []byte) byte { return unit[0] & KindMask }

// next returns where the content of the first NAL unit of a byte stream begins, after
// its start code; -1 if there is none. It may be empty.
func next(stream []byte) int {
	at := bytes.Index(stream, []byte{0, 0, 1})
	if at < 0 {
		return -1
	}
	return at + 3
}

// AppendUnits appends the NAL units of a byte stream, which share its memory. None is
// empty, and none ends in zeros: those belong to the next start code, or to nothing
// (annex B.1).
func AppendUnits(to [][]byte, stream []byte) [][]byte {
	from := next(stream)
	for from >= 0 {
		stream = stream[from:]
		unit := stream
		if from = next(stream); from >= 0 {
			unit = stream[:from-3]
		}
		for len(unit) > 0 && unit[len(unit)-1] == 0 {
			unit = unit[:len(unit)-1]
		}
		if len(unit) > 0 {
			to = append(to, unit)
		}
	}
	return to
}

// Index returns where the start code of the first NAL unit of a type is in an access
// unit; -1 if it has none. It looks no further than the first slice: parameter sets
// and messages come before the slices, and those are all of one picture
// (section 7.4.1.2.3).
func Index(access []byte, kind byte) int {
	for at := 0; ; {
		from := next(access[at:])
		if from < 0 || at+from == len(access) {
			return -1
		}
		at += from
		found := access[at] & KindMask
		if found == kind {
			return startCode(access, at)
		}
		if found >= Slice && found <= IDR {
			return -1
		}
	}
}

// startCode returns where the start code is before a unit: it has three bytes, or
// four.
func startCode(stream []byte, unit int) int {
	if unit > 3 && stream[unit-4] == 0 {
		return unit - 4
	}
	return unit - 3
}

// Has reports whether an access unit has a NAL unit of a type, as Index finds it.
func Has(access []byte, kind byte) bool { return Index(access, kind) >= 0 }
