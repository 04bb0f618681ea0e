package peer

import (
	"log/slog"
	"math"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp/codecs"

	"parley/call/peer/conn"
	"parley/media"
)

// quietLog drops what is logged.
var quietLog = slog.New(slog.DiscardHandler)

var begin = time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)

func TestVideoClock_FollowsCaptureTimes(t *testing.T) {
	var c videoClock
	first := c.stamp(begin)
	for _, row := range []struct {
		after time.Duration
		want  uint32
	}{
		{33333333 * time.Nanosecond, 2999},
		{time.Second, 90000},
		{8 * time.Hour, 8 * 3600 * 90000}, // beyond half of all timestamps
		{8*time.Hour + time.Second, (8*3600 + 1) * 90000},
		{30 * time.Hour, 30 * 3600 * 90000 % (1 << 32)},
	} {
		if got := c.stamp(begin.Add(row.after)) - first; got != row.want {
			t.Errorf("after %v: %d ticks, want %d", row.after, got, row.want)
		}
	}
}

func TestVideoClock_AlwaysGrows(t *testing.T) {
	var c videoClock
	first := c.stamp(begin)
	if got := c.stamp(begin); got != first+1 {
		t.Errorf("the same moment again: %d, want 1 more", got-first)
	}
	if got := c.stamp(begin.Add(-time.Second)); got != first+2 {
		t.Errorf("an earlier moment: %d, want 2 more", got-first)
	}
}

func TestSoundClock_CountsSamples(t *testing.T) {
	var c soundClock
	first := c.stamp(begin, 960)
	at := begin
	for i := range 100 {
		at = begin.Add(time.Duration(i+1)*2*media.Step + time.Duration(i%7)*time.Millisecond)
		if got := c.stamp(at, 960) - first; got != uint32(i+1)*960 {
			t.Fatalf("packet %d: %d samples, want %d", i+1, got, (i+1)*960)
		}
	}
	gap := at.Add(2*media.Step + 100*time.Millisecond)
	if got := c.stamp(gap, 2880) - first; got != 101*960+4800 {
		t.Errorf("after 100 ms of nothing: %d samples, want %d", got, 101*960+4800)
	}
	if got := c.stamp(gap.Add(60*time.Millisecond), 480) - first; got != 101*960+4800+2880 {
		t.Errorf("after a packet of 60 ms: %d samples, want %d", got, 101*960+4800+2880)
	}
}

func TestVP8Packetizer_RoundTrip(t *testing.T) {
	p := newVP8Packetizer()
	p.picture = 0x7fff
	for _, length := range []int{1, maxPayload - vp8Header, maxPayload, 100_000} {
		frame := make([]byte, length)
		for i := range frame {
			frame[i] = byte(i)
		}
		picture := p.picture & 0x7fff
		joined, count, lasts := []byte{}, 0, 0
		p.split(frame, func(payload []byte, last bool) {
			var parsed codecs.VP8Packet
			data, err := parsed.Unmarshal(payload)
			if err != nil {
				t.Fatal(err)
			}
			if len(payload) > maxPayload || parsed.PictureID != picture || (parsed.S == 1) != (count == 0) || parsed.PID != 0 {
				t.Errorf("%d bytes, packet %d: %d bytes, picture %d (want %d), S %d",
					length, count, len(payload), parsed.PictureID, picture, parsed.S)
			}
			joined = append(joined, data...)
			count++
			if last {
				lasts++
			}
		})
		if string(joined) != string(frame) || lasts != 1 {
			t.Errorf("%d bytes came back as %d, with %d ends", length, len(joined), lasts)
		}
	}
}

// What the encoder may spend, and the headers of its packets, fill the share.
func TestPayload_LeavesRoomForHeaders(t *testing.T) {
	for _, share := range []float64{50_000, 300_000, 1_000_000, 2_500_000} {
		rate := payload(share, 30)
		if taken := onWire(rate, 30); taken > share || taken < 0.93*share {
			t.Errorf("of %.0f bit/s the encoder has %.0f, which take %.0f", share, rate, taken)
		}
	}
	if rate := payload(1000, 30); rate != 0 {
		t.Errorf("of next to nothing the encoder has %.0f", rate)
	}
}

