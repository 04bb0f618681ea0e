package conn

import (
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

// section is what a remote description says about the streams of one media
// section.
type section struct {
	mid       string
	extension uint8 // id of the header extension that names mid; 0 for none (RFC 9143)
	rate      uint32
	payloads  []uint8
	repairing map[uint8]bool // those of payloads that are retransmissions (RFC 4588)
	sources   []uint32       // all SSRCs
	primary   uint32         // the one that is played; 0 if that is not told or there are several
	repair    uint32         // what retransmits it; 0 for none
}

// sectionOf reads a section.
func sectionOf(m *sdp.MediaDescription) section {
	s := section{rate: 90000, repairing: map[uint8]bool{}}
	if m.MediaName.Media == webrtc.RTPCodecTypeAudio.String() {
		s.rate = 48000
	}
	for _, format := range m.MediaName.Formats {
		if n, err := strconv.ParseUint(format, 10, 7); err == nil {
			s.payloads = append(s.payloads, uint8(n))
		}
	}
	var others []uint32 // of primary, in groups
	for _, a := range m.Attributes {
		switch a.Key {
		case sdp.AttrKeyMID:
			s.mid = a.Value
		case sdp.AttrKeyExtMap:
			s.extend(a.Value)
		case "rtpmap":
			s.format(a.Value)
		case sdp.AttrKeySSRC:
			s.source(a.Value)
		case sdp.AttrKeySSRCGroup:
			others = append(others, s.group(a.Value)...)
		}
	}
	s.choose(others)
	return s
}

// extend reads an extmap (RFC 8285 section 8): ID, perhaps a direction, URI.
func (s *section) extend(value string) {
	id, rest, _ := strings.Cut(value, " ")
	id, _, _ = strings.Cut(id, "/")
	uri, _, _ := strings.Cut(rest, " ")
	if n, err := strconv.ParseUint(id, 10, 8); err == nil && uri == sdp.SDESMidURI {
		s.extension = uint8(n)
	}
}

// format reads an rtpmap (RFC 8866 section 6.6).
func (s *section) format(value string) {
	payload, codec, _ := strings.Cut(value, " ")
	if n, err := strconv.ParseUint(payload, 10, 7); err == nil && strings.HasPrefix(strings.ToLower(codec), "rtx/") {
		s.repairing[uint8(n)] = true
	}
}

// source reads a line about an SSRC, of which there may be many (RFC 5576).
func (s *section) source(value string) {
	id, _, _ := strings.Cut(value, " ")
	n, err := strconv.ParseUint(id, 10, 32)
	if err != nil || len(s.sources) > 0 && s.sources[len(s.sources)-1] == uint32(n) {
		return
	}
	s.sources = append(s.sources, uint32(n))
}

// group reads an ssrc-group and returns the SSRCs that stand behind its first.
func (s *section) group(value string) (others []uint32) {
	fields := strings.Fields(value)
	for i, field := range fields {
		n, err := strconv.ParseUint(field, 10, 32)
		if err != nil || i < 2 {
			continue
		}
		if others = append(others, uint32(n)); fields[0] == "FID" {
			s.repair = uint32(n)
		}
	}
	return others
}

// choose finds the one stream that is played.
func (s *section) choose(others []uint32) {
	beside := map[uint32]bool{}
	for _, ssrc := range others {
		beside[ssrc] = true
	}
	played := map[uint32]bool{}
	for _, ssrc := range s.sources {
		if !beside[ssrc] {
			played[ssrc] = true
			s.primary = ssrc
		}
	}
	if len(played) != 1 {
		s.primary, s.repair = 0, 0
	}
}
