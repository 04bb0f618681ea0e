package codec

import (
	"bytes"
	"math"
	"testing"

	"parley/media"
	"parley/media/pattern"
)

// encoded is n packets of so many samples per channel, of whatever fill makes.
func encoded(tb testing.TB, e *OpusEncoder, n, samples, channels int, fill func([]int16)) [][]byte {
	tb.Helper()
	pcm, out := make([]int16, samples*channels), make([]byte, MaxOpusPacket)
	packets := make([][]byte, 0, n)
	for range n {
		fill(pcm)
		size, err := e.Encode(pcm, out)
		if err != nil {
			tb.Fatal(err)
		}
		packets = append(packets, bytes.Clone(out[:size]))
	}
	return packets
}

func adapt(tb testing.TB, e *OpusEncoder, s media.AudioSettings) {
	tb.Helper()
	if err := e.Adapt(s); err != nil {
		tb.Fatal(err)
	}
}

func TestOpusPacketsOfEveryLength(t *testing.T) {
	for _, steps := range []int{1, 2, 4, 6} {
		for _, channels := range []int{1, 2} {
			e, _ := newOpus(t, 32_000)
			adapt(t, e, media.AudioSettings{Stereo: channels == 2})
			d, err := NewOpusDecoder(channels)
			if err != nil {
				t.Fatal(err)
			}
			pcm := make([]int16, maxPacketSamples*channels)
			var v voice
			for i, p := range encoded(t, e, 20, steps*media.StepSamples, channels, v.fill) {
				n, err := d.Decode(p, pcm)
				if n != steps*media.StepSamples || err != nil {
					t.Errorf("%d steps, %d channels, packet %d: %d samples, %v", steps, channels, i, n, err)
				}
				if stereo := p[0]&4 != 0; stereo != (channels == 2) { // RFC 6716 section 3.1
					t.Errorf("%d channels: the packet says stereo %v", channels, stereo)
				}
			}
		}
	}
}

func TestOpusStereoKeepsSides(t *testing.T) {
	e, _ := newOpus(t, 32_000)
	adapt(t, e, media.AudioSettings{Bitrate: 96_000, Stereo: true})
	d, err := NewOpusDecoder(2)
	if err != nil {
		t.Fatal(err)
	}
	left, right := pattern.NewSine(700, 0.3), pattern.NewSine(1900, 0.3)
	one := make([]int16, PacketSamples)
	packets := encoded(t, e, 50, PacketSamples, 2, func(pcm []int16) {
		for channel, tone := range []interface{ Fill([]int16) }{left, right} {
			tone.Fill(one)
			for i, v := range one {
				pcm[2*i+channel] = v
			}
		}
	})
	pcm := make([]int16, 2*PacketSamples)
	for i, p := range packets {
		if n, err := d.Decode(p, pcm); n != PacketSamples || err != nil {
			t.Fatal(n, err)
		}
		for channel, hertz := range []float64{700, 1900} {
			for i := range one {
				one[i] = pcm[2*i+channel]
			}
			if same, other := power(one, hertz), power(one, 2600-hertz); i > 10 && same < 100*other {
				t.Fatalf("packet %d, channel %d: %.0f of its own tone, %.0f of the other's", i, channel, same, other)
			}
		}
	}
}

// A change between voice and shared sound must not click: nowhere does the
// decoded tone bend more sharply than a little beyond what the tone itself does.
func TestOpusChangesWithoutAClick(t *testing.T) {
	const hertz, loud = 440.0, 0.3
	for _, channels := range []int{1, 2} {
		e, _ := newOpus(t, 40_000)
		d, err := NewOpusDecoder(channels)
		if err != nil {
			t.Fatal(err)
		}
		tone := pattern.NewSine(hertz, loud)
		one, pcm, out := make([]int16, PacketSamples), make([]int16, 2*PacketSamples), make([]byte, MaxOpusPacket)
		sound := []int16{}
		for i := range 200 {
			stereo := i/25%2 == 1 // a change every half second
			adapt(t, e, media.AudioSettings{Bitrate: 64_000, Stereo: stereo})
			tone.Fill(one)
			in := one
			if stereo {
				in = pcm
				for i, v := range one {
					in[2*i], in[2*i+1] = v, v
				}
			}
			n, err := e.Encode(in, out)
			if err != nil {
				t.Fatal(err)
			}
			if n, err = d.Decode(out[:n], pcm); err != nil {
				t.Fatal(err)
			}
			for i := range n {
				sound = append(sound, pcm[i*channels])
			}
		}
		step := 2 * math.Pi * hertz / media.SampleRate
		bend := loud * math.MaxInt16 * step * step
		worst := 0.0
		for i := 4 * PacketSamples; i < len(sound); i++ {
			worst = max(worst, math.Abs(float64(sound[i])-2*float64(sound[i-1])+float64(sound[i-2])))
		}
		if worst > 5*bend {
			t.Errorf("%d channels: a bend of %.0f, the tone's own is %.0f", channels, worst, bend)
		}
	}
}

