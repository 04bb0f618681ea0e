package peer_test

import (
	"math/rand/v2"
	"testing"

	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"

	"parley/call"
	"parley/call/peer/conn"
	"parley/call/peer/peertest"
	"parley/media"
)

// vandal is a Media that sends whatever a test wants as picture and sound.
type vandal struct {
	conn   *conn.Conn
	tracks []*conn.Track
	up     chan struct{}
}

func (v *vandal) Attach() error {
	v.tracks = []*conn.Track{
		conn.NewTrack(webrtc.RTPCodecTypeAudio, webrtc.MimeTypeOpus),
		conn.NewTrack(webrtc.RTPCodecTypeVideo, webrtc.MimeTypeVP8),
	}
	for _, t := range v.tracks {
		if _, err := v.conn.PeerConnection().AddTransceiverFromTrack(t); err != nil {
			return err
		}
	}
	return nil
}

func (v *vandal) Offered(*sdp.SessionDescription) error          { return nil }
func (v *vandal) Agreed(*sdp.SessionDescription)                 {}
func (v *vandal) Track(*webrtc.TrackRemote, *webrtc.RTPReceiver) {}

func (v *vandal) Level(up bool) {
	if up {
		select {
		case v.up <- struct{}{}:
		default:
		}
	}
}

// garbage sends packets that no encoder makes, on both tracks.
func (v *vandal) garbage(random *rand.Rand, sequence *uint16) {
	for range 100 {
		payload := make([]byte, random.IntN(40))
		for i := range payload {
			payload[i] = byte(random.Uint32())
		}
		*sequence += uint16(random.IntN(3))
		for _, t := range v.tracks {
			t.Write(&rtp.Header{
				SequenceNumber: *sequence, Timestamp: random.Uint32(), Marker: random.IntN(2) == 0,
			}, payload)
		}
	}
	*sequence += 2000 // and a jump, which SRTP can follow even if some of this is lost
}

// frame sends a good frame.
func (v *vandal) frame(f *media.Frame, sequence *uint16) {
	payloads := (&codecs.VP8Payloader{}).Payload(1000, peertest.EncodeFrame(f, 0, 2500))
	for i, p := range payloads {
		*sequence++
		v.tracks[1].Write(&rtp.Header{
			SequenceNumber: *sequence, Timestamp: uint32(f.Number) * 3000, Marker: i == len(payloads)-1,
		}, p)
	}
}

// TestPeer_Garbage sends a peer nonsense, and then a picture, which must be shown.
func TestPeer_Garbage(t *testing.T) {
	api, err := conn.NewAPI(peertest.Network(t))
	if err != nil {
		t.Fatal(err)
	}
	victim := peertest.NewEnd(t)
	v := &vandal{up: make(chan struct{}, 1)}
	attacker := api.Open(call.Open{ID: "c1"}, func(c *conn.Conn) conn.Media {
		v.conn = c
		return v
	}, func(ev call.Event) { peertest.Deliver(ev, victim) })
	victim.Forward(func(ev call.Event) {
		switch ev := ev.(type) {
		case call.LocalDescription:
			attacker.SetRemote(ev.Description)
		case call.LocalCandidate:
			attacker.AddCandidate(ev.Candidate)
		}
	})
	victim.Open("c1", call.Caller, media.Video)
	<-v.up

	random, sequence := rand.New(rand.NewPCG(1, 2)), uint16(65000)
	var pool media.Pool
	f := pool.Get(320, 180)
	victim.Wait("a picture", func() bool {
		v.garbage(random, &sequence)
		f.Number++
		v.frame(f, &sequence)
		return len(victim.Pictures()) > 3
	})
	victim.Close()
	attacker.Close()
	<-attacker.Done()
}
