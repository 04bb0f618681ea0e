package conn_test

import (
	"context"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"

	"parley/call"
	"parley/call/peer/conn"
)

// lying is a track whose packets have any SSRC.
type lying struct {
	*conn.Track
	writer atomic.Pointer[webrtc.TrackLocalWriter]
	ssrc   atomic.Uint32 // that is declared
}

func (l *lying) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	w := c.WriteStream()
	l.writer.Store(&w)
	l.ssrc.Store(uint32(c.SSRC()))
	return l.Track.Bind(c)
}

// turncoat is a Media that sends sound by a lying track, and no picture.
type turncoat struct {
	nothing
	sound lying
	up    chan struct{}
}

func (f *turncoat) Attach() error {
	f.sound.Track = conn.NewTrack(webrtc.RTPCodecTypeAudio, webrtc.MimeTypeOpus)
	for _, track := range []webrtc.TrackLocal{&f.sound, conn.NewTrack(webrtc.RTPCodecTypeVideo, webrtc.MimeTypeVP8)} {
		if _, err := f.conn.PeerConnection().AddTransceiverFromTrack(track); err != nil {
			return err
		}
	}
	return nil
}

func (f *turncoat) Level(up bool) {
	if up {
		select {
		case f.up <- struct{}{}:
		default:
		}
	}
}

// ear is a Media that hears one track.
type ear struct {
	nothing
	tracks atomic.Int32
	heard  chan *rtp.Packet
}

func (e *ear) Attach() error {
	for _, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo} {
		if _, err := e.conn.PeerConnection().AddTransceiverFromKind(kind); err != nil {
			return err
		}
	}
	return nil
}

func (e *ear) Track(t *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
	e.tracks.Add(1)
	e.conn.Go(func(ctx context.Context) {
		pause := func() time.Duration { return 20 * time.Millisecond }
		conn.ReadRTP(ctx, t, pause, func(p *rtp.Packet, _ bool) {
			select {
			case e.heard <- p.Clone():
			default: // nobody wants it
			}
		}, func() {})
	})
}

// TestConn_TheRemoteChangesItsSSRC has a sender that does so again and again
// in a call, without negotiating, and says which section its packets are of in the
// first of them.
func TestConn_TheRemoteChangesItsSSRC(t *testing.T) {
	sender, receiver := &turncoat{up: make(chan struct{}, 1)}, &ear{heard: make(chan *rtp.Packet, 100)}
	a, b := newAPI(t, conn.Options{}), newAPI(t, conn.Options{})
	caller, said := openMedia(a, call.Caller, func(c *conn.Conn) conn.Media { sender.conn = c; return sender })
	callee, answered := openMedia(b, call.Callee, func(c *conn.Conn) conn.Media { receiver.conn = c; return receiver })
	offer := until[call.LocalDescription](t, said).Description
	callee.SetRemote(offer)
	caller.SetRemote(until[call.LocalDescription](t, answered).Description)
	<-sender.up

	extension := extensionID(t, offer.SDP, sdp.SDESMidURI)
	send := func(ssrc uint32, sequence uint16, mid bool) {
		h := rtp.Header{Version: 2, PayloadType: 111, SSRC: ssrc, SequenceNumber: sequence, Timestamp: uint32(sequence) * 960}
		if mid {
			if err := h.SetExtension(extension, []byte("0")); err != nil {
				t.Fatal(err)
			}
		}
		_, _ = (*sender.sound.writer.Load()).WriteRTP(&h, []byte{0x78, byte(ssrc)}) // the path may not be up for good
	}
	declared := sender.sound.ssrc.Load()
	sequence := uint16(0)
	last := -1
	for _, ssrc := range []uint32{declared, declared + 1, declared + 2, declared} {
		tick := time.NewTicker(10 * time.Millisecond)
		limit := time.After(30 * time.Second)
		for heard := 0; heard < 5; {
			select {
			case <-tick.C:
				sequence++
				send(ssrc, sequence, true)
			case p := <-receiver.heard:
				if p.SSRC != declared {
					t.Fatalf("a packet of %d", p.SSRC)
				}
				if last >= 0 && int16(p.SequenceNumber-uint16(last)) <= 0 {
					t.Errorf("packet %d after %d", p.SequenceNumber, last)
				}
				if last = int(p.SequenceNumber); p.Payload[1] == byte(ssrc) {
					heard++
				}
			case <-limit:
				t.Fatalf("after %d nothing was heard of %d", declared, ssrc)
			}
		}
		tick.Stop()
	}
	if n := receiver.tracks.Load(); n != 1 {
		t.Errorf("it was %d tracks", n)
	}
	caller.Close()
	callee.Close()
	<-caller.Done()
	<-callee.Done()
}

func extensionID(t *testing.T, description, uri string) uint8 {
	t.Helper()
	before, _, found := strings.Cut(description, " "+uri)
	_, id, _ := strings.Cut(before[strings.LastIndex(before, "\n")+1:], ":")
	n, err := strconv.ParseUint(strings.TrimSpace(id), 10, 8)
	if !found || err != nil {
		t.Fatalf("no extension %s in the offer: %v", uri, err)
	}
	return uint8(n)
}
