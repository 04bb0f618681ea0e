package conn

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

// limitedStream is a stream of pictures that comes to a reporter, of which somebody else
// wants to know how much may be sent.
type limitedStream struct {
	header rtp.Header
	reader interceptor.RTPReader
	raw    []byte
}

func newLimited(r *reporter, ssrc uint32, feedback ...string) *limitedStream {
	s := &limitedStream{header: rtp.Header{Version: 2, SSRC: ssrc}}
	info := &interceptor.StreamInfo{
		SSRC: ssrc, ClockRate: 90000, RTPHeaderExtensions: []interceptor.RTPHeaderExtension{{URI: sdp.TransportCCURI, ID: flowExtension}},
	}
	for _, kind := range feedback {
		info.RTCPFeedback = append(info.RTCPFeedback, interceptor.RTCPFeedback{Type: kind})
	}
	s.reader = r.BindRemoteStream(info, interceptor.RTPReaderFunc(func(b []byte, a interceptor.Attributes) (int, interceptor.Attributes, error) {
		return copy(b, s.raw), a, nil
	}))
	return s
}

// second brings a second of a stream, of which some packets of a hundred are lost.
func (s *limitedStream) second(t *testing.T, lost int) {
	t.Helper()
	for i := range 100 {
		s.header.SequenceNumber++
		s.header.Timestamp += 900
		if i >= lost {
			raw, err := (&rtp.Packet{Header: s.header, Payload: make([]byte, 1250-s.header.MarshalSize())}).Marshal()
			if err != nil {
				t.Fatal(err)
			}
			s.raw = raw
			if _, _, err := s.reader.Read(make([]byte, receiveSize), nil); err != nil {
				t.Fatal(err)
			}
		}
		<-time.After(10 * time.Millisecond) // of the bubble
	}
}

// tellsLimit has a reporter tell, and returns the limit that is among it.
func tellsLimit(t *testing.T, r *reporter) *rtcp.ReceiverEstimatedMaximumBitrate {
	t.Helper()
	var limit *rtcp.ReceiverEstimatedMaximumBitrate
	r.tell(interceptor.RTCPWriterFunc(func(packets []rtcp.Packet, _ interceptor.Attributes) (int, error) {
		if _, ok := packets[0].(*rtcp.ReceiverReport); !ok {
			t.Errorf("a compound begins with %T", packets[0])
		}
		for _, p := range packets[1:] {
			limit = p.(*rtcp.ReceiverEstimatedMaximumBitrate)
		}
		return 0, nil
	}), time.Now())
	return limit
}

// Who takes nothing else is told how much may be sent: more than comes, until some of
// it is lost.
func TestReporter_TellsHowMuchMayBeSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReporter()
		s := newLimited(r, 7, webrtc.TypeRTCPFBGoogREMB)
		s.second(t, 0)
		limit := tellsLimit(t, r) // of 1 Mbit/s
		if limit == nil || !slices.Equal(limit.SSRCs, []uint32{7}) || limit.Bitrate < 1.4e6 || limit.Bitrate > 1.6e6 {
			t.Fatalf("told %+v", limit)
		}
		s.second(t, 40)
		if limit := tellsLimit(t, r); limit == nil || limit.Bitrate > 0.6e6 {
			t.Errorf("of 600 kbit/s, and with 40 in 100 lost, told %+v", limit)
		}
	})
}

// Who numbers packets for better feedback, or never heard of limits, is told of none.
func TestReporter_TellsNoLimitBesideFeedback(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReporter()
		numbered := newLimited(r, 7, webrtc.TypeRTCPFBGoogREMB, webrtc.TypeRTCPFBTransportCC)
		if err := numbered.header.SetExtension(flowExtension, []byte{1, 2}); err != nil {
			t.Fatal(err)
		}
		numbered.second(t, 0)
		newLimited(r, 8, webrtc.TypeRTCPFBNACK).second(t, 0)
		if limit := tellsLimit(t, r); limit != nil {
			t.Errorf("told %+v", limit)
		}
	})
}
