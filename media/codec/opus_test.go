package codec

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"parley/media"
	"parley/media/pattern"
)

// voice is something that Opus takes for speech: a buzz whose loudness swings.
type voice struct{ at int }

func (v *voice) fill(pcm []int16) {
	for i := range pcm {
		t := float64(v.at) / media.SampleRate
		loudness := 0.5 + 0.5*math.Sin(2*math.Pi*3*t)
		sum := 0.0
		for k := 1.0; k < 12; k++ {
			sum += math.Sin(2*math.Pi*150*k*t) / k
		}
		pcm[i] = int16(6000 * loudness * sum)
		v.at++
	}
}

func newOpus(tb testing.TB, bps int) (*OpusEncoder, *OpusDecoder) {
	tb.Helper()
	e, err := NewOpusEncoder(bps)
	if err != nil {
		tb.Fatal(err)
	}
	d, err := NewOpusDecoder(1)
	if err != nil {
		tb.Fatal(err)
	}
	return e, d
}

// speech returns n packets of voice and the sound they were made of.
func speech(tb testing.TB, e *OpusEncoder, n int) (sent [][]byte, pcm []int16) {
	tb.Helper()
	var v voice
	pcm = make([]int16, n*PacketSamples)
	v.fill(pcm)
	out := make([]byte, MaxOpusPacket)
	for i := range n {
		size, err := e.Encode(pcm[i*PacketSamples:(i+1)*PacketSamples], out)
		if err != nil {
			tb.Fatal(err)
		}
		sent = append(sent, bytes.Clone(out[:size]))
	}
	return sent, pcm
}

func TestOpusRoundTrip(t *testing.T) {
	e, d := newOpus(t, 32_000)
	tone := pattern.NewSine(1000, 0.25)
	pcm, out, got := make([]int16, PacketSamples), make([]byte, MaxOpusPacket), make([]int16, PacketSamples)
	energy := 0.0
	for i := range 50 {
		tone.Fill(pcm)
		n, err := e.Encode(pcm, out)
		if err != nil {
			t.Fatal(err)
		}
		if n, err = d.Decode(out[:n], got); n != PacketSamples || err != nil {
			t.Fatal(n, err)
		}
		if i >= 25 {
			energy += power(got, 1000)
		}
	}
	want := 0.25 * math.MaxInt16 / math.Sqrt2
	if level := math.Sqrt(energy / 25); level < 0.8*want || level > 1.2*want {
		t.Errorf("the tone came back at %.0f, want %.0f", level, want)
	}
}

// power returns the mean square of the part of pcm at this frequency (Goertzel).
func power(pcm []int16, hertz float64) float64 {
	re, im := 0.0, 0.0
	for i, v := range pcm {
		phase := 2 * math.Pi * hertz * float64(i) / media.SampleRate
		re += float64(v) * math.Cos(phase)
		im += float64(v) * math.Sin(phase)
	}
	n := float64(len(pcm))
	return 2 * (re*re + im*im) / (n * n)
}

func TestOpusRateIsFollowed(t *testing.T) {
	e, _ := newOpus(t, 16_000)
	for _, bps := range []int{16_000, 64_000, 24_000} {
		if err := e.Adapt(media.AudioSettings{Bitrate: bps, Loss: 5}); err != nil {
			t.Fatal(err)
		}
		size := 0
		sent, _ := speech(t, e, 150)
		for _, p := range sent[50:] {
			size += len(p)
		}
		if got := float64(size) * 8 / 2 / float64(bps); got < 0.6 || got > 1.3 {
			t.Errorf("%.2f of %d bit/s", got, bps)
		}
	}
}

func TestOpusSilenceNeedNotBeSent(t *testing.T) {
	e, _ := newOpus(t, 32_000)
	pcm, out := make([]int16, PacketSamples), make([]byte, MaxOpusPacket)
	quiet := 0
	for range 100 {
		n, err := e.Encode(pcm, out)
		if err != nil {
			t.Fatal(err)
		}
		if n <= 2 {
			quiet++
		}
	}
	if quiet < 50 {
		t.Errorf("%d of 100 packets of silence need not be sent", quiet)
	}
}

