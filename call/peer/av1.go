package peer

// The bits of the aggregation header (RTP Payload Format For AV1, section 4.4) and
// of an OBU's header (the AV1 bitstream specification, section 5.3.2).
const (
	av1Continues = 0x80 // Z: the first element goes on with an OBU of the packet before
	av1Unended   = 0x40 // Y: the last element goes on in the next packet
	av1Count     = 0x30 // W: how many elements there are, 0 if each has its length
	av1New       = 0x08 // N: a coded video sequence begins

	obuType      = 0x78
	obuExtension = 0x04
	obuHasSize   = 0x02

	obuTemporalDelimiter = 2
	obuTileList          = 8
)

// obuSize is how many bytes we give to an OBU's size: it is filled in as the
// pieces of the OBU come.
const obuSize = 4

// av1Depacketizer makes temporal units of the low-overhead format, in which every
// OBU has its size.
type av1Depacketizer struct {
	open    bool // the last OBU goes on
	dropped bool // and is of those that are to be ignored
	sizeAt  int  // where in the frame its size is
}

// look takes the first packet of a coded video sequence for that of a key frame.
func (*av1Depacketizer) look(payload []byte) (part, bool) {
	if len(payload) < 2 {
		return part{}, false
	}
	begins := payload[0]&av1Continues == 0
	return part{content: payload, begins: begins, key: begins && payload[0]&av1New != 0}, true
}

func (d *av1Depacketizer) join(frame, content []byte, first bool) ([]byte, bool) {
	if first {
		d.open = false
	}
	head := content[0]
	goesOn := head&av1Continues != 0
	if goesOn != d.open {
		return frame, false
	}
	left := content[1:]
	for n := 1; len(left) > 0; n++ {
		element, rest, ok := cutElement(left, n == int(head&av1Count>>4))
		if !ok {
			return frame, false
		}
		if goesOn {
			frame = d.extend(frame, element)
		} else if frame, ok = d.begin(frame, element); !ok {
			return frame, false
		}
		goesOn, left = false, rest
	}
	d.open = head&av1Unended != 0
	return frame, true
}

// cutElement takes the next element, the last of a counted number without a length.
func cutElement(from []byte, last bool) (element, rest []byte, ok bool) {
	if last {
		return from, nil, true
	}
	n, after, ok := cutLEB128(from)
	if !ok || n > len(after) {
		return nil, nil, false
	}
	return after[:n], after[n:], true
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

// begin appends an OBU, or its first piece, with its size.
func (d *av1Depacketizer) begin(frame, obu []byte) ([]byte, bool) {
	if len(obu) == 0 {
		return frame, false
	}
	head, header := obu[0], 1
	if head&obuExtension != 0 {
		header = 2
	}
	if len(obu) < header {
		return frame, false
	}
	body := obu[header:]
	if head&obuHasSize != 0 {
		var ok bool
		if _, body, ok = cutLEB128(body); !ok {
			return frame, false
		}
	}
	kind := head & obuType >> 3
	if d.dropped = kind == obuTemporalDelimiter || kind == obuTileList; d.dropped {
		return frame, true
	}
	frame = append(frame, head|obuHasSize)
	frame = append(frame, obu[1:header]...)
	d.sizeAt = len(frame)
	frame = append(frame, 0, 0, 0, 0) // obuSize
	return d.extend(frame, body), true
}

// extend appends to the last OBU.
func (d *av1Depacketizer) extend(frame, piece []byte) []byte {
	if d.dropped {
		return frame
	}
	frame = append(frame, piece...)
	size := len(frame) - d.sizeAt - obuSize
	for i := range obuSize {
		frame[d.sizeAt+i] = byte(size>>(7*i)) | 0x80
	}
	frame[d.sizeAt+obuSize-1] &= 0x7f
	return frame
}
