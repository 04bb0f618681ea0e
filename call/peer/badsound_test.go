package peer_test

import (
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"parley/call"
	"parley/call/peer/conn"
	"parley/call/peer/peertest"
	"parley/media"
)

// rawTrack is a track whose packets can lie about themselves.
type rawTrack struct {
	*conn.Track
	ssrc   atomic.Uint32
	writer atomic.Pointer[webrtc.TrackLocalWriter]
}

func (r *rawTrack) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	w := c.WriteStream()
	r.ssrc.Store(uint32(c.SSRC()))
	r.writer.Store(&w)
	return r.Track.Bind(c)
}

// forger is a Media that sends sound, good and bad.
type forger struct {
	vandal
	track    *rawTrack
	sequence uint16
	stamp    uint32
}

func (f *forger) Attach() error {
	f.track = &rawTrack{Track: conn.NewTrack(webrtc.RTPCodecTypeAudio, webrtc.MimeTypeOpus)}
	_, err := f.conn.PeerConnection().AddTransceiverFromTrack(f.track)
	return err
}

// opusPayload is the payload type of Opus in the victim's offer.
const opusPayload = 111

func (f *forger) send(h rtp.Header, payload []byte) {
	h.Version, h.SequenceNumber, h.Timestamp = 2, f.sequence, f.stamp
	if h.SSRC == 0 {
		h.SSRC = f.track.ssrc.Load()
	}
	if h.PayloadType == 0 {
		h.PayloadType = opusPayload
	}
	f.sequence++
	f.stamp += 960
	_, _ = (*f.track.writer.Load()).WriteRTP(&h, payload)
}

// good sends a packet that the victim can hear.
func (f *forger) good(sample int16) {
	f.send(rtp.Header{}, []byte{0x78, byte(sample >> 8), byte(sample), 1, 2, 3})
}

// openForger opens a call of sound with a victim.
func openForger(t *testing.T) (f *forger, victim *peertest.End) {
	t.Helper()
	api, err := conn.NewAPI(peertest.Network(t))
	if err != nil {
		t.Fatal(err)
	}
	victim = peertest.NewEnd(t)
	f = &forger{vandal: vandal{up: make(chan struct{}, 1)}, sequence: 65000, stamp: 0xffff0000}
	attacker := api.Open(call.Open{ID: "c1"}, func(c *conn.Conn) conn.Media {
		f.conn = c
		return f
	}, func(ev call.Event) { peertest.Deliver(ev, victim) })
	victim.Forward(func(ev call.Event) {
		switch ev := ev.(type) {
		case call.LocalDescription:
			attacker.SetRemote(ev.Description)
		case call.LocalCandidate:
			attacker.AddCandidate(ev.Candidate)
		}
	})
	victim.Open("c1", call.Caller, media.Audio)
	t.Cleanup(func() {
		attacker.Close()
		<-attacker.Done()
	})
	<-f.up
	return f, victim
}

// TestPeer_BadSound sends all kinds of bad sound. After each, good sound is heard.
func TestPeer_BadSound(t *testing.T) {
	f, victim := openForger(t)
	random := rand.New(rand.NewPCG(1, 2))
	heard := func(sample int16) func() bool {
		return func() bool {
			for range 100 { // SRTP refuses numbers that it has seen
				f.good(sample)
			}
			for _, s := range victim.Sounds() {
				if s.First == sample {
					return true
				}
			}
			return false
		}
	}
	victim.Wait("good sound", heard(1))
	for i, bad := range []struct {
		what string
		send func()
	}{
		{"malformed Opus", func() {
			payload := make([]byte, 1+random.IntN(200))
			for i := range payload {
				payload[i] = byte(random.Uint32())
			}
			f.send(rtp.Header{}, payload)
		}},
		{"nothing", func() { f.send(rtp.Header{}, nil) }},
		{"padding alone", func() { f.send(rtp.Header{Padding: true, PaddingSize: 40}, nil) }},
		{"a codec that was never agreed", func() { f.send(rtp.Header{PayloadType: 35}, []byte{1, 2, 3, 4}) }},
		{"a codec of pictures", func() { f.send(rtp.Header{PayloadType: 96}, []byte{0x10, 0, 1, 2, 3, 4}) }},
		{"another source", func() { f.send(rtp.Header{SSRC: 7}, []byte{0x78, 9, 9, 1}) }},
		{"timestamps of any time", func() { f.stamp = random.Uint32(); f.good(2) }},
		{"timestamps that stand still", func() { f.stamp -= 960; f.good(2) }},
		{"sequence numbers that jump", func() { f.sequence += uint16(random.IntN(40)); f.good(2) }}, // SRTP bears no more, where some get lost
		{"sequence numbers that come again", func() { f.sequence -= uint16(random.IntN(3)); f.good(2) }},
	} {
		for range 1200 { // more than reads may fail in a row
			bad.send()
		}
		victim.Wait("good sound after "+bad.what, heard(int16(100+i)))
		if !victim.Up() {
			t.Fatalf("%s ended the connection: %v", bad.what, victim.Level())
		}
	}
	victim.Close()
}

// TestPeer_AnHourOfSilence is a sender that pauses without a word (DTX).
func TestPeer_AnHourOfSilence(t *testing.T) {
	f, victim := openForger(t)
	victim.Wait("sound", func() bool { f.good(1); return len(victim.Sounds()) > 20 })
	f.stamp += 3600 * 48000
	victim.Wait("sound after an hour", func() bool {
		f.good(2)
		s := victim.Sounds()
		return s[len(s)-1].First == 2
	})
	victim.Wait("statistics", func() bool { return victim.Stats().Inbound.Audio.Packets > 20 })
	if s := victim.Stats().Inbound.Audio; s.PacketsLost > 0 || s.Jitter > 1 {
		t.Errorf("%d packets lost, a jitter of %v s", s.PacketsLost, s.Jitter)
	}
	victim.Close()
}
