package conn

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/transport/v4/packetio"
)

// described has sound (1), a picture (2) and its retransmissions (3).
const described = `v=0
o=- 1 1 IN IP4 127.0.0.1
s=-
t=0 0
m=audio 9 UDP/TLS/RTP/SAVPF 111 9
a=mid:s
a=extmap:4/sendrecv urn:ietf:params:rtp-hdrext:sdes:mid
a=rtpmap:111 opus/48000/2
a=ssrc:1 cname:a
a=ssrc:1 msid:a b
m=video 9 UDP/TLS/RTP/SAVPF 96 97 9
a=mid:p
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
a=rtpmap:96 VP8/90000
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
a=ssrc-group:FID 2 3
a=ssrc:2 cname:a
a=ssrc:3 cname:a
`

// desk is a splice with the streams that pion has opened, at a time of its own.
type desk struct {
	*splice
	t       *testing.T
	time    time.Time
	streams map[uint32]io.ReadWriteCloser
	reports map[uint32]io.ReadWriteCloser
}

func newDesk(t *testing.T, description string) *desk {
	t.Helper()
	d := &desk{t: t, time: time.Unix(1e9, 0), streams: map[uint32]io.ReadWriteCloser{}, reports: map[uint32]io.ReadWriteCloser{}}
	d.splice = newSplice(func() time.Time { return d.time })
	d.describe(parse(t, description))
	for ssrc := range uint32(4) {
		d.open(ssrc)
	}
	return d
}

func parse(t testing.TB, description string) *sdp.SessionDescription {
	t.Helper()
	s := &sdp.SessionDescription{}
	if err := s.UnmarshalString(description); err != nil {
		t.Fatal(err)
	}
	return s
}

// open is what pion does when it expects a stream, or meets one.
func (d *desk) open(ssrc uint32) {
	d.streams[ssrc] = d.buffer(packetio.RTPBufferPacket, ssrc)
	d.reports[ssrc] = d.buffer(packetio.RTCPBufferPacket, ssrc)
}

// come is a packet from the network.
func (d *desk) come(h rtp.Header, payload ...byte) {
	d.t.Helper()
	h.Version = 2
	if d.streams[h.SSRC] == nil {
		d.open(h.SSRC)
	}
	raw, err := (&rtp.Packet{Header: h, Payload: payload}).Marshal()
	if err != nil {
		d.t.Fatal(err)
	}
	if n, err := d.streams[h.SSRC].Write(raw); n != len(raw) || err != nil {
		d.t.Fatalf("writing: %d of %d, %v", n, len(raw), err)
	}
}

// next returns what waits in a stream, nil for nothing.
func (d *desk) next(ssrc uint32) *rtp.Packet {
	d.t.Helper()
	raw := d.read(d.streams[ssrc])
	if raw == nil {
		return nil
	}
	p := &rtp.Packet{}
	if err := p.Unmarshal(raw); err != nil {
		d.t.Fatal(err)
	}
	return p
}

func (d *desk) read(from io.Reader) []byte {
	d.t.Helper()
	if b := from.(*buffer); b.Count() == 0 {
		return nil
	}
	raw := make([]byte, receiveSize)
	n, err := from.Read(raw)
	if err != nil {
		d.t.Fatal(err)
	}
	return raw[:n]
}

// expect says what the next packet of a stream is.
func (d *desk) expect(ssrc uint32, sequence uint16, stamp uint32) *rtp.Packet {
	d.t.Helper()
	p := d.next(ssrc)
	switch {
	case p == nil:
		d.t.Fatalf("nothing comes out of %d", ssrc)
	case p.SSRC != ssrc || p.SequenceNumber != sequence || p.Timestamp != stamp:
		d.t.Fatalf("out of %d comes %d, %d at %d, want %d at %d", ssrc, p.SSRC, p.SequenceNumber, p.Timestamp, sequence, stamp)
	}
	return p
}

func (d *desk) expectNothing(ssrc uint32) {
	d.t.Helper()
	if p := d.next(ssrc); p != nil {
		d.t.Fatalf("out of %d comes %v", ssrc, p)
	}
}

func sound(ssrc uint32, sequence uint16, stamp uint32) rtp.Header {
	return rtp.Header{SSRC: ssrc, PayloadType: 111, SequenceNumber: sequence, Timestamp: stamp}
}

func TestSplice_DeclaredStreamsStayAsTheyAre(t *testing.T) {
	d := newDesk(t, described)
	for i := range uint16(5) {
		d.come(sound(1, 65533+i*3, uint32(i)*960), 1, 2)
		d.expect(1, 65533+i*3, uint32(i)*960)
	}
	d.come(rtp.Header{SSRC: 0, PayloadType: 96}, 1) // probes the path
	if d.next(0) == nil {
		t.Error("a probe was lost")
	}
	n := &rtcp.TransportLayerNack{MediaSSRC: 1, Nacks: []rtcp.NackPair{{PacketID: 7}}}
	if got := d.back([]rtcp.Packet{n})[0]; got != n {
		t.Errorf("a request became %v", got)
	}
}

