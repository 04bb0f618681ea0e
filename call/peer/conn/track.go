package conn

import (
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
	choosy     bool // mimes are in order: the best first, whatever the other side likes
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
	return b.codec, true
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

// binding is where packets go and how they must be marked.
type binding struct {
	id      string
	ssrc    uint32
	payload uint8
	codec   webrtc.RTPCodecCapability
	writer  webrtc.TrackLocalWriter
}

// Bind implements webrtc.TrackLocal. It is called when the codecs are agreed.
func (t *Track) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	codec, ok := t.pick(c.CodecParameters())
	if !ok {
		return webrtc.RTPCodecParameters{}, nil
	}
	t.bound.Store(&binding{
		id: c.ID(), ssrc: uint32(c.SSRC()), payload: uint8(codec.PayloadType), codec: codec.RTPCodecCapability,
		writer: c.WriteStream(),
	})
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
