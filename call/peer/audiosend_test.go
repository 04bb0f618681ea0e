package peer

import (
	"errors"
	"testing"
	"time"

	"parley/call/peer/conn"
	"parley/media"
)

// recorder is an encoder that keeps what it is told.
type recorder struct {
	media.AudioEncoder
	lengths  []int
	settings []media.AudioSettings
	pcm      []int16 // of the last packet
	size     int     // of packets, in bytes
	refuses  bool
}

var errRefused = errors.New("refused")

func (r *recorder) Adapt(s media.AudioSettings) error {
	r.settings = append(r.settings, s)
	if r.refuses {
		return errRefused
	}
	return nil
}

func (r *recorder) Encode(pcm []int16, out []byte) (int, error) {
	r.lengths = append(r.lengths, len(pcm))
	r.pcm = append(r.pcm[:0], pcm...)
	return max(r.size, 1), nil
}

// booth is a sender that sends to a wire.
type booth struct {
	*audioSender
	*wire
	encoder *recorder
	at      time.Time
}

func newBooth(t *testing.T, w conn.SoundWishes) *booth {
	t.Helper()
	b := &booth{newAudioSender(&Config{}, quietLog), &wire{}, &recorder{size: 50}, begin}
	b.audioSender.encoder = b.encoder
	b.policy.wishes = w
	b.open.Store(true)
	bind(t, b.outbound, b.wire)
	return b
}

// speak captures steps of sound, one after the other.
func (b *booth) speak(steps int, sample int16) {
	for range steps {
		s := media.Sound{Captured: b.at}
		for i := range s.Samples {
			s.Samples[i] = sample
		}
		b.step(&s)
		b.at = b.at.Add(media.Step)
	}
}

// clean lets the policy know that the path is good, for long enough.
func (b *booth) clean() {
	for range 5 {
		b.change(func(p *soundPolicy) { p.reported(0, 0, b.at) })
		b.speak(100, 100)
	}
}

// continuous checks that every packet begins where the one before ended.
func (b *booth) continuous(t *testing.T, samples ...int) {
	t.Helper()
	for i := 1; i < len(b.headers); i++ {
		got := int(b.headers[i].Timestamp - b.headers[i-1].Timestamp)
		if want := samples[min(i-1, len(samples)-1)]; got != want {
			t.Errorf("packet %d is %d samples after the one before, want %d", i, got, want)
		}
		if b.headers[i].SequenceNumber != b.headers[i-1].SequenceNumber+1 || b.headers[i].Marker {
			t.Errorf("packet %d: %+v", i, b.headers[i])
		}
	}
}

func TestAudioSender_TimestampsFollowTheLengthOfPackets(t *testing.T) {
	b := newBooth(t, browser)
	b.speak(4, 100)
	b.clean()
	b.change(func(p *soundPolicy) { p.reported(0.1, 0, b.at) })
	b.speak(20, 100)
	last, want := 0, []int{}
	kinds := []int{}
	for _, n := range b.encoder.lengths {
		want = append(want, n)
		if n != last {
			kinds = append(kinds, n)
		}
		last = n
	}
	if len(kinds) != 3 || kinds[0] != 960 || kinds[1] != 480 || kinds[2] != 960 {
		t.Errorf("lengths %v, want 960, 480 and 960", kinds)
	}
	b.continuous(t, want...)
	if s := b.read(); s.PacketLength != 0.02 || s.Loss != 0.1 || s.TargetBitrate != 40_000 {
		t.Errorf("statistics %+v", s)
	}
}

func TestAudioSender_SharedSoundHasTwoChannels(t *testing.T) {
	w := browser
	w.Stereo = true
	b := newBooth(t, w)
	b.speak(2, 100)
	for range 10 {
		s := media.Sound{Captured: b.at, Stereo: true}
		s.Samples[7], s.Side[7] = 30_000, 10_000
		b.step(&s)
		b.at = b.at.Add(media.Step)
	}
	if p := b.encoder.pcm; len(p) != 1920 || p[14] != 32767 || p[15] != 20_000 {
		t.Errorf("%d samples, left %d, right %d", len(p), p[14], p[15])
	}
	b.speak(50, 100) // a pause is no change
	if n := len(b.encoder.pcm); n != 1920 {
		t.Errorf("half a second later: %d samples", n)
	}
	b.speak(60, 100)
	if p := b.encoder.pcm; len(p) != 960 || p[0] != 100 {
		t.Errorf("a second later: %d samples", len(p))
	}
	b.continuous(t, 960)
}

func TestAudioSender_TwoChannelsOnlyForWhoWantsThem(t *testing.T) {
	b := newBooth(t, browser)
	b.step(&media.Sound{Captured: b.at, Stereo: true})
	b.step(&media.Sound{Captured: b.at.Add(media.Step), Stereo: true})
	if n := len(b.encoder.pcm); n != 960 {
		t.Errorf("%d samples", n)
	}
}

// A device that is exchanged leaves a gap: what came before it is sent, and the
// timestamps step over it.
func TestAudioSender_Gap(t *testing.T) {
	b := newBooth(t, browser)
	b.speak(3, 100)
	b.at = b.at.Add(300 * time.Millisecond)
	b.speak(2, 200)
	if len(b.headers) != 3 {
		t.Fatalf("%d packets", len(b.headers))
	}
	b.continuous(t, 960, 480+300*48)
	if b.encoder.pcm[0] != 200 {
		t.Errorf("the last packet begins with %d", b.encoder.pcm[0])
	}
}

func TestAudioSender_MutedAndBack(t *testing.T) {
	b := newBooth(t, browser)
	b.speak(10, 100)
	b.encoder.size = 1 // as Opus does with silence
	before := len(b.headers)
	b.speak(400, 0)
	if n := len(b.headers) - before; n < 8 || n > 11 {
		t.Errorf("%d packets in 4 s of silence, want one every 400 ms", n)
	}
	b.encoder.size = 50
	b.speak(2, 100)
	if h := b.headers[len(b.headers)-1]; !h.Marker {
		t.Errorf("the first packet of talk: %+v", h)
	}
}

func TestAudioSender_EncoderThatRefuses(t *testing.T) {
	b := newBooth(t, browser)
	b.encoder.refuses = true
	b.speak(10, 100)
	if len(b.headers) != 5 {
		t.Errorf("%d packets", len(b.headers))
	}
}

func TestAudioSender_ClosedInTheMiddleOfAPacket(t *testing.T) {
	b := newBooth(t, browser)
	b.speak(1, 100)
	b.open.Store(false)
	b.speak(3, 100)
	b.open.Store(true)
	b.speak(2, 200)
	if len(b.headers) != 1 || b.encoder.pcm[0] != 200 {
		t.Errorf("%d packets, the last begins with %d", len(b.headers), b.encoder.pcm[0])
	}
}

func TestAudioSender_AllocatesNothing(t *testing.T) {
	b := newBooth(t, browser)
	b.open.Store(true)
	_ = b.Unbind(binding{}) // what pion does with a packet is its own
	s := media.Sound{Captured: begin}
	n := testing.AllocsPerRun(200, func() {
		b.encoder.settings, b.encoder.lengths = b.encoder.settings[:0], b.encoder.lengths[:0]
		b.step(&s)
		s.Captured = s.Captured.Add(media.Step)
	})
	if n > 0 {
		t.Errorf("%v allocations a step", n)
	}
}