func TestSettled_TellsWhatMatters(t *testing.T) {
	var s settled
	for i, row := range []struct {
		after      time.Duration
		want, told float64
	}{
		{0, 1_000_000, 1_000_000},
		{ms(100), 1_050_000, 1_000_000},  // a little more can wait
		{ms(200), 1_100_000, 1_100_000},  // much more not
		{ms(300), 1_080_000, 1_100_000},  // nor a little less
		{ms(400), 1_000_000, 1_000_000},  // less is told at once
		{ms(1500), 1_020_000, 1_020_000}, // a little more has waited long enough
		{ms(9000), 1_021_000, 1_020_000}, // next to nothing is never told
	} {
		if got := s.take(row.want, begin.Add(row.after)); got != row.told {
			t.Errorf("%d: told %.0f, want %.0f", i, got, row.told)
		}
	}
}

func TestKeyRequests_RepeatMoreAndMoreSlowly(t *testing.T) {
	var k keyRequests
	asked := []time.Duration{}
	for at := time.Duration(0); at < 4*time.Second; at += 10 * time.Millisecond {
		if k.due(begin.Add(at)) {
			asked = append(asked, at)
		}
	}
	if len(asked) != 6 || asked[0] != 0 || asked[1] != 300*time.Millisecond {
		t.Errorf("asked at %v", asked)
	}
	k.answered()
	if !k.due(begin.Add(5 * time.Second)) {
		t.Error("not asked at once for the next")
	}
}

func TestFreezes_CountsAsW3CDoes(t *testing.T) {
	var f freezes
	now := begin
	show := func(after time.Duration) bool {
		now = now.Add(after)
		return f.shown(now).frozen
	}
	for i := range 60 {
		if show(33 * time.Millisecond) {
			t.Fatalf("frozen at frame %d", i)
		}
	}
	if show(180 * time.Millisecond) {
		t.Error("180 ms are a freeze: less than the average and 150 ms")
	}
	if !show(250 * time.Millisecond) {
		t.Error("250 ms are no freeze")
	}
	for range 30 {
		show(200 * time.Millisecond)
	}
	if show(400 * time.Millisecond) {
		t.Error("400 ms at 5 frames a second are a freeze")
	}
}

func TestReception_LossAndJitter(t *testing.T) {
	r := reception{rate: 90000}
	now := begin
	for i := range 1000 {
		now = now.Add(10 * time.Millisecond)
		if i%10 != 5 {
			r.packet(uint16(65000+i), uint32(i)*900, now)
		}
	}
	if got := r.lost(); got != 100 {
		t.Errorf("%d lost, want 100", got)
	}
	for range 50 {
		r.packet(65000+999-65536, 999*900, now.Add(time.Second))
		r.packet(65000+900-65536, 900*900, now.Add(time.Second))
	}
	if got := r.lost(); got != 100 {
		t.Errorf("%d lost with duplicates, want 100", got)
	}
	if got := r.seconds(); got > 1e-6 {
		t.Errorf("a steady stream has a jitter of %v s", got)
	}
	for i := 1000; i < 1200; i++ {
		r.packet(uint16(65000+i), uint32(i)*900, now.Add(time.Duration(10*(i-999)+(i%2)*4)*time.Millisecond))
	}
	if got := r.seconds(); math.Abs(got-0.004) > 0.0005 {
		t.Errorf("jitter is %v s, want 4 ms", got)
	}
	jitter := r.seconds()
	r.packet(66200-65536, 1<<30, now)
	if got := r.seconds(); got != jitter {
		t.Errorf("a clock that was set is a jitter of %v s", got)
	}
	if got := r.packet(66100-65536, 0, now); got != 66100 {
		t.Errorf("a late packet is number %d", got)
	}
}

func TestOutbound_ReportTiesCaptureToTheWall(t *testing.T) {
	o := newOutbound(audioKind, []string{opus}, audioRate)
	if o.report(begin) != nil {
		t.Error("a report before the first packet")
	}
	bind(t, o, &wire{})
	o.packet(1000, begin, false, []byte("sound"))
	r, ok := o.report(begin.Add(time.Second / 2)).(*rtcp.SenderReport)
	if !ok || r.RTPTime != 1000+audioRate/2 || r.SSRC != 42 || r.PacketCount != 1 || r.OctetCount != 5 {
		t.Errorf("the report is %+v", r)
	}
	if got := ntpTime(begin.Add(time.Second / 2)); uint32(got) != 1<<31 || got>>32 != uint64(begin.Unix())+2208988800 {
		t.Errorf("NTP time is %x", got)
	}
}

// silence is an encoder that finds everything silent from the third packet on.
type silence struct {
	media.AudioEncoder
	packets int
}