// A lost packet comes back better from FEC than from concealment, and either
// better than silence.
func TestOpusRecovery(t *testing.T) {
	e, whole := newOpus(t, 32_000)
	if err := e.Adapt(media.AudioSettings{Loss: 20}); err != nil {
		t.Fatal(err)
	}
	sent, _ := speech(t, e, 200)
	reference := make([]int16, len(sent)*PacketSamples)
	for i, p := range sent {
		if _, err := whole.Decode(p, reference[i*PacketSamples:(i+1)*PacketSamples]); err != nil {
			t.Fatal(err)
		}
	}
	noise := map[string]float64{}
	for name, recover := range map[string]func(d *OpusDecoder, next []byte, pcm []int16) (int, error){
		"fec":     func(d *OpusDecoder, next []byte, pcm []int16) (int, error) { return d.DecodeFEC(next, pcm) },
		"conceal": func(d *OpusDecoder, _ []byte, pcm []int16) (int, error) { return d.Conceal(pcm) },
		"silence": func(_ *OpusDecoder, _ []byte, pcm []int16) (int, error) { clear(pcm); return len(pcm), nil },
	} {
		_, d := newOpus(t, 32_000)
		pcm := make([]int16, PacketSamples)
		for i := 0; i+1 < len(sent); i++ {
			var n int
			var err error
			if lost := i > 20 && i%10 == 0; lost {
				n, err = recover(d, sent[i+1], pcm)
				noise[name] += distance(pcm, reference[i*PacketSamples:])
			} else {
				n, err = d.Decode(sent[i], pcm)
			}
			if n != PacketSamples || err != nil {
				t.Fatalf("%s, packet %d: %d samples, %v", name, i, n, err)
			}
		}
	}
	if noise["fec"] > noise["conceal"]/2 || noise["conceal"] > noise["silence"] {
		t.Errorf("noise: %v", noise)
	}
}

func distance(a, b []int16) float64 {
	sum := 0.0
	for i := range a {
		d := float64(a[i]) - float64(b[i])
		sum += d * d
	}
	return sum
}

// The binding writes up to the capacity of what it is given; we must not.
func TestOpusKeepsToTheLength(t *testing.T) {
	e, d := newOpus(t, 64_000)
	sent, _ := speech(t, e, 10)
	pcm := make([]int16, 3*PacketSamples)
	for i := range pcm {
		pcm[i] = 7
	}
	for _, fill := range []func() (int, error){
		func() (int, error) { return d.Decode(sent[5], pcm[:PacketSamples]) },
		func() (int, error) { return d.DecodeFEC(sent[6], pcm[:PacketSamples]) },
		func() (int, error) { return d.Conceal(pcm[:PacketSamples]) },
	} {
		if n, err := fill(); n != PacketSamples || err != nil {
			t.Errorf("%d samples, %v", n, err)
		}
		if pcm[PacketSamples] != 7 {
			t.Fatal("wrote beyond the length")
		}
	}
	if _, err := d.Decode(sent[5], pcm[:PacketSamples-1]); err == nil {
		t.Error("a packet was decoded into too little room")
	}
	out := make([]byte, MaxOpusPacket)
	if n, err := e.Encode(pcm[:PacketSamples], out[:20]); err == nil && n > 20 {
		t.Errorf("%d bytes were written into 20", n)
	}
}

func TestOpusRefuses(t *testing.T) {
	e, d := newOpus(t, 32_000)
	if _, err := e.Encode(make([]int16, 100), make([]byte, 100)); !errors.Is(err, errSamples) {
		t.Error(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	pcm := make([]int16, maxPacketSamples)
	for range 500 {
		packet := make([]byte, random.IntN(200))
		for i := range packet {
			packet[i] = byte(random.UintN(256))
		}
		_, _ = d.Decode(packet, pcm)
		_, _ = d.DecodeFEC(packet, pcm[:PacketSamples])
	}
	if _, err := d.Decode(nil, pcm); err == nil {
		t.Error("an empty packet was decoded")
	}
	if _, err := d.Conceal(nil); err == nil {
		t.Error("nothing was concealed")
	}
	sent, _ := speech(t, e, 1)
	if _, err := d.Decode(sent[0], pcm); err != nil {
		t.Error("a good packet after damage:", err)
	}
}

func TestOpusClosed(t *testing.T) {
	e, d := newOpus(t, 32_000)
	for range 2 {
		if err := errors.Join(e.Close(), d.Close()); err != nil {
			t.Error(err)
		}
	}
	pcm := make([]int16, PacketSamples)
	_, encode := e.Encode(pcm, make([]byte, 100))
	_, decode := d.Decode([]byte{1}, pcm)
	_, fec := d.DecodeFEC([]byte{1}, pcm)
	_, conceal := d.Conceal(pcm)
	for _, err := range []error{encode, decode, fec, conceal, e.Adapt(media.AudioSettings{})} {
		if !errors.Is(err, ErrClosed) {
			t.Error(err)
		}
	}
}

func TestOpusAllocatesNothing(t *testing.T) {
	e, d := newOpus(t, 32_000)
	var v voice
	pcm, out := make([]int16, PacketSamples), make([]byte, MaxOpusPacket)
	v.fill(pcm)
	n := testing.AllocsPerRun(50, func() {
		n, err := e.Encode(pcm, out)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Decode(out[:n], pcm); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Conceal(pcm); err != nil {
			t.Fatal(err)
		}
	})
	if n != 0 {
		t.Errorf("%v allocations a packet", n)
	}
}
