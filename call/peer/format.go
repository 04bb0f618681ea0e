package peer

import (
	"strings"

	"github.com/pion/webrtc/v4"

	"parley/media"
)

// The video codecs that we know how to send in RTP, as MIME types.
const (
	VP8  = webrtc.MimeTypeVP8
	VP9  = webrtc.MimeTypeVP9
	H264 = webrtc.MimeTypeH264
	AV1  = webrtc.MimeTypeAV1
)

// maxPayload is how many bytes of RTP payload a packet carries: 1200 bytes on
// the wire, the smallest path WebRTC counts on, less the RTP header (12), header
// extensions (16), the retransmission's sequence number (2) and the SRTP tag (16).
const maxPayload = 1200 - 12 - 16 - 2 - 16

// packetizer cuts the frames of one codec into RTP payloads.
type packetizer interface {
	// split calls emit for every payload of a frame, in order, and tells the last.
	// A payload is valid during the call.
	split(frame []byte, emit func(payload []byte, last bool))
	// isKey reports whether a frame is a key frame.
	isKey(frame []byte) bool
}

// newPacketizer returns nil for a codec that is never sent.
func newPacketizer(mime string) packetizer {
	switch {
	case strings.EqualFold(mime, VP8):
		return newVP8Packetizer()
	case strings.EqualFold(mime, VP9):
		return newVP9Packetizer()
	case strings.EqualFold(mime, H264):
		return &h264Packetizer{}
	}
	return nil
}

// depacketizer makes frames of one codec out of RTP payloads.
type depacketizer interface {
	// look reads what a payload says of itself, whatever came before it. It
	// returns false for one that is malformed.
	look(payload []byte) (part, bool)
	// join appends the content of a part to the frame that it belongs to, of
	// which it may be the first; the parts of a frame come in order. It returns
	// false if they do not fit each other.
	join(frame, content []byte, first bool) ([]byte, bool)
}

// part is what one payload brings of a frame.
type part struct {
	content []byte // of the payload
	begins  bool   // a frame can begin here
	key     bool   // and it is a key frame, that can be decoded from here on
}

// newDepacketizer returns nil for a codec that is not known.
func newDepacketizer(mime string) depacketizer {
	switch {
	case strings.EqualFold(mime, VP8):
		return &vp8Depacketizer{}
	case strings.EqualFold(mime, VP9):
		return vp9Depacketizer{}
	case strings.EqualFold(mime, H264):
		return &h264Depacketizer{}
	case strings.EqualFold(mime, AV1):
		return &av1Depacketizer{}
	}
	return nil
}

// format is one payload type of a stream: how its frames travel, and what decodes
// them.
type format struct {
	depacketizer
	mime    string
	decoder media.VideoDecoder // nil while another is decoded
	refused bool               // no decoder can be made
}

// joinPlain is join where payloads need only be put behind each other.
func joinPlain(frame, content []byte) ([]byte, bool) { return append(frame, content...), true }
