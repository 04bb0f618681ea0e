package conn

import (
	"bytes"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/pion/interceptor"
	"github.com/pion/logging"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// left is what has left a keeper.
type left struct {
	mu      sync.Mutex
	packets []rtp.Packet
	err     error
}

func (l *left) Write(h *rtp.Header, payload []byte, _ interceptor.Attributes) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.packets = append(l.packets, rtp.Packet{Header: h.Clone(), Payload: slices.Clone(payload)})
	return len(payload), l.err
}

func pictures(repair uint32, payload uint8) *interceptor.StreamInfo {
	return &interceptor.StreamInfo{
		SSRC: 1, SSRCRetransmission: repair, PayloadTypeRetransmission: payload,
		RTCPFeedback: []interceptor.RTCPFeedback{{Type: webrtc.TypeRTCPFBNACK}, {Type: webrtc.TypeRTCPFBNACK, Parameter: "pli"}},
	}
}

func newKept(t testing.TB, l *left, info *interceptor.StreamInfo) (*keeper, interceptor.RTPWriter) {
	t.Helper()
	k := newKeeper(logging.NewDefaultLoggerFactory())
	return k, k.BindLocalStream(info, l)
}

// keeps writes packets with numbers, each with an extension and content of its own.
func keeps(t testing.TB, w interceptor.RTPWriter, numbers ...uint16) {
	t.Helper()
	for _, n := range numbers {
		h := &rtp.Header{Version: 2, SSRC: 1, PayloadType: 96, SequenceNumber: n, Timestamp: 3000, Marker: n%2 == 0}
		if err := h.SetExtension(3, []byte{byte(n)}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(h, content(n), nil); err != nil {
			t.Fatal(err)
		}
	}
}

func content(n uint16) []byte { return bytes.Repeat([]byte{byte(n), byte(n >> 8)}, int(10+n%500)) }

// asks has a keeper read a request.
func asks(t testing.TB, k *keeper, ssrc uint32, numbers ...uint16) {
	t.Helper()
	nack := &rtcp.TransportLayerNack{MediaSSRC: ssrc, Nacks: rtcp.NackPairsFromSequenceNumbers(numbers)}
	reader := k.BindRTCPReader(interceptor.RTCPReaderFunc((&wire{
		compounds: [][]byte{compound(t, &rtcp.ReceiverReport{}, nack)},
	}).read))
	if _, _, err := reader.Read(make([]byte, receiveSize), nil); err != nil {
		t.Fatal(err)
	}
}

func (w *wire) read(b []byte, _ interceptor.Attributes) (int, interceptor.Attributes, error) {
	return w.Read(b)
}

func TestKeeper_SendsAgain(t *testing.T) {
	l := &left{}
	k, w := newKept(t, l, pictures(2, 97))
	keeps(t, w, 65534, 65535, 0, 1, 2)
	l.packets = nil
	asks(t, k, 1, 65535, 1, 7) // of which the last never was
	asks(t, k, 5, 0)           // of a stream that there is not
	if len(l.packets) != 2 {
		t.Fatalf("%d packets are sent again", len(l.packets))
	}
	for i, n := range []uint16{65535, 1} {
		p := l.packets[i]
		want := append([]byte{byte(n >> 8), byte(n)}, content(n)...)
		if p.SSRC != 2 || p.PayloadType != 97 || p.Timestamp != 3000 || p.Marker || !bytes.Equal(p.Payload, want) {
			t.Errorf("packet %d is %v", n, p.Header)
		}
		if !bytes.Equal(p.GetExtension(3), []byte{byte(n)}) {
			t.Errorf("packet %d has the extension %v", n, p.GetExtension(3))
		}
	}
	if a, b := l.packets[0].SequenceNumber, l.packets[1].SequenceNumber; b != a+1 {
		t.Errorf("numbers are %d and %d", a, b)
	}
}

func TestKeeper_SendsAgainAsItWas(t *testing.T) {
	l := &left{}
	k, w := newKept(t, l, pictures(0, 0))
	keeps(t, w, 9)
	asks(t, k, 1, 9)
	if len(l.packets) != 2 || !bytes.Equal(l.packets[0].Payload, l.packets[1].Payload) || l.packets[1].SSRC != 1 || l.packets[1].SequenceNumber != 9 {
		t.Errorf("%v", l.packets)
	}
}

func TestKeeper_KeepsTheLast(t *testing.T) {
	l := &left{}
	k, w := newKept(t, l, pictures(2, 97))
	for n := range uint16(2 * keptPackets) {
		keeps(t, w, n)
	}
	l.packets = nil
	asks(t, k, 1, 0, keptPackets-1)
	if len(l.packets) != 0 {
		t.Errorf("%d packets are sent again that are overwritten", len(l.packets))
	}
	asks(t, k, 1, keptPackets, 2*keptPackets-1)
	if len(l.packets) != 2 {
		t.Errorf("%d packets of 2 are sent again", len(l.packets))
	}
	k.UnbindLocalStream(pictures(2, 97))
	asks(t, k, 1, keptPackets)
	if len(l.packets) != 2 {
		t.Error("something is sent again of a stream that is gone")
	}
}

func TestKeeper_KeepsOnlyWhatMayBeAskedFor(t *testing.T) {
	l := &left{}
	k := newKeeper(logging.NewDefaultLoggerFactory())
	if w := k.BindLocalStream(&interceptor.StreamInfo{SSRC: 1}, l); w != interceptor.RTPWriter(l) {
		t.Error("a stream is kept of which nothing will be asked for")
	}
	_, w := newKept(t, l, pictures(2, 97))
	if _, err := w.Write(&rtp.Header{Version: 2, SSRC: 3, SequenceNumber: 5}, []byte{1}, nil); err != nil || len(l.packets) != 1 {
		t.Errorf("what is of another stream is not sent: %v", err)
	}
	asks(t, k, 1, 5)
	if len(l.packets) != 1 {
		t.Error("a packet of another stream is sent again")
	}
	l.err = errors.New("no way")
	if _, err := w.Write(&rtp.Header{Version: 2, SSRC: 1}, nil, nil); err == nil {
		t.Error("nobody is told that a packet cannot be sent")
	}
}

// Padding is not sent again, for its length stands in the header alone.
func TestKeeper_LeavesPaddingOut(t *testing.T) {
	l := &left{}
	k, w := newKept(t, l, pictures(2, 97))
	if _, err := w.Write(&rtp.Header{Version: 2, SSRC: 1, SequenceNumber: 5, Padding: true, PaddingSize: 9}, []byte{1}, nil); err != nil {
		t.Fatal(err)
	}
	asks(t, k, 1, 5)
	if p := l.packets[1]; p.Padding || p.Header.PaddingSize != 0 || !bytes.Equal(p.Payload, []byte{0, 5, 1}) {
		t.Errorf("%v, %v", p.Header, p.Payload)
	}
}

// Packets are sent, asked for and gone at the same time.
func TestKeeper_AllAtOnce(t *testing.T) {
	l := &left{}
	k, w := newKept(t, l, pictures(2, 97))
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			for n := range uint16(300) {
				asks(t, k, 1, n)
			}
		})
	}
	for n := range uint16(300) {
		keeps(t, w, n)
	}
	k.UnbindLocalStream(pictures(2, 97))
	all.Wait()
	for _, p := range l.packets {
		if n := p.Payload; p.SSRC == 2 && !bytes.Equal(n[2:], content(uint16(n[0])<<8|uint16(n[1]))) {
			t.Fatalf("packet %d is sent again with something else", n[:2])
		}
	}
}

