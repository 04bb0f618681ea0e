package peer

import (
	"encoding/binary"

	"parley/media/h264"
)

// The types of NAL units that RTP adds (RFC 6184 section 5.2), and bits of their heads.
const (
	nalLast    = 23   // that is not RTP's
	nalGroup   = 24   // STAP-A
	nalPiece   = 28   // FU-A
	nalRef     = 0x60 // nal_ref_idc
	pieceFirst = 0x80
	pieceLast  = 0x40
)

// h264Packetizer cuts access units in byte streams (Annex B) into RTP payloads
// (RFC 6184): small NAL units go together, large ones in pieces.
type h264Packetizer struct {
	whole  bool // packetization-mode 0: every NAL unit by itself
	units  [][]byte
	buffer [maxPayload]byte
}

func (p *h264Packetizer) split(frame []byte, emit func(payload []byte, last bool)) {
	p.units = h264.AppendUnits(p.units[:0], frame)
	for left := p.units; len(left) > 0; {
		n := p.together(left)
		last := n == len(left)
		switch {
		case n > 1:
			emit(p.group(left[:n]), last)
		case p.whole || len(left[0]) <= maxPayload:
			emit(left[0], last)
		default:
			p.pieces(left[0], last, emit)
		}
		left = left[n:]
	}
}

// together returns how many units go into the next payload.
func (p *h264Packetizer) together(units [][]byte) int {
	size, n := 1, 0
	for n < len(units) && size+2+len(units[n]) <= maxPayload {
		size += 2 + len(units[n])
		n++
	}
	if p.whole {
		return 1
	}
	return max(n, 1)
}

// group makes a STAP-A.
func (p *h264Packetizer) group(units [][]byte) []byte {
	out := append(p.buffer[:0], nalGroup)
	for _, unit := range units {
		out[0] = out[0]&^nalRef | max(out[0]&nalRef, unit[0]&nalRef)
		out = binary.BigEndian.AppendUint16(out, uint16(len(unit)))
		out = append(out, unit...)
	}
	return out
}

// pieces emits a unit as FU-A, in payloads of nearly equal size.
func (p *h264Packetizer) pieces(unit []byte, last bool, emit func(payload []byte, last bool)) {
	const room = maxPayload - 2
	head, body := unit[0], unit[1:]
	count := (len(body) + room - 1) / room
	for i := range count {
		from, to := len(body)*i/count, len(body)*(i+1)/count
		p.buffer[0] = head&^h264.KindMask | nalPiece
		p.buffer[1] = head & h264.KindMask
		if i == 0 {
			p.buffer[1] |= pieceFirst
		}
		if i == count-1 {
			p.buffer[1] |= pieceLast
		}
		n := copy(p.buffer[2:], body[from:to])
		emit(p.buffer[:2+n], last && i == count-1)
	}
}

func (*h264Packetizer) isKey(frame []byte) bool { return h264Key(frame) }

// h264Key reports whether an access unit is an IDR picture.
func h264Key(frame []byte) bool { return h264.Has(frame, h264.IDR) }

// h264Depacketizer reads RFC 6184 in packetization modes 0 and 1, and makes byte
// streams.
type h264Depacketizer struct{ open bool } // a unit in pieces is not complete

// look takes a packet with parameter sets for the beginning of a key frame, or
// the beginning of an IDR picture, whose parameter sets may have come long ago.
func (d *h264Depacketizer) look(payload []byte) (part, bool) {
	if len(payload) < 2 {
		return part{}, false
	}
	p := part{content: payload}
	switch kind := payload[0] & h264.KindMask; {
	case kind == 0 || kind > nalGroup && kind != nalPiece:
		return part{}, false
	case kind <= nalLast:
		p.begins, p.key = unitBegins(payload)
	case kind == nalPiece:
		if len(payload) < 3 {
			return part{}, false
		}
		if payload[1]&pieceFirst != 0 {
			p.begins, p.key = unitBegins(payload[1:])
		}
	default:
		return lookAtGroup(payload)
	}
	return p, true
}

func lookAtGroup(payload []byte) (part, bool) {
	p := part{content: payload}
	first := true
	for left := payload[1:]; len(left) > 0; first = false {
		unit, rest, ok := cutUnit(left)
		if !ok {
			return part{}, false
		}
		begins, key := unitBegins(unit)
		p.begins = p.begins || first && begins
		p.key = p.key || key
		left = rest
	}
	return p, !first
}

// cutUnit takes the next unit of a group.
func cutUnit(group []byte) (unit, rest []byte, ok bool) {
	if len(group) < 2 {
		return nil, nil, false
	}
	end := 2 + int(binary.BigEndian.Uint16(group))
	if end == 2 || end > len(group) {
		return nil, nil, false
	}
	return group[2:end], group[end:], true
}

// unitBegins reports whether an access unit, and a key frame, can begin with a NAL
// unit: with all but the slices that do not hold the first macroblock.
func unitBegins(unit []byte) (begins, key bool) {
	kind := unit[0] & h264.KindMask
	if kind == 0 || kind > h264.IDR {
		return true, kind == h264.SPS
	}
	first := len(unit) > 1 && unit[1]&0x80 != 0 // first_mb_in_slice is 0
	return first, first && kind == h264.IDR
}

func (d *h264Depacketizer) join(frame, content []byte, first bool) ([]byte, bool) {
	if first {
		d.open = false
	}
	kind := content[0] & h264.KindMask
	if kind != nalPiece && d.open {
		return frame, false
	}
	switch kind {
	case nalPiece:
		return d.piece(frame, content)
	case nalGroup:
		for left := content[1:]; len(left) > 0; {
			unit, rest, _ := cutUnit(left) // look has seen that it is whole
			frame, left = appendUnit(frame, unit[0], unit[1:]), rest
		}
		return frame, true
	}
	return appendUnit(frame, content[0], content[1:]), true
}

// piece appends a piece of a unit.
func (d *h264Depacketizer) piece(frame, content []byte) ([]byte, bool) {
	begins, ends := content[1]&pieceFirst != 0, content[1]&pieceLast != 0
	if begins == d.open {
		return frame, false
	}
	d.open = !ends
	if begins {
		return appendUnit(frame, content[0]&^h264.KindMask|content[1]&h264.KindMask, content[2:]), true
	}
	return append(frame, content[2:]...), true
}

func appendUnit(frame []byte, head byte, body []byte) []byte {
	return append(append(frame, 0, 0, 0, 1, head), body...)
}
