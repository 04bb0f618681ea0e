package conn

import (
	"encoding/binary"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/transport/v4/packetio"
	"github.com/pion/webrtc/v4"

	"parley/call/peer/congestion"
)

// heard is what a teller told, as a sender reads it.
type heard struct {
	mu       sync.Mutex
	times    arrivalClock
	feedback Feedback // the last
	arrivals []congestion.Arrival
	moments  []time.Time
}

// Write implements interceptor.RTCPWriter, by way of the wire.
func (h *heard) Write(packets []rtcp.Packet, _ interceptor.Attributes) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	raw, err := rtcp.Marshal(packets)
	if err != nil {
		return 0, err
	}
	err = eachRTCP(raw, func(_ rtcp.Header, packet []byte) {
		if h.feedback.Unmarshal(packet) == nil {
			h.arrivals = h.times.read(&h.feedback, h.arrivals)
			h.moments = append(h.moments, time.Now())
		}
	})
	return len(raw), err
}

func (h *heard) count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.moments)
}

const numbersAt = 5 // id of the extension

func newTellerFor(h *heard) *teller {
	t := newTeller()
	t.BindRTCPWriter(h)
	t.BindRemoteStream(&interceptor.StreamInfo{
		RTPHeaderExtensions: []interceptor.RTPHeaderExtension{{URI: sdp.TransportCCURI, ID: numbersAt}},
	}, nil)
	return t
}

func numbered(t *testing.T, number uint16) *rtp.Header {
	t.Helper()
	h := &rtp.Header{Version: 2, SSRC: 1}
	if err := h.SetExtension(numbersAt, binary.BigEndian.AppendUint16(nil, number)); err != nil {
		t.Fatal(err)
	}
	return h
}

func TestTeller_TellsWhenPacketsCame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &heard{}
		teller := newTellerFor(h)
		began := time.Now()
		for _, p := range []struct {
			number uint16
			after  time.Duration
		}{{65534, 0}, {65535, 10 * time.Millisecond}, {1, 5 * time.Millisecond}, {2, 200 * time.Millisecond}} {
			<-time.After(p.after)
			teller.came(numbered(t, p.number), time.Now())
		}
		<-time.After(time.Second)
		synctest.Wait()
		if err := teller.Close(); err != nil {
			t.Error(err)
		}
		if want := []time.Time{began.Add(tellAfter), began.Add(215*time.Millisecond + tellAfter)}; !slices.EqualFunc(h.moments, want, time.Time.Equal) {
			t.Errorf("told at %v, want %v", h.moments, want)
		}
		type fate struct {
			number  uint16
			missing bool
			after   time.Duration
		}
		var got []fate
		for _, a := range h.arrivals {
			f := fate{number: a.Sequence, missing: a.Missing}
			if !a.Missing {
				f.after = a.At - h.arrivals[0].At
			}
			got = append(got, f)
		}
		want := []fate{
			{65534, false, 0},
			{65535, false, 10 * time.Millisecond},
			{0, true, 0},
			{1, false, 15 * time.Millisecond},
			{2, false, 215 * time.Millisecond},
		}
		if !slices.Equal(got, want) {
			t.Errorf("told %v, want %v", got, want)
		}
	})
}

func TestTeller_SaysNothingWhereNothingComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &heard{}
		teller := newTellerFor(h)
		teller.came(&rtp.Header{Version: 2, SSRC: 1}, time.Now()) // without a number
		<-time.After(time.Minute)
		if n := h.count(); n != 0 {
			t.Errorf("told %d times", n)
		}
		teller.came(numbered(t, 7), time.Now())
		<-time.After(time.Minute)
		if n := h.count(); n != 1 {
			t.Errorf("one packet was told %d times", n)
		}
		if err := teller.Close(); err != nil {
			t.Error(err)
		}
	})
}

// A sender that is pion's looks at what names one of its streams of pictures or sound,
// and never at what names one of retransmissions, where parity is, too.
func TestTeller_NamesNoStreamOfRetransmissions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &heard{}
		teller := newTellerFor(h)
		teller.BindRemoteStream(&interceptor.StreamInfo{SSRC: 2, MimeType: webrtc.MimeTypeRTX}, nil)
		again := numbered(t, 8)
		again.SSRC = 2
		teller.came(numbered(t, 7), time.Now())
		teller.came(again, time.Now())
		<-time.After(time.Second)
		if err := teller.Close(); err != nil {
			t.Error(err)
		}
		if len(h.arrivals) != 2 || h.feedback.Media != 1 {
			t.Errorf("feedback about %d packets names %d, want 1", len(h.arrivals), h.feedback.Media)
		}
	})
}

// hurried is a writer during whose writing packets come.
type hurried struct {
	heard
	came func()
}

func (h *hurried) Write(packets []rtcp.Packet, a interceptor.Attributes) (int, error) {
	h.came()
	return h.heard.Write(packets, a)
}

// Packets that come while others are told of are told of, and Close does not wait for
// more than there is.
func TestTeller_WhileItTells(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hurried{}
		teller := newTellerFor(&h.heard)
		teller.BindRTCPWriter(h)
		number := uint16(0)
		come := func() {
			number++
			teller.came(numbered(t, number), time.Now())
		}
		h.came = func() {
			if number < 1000 {
				come()
			}
		}
		come()
		<-time.After(time.Minute)
		synctest.Wait()
		if len(h.arrivals) != 1000 {
			t.Errorf("told of %d packets", len(h.arrivals))
		}
		come()
		if err := teller.Close(); err != nil { // or the bubble tells of a deadlock
			t.Error(err)
		}
	})
}

func TestTeller_CountsItsFeedback(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &heard{}
		teller := newTellerFor(h)
		for i := range uint16(3) {
			teller.came(numbered(t, i), time.Now())
			<-time.After(time.Second)
			synctest.Wait()
			if h.feedback.Count != uint8(i) {
				t.Errorf("feedback %d has the number %d", i, h.feedback.Count)
			}
		}
		if err := teller.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestTeller_AfterClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &heard{}
		teller := newTellerFor(h)
		teller.came(numbered(t, 7), time.Now())
		for range 2 {
			if err := teller.Close(); err != nil {
				t.Error(err)
			}
		}
		teller.came(numbered(t, 8), time.Now())
		<-time.After(time.Minute)
		if n := h.count(); n != 0 {
			t.Errorf("told %d times after it was closed", n)
		}
	})
}

func TestSplice_TellsOfPacketsAsTheyCome(t *testing.T) {
	d := newDesk(t, described)
	var came []uint32
	d.came = func(h *rtp.Header, at time.Time) {
		if !at.Equal(d.time) {
			t.Errorf("came at %v, not now", at)
		}
		came = append(came, h.SSRC)
	}
	d.come(rtp.Header{SSRC: 1, PayloadType: 111, SequenceNumber: 1}, 1)
	d.come(rtp.Header{SSRC: 77, PayloadType: 3, SequenceNumber: 1}, 1) // goes nowhere
	d.come(rtp.Header{SSRC: 3, PayloadType: 97, SequenceNumber: 1}, 0, 1, 2)
	if _, err := d.buffer(packetio.RTPBufferPacket, 1).Write([]byte{1, 2}); err != nil { // no packet
		t.Error(err)
	}
	if want := []uint32{1, 77, 3}; !slices.Equal(came, want) {
		t.Errorf("told of %v, want %v, before anybody reads them", came, want)
	}
}