// sink takes everything.
type sink struct{}

func (sink) Write(_ *rtp.Header, payload []byte, _ interceptor.Attributes) (int, error) {
	return len(payload), nil
}

func TestKeeper_AllocatesNothing(t *testing.T) {
	k := newKeeper(logging.NewDefaultLoggerFactory())
	w := k.BindLocalStream(pictures(2, 97), sink{})
	raw := compound(t, &rtcp.TransportLayerNack{MediaSSRC: 1, Nacks: rtcp.NackPairsFromSequenceNumbers([]uint16{3, 4, 70})})
	reader := k.BindRTCPReader(interceptor.RTCPReaderFunc(func(b []byte, a interceptor.Attributes) (int, interceptor.Attributes, error) {
		return copy(b, raw), a, nil
	}))
	h := &rtp.Header{Version: 2, SSRC: 1}
	if err := h.SetExtension(3, []byte{1}); err != nil {
		t.Fatal(err)
	}
	buffer, payload := make([]byte, receiveSize), make([]byte, 1100)
	round := func() {
		for range 2 * keptPackets {
			h.SequenceNumber++
			if _, err := w.Write(h, payload, nil); err != nil {
				t.Fatal(err)
			}
		}
		if _, _, err := reader.Read(buffer, nil); err != nil {
			t.Fatal(err)
		}
	}
	round()
	if n := testing.AllocsPerRun(10, round); n != 0 {
		t.Errorf("what is kept and sent again allocates %v times", n)
	}
}