func TestSplice_AnotherSSRCGoesOn(t *testing.T) {
	for name, first := range map[string]func() rtp.Header{
		"by its payload type": func() rtp.Header { return sound(77, 9000, 5) },
		"by its mid": func() rtp.Header {
			h := sound(77, 9000, 5)
			h.PayloadType = 9 // of both sections
			if err := h.SetExtension(4, []byte("s")); err != nil {
				t.Fatal(err)
			}
			return h
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, described)
			d.come(sound(1, 100, 48000), 1)
			d.expect(1, 100, 48000)
			d.time = d.time.Add(20 * time.Millisecond)
			d.come(first(), 2)
			d.expectNothing(1) // the other may still be there
			d.time = d.time.Add(230 * time.Millisecond)
			d.come(sound(77, 9010, 12005), 3)
			if p := d.expect(1, 101, 48000+12000); p.Payload[0] != 3 {
				t.Errorf("the payload is %v", p.Payload)
			}
			d.come(sound(77, 9012, 12005+1920), 4)
			d.expect(1, 103, 48000+12000+1920)
			d.come(sound(77, 9011, 12005+960), 5) // late
			d.expect(1, 102, 48000+12000+960)
			d.come(sound(1, 101, 48960), 6) // late, of the first
			d.expectNothing(1)
			d.time = d.time.Add(time.Second)
			d.come(sound(1, 150, 96000), 7) // it is back
			d.expect(1, 104, 48000+12000+1920+48000)
			if n, err := d.streams[77].Read(make([]byte, receiveSize)); n != 0 || !errors.Is(err, io.EOF) {
				t.Errorf("reading its own stream: %d, %v", n, err)
			}
		})
	}
}

// TestSplice_FromTheFirstPacket has a sender that never uses what it declared.
func TestSplice_FromTheFirstPacket(t *testing.T) {
	d := newDesk(t, described)
	d.come(sound(77, 9000, 5), 2)
	d.expect(1, 9000, 5)
}

func TestSplice_Retransmissions(t *testing.T) {
	d := newDesk(t, described)
	picture := func(ssrc uint32, payload uint8, sequence uint16) rtp.Header {
		return rtp.Header{SSRC: ssrc, PayloadType: payload, SequenceNumber: sequence, Timestamp: 3000}
	}
	d.come(picture(2, 96, 10), 1)
	d.expect(2, 10, 3000)
	d.come(picture(3, 97, 500), 0, 9, 1) // repeats 9
	if p := d.expect(3, 500, 3000); binary.BigEndian.Uint16(p.Payload) != 9 {
		t.Errorf("it repeats %v", p.Payload)
	}
	d.time = d.time.Add(time.Second)
	d.come(picture(88, 96, 40), 1)
	d.expect(2, 11, 3000+90000)
	d.come(picture(89, 97, 7), 0, 39, 1) // repeats the one before
	if p := d.expect(3, 501, 3000+90000); binary.BigEndian.Uint16(p.Payload) != 10 {
		t.Errorf("it repeats %v", p.Payload)
	}
	asked := []rtcp.Packet{
		&rtcp.TransportLayerNack{MediaSSRC: 2, Nacks: []rtcp.NackPair{{PacketID: 12, LostPackets: 5}}},
		&rtcp.PictureLossIndication{MediaSSRC: 2},
		&rtcp.FullIntraRequest{MediaSSRC: 2, FIR: []rtcp.FIREntry{{SSRC: 2}}},
		&rtcp.ReceiverReport{Reports: []rtcp.ReceptionReport{{SSRC: 2, LastSequenceNumber: 11}, {SSRC: 1, LastSequenceNumber: 11}}},
		&rtcp.SenderReport{SSRC: 2, Reports: []rtcp.ReceptionReport{{SSRC: 2, LastSequenceNumber: 11}}},
		&rtcp.ReceiverEstimatedMaximumBitrate{SenderSSRC: 2, Bitrate: 1e6, SSRCs: []uint32{1, 2}},
	}
	before := fmt.Sprintf("%+v", asked)
	var got []rtcp.Packet
	w := d.BindRTCPWriter(interceptor.RTCPWriterFunc(func(p []rtcp.Packet, _ interceptor.Attributes) (int, error) {
		got = p
		return 0, nil
	}))
	if _, err := w.Write(asked, nil); err != nil {
		t.Fatal(err)
	}
	if n := got[0].(*rtcp.TransportLayerNack); n.MediaSSRC != 88 || n.Nacks[0] != (rtcp.NackPair{PacketID: 41, LostPackets: 5}) {
		t.Errorf("a request for packets became %+v", n)
	}
	if p := got[1].(*rtcp.PictureLossIndication); p.MediaSSRC != 88 {
		t.Errorf("a request for a picture became %+v", p)
	}
	if p := got[2].(*rtcp.FullIntraRequest); p.MediaSSRC != 88 || p.FIR[0].SSRC != 88 {
		t.Errorf("another became %+v", p)
	}
	if r := got[3].(*rtcp.ReceiverReport).Reports; r[0].SSRC != 88 || r[0].LastSequenceNumber != 40 || r[1].SSRC != 1 {
		t.Errorf("a report became %+v", r)
	}
	if r := got[4].(*rtcp.SenderReport); r.SSRC != 2 || r.Reports[0].SSRC != 88 {
		t.Errorf("a sender's report became %+v", r)
	}
	if r := got[5].(*rtcp.ReceiverEstimatedMaximumBitrate); r.SSRCs[0] != 1 || r.SSRCs[1] != 88 || r.Bitrate != 1e6 {
		t.Errorf("a limit became %+v", r)
	}
	if after := fmt.Sprintf("%+v", asked); after != before {
		t.Errorf("what was asked changed to %s", after)
	}
}