func (s *silence) Encode(_ []int16, out []byte) (int, error) {
	s.packets++
	if s.packets > 2 {
		return 1, nil
	}
	return copy(out, "sound"), nil
}

func (s *silence) Adapt(media.AudioSettings) error { return nil }

func TestAudioSender_SilenceIsSentSeldom(t *testing.T) {
	w := &wire{}
	a := newAudioSender(&Config{}, nil)
	a.encoder = &silence{}
	a.open.Store(true)
	bind(t, a.outbound, w)
	for i := range 200 { // 2 s
		a.step(&media.Sound{Captured: begin.Add(time.Duration(i) * media.Step)})
	}
	if n := len(w.headers); n != 2+4 {
		t.Errorf("%d packets in 2 s of silence after 2 of sound, want 6", n)
	}
	for i, h := range w.headers {
		if want := w.headers[0].SequenceNumber + uint16(i); h.SequenceNumber != want {
			t.Errorf("packet %d has sequence number %d, want %d", i, h.SequenceNumber, want)
		}
	}
	if span := w.headers[5].Timestamp - w.headers[4].Timestamp; span != 400*48 {
		t.Errorf("packets of silence are %d samples apart, want 19200", span)
	}
	if r := a.report(begin.Add(3 * time.Second)); r == nil {
		t.Error("no report")
	}
}

// What is exactly nothing is not even encoded, but for the packets that are sent; what
// is only quiet is, as the encoder has to decide.
func TestAudioSender_NothingIsNotEncoded(t *testing.T) {
	for sample, most := range map[int16]int{0: 2 + 1 + 5, 1: 100} {
		quiet := &silence{}
		a := newAudioSender(&Config{}, nil)
		a.encoder = quiet
		a.open.Store(true)
		a.change(func(p *soundPolicy) { p.wishes = conn.SoundWishes{DTX: true} })
		bind(t, a.outbound, &wire{})
		for i := range 200 { // 100 packets
			step := media.Sound{Captured: begin.Add(time.Duration(i) * media.Step)}
			step.Samples[7] = sample
			a.step(&step)
		}
		if quiet.packets > most || sample != 0 && quiet.packets < most {
			t.Errorf("100 packets of samples of %d were encoded %d times, want %d", sample, quiet.packets, most)
		}
	}
}

func TestAudioSender_MarksTheBeginningOfTalk(t *testing.T) {
	w := &wire{}
	a := newAudioSender(&Config{}, nil)
	quiet := &silence{}
	a.encoder = quiet
	a.open.Store(true)
	bind(t, a.outbound, w)
	for i := range 20 {
		step := media.Sound{Captured: begin.Add(time.Duration(i) * media.Step)}
		if i == 10 {
			quiet.packets = 0
		}
		step.Samples[0] = int16(i / 10) // that the encoder is asked
		a.step(&step)
	}
	marks := []bool{}
	for _, h := range w.headers {
		marks = append(marks, h.Marker)
	}
	if len(marks) != 4 || marks[0] || marks[1] || !marks[2] || marks[3] {
		t.Errorf("markers %v", marks)
	}
}

// Only who talks is waited for: in silence packets come one by one, and say little
// about when sound is heard.
func TestAudioReceiver_KnowsWhoTalks(t *testing.T) {
	a := &audioReceiver{}
	stamp := uint32(math.MaxUint32 - 5*audioRate) // it wraps
	come := func(packets int, apart time.Duration) bool {
		for range packets {
			stamp += uint32(apart.Seconds() * audioRate)
			a.flow(stamp)
		}
		return a.flowing > flowingTalk
	}
	for i, row := range []struct {
		packets int
		apart   time.Duration
		talks   bool
	}{
		{20, keepalive, false},
		{flowingTalk, 20 * time.Millisecond, true},
		{500, 20 * time.Millisecond, true},
		{1, keepalive, false},
		{3, 60 * time.Millisecond, false},
		{1, keepalive, false},
		{9, 120 * time.Millisecond, true},
	} {
		if got := come(row.packets, row.apart); got != row.talks {
			t.Errorf("row %d: after %d packets %v apart, it talks: %v", i, row.packets, row.apart, got)
		}
	}
}

func TestRMS(t *testing.T) {
	pcm := make([]int16, 960)
	if rms(pcm) != 0 {
		t.Error("silence has a level")
	}
	for i := range pcm {
		pcm[i] = math.MaxInt16
	}
	if got := rms(pcm); math.Abs(got-1) > 0.001 {
		t.Errorf("full scale has level %v", got)
	}
}
