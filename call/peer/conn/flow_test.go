package conn

import (
	"encoding/binary"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/logging"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"

	"parley/call/peer/congestion"
)

const (
	flowExtension = 5
	flowSSRC      = 1000
	flowRepair    = 2000
	flowRepairPT  = 97
)

// ether is where packets end.
type ether struct {
	mu      sync.Mutex
	packets []rtp.Packet
	changed chan struct{}
}

func (e *ether) Write(h *rtp.Header, payload []byte, _ interceptor.Attributes) (int, error) {
	e.mu.Lock()
	e.packets = append(e.packets, rtp.Packet{Header: h.Clone(), Payload: append([]byte(nil), payload...)})
	e.mu.Unlock()
	select {
	case e.changed <- struct{}{}:
	default:
	}
	return len(payload), nil
}

func (e *ether) all() []rtp.Packet {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]rtp.Packet(nil), e.packets...)
}

// wait waits for so many packets.
func (e *ether) wait(t *testing.T, n int) []rtp.Packet {
	t.Helper()
	timeout := time.NewTimer(30 * time.Second)
	defer timeout.Stop()
	for {
		if all := e.all(); len(all) >= n {
			return all
		}
		select {
		case <-e.changed:
		case <-timeout.C:
			t.Fatalf("%d packets left, want %d", len(e.all()), n)
		}
	}
}

// streams opens a flow with a stream of each kind.
func streams(t *testing.T, extension int) (f *Flow, e *ether, picture, sound interceptor.RTPWriter) {
	t.Helper()
	f, e = NewFlow(), &ether{changed: make(chan struct{}, 1)}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	extensions := []interceptor.RTPHeaderExtension{{URI: sdp.TransportCCURI, ID: extension}}
	picture = f.BindLocalStream(&interceptor.StreamInfo{
		MimeType: "video/VP8", SSRC: flowSSRC, SSRCRetransmission: flowRepair, PayloadTypeRetransmission: flowRepairPT,
		RTPHeaderExtensions: extensions,
	}, e)
	sound = f.BindLocalStream(&interceptor.StreamInfo{MimeType: "audio/opus", SSRC: 3000, RTPHeaderExtensions: extensions}, e)
	return f, e, picture, sound
}

func numberOf(t *testing.T, p rtp.Packet) uint16 {
	t.Helper()
	b := p.GetExtension(flowExtension)
	if len(b) != 2 {
		t.Fatalf("a packet without number: %v", p.Header)
	}
	return binary.BigEndian.Uint16(b)
}

func write(t *testing.T, w interceptor.RTPWriter, ssrc uint32, sequence, length int) {
	t.Helper()
	h := &rtp.Header{Version: 2, SSRC: ssrc, SequenceNumber: uint16(sequence)}
	if _, err := w.Write(h, make([]byte, length), nil); err != nil {
		t.Fatal(err)
	}
}

// A large picture leaves bit by bit, in order; sound overtakes it, and so does
// what is sent again. Each has a number of its own.
func TestFlow_Order(t *testing.T) {
	_, e, picture, sound := streams(t, flowExtension)
	const large = 60
	for i := range large {
		write(t, picture, flowSSRC, i, 1100)
	}
	write(t, picture, flowRepair, 7, 1100)
	write(t, sound, 3000, 1, 80)
	packets := e.wait(t, large+2)
	at := func(ssrc uint32) int {
		return slices.IndexFunc(packets, func(p rtp.Packet) bool { return p.SSRC == ssrc })
	}
	if at(3000) > large/2 || at(flowRepair) > large/2 {
		t.Errorf("sound left as number %d, what is sent again as %d of %d", at(3000), at(flowRepair), len(packets))
	}
	next := uint16(0)
	for i, p := range packets {
		if got := numberOf(t, p); got != uint16(i) {
			t.Fatalf("packet %d has number %d", i, got)
		}
		if p.SSRC == flowSSRC {
			if p.SequenceNumber != next {
				t.Fatalf("picture packet %d follows %d", p.SequenceNumber, next-1)
			}
			next++
		}
	}
}

// A queue that grows is told, for whoever makes more to stop.
func TestFlow_Backlog(t *testing.T) {
	f, e, picture, _ := streams(t, flowExtension)
	for i := range 200 {
		write(t, picture, flowSSRC, i, 1100)
	}
	if got := f.Backlog(); got < 500*ms {
		t.Errorf("220 kB at 1.5 Mbit/s take %v", got)
	}
	e.wait(t, 200)
	if got := f.Backlog(); got != 0 {
		t.Errorf("%v are left", got)
	}
}

func TestFlow_WithoutTransportWideNumbers(t *testing.T) {
	f, e, picture, sound := streams(t, 0)
	write(t, picture, flowSSRC, 1, 1000)
	write(t, sound, 3000, 1, 80)
	for _, p := range e.wait(t, 2) {
		if p.Extension {
			t.Errorf("a packet has extensions: %v", p.Header)
		}
	}
	f.Report(0, 50*ms, 2, time.Now())
	if got := f.Estimate(time.Now()).Target; got != congestion.DefaultStart {
		t.Errorf("the target is %.0f", got)
	}
}

