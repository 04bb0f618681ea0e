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

// What is asked for again before it can have come is not sent again once more.
func TestFlow_SendsAgainOnlyWhatMayBeLost(t *testing.T) {
	f, e, picture, _ := streams(t, flowExtension)
	write(t, picture, flowSSRC, 7, 1100)
	e.wait(t, 1)
	f.Report(0, 10*time.Second, 1, time.Now()) // a very long round trip
	h := &rtp.Header{Version: 2, SSRC: flowRepair}
	for _, original := range []byte{7, 8, 7, 8, 7} {
		if _, err := picture.Write(h, []byte{0, original, 1, 2, 3}, nil); err != nil {
			t.Fatal(err)
		}
	}
	write(t, picture, flowSSRC, 9, 1100) // what comes last
	if packets := e.wait(t, 4); len(packets) != 4 || packets[3].SSRC != flowSSRC {
		t.Errorf("%d packets left, want two of the picture and two that are sent again", len(packets))
	}
}

// Where there is no stream for it, what is sent again is known by its number. It is no
// more than elsewhere, and does not wait behind the picture.
func TestFlow_SendsAgainInTheSameStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, e := NewFlow(), &ether{changed: make(chan struct{}, 1)}
		defer func() { _ = f.Close() }()
		w := f.BindLocalStream(&interceptor.StreamInfo{MimeType: "video/H264", SSRC: flowSSRC, SSRCRetransmission: flowRepair}, e)
		f.Report(0, 10*time.Second, 1, time.Now()) // a very long round trip
		const from, picture = 65_500, 100
		for i := range picture {
			write(t, w, flowSSRC, from+i, 1100)
		}
		for range 5 {
			write(t, w, flowSSRC, from+7, 1100)
		}
		<-time.After(5 * time.Second) // of the bubble
		packets := e.all()
		last := packets[len(packets)-1].SequenceNumber
		if len(packets) != picture+1 || last != uint16((from+picture-1)&0xffff) {
			t.Errorf("%d packets left of %d and one that was sent again, the last is %d", len(packets), picture, last)
		}
		if f.Estimate(time.Now()).Repair == 0 {
			t.Error("nobody is told what is spent on what is sent again")
		}
		f.Supersede(flowSSRC, uint16((from+picture)&0xffff), 0)
		write(t, w, flowSSRC, from+8, 1100)
		for i := range picture {
			write(t, w, flowSSRC, from+picture+i, 1100)
		}
		for i := range picture {
			write(t, w, flowSSRC, from+picture+i, 1100)
		}
		<-time.After(5 * time.Second)
		again := len(e.all()) - len(packets) - picture
		if again < 1 || again > 64 {
			t.Errorf("%d packets were sent again at once", again)
		}
	})
}

// Nothing before a key frame leaves once that is there.
func TestFlow_Supersede(t *testing.T) {
	f, e, picture, sound := streams(t, flowExtension)
	const old = 300
	for i := range old {
		write(t, picture, flowSSRC, i, 1100)
	}
	write(t, sound, 3000, 1, 80)
	write(t, picture, flowRepair, 0, 1100) // of packet 0
	f.Supersede(4711, old, 0)              // no stream of ours
	if f.Backlog() == 0 {
		t.Fatal("nothing waits")
	}
	f.Supersede(flowSSRC, old, 0)
	if got := f.Backlog(); got != 0 {
		t.Errorf("%v of it wait", got)
	}
	left := len(e.all())
	write(t, picture, flowRepair, 0, 1100)
	write(t, picture, flowSSRC, old, 1100)
	packets := e.wait(t, left+1)
	if last := packets[len(packets)-1]; len(packets) != left+1 || last.SequenceNumber != old || last.SSRC != flowSSRC {
		t.Errorf("%d packets left after the key frame's, the last is %v", len(packets)-left-1, last.Header)
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

// However long ago the last key frame was, what is missing is sent again, over all of
// the numbers and on.
func TestFlow_SendsAgainLongAfterTheKeyFrame(t *testing.T) {
	k, w, f, again := answered(t)
	const from = 60_000 // so that they wrap soon
	f.Supersede(1, from, 0)
	for i := range 150_000 {
		write(t, w, 1, from+i, 10)
		if i%1000 != 999 {
			continue
		}
		before := again()
		if asks(t, k, 1, uint16(from+i-20)); again() != before+1 {
			t.Fatalf("packet %d is not sent again", i-20)
		}
	}
}

// What was sent before a key frame is of no use, however long ago the one before that
// was.
func TestFlow_SupersedesLongAfterTheKeyFrame(t *testing.T) {
	k, w, f, again := answered(t)
	f.Supersede(1, 0, 0)
	const key = 40_000
	for i := range key + 10 {
		if i == key {
			f.Supersede(1, key, 0)
		}
		write(t, w, 1, i, 10)
	}
	if asks(t, k, 1, key-1, key-500); again() != 0 {
		t.Errorf("%d packets are sent again that are of no use", again())
	}
	if asks(t, k, 1, key, key+9); again() != 2 {
		t.Errorf("%d packets of 2 are sent again", again())
	}
}

// With another codec, what is sent again has another payload type from its first key
// frame on, whoever it is that sends it again.
func TestFlow_SupersedeByAnotherCodec(t *testing.T) {
	f, e, picture, _ := streams(t, flowExtension)
	again := func(original byte) rtp.Packet {
		h := &rtp.Header{Version: 2, SSRC: flowRepair, PayloadType: flowRepairPT}
		before := len(e.all())
		if _, err := picture.Write(h, []byte{0, original, 1, 2, 3}, nil); err != nil {
			t.Fatal(err)
		}
		if h.PayloadType != flowRepairPT {
			t.Error("the caller's header was changed")
		}
		return e.wait(t, before+1)[before]
	}
	write(t, picture, flowSSRC, 7, 1100)
	e.wait(t, 1)
	if p := again(7); p.PayloadType != flowRepairPT {
		t.Errorf("it is sent again as %d", p.PayloadType)
	}
	f.Supersede(flowSSRC, 8, 103)
	write(t, picture, flowSSRC, 8, 1100)
	e.wait(t, 3)
	if p := again(8); p.PayloadType != 103 {
		t.Errorf("after the change it is sent again as %d", p.PayloadType)
	}
	f.Supersede(flowSSRC, 9, 0)
	write(t, picture, flowSSRC, 9, 1100)
	e.wait(t, 5)
	if p := again(9); p.PayloadType != 103 {
		t.Errorf("a key frame of the same codec changes it to %d", p.PayloadType)
	}
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