func TestSplice_SenderReportsFollow(t *testing.T) {
	d := newDesk(t, described)
	report := func(ssrc uint32, at uint32) {
		raw, err := (&rtcp.SenderReport{SSRC: ssrc, NTPTime: 1 << 40, RTPTime: at}).Marshal()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.reports[ssrc].Write(raw); err != nil {
			t.Fatal(err)
		}
	}
	expect := func(at uint32) {
		t.Helper()
		var r rtcp.SenderReport
		if err := r.Unmarshal(d.read(d.reports[1])); err != nil || r.SSRC != 1 || r.RTPTime != at || r.NTPTime != 1<<40 {
			t.Errorf("%+v, %v, want a time of %d", r, err, at)
		}
	}
	d.come(sound(1, 100, 48000), 1)
	report(1, 48000)
	expect(48000)
	d.time = d.time.Add(time.Second)
	d.come(sound(77, 9000, 5), 2)
	report(77, 965)
	expect(96960)
	report(1, 50000)
	if raw := d.read(d.reports[1]); raw != nil {
		t.Errorf("a report of what is not heard came: %v", raw)
	}
}

// TestSplice_IsBounded has a peer that invents SSRCs.
func TestSplice_IsBounded(t *testing.T) {
	d := newDesk(t, described)
	held := 0
	for ssrc := uint32(100); ssrc < 10100; ssrc++ {
		b := d.buffer(packetio.RTPBufferPacket, ssrc).(*buffer)
		raw, err := (&rtp.Packet{Header: rtp.Header{Version: 2, SSRC: ssrc, PayloadType: uint8(96 + ssrc%30)}, Payload: make([]byte, 1000)}).Marshal()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Write(raw); err != nil {
			t.Fatal(err)
		}
		held += b.Size()
	}
	if held > 0 || len(d.sources) > maxSources {
		t.Errorf("%d bytes are held, of %d sources", held, len(d.sources))
	}
	d.time = d.time.Add(time.Second)
	d.come(sound(1, 100, 48000), 1)
	for d.next(1) != nil { // what the others brought
	}
	d.come(sound(1, 101, 48960), 1)
	if d.next(1) == nil {
		t.Error("the declared stream is not heard any more")
	}
}

func TestSplice_WhatIsNotToldIsPions(t *testing.T) {
	for name, description := range map[string]string{
		"no SSRC":   "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:s\r\n",
		"simulcast": "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:s\r\na=ssrc:1 a\r\na=ssrc:77 a\r\n",
	} {
		d := newDesk(t, description)
		d.come(sound(77, 1, 1), 1)
		if p := d.next(77); p == nil || p.SSRC != 77 {
			t.Errorf("%s: out comes %v", name, p)
		}
	}
}

func TestSplice_DeclaredAnew(t *testing.T) {
	d := newDesk(t, described)
	d.come(sound(1, 100, 48000), 1)
	d.expect(1, 100, 48000)
	d.time = d.time.Add(time.Second)
	d.come(sound(77, 9000, 5), 2)
	d.expect(1, 101, 96000)
	again := parse(t, described)
	for i := range again.MediaDescriptions[0].Attributes {
		if a := &again.MediaDescriptions[0].Attributes[i]; a.Key == sdp.AttrKeySSRC {
			a.Value = "77 cname:a"
		}
	}
	d.describe(again)
	d.come(sound(77, 9001, 965), 3)
	d.expect(77, 9001, 965)
}

// FuzzSplice sends a splice anything, as anybody may once keys are agreed.
func FuzzSplice(f *testing.F) {
	good, err := (&rtp.Packet{Header: sound(77, 1, 2), Payload: []byte{1}}).Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(described, good, uint32(77))
	f.Fuzz(func(_ *testing.T, description string, packet []byte, ssrc uint32) {
		s := newSplice(func() time.Time { return time.Unix(1e9, 0) })
		d := &sdp.SessionDescription{}
		if d.UnmarshalString(description) == nil {
			s.describe(d)
		}
		for _, kind := range []packetio.BufferPacketType{packetio.RTPBufferPacket, packetio.RTCPBufferPacket} {
			for _, n := range []uint32{1, ssrc} {
				b := s.buffer(kind, n)
				_, _ = b.Write(append([]byte(nil), packet...))
				_ = b.Close()
			}
		}
	})
}
