package record

import (
	"encoding/binary"

	"parley/media/h264"
)

// maxUnit bounds the parameter sets: their length has 16 bits.
const maxUnit = 0xffff

// lengthPrefixed turns a byte stream into what files hold: each unit after its
// length of four bytes (ISO/IEC 14496-15 section 5.3). Parameter sets stay among them,
// because a stream may change its size.
func lengthPrefixed(stream []byte) []byte {
	out := make([]byte, 0, len(stream)+16)
	for _, unit := range h264.AppendUnits(nil, stream) {
		out = binary.BigEndian.AppendUint32(out, uint32(len(unit)))
		out = append(out, unit...)
	}
	return out
}

// avcConfiguration returns the AVCDecoderConfigurationRecord (ISO/IEC 14496-15
// section 5.3.3.1) of a key frame that has its parameter sets; nil of any other.
func avcConfiguration(stream []byte) []byte {
	var sps, pps []byte
	for _, unit := range h264.AppendUnits(nil, stream) {
		switch kind := h264.Kind(unit); {
		case kind == h264.SPS && sps == nil && len(unit) >= 4 && len(unit) <= maxUnit:
			sps = unit
		case kind == h264.PPS && pps == nil && len(unit) <= maxUnit:
			pps = unit
		}
	}
	if sps == nil || pps == nil {
		return nil
	}
	out := []byte{1, sps[1], sps[2], sps[3], 0xff, 0xe1} // lengths of 4 bytes, one SPS
	out = binary.BigEndian.AppendUint16(out, uint16(len(sps)))
	out = append(out, sps...)
	out = append(out, 1) // one PPS
	out = binary.BigEndian.AppendUint16(out, uint16(len(pps)))
	out = append(out, pps...)
	return append(out, avcExtension(sps[1])...)
}

// avcExtension is what follows for the high profiles: 4:2:0 of 8 bits, which is
// all that calls send.
func avcExtension(profile byte) []byte {
	switch profile {
	case 100, 110, 122, 144:
		return []byte{0xfd, 0xf8, 0xf8, 0}
	}
	return nil
}
