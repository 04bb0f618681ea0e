package peer

import (
	"testing"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// wire is where a track's packets end in a test.
type wire struct {
	headers  []rtp.Header
	payloads [][]byte
}

func (w *wire) WriteRTP(h *rtp.Header, payload []byte) (int, error) {
	w.headers = append(w.headers, *h)
	w.payloads = append(w.payloads, append([]byte(nil), payload...))
	return 12 + len(payload), nil
}

func (w *wire) Write([]byte) (int, error) { return 0, nil }

// binding is what pion tells a track.
type binding struct {
	webrtc.TrackLocalContext
	wire  *wire
	codec webrtc.RTPCodecParameters
}

func (b binding) ID() string                           { return "test" }
func (b binding) SSRC() webrtc.SSRC                    { return 42 }
func (b binding) WriteStream() webrtc.TrackLocalWriter { return b.wire }
func (b binding) RTCPReader() interceptor.RTCPReader   { return nil }
func (b binding) CodecParameters() []webrtc.RTPCodecParameters {
	return []webrtc.RTPCodecParameters{b.codec}
}

// bind lets an outbound stream send to a wire.
func bind(t *testing.T, o *outbound, w *wire) {
	t.Helper()
	codec := webrtc.RTPCodecParameters{
		RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: o.stats.Codec}, PayloadType: 100,
	}
	if _, err := o.Bind(binding{wire: w, codec: codec}); err != nil {
		t.Fatal(err)
	}
}