// hasFEC reports whether a packet of one SILK frame has a copy of the one before
// it (RFC 6716 section 4.2.3: the second bit, behind the one of activity).
func hasFEC(p []byte) bool { return len(p) > 2 && p[0]>>3 < 16 && p[1]&0x40 != 0 }

func TestOpusFECOnlyWhenPacketsAreLost(t *testing.T) {
	for _, row := range []struct {
		bitrate, loss, samples int
		want                   bool
	}{
		{32_000, 0, 480, false},
		{32_000, 0, 960, false},
		{40_000, 1, 480, true},
		{32_000, 10, 960, true},
		{32_000, 3, 960, true},
		{24_000, 5, 960, true},
		{32_000, 100, 960, true},
	} {
		e, _ := newOpus(t, 32_000)
		adapt(t, e, media.AudioSettings{Bitrate: row.bitrate, Loss: row.loss})
		var v voice
		count := 0
		for _, p := range encoded(t, e, 100, row.samples, 1, v.fill) {
			if hasFEC(p) {
				count++
			}
		}
		if row.want && count < 50 || !row.want && count > 0 {
			t.Errorf("%+v: %d of 100 packets have a copy of the one before", row, count)
		}
	}
}

func TestOpusSilenceIsSentToWhoWantsIt(t *testing.T) {
	e, _ := newOpus(t, 32_000)
	adapt(t, e, media.AudioSettings{Continuous: true})
	for i, p := range encoded(t, e, 100, media.StepSamples, 1, func(pcm []int16) { clear(pcm) }) {
		if len(p) <= 2 {
			t.Fatalf("packet %d of silence is %d bytes long", i, len(p))
		}
	}
	adapt(t, e, media.AudioSettings{})
	quiet := 0
	for _, p := range encoded(t, e, 100, media.StepSamples, 1, func(pcm []int16) { clear(pcm) }) {
		if len(p) <= 2 {
			quiet++
		}
	}
	if quiet < 50 {
		t.Errorf("%d of 100 packets of silence need not be sent", quiet)
	}
}

func TestOpusConstantRate(t *testing.T) {
	e, _ := newOpus(t, 32_000)
	adapt(t, e, media.AudioSettings{Bitrate: 32_000, Constant: true, Continuous: true})
	var v voice
	for i, p := range encoded(t, e, 50, PacketSamples, 1, v.fill) {
		if len(p) != 80 {
			t.Fatalf("packet %d is %d bytes long, want 80", i, len(p))
		}
	}
}

// widest is the highest sampling rate of a packet's content, by its configuration
// (RFC 6716 section 3.1, table 2).
func widest(p []byte) int {
	config := p[0] >> 3
	switch {
	case config < 12:
		return []int{8000, 12000, 16000}[config/4]
	case config < 16:
		return []int{24000, 48000}[(config-12)/2]
	}
	return []int{8000, 16000, 24000, 48000}[(config-16)/4]
}

func TestOpusEncodesNoMoreThanCanBePlayed(t *testing.T) {
	for _, rate := range []int{8000, 12000, 16000, 24000, 48000} {
		e, _ := newOpus(t, 64_000)
		adapt(t, e, media.AudioSettings{Bitrate: 64_000, PlaybackRate: rate})
		var v voice
		for i, p := range encoded(t, e, 50, PacketSamples, 1, v.fill) {
			if got := widest(p); i > 0 && got > rate {
				t.Fatalf("for %d Hz: packet %d has %d", rate, i, got)
			}
		}
	}
}

func TestOpusAdaptsWithoutAllocating(t *testing.T) {
	e, _ := newOpus(t, 32_000)
	var v voice
	pcm, out := make([]int16, 2*PacketSamples), make([]byte, MaxOpusPacket)
	v.fill(pcm)
	adapt(t, e, media.AudioSettings{Stereo: true}) // makes the second encoder
	adapt(t, e, media.AudioSettings{Near: true})   // and the third
	at := 0
	n := testing.AllocsPerRun(50, func() {
		at++
		stereo := at%2 == 0
		s := media.AudioSettings{Bitrate: 32_000 + at*100, Loss: at % 20, Stereo: stereo, Near: at%3 == 0}
		if err := e.Adapt(s); err != nil {
			t.Fatal(err)
		}
		in := pcm[:PacketSamples]
		if stereo {
			in = pcm
		}
		if _, err := e.Encode(in, out); err != nil {
			t.Fatal(err)
		}
	})
	if n != 0 {
		t.Errorf("%v allocations a packet", n)
	}
}

