package peer

import (
	"strings"
	"sync/atomic"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// streamID joins our sound and picture, so that receivers keep them in step.
const streamID = "parley"

// track is what pion asks for what we send. Unlike pion's own it does not fail
// when nothing was agreed: a refused picture must not end a call.
type track struct {
	kind  webrtc.RTPCodecType
	mime  string
	bound atomic.Pointer[binding]
}

// binding is where packets go and how they must be marked.
type binding struct {
	id      string
	ssrc    uint32
	payload uint8
	writer  webrtc.TrackLocalWriter
}

// Bind implements webrtc.TrackLocal. It is called when the codecs are agreed.
func (t *track) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
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
func (t *track) Unbind(c webrtc.TrackLocalContext) error {
	if b := t.bound.Load(); b != nil && b.id == c.ID() {
		t.bound.Store(nil)
	}
	return nil
}

// ID implements webrtc.TrackLocal.
func (t *track) ID() string { return t.kind.String() }

// RID implements webrtc.TrackLocal; there is no simulcast.
func (t *track) RID() string { return "" }

// StreamID implements webrtc.TrackLocal.
func (t *track) StreamID() string { return streamID }

// Kind implements webrtc.TrackLocal.
func (t *track) Kind() webrtc.RTPCodecType { return t.kind }

// write sends a packet; h has sequence, timestamp and marker. It reports
// whether the packet went out.
func (t *track) write(h *rtp.Header, payload []byte) bool {
	b := t.bound.Load()
	if b == nil {
		return false
	}
	h.Version, h.SSRC, h.PayloadType = 2, b.ssrc, b.payload
	n, err := b.writer.WriteRTP(h, payload)
	return err == nil && n > 0
}
