package conn

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// streamID joins our sound and picture, so that receivers keep them in step. What
// is shown of the screen belongs to neither.
const (
	streamID       = "parley"
	screenStreamID = "parley-screen"
	screenTrackID  = "screen"
)

// Track is one stream that we send, of one of several codecs. Unlike pion's own it
// does not fail when none was agreed: a refused picture must not end a call.
type Track struct {
	id, stream string
	kind       webrtc.RTPCodecType
	mimes      []string
	choosy     bool     // mimes are in order: the best first, whatever the other side likes
	alternate  []string // see Alternate
	bound      atomic.Pointer[binding]
}

// NewTrack returns a track of one of the given codecs: the one that the other side
// likes best.
func NewTrack(kind webrtc.RTPCodecType, mimes ...string) *Track {
	return &Track{id: kind.String(), stream: streamID, kind: kind, mimes: mimes}
}

// NewScreenTrack returns a track of pictures for Conn.Twin: of the first of the
// given codecs that the other side takes, for what is best for faces is not for text.
func NewScreenTrack(mimes ...string) *Track {
	return &Track{id: screenTrackID, stream: screenStreamID, kind: webrtc.RTPCodecTypeVideo, mimes: mimes, choosy: true}
}

// Codec returns what was agreed; ok is false while nothing can be sent.
func (t *Track) Codec() (codec webrtc.RTPCodecCapability, ok bool) {
	b := t.bound.Load()
	if b == nil {
		return webrtc.RTPCodecCapability{}, false
	}
	return webrtc.RTPCodecCapability{MimeType: b.mime, SDPFmtpLine: b.line, ClockRate: b.rate}, true
}

// SSRC returns the track's synchronization source; ok is false while nothing can
// be sent.
func (t *Track) SSRC() (ssrc uint32, ok bool) {
	b := t.bound.Load()
	if b == nil {
		return 0, false
	}
	return b.ssrc, true
}

// RepairType returns the payload type of packets that are sent again (RFC 4588), 0
// where there is none.
func (t *Track) RepairType() uint8 {
	b := t.bound.Load()
	if b == nil {
		return 0
	}
	return b.repair
}

// Alternate gives a track that is not bound yet a second choice of codecs, best first.
func (t *Track) Alternate(mimes ...string) { t.alternate = mimes }

// Turn changes to the first of the alternate codecs that the other side takes, or back
// to the codec that was agreed. All that were agreed have payload types of their own in
// the one section, so that this needs no negotiation; a frame of the new codec must be a
// key frame.
func (t *Track) Turn(alternate bool) {
	b := t.bound.Load()
	if b == nil {
		return
	}
	to := &b.first
	if alternate {
		to = &b.second
	}
	if b.format == *to {
		return
	}
	turned := *b
	turned.format = *to
	t.bound.CompareAndSwap(b, &turned) // else another was agreed meanwhile
}

// binding is where packets go and how they must be marked.
type binding struct {
	id     string
	ssrc   uint32
	writer webrtc.TrackLocalWriter
	format        // now
	first  format // that was agreed
	second format // of the alternate codecs, or the first
}

// format is how the packets of a codec are marked.
type format struct {
	payload uint8
	repair  uint8 // the payload type of those that are sent again, 0 for none
	mime    string
	line    string // of format parameters
	rate    uint32
}

// formatOf finds out how the packets of one of the agreed codecs are marked.
func formatOf(codec webrtc.RTPCodecParameters, agreed []webrtc.RTPCodecParameters) format {
	f := format{payload: uint8(codec.PayloadType), mime: codec.MimeType, line: codec.SDPFmtpLine, rate: codec.ClockRate}
	apt := fmt.Sprintf("apt=%d", codec.PayloadType)
	for _, c := range agreed {
		if strings.EqualFold(c.MimeType, webrtc.MimeTypeRTX) && c.SDPFmtpLine == apt {
			f.repair = uint8(c.PayloadType)
		}
	}
	return f
}

// Bind implements webrtc.TrackLocal. It is called when the codecs are agreed.
func (t *Track) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	codec, ok := t.pick(c.CodecParameters())
	if !ok {
		return webrtc.RTPCodecParameters{}, nil
	}
	agreed := c.CodecParameters()
	b := &binding{id: c.ID(), ssrc: uint32(c.SSRC()), writer: c.WriteStream(), first: formatOf(codec, agreed)}
	b.format, b.second = b.first, b.first
	if second, ok := (&Track{mimes: t.alternate, choosy: true}).pick(agreed); ok {
		b.second = formatOf(second, agreed)
	}
	t.bound.Store(b)
	return codec, nil
}

// pick returns the first of the agreed codecs that we send. They are in the order
// in which the other side likes to receive them (RFC 3264 section 6.1), but H.264
// in pieces is better than whole whichever comes first.
func (t *Track) pick(agreed []webrtc.RTPCodecParameters) (picked webrtc.RTPCodecParameters, ok bool) {
	if t.choosy {
		agreed = slices.Clone(agreed)
		slices.SortStableFunc(agreed, func(a, b webrtc.RTPCodecParameters) int { return t.rank(a) - t.rank(b) })
	}
	for _, codec := range agreed {
		isSame := func(mime string) bool { return strings.EqualFold(codec.MimeType, mime) }
		switch {
		case !slices.ContainsFunc(t.mimes, isSame):
		case !ok, isSame(picked.MimeType) && TakesPieces(codec.RTPCodecCapability) && !TakesPieces(picked.RTPCodecCapability):
			picked, ok = codec, true
		}
	}
	return picked, ok
}

// rank is the place of a codec among those that we send.
func (t *Track) rank(c webrtc.RTPCodecParameters) int {
	return slices.IndexFunc(t.mimes, func(mime string) bool { return strings.EqualFold(c.MimeType, mime) })
}

// TakesPieces reports whether a receiver of this codec takes frames in pieces of
// any size, which those of H.264 say by packetization-mode=1 (RFC 6184 section 6.3).
func TakesPieces(c webrtc.RTPCodecCapability) bool {
	return !strings.EqualFold(c.MimeType, webrtc.MimeTypeH264) || strings.Contains(c.SDPFmtpLine, "packetization-mode=1")
}

// Unbind implements webrtc.TrackLocal.
func (t *Track) Unbind(c webrtc.TrackLocalContext) error {
	if b := t.bound.Load(); b != nil && b.id == c.ID() {
		t.bound.Store(nil)
	}
	return nil
}

// ID implements webrtc.TrackLocal.
func (t *Track) ID() string { return t.id }

// RID implements webrtc.TrackLocal; there is no simulcast.
func (t *Track) RID() string { return "" }

// StreamID implements webrtc.TrackLocal.
func (t *Track) StreamID() string { return t.stream }

// Kind implements webrtc.TrackLocal.
func (t *Track) Kind() webrtc.RTPCodecType { return t.kind }

// Write sends a packet; h has sequence, timestamp and marker, and is changed. It
// reports whether the packet went out.
func (t *Track) Write(h *rtp.Header, payload []byte) bool {
	b := t.bound.Load()
	if b == nil {
		return false
	}
	h.Version, h.SSRC, h.PayloadType = 2, b.ssrc, b.payload
	n, err := b.writer.WriteRTP(h, payload)
	return err == nil && n > 0
}
