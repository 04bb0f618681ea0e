package conn

import (
	"strings"
	"sync/atomic"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// streamID joins our sound and picture, so that receivers keep them in step.
const streamID = "parley"

// Track is one stream that we send, of one codec. Unlike pion's own it does not
// fail when the codec was not agreed: a refused picture must not end a call.
type Track struct {
	kind  webrtc.RTPCodecType
	mime  string
	bound atomic.Pointer[binding]
}

// NewTrack returns a track of a codec.
func NewTrack(kind webrtc.RTPCodecType, mime string) *Track { return &Track{kind: kind, mime: mime} }

// MIME returns the codec.
func (t *Track) MIME() string { return t.mime }

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
	writer  webrtc.TrackLocalWriter
}

// Bind implements webrtc.TrackLocal. It is called when the codecs are agreed.
func (t *Track) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	for _, codec := range c.CodecParameters() {
		if !strings.EqualFold(codec.MimeType, t.mime) {
			continue
		}
		t.bound.Store(&binding{
			id: c.ID(), ssrc: uint32(c.SSRC()), payload: uint8(codec.PayloadType), writer: c.WriteStream(),
		})
		return codec, nil
	}
	return webrtc.RTPCodecParameters{}, nil
}

// Unbind implements webrtc.TrackLocal.
func (t *Track) Unbind(c webrtc.TrackLocalContext) error {
	if b := t.bound.Load(); b != nil && b.id == c.ID() {
		t.bound.Store(nil)
	}
	return nil
}

// ID implements webrtc.TrackLocal.
func (t *Track) ID() string { return t.kind.String() }

// RID implements webrtc.TrackLocal; there is no simulcast.
func (t *Track) RID() string { return "" }

// StreamID implements webrtc.TrackLocal.
func (t *Track) StreamID() string { return streamID }

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
