package peer

import (
	"math/rand/v2"

	"github.com/pion/rtp/codecs"
)

// vp8Header is the length of our payload descriptor (RFC 7741 section 4.2): the
// required byte, the extension byte, and 15 bits of picture id.
const vp8Header = 4

// vp8Packetizer cuts VP8 frames into RTP payloads of nearly equal size.
type vp8Packetizer struct {
	picture uint16
	buffer  [vp8Header + maxPayload]byte
}

func newVP8Packetizer() *vp8Packetizer { return &vp8Packetizer{picture: uint16(rand.Uint32())} }

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

func (*vp8Packetizer) isKey(frame []byte) bool { return vp8Key(frame) }

// vp8Key reports whether a frame is a key frame (RFC 6386 section 9.1).
func vp8Key(frame []byte) bool { return len(frame) > 0 && frame[0]&1 == 0 }

// vp8Depacketizer reads RFC 7741.
type vp8Depacketizer struct{ parser codecs.VP8Packet }

func (d *vp8Depacketizer) look(payload []byte) (part, bool) {
	content, err := d.parser.Unmarshal(payload)
	if err != nil {
		return part{}, false
	}
	begins := d.parser.S == 1 && d.parser.PID == 0
	return part{content: content, begins: begins, key: begins && vp8Key(content)}, true
}

func (*vp8Depacketizer) join(frame, content []byte, _ bool) ([]byte, bool) {
	return joinPlain(frame, content)
}
