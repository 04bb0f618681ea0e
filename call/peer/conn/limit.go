package conn

import (
	"slices"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"

	"parley/call/peer/congestion"
)

// limit is how much may be sent of one stream of pictures, for a sender that is told
// that (goog-remb) and does not number its packets for transport-wide feedback, which
// says more: browsers pass over it where they have both.
type limit struct {
	path      *congestion.Receiver
	rate      float64 // of the stream's clock, in Hz
	extension uint8   // of transport-wide numbers; 0: not agreed
	numbered  bool    // one has come
	begun     time.Time
	stamp     uint32
	made      time.Duration // the timestamp, without wraps
}

// newLimit returns the limit of a stream; nil where none was agreed.
func newLimit(info *interceptor.StreamInfo) *limit {
	if !slices.Contains(info.RTCPFeedback, interceptor.RTCPFeedback{Type: webrtc.TypeRTCPFBGoogREMB}) || info.ClockRate == 0 {
		return nil
	}
	l := &limit{path: congestion.NewReceiver(), rate: float64(info.ClockRate)}
	for _, e := range info.RTPHeaderExtensions {
		if e.URI == sdp.TransportCCURI {
			l.extension = uint8(e.ID)
		}
	}
	return l
}

// came takes note of a packet of so many bytes.
func (l *limit) came(h *rtp.Header, size int, now time.Time) {
	if l.begun.IsZero() {
		l.begun, l.stamp = now, h.Timestamp
	}
	l.numbered = l.numbered || l.extension != 0 && h.GetExtension(l.extension) != nil
	l.made += time.Duration(float64(int32(h.Timestamp-l.stamp)) / l.rate * float64(time.Second))
	l.stamp = h.Timestamp
	l.path.Came(l.made, now.Sub(l.begun), size)
}

// limits is what is told of all streams together (draft-alvestrand-rmcat-remb).
type limits struct {
	packet rtcp.ReceiverEstimatedMaximumBitrate
}

func (l *limits) begin(sender uint32) {
	l.packet.SenderSSRC, l.packet.Bitrate, l.packet.SSRCs = sender, 0, l.packet.SSRCs[:0]
}

// add takes a stream of which a fraction was lost, in parts of 256.
func (l *limits) add(ssrc uint32, s *incoming, lost uint8, now time.Time) {
	if s.limit == nil || s.limit.numbered || !s.begun {
		return
	}
	l.packet.Bitrate += float32(s.limit.path.Rate(float64(lost)/256, now.Sub(s.limit.begun)))
	l.packet.SSRCs = append(l.packet.SSRCs, ssrc)
}

// tells reports whether there is anything to tell.
func (l *limits) tells() bool { return len(l.packet.SSRCs) > 0 }