func TestFlow_KeepsOtherExtensions(t *testing.T) {
	_, e, picture, _ := streams(t, flowExtension)
	h := &rtp.Header{Version: 2, SSRC: flowSSRC, SequenceNumber: 1}
	if err := h.SetExtension(3, []byte{1, 2, 3}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := picture.Write(h, []byte{1}, nil); err != nil {
			t.Fatal(err)
		}
	}
	for i, p := range e.wait(t, 2) {
		if got := p.GetExtension(3); len(got) != 3 || numberOf(t, p) != uint16(i) {
			t.Errorf("packet %d: %v", i, p.Header)
		}
	}
	if h.GetExtension(flowExtension) != nil {
		t.Error("the header of the caller has a number")
	}
}

// answer is feedback that everything came, as evenly as it was sent.
func answer(from, count int, reference uint32) *Feedback {
	return &Feedback{
		First: uint16(from), Reference: reference,
		Packets: slices.Repeat([]Fate{{Came: true, Delta: int16(ms / deltaUnit)}}, count),
	}
}

// A probe is filled with copies of the picture, sent as retransmissions.
func TestFlow_Probes(t *testing.T) {
	f, e, picture, _ := streams(t, flowExtension)
	for i := range 3 {
		write(t, picture, flowSSRC, i, 1100)
	}
	e.wait(t, 3)
	f.Use(20e6, time.Now())
	f.Feedback(answer(0, 3, 10), time.Now())
	packets := e.wait(t, 3+5)
	for i, p := range packets[3:] {
		if p.SSRC != flowRepair || p.PayloadType != flowRepairPT || len(p.Payload) > 0 || p.Header.PaddingSize != paddingMost {
			t.Fatalf("packet %d of the probe: %v, %d bytes", i, p.Header, len(p.Payload))
		}
		if want := packets[3].SequenceNumber + uint16(i); p.SequenceNumber != want {
			t.Errorf("its number is %d, want %d", p.SequenceNumber, want)
		}
	}
	write(t, picture, flowRepair, 77, 500) // one that was asked for
	for _, p := range e.wait(t, len(packets)+1) {
		if p.SSRC == flowRepair && p.SequenceNumber == 77 {
			t.Error("retransmissions have two series of numbers")
		}
	}
}

// answered is a flow beneath what keeps and sends again, on a path that takes everything
// at once, and counts what leaves.
func answered(t *testing.T) (k *keeper, w interceptor.RTPWriter, f *Flow, again func() int) {
	t.Helper()
	f, count := NewFlow(), 0
	t.Cleanup(func() { _ = f.Close() })
	info := pictures(flowRepair, flowRepairPT)
	info.MimeType = "video/H264"
	counts := f.BindLocalStream(info, interceptor.RTPWriterFunc(func(h *rtp.Header, payload []byte, _ interceptor.Attributes) (int, error) {
		if h.SSRC == flowRepair {
			count++
		}
		return len(payload), nil
	}))
	f.mu.Lock()
	f.pacer.Follow(congestion.Estimate{Target: 1e12})
	f.mu.Unlock()
	k = newKeeper(logging.NewDefaultLoggerFactory())
	return k, k.BindLocalStream(info, counts), f, func() int { return count }
}

// Whoever sends nothing, because there seems to be no room, finds out when there is.
func TestFlow_ProbesWhenIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, e, picture, _ := streams(t, flowExtension)
		write(t, picture, flowSSRC, 0, 1100)
		synctest.Wait()
		f.Feedback(answer(0, 1, 10), time.Now())
		<-time.After(10 * time.Second) // of the bubble
		if got := len(e.all()); got != 1 {
			t.Fatalf("%d packets left, and nobody could use what they would find", got-1)
		}
		for range 10 {
			f.Use(20e6, time.Now())
			<-time.After(time.Second)
		}
		probes := len(e.all()) - 1
		if probes < 2*5 || probes > 50 {
			t.Errorf("%d packets of probes in ten seconds", probes)
		}
	})
}

func TestFlow_CloseDropsWhatWaits(t *testing.T) {
	f, e, picture, sound := streams(t, flowExtension)
	for i := range 500 {
		write(t, picture, flowSSRC, i, 1100)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	left := len(e.all())
	write(t, picture, flowSSRC, 501, 1100)
	write(t, sound, 3000, 1, 80)
	if got := len(e.all()); got != left || left == 500 {
		t.Errorf("%d packets left, and %d after the end", left, got-left)
	}
}

func TestFlow_AllocatesNothing(t *testing.T) {
	_, _, _, _ = streams(t, flowExtension)
	f := NewFlow()
	w := f.BindLocalStream(&interceptor.StreamInfo{
		MimeType: "video/VP8", SSRC: flowSSRC, RTPHeaderExtensions: []interceptor.RTPHeaderExtension{{URI: sdp.TransportCCURI, ID: flowExtension}},
	}, interceptor.RTPWriterFunc(func(*rtp.Header, []byte, interceptor.Attributes) (int, error) { return 0, nil }))
	defer func() { _ = f.Close() }()
	h, payload := &rtp.Header{Version: 2, SSRC: flowSSRC}, make([]byte, 100)
	f.pacer.Follow(congestion.Estimate{Target: 1e12})
	if n := testing.AllocsPerRun(200, func() {
		h.SequenceNumber++
		_, _ = w.Write(h, payload, nil)
	}); n > 0 {
		t.Errorf("%.0f allocations a packet", n)
	}
}
