package record

// The bits of an OBU's header (the AV1 bitstream specification, section 5.3).
const (
	obuKind      = 0x78
	obuExtension = 0x04
	obuHasSize   = 0x02
	obuSequence  = 1
)

// av1Configuration returns the AV1CodecConfigurationRecord (AV1 in ISOBMFF, section
// 2.3) of a temporal unit that has its sequence header; nil of any other.
func av1Configuration(unit []byte) []byte {
	for len(unit) > 0 {
		whole, body, rest, ok := cutOBU(unit)
		if !ok {
			return nil
		}
		if unit[0]&obuKind>>3 == obuSequence {
			return av1Record(whole, body)
		}
		unit = rest
	}
	return nil
}

// cutOBU takes the first OBU, which must have its size.
func cutOBU(from []byte) (whole, body, rest []byte, ok bool) {
	header := 1
	if from[0]&obuExtension != 0 {
		header = 2
	}
	if from[0]&obuHasSize == 0 || len(from) < header {
		return nil, nil, nil, false
	}
	size, after, ok := cutLEB128(from[header:])
	if !ok || size > len(after) {
		return nil, nil, nil, false
	}
	end := len(from) - len(after) + size
	return from[:end], after[:size], from[end:], true
}

// cutLEB128 reads a number of at most 28 bits (section 4.10.5).
func cutLEB128(from []byte) (n int, rest []byte, ok bool) {
	for i := 0; i < 4 && i < len(from); i++ {
		n |= int(from[i]&0x7f) << (7 * i)
		if from[i]&0x80 == 0 {
			return n, from[i+1:], true
		}
	}
	return 0, nil, false
}

// av1Record describes 4:2:0 of 8 bits, which is all that calls send. Of the
// sequence header (section 5.5.1) only what stands before its timing is read: the
// level is that of its first operating point where the header has no timing, and
// the unknown level 31 otherwise.
func av1Record(whole, body []byte) []byte {
	if len(body) < 4 {
		return nil
	}
	const reduced, timed, unknown = 0x08, 0x04, 31
	profile, level := body[0]>>5, byte(unknown)
	switch {
	case body[0]&reduced != 0:
		level = (body[0]&7)<<2 | body[1]>>6
	case body[0]&timed == 0: // seven bits, five of how many operating points, twelve of what the first is
		level = body[3] >> 3
	}
	out := []byte{0x81, profile<<5 | level, 0x0c, 0}
	return append(out, whole...)
}
