package record

import (
	"bytes"
	"encoding/binary"
)

// The types of NAL units (Recommendation H.264, table 7-1).
const (
	nalType = 0x1f
	nalSPS  = 7
	nalPPS  = 8
)

// maxUnit bounds the parameter sets: their length has 16 bits.
const maxUnit = 0xffff

// units cuts a byte stream (H.264 annex B) into its NAL units, which share its memory.
func units(stream []byte) [][]byte {
	var out [][]byte
	code := []byte{0, 0, 1}
	from := bytes.Index(stream, code)
	for from >= 0 {
		stream = stream[from+len(code):]
		unit := stream
		if from = bytes.Index(stream, code); from >= 0 {
			unit = stream[:from]
		}
		if unit = bytes.TrimRight(unit, "\x00"); len(unit) > 0 { // of the next start code
			out = append(out, unit)
		}
	}
	return out
}

// lengthPrefixed turns a byte stream into what files hold: each unit after its
// length of four bytes (ISO/IEC 14496-15 section 5.3). Parameter sets stay among them,
// because a stream may change its size.
func lengthPrefixed(stream []byte) []byte {
	out := make([]byte, 0, len(stream)+16)
	for _, unit := range units(stream) {
		out = binary.BigEndian.AppendUint32(out, uint32(len(unit)))
		out = append(out, unit...)
	}
	return out
}

// avcConfiguration returns the AVCDecoderConfigurationRecord (ISO/IEC 14496-15
// section 5.3.3.1) of a key frame that has its parameter sets; nil of any other.
func avcConfiguration(stream []byte) []byte {
	var sps, pps []byte
	for _, unit := range units(stream) {
		switch kind := unit[0] & nalType; {
		case kind == nalSPS && sps == nil && len(unit) >= 4 && len(unit) <= maxUnit:
			sps = unit
		case kind == nalPPS && pps == nil && len(unit) <= maxUnit:
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
