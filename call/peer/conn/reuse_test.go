package conn

import (
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
)

// one is a stream that brings the same packet again and again.
func one(t *testing.T, packet []byte) interceptor.RTPReader {
	t.Helper()
	return interceptor.RTPReaderFunc(func(b []byte, _ interceptor.Attributes) (int, interceptor.Attributes, error) {
		return copy(b, packet), nil, nil
	})
}

func marshalled(t *testing.T, h rtp.Header) []byte {
	t.Helper()
	h.Version = 2
	if err := h.SetExtension(3, []byte{1, 2}); err != nil {
		t.Fatal(err)
	}
	packet, err := (&rtp.Packet{Header: h, Payload: []byte("picture")}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return packet
}

func TestSplice_PacketsAreDescribedInTheSameWords(t *testing.T) {
	s := newSplice(time.Now)
	played := &lane{ssrc: 1}
	s.declared[1], s.declared[2] = played, &lane{ssrc: 2, played: played}
	buffer := make([]byte, receiveSize)
	reader := s.BindRemoteStream(&interceptor.StreamInfo{SSRC: 1}, one(t, marshalled(t, rtp.Header{SequenceNumber: 7, SSRC: 1})))
	read := func() {
		n, told, err := reader.Read(buffer, nil)
		if err != nil || told == nil {
			t.Fatalf("told %v, %v", told, err)
		}
		h, err := told.GetRTPHeader(nil) // as it is known already, nothing is parsed
		if err != nil || h.SequenceNumber != 7 || len(h.GetExtension(3)) != 2 || n != 12+8+7 {
			t.Fatalf("the header of %d bytes is %+v, %v", n, h, err)
		}
		told.Set("something", n) // as others may
	}
	read()
	if n := testing.AllocsPerRun(100, read); n > 1 { // of Set
		t.Errorf("a packet allocates %v times", n)
	}
	if _, told, _ := reader.Read(buffer, nil); told.Get("something") != nil {
		t.Error("what was told of one packet is told of the next")
	}

	again := s.BindRemoteStream(&interceptor.StreamInfo{SSRC: 2}, one(t, marshalled(t, rtp.Header{SSRC: 2})))
	if _, told, err := again.Read(buffer, nil); told != nil || err != nil {
		t.Errorf("of a retransmission, %v is told, %v", told, err)
	}
	for _, bad := range [][]byte{{}, {0x80}, marshalled(t, rtp.Header{SSRC: 1})[:16]} {
		broken := s.BindRemoteStream(&interceptor.StreamInfo{SSRC: 1}, one(t, bad))
		for range 2 {
			if _, told, err := broken.Read(buffer, nil); told != nil || err != nil {
				t.Errorf("of %x, %v is told, %v", bad, told, err)
			}
		}
	}
}