// spoken is n packets of 10 ms of a tone that comes and goes, as words do: 300 ms
// of it, softly begun and ended, and 100 ms of nothing, of which lull is told.
func spoken(n int, each func(pcm []int16, lull bool)) {
	const words, ramp, period = 30, 5, 40
	tone, pcm := pattern.NewSine(440, 0.3), make([]int16, media.StepSamples)
	for packet := range n {
		tone.Fill(pcm)
		in := packet % period
		for i := range pcm {
			at := float64(in) + float64(i)/media.StepSamples
			edge := min(max(min(at, words-at)/ramp, 0), 1)
			pcm[i] = int16(float64(pcm[i]) * (0.5 - 0.5*math.Cos(math.Pi*edge)))
		}
		each(pcm, in >= words)
	}
}

// delayOf is the delay, in samples, at which sound is most like what it was made of.
func delayOf(in, out []int16) (best int) {
	most := math.Inf(-1)
	for late := range media.StepSamples {
		sum := 0.0
		for i := range len(in) - media.StepSamples {
			sum += float64(in[i]) * float64(out[i+late])
		}
		if sum > most {
			most, best = sum, late
		}
	}
	return best
}

func TestOpusNearIsSooner(t *testing.T) {
	for near, want := range map[bool]int{false: 312, true: 120} { // 6.5 and 2.5 ms
		e, d := newOpus(t, 40_000)
		adapt(t, e, media.AudioSettings{Bitrate: 40_000, Near: near})
		var in, out []int16
		var v voice
		pcm, packet := make([]int16, media.StepSamples), make([]byte, MaxOpusPacket)
		for range 100 {
			v.fill(pcm)
			in = append(in, pcm...)
			n, err := e.Encode(pcm, packet)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := d.Decode(packet[:n], pcm); err != nil {
				t.Fatal(err)
			}
			out = append(out, pcm...)
		}
		if late := delayOf(in, out); late < want-24 || late > want+24 {
			t.Errorf("near %v: %d samples late, want %d", near, late, want)
		}
	}
}

// Where it is quiet nobody hears that voice becomes near and back: nowhere does
// the sound bend more sharply than a little beyond what it does by itself.
func TestOpusBecomesNearWithoutAClick(t *testing.T) {
	e, d := newOpus(t, 40_000)
	step := 2 * math.Pi * 440 / media.SampleRate
	bend := 0.3 * math.MaxInt16 * step * step
	worst, near, was := 0.0, false, [2]float64{}
	decoded, out := make([]int16, media.StepSamples), make([]byte, MaxOpusPacket)
	lulled := false
	spoken(800, func(pcm []int16, lull bool) {
		if lulled && !lull {
			near = !near // at the first word after a pause
		}
		lulled = lull
		adapt(t, e, media.AudioSettings{Bitrate: 40_000, Near: near})
		n, err := e.Encode(pcm, out)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Decode(out[:n], decoded); err != nil {
			t.Fatal(err)
		}
		for _, v := range decoded {
			worst = max(worst, math.Abs(float64(v)-2*was[1]+was[0]))
			was[0], was[1] = was[1], float64(v)
		}
	})
	if worst > 5*bend {
		t.Errorf("a bend of %.0f, the tone's own is %.0f", worst, bend)
	}
}

func TestOpusFECIsBackAfterNear(t *testing.T) {
	e, _ := newOpus(t, 40_000)
	var v voice
	for _, row := range []struct {
		settings media.AudioSettings
		least    int // copies in 100 packets
		most     int
	}{
		{media.AudioSettings{Bitrate: 40_000, Near: true}, 0, 0},
		{media.AudioSettings{Bitrate: 40_000, Loss: 5}, 50, 100},
		{media.AudioSettings{Bitrate: 40_000, Near: true}, 0, 0},
	} {
		adapt(t, e, row.settings)
		count := 0
		for _, p := range encoded(t, e, 100, media.StepSamples, 1, v.fill) {
			if hasFEC(p) {
				count++
			}
		}
		if count < row.least || count > row.most {
			t.Errorf("%+v: %d of 100 packets have a copy of the one before", row.settings, count)
		}
	}
}
