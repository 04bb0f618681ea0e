package peer

import "math/rand/v2"

// vp9Header is the length of our payload descriptor (RFC 9628 section 4.2): the
// required byte and 15 bits of picture id. Every picture refers to the one
// before it only, so nothing needs to be said of layers.
const vp9Header = 3

// The bits of the descriptor's first byte.
const (
	vp9PictureID  = 0x80 // I
	vp9Predicted  = 0x40 // P: refers to other pictures
	vp9Layers     = 0x20 // L
	vp9Flexible   = 0x10 // F
	vp9Begins     = 0x08 // B
	vp9Ends       = 0x04 // E
	vp9Structure  = 0x02 // V
	vp9NotForHigh = 0x01 // Z
)

// vp9MostReferences is how many pictures a picture refers to at most.
const vp9MostReferences = 3

// vp9Packetizer cuts VP9 frames into RTP payloads of nearly equal size.
type vp9Packetizer struct {
	picture uint16
	buffer  [maxPayload]byte
}

func newVP9Packetizer() *vp9Packetizer { return &vp9Packetizer{picture: uint16(rand.Uint32())} }

func (p *vp9Packetizer) split(frame []byte, emit func(payload []byte, last bool)) {
	const room = maxPayload - vp9Header
	count := (len(frame) + room - 1) / room
	kind := byte(vp9PictureID | vp9NotForHigh)
	if !vp9Key(frame) {
		kind |= vp9Predicted
	}
	for i := range count {
		from, to := len(frame)*i/count, len(frame)*(i+1)/count
		p.buffer[0] = kind
		if i == 0 {
			p.buffer[0] |= vp9Begins
		}
		if i == count-1 {
			p.buffer[0] |= vp9Ends
		}
		p.buffer[1] = 0x80 | byte(p.picture>>8)
		p.buffer[2] = byte(p.picture)
		n := copy(p.buffer[vp9Header:], frame[from:to])
		emit(p.buffer[:vp9Header+n], i == count-1)
	}
	p.picture++
}

func (*vp9Packetizer) isKey(frame []byte) bool { return vp9Key(frame) }

// vp9Key reports whether a frame of profile 0 is a key frame: the marker, the
// profile, and neither show_existing_frame nor a frame_type that is not KEY_FRAME
// (the VP9 bitstream specification, section 6.2).
func vp9Key(frame []byte) bool { return len(frame) > 0 && frame[0]&0xfc == 0x80 }

// vp9Depacketizer reads RFC 9628. Spatial layers are joined to one picture.
type vp9Depacketizer struct{}

func (vp9Depacketizer) look(payload []byte) (part, bool) {
	r := byteReader{left: payload}
	kind := r.next()
	if kind&vp9PictureID != 0 && r.next()&0x80 != 0 {
		r.next()
	}
	spatial := r.vp9Layer(kind)
	if kind&vp9Flexible != 0 && kind&vp9Predicted != 0 {
		r.vp9References()
	}
	if kind&vp9Structure != 0 {
		r.vp9Structure()
	}
	if r.short || len(r.left) == 0 {
		return part{}, false
	}
	begins := kind&vp9Begins != 0 && spatial == 0
	return part{content: r.left, begins: begins, key: begins && vp9Key(r.left)}, true
}

func (vp9Depacketizer) join(frame, content []byte, _ bool) ([]byte, bool) {
	return joinPlain(frame, content)
}

// byteReader reads a header and remembers whether it was cut off.
type byteReader struct {
	left  []byte
	short bool
}

func (r *byteReader) next() byte {
	if len(r.left) == 0 {
		r.short = true
		return 0
	}
	b := r.left[0]
	r.left = r.left[1:]
	return b
}

func (r *byteReader) skip(n int) {
	for range n {
		r.next()
	}
}

// vp9Layer reads the layer indices and returns the spatial one.
func (r *byteReader) vp9Layer(kind byte) byte {
	if kind&vp9Layers == 0 {
		return 0
	}
	spatial := r.next() >> 1 & 7
	if kind&vp9Flexible == 0 {
		r.next() // TL0PICIDX
	}
	return spatial
}

func (r *byteReader) vp9References() {
	for range vp9MostReferences {
		if r.next()&1 == 0 { // N: another follows
			return
		}
	}
	r.short = true // there cannot be more
}

// vp9Structure reads the scalability structure (section 4.2.1).
func (r *byteReader) vp9Structure() {
	kind := r.next()
	if kind&0x10 != 0 { // Y: the sizes of the spatial layers
		r.skip(4 * int(kind>>5+1))
	}
	if kind&0x08 == 0 { // G: a group of pictures
		return
	}
	for range r.next() {
		r.skip(int(r.next() >> 2 & 3))
	}
}
