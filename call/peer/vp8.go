package peer

import "math/rand/v2"

// maxPayload is how many bytes of RTP payload a packet carries: 1200 bytes on
// the wire, the smallest path WebRTC counts on, less the RTP header (12), header
// extensions (16), the retransmission's sequence number (2) and the SRTP tag (16).
const maxPayload = 1200 - 12 - 16 - 2 - 16

// vp8Header is the length of our payload descriptor (RFC 7741 section 4.2): the
// required byte, the extension byte, and 15 bits of picture id.
const vp8Header = 4

// vp8Packetizer cuts VP8 frames into RTP payloads of nearly equal size.
type vp8Packetizer struct {
	picture uint16
	buffer  [vp8Header + maxPayload]byte
}

func newVP8Packetizer() *vp8Packetizer { return &vp8Packetizer{picture: uint16(rand.Uint32())} }

// split calls emit for every payload of a frame, in order, and tells the last.
// A payload is valid during the call.
func (p *vp8Packetizer) split(frame []byte, emit func(payload []byte, last bool)) {
	const room = maxPayload - vp8Header
	count := (len(frame) + room - 1) / room
	for i := range count {
		from, to := len(frame)*i/count, len(frame)*(i+1)/count
		p.buffer[0] = 0x80 // X
		if i == 0 {
			p.buffer[0] |= 0x10 // S, partition 0
		}
		p.buffer[1] = 0x80 // I
		p.buffer[2] = 0x80 | byte(p.picture>>8)
		p.buffer[3] = byte(p.picture)
		n := copy(p.buffer[vp8Header:], frame[from:to])
		emit(p.buffer[:vp8Header+n], i == count-1)
	}
	p.picture++
}

// vp8Key reports whether a frame is a key frame (RFC 6386 section 9.1).
func vp8Key(frame []byte) bool { return len(frame) > 0 && frame[0]&1 == 0 }
