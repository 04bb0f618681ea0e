package codec

import (
	"bytes"
	"errors"
	"image"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/media"
	"parley/media/pattern"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRoundTrip(t *testing.T) {
	for _, mime := range coded {
		for _, size := range []image.Point{{160, 90}, {320, 180}, {321, 181}, {640, 360}, {1280, 720}, {360, 640}} {
			e, d, c := newEncoder(t, mime, 1_500_000), newDecoder(t, mime), newCamera(size.X, size.Y)
			bad := 0
			for range 20 {
				f := c.next()
				if packet := encode(t, e, f, false); len(packet) > 0 && !comesBack(t, d, f, packet) {
					bad++
				}
				f.Release()
			}
			// libvpx's VP9 at live speeds leaves a hard edge behind now and then; see grain.
			if allowed := map[string]int{VP9: 3}[mime]; bad > allowed {
				t.Errorf("%s %v: %d of 20 frames are bad", mime, size, bad)
			}
		}
	}
}

// comesBack tells whether a packet decodes to a picture much like f with its code.
func comesBack(t *testing.T, d *VideoDecoder, f *media.Frame, packet []byte) bool {
	t.Helper()
	g, err := d.Decode(packet)
	if err != nil || g == nil {
		t.Fatalf("frame %d: %v", f.Number, err)
	}
	defer g.Release()
	got, ok := pattern.Read(g.Image)
	return ok && got == pattern.CodeOf(f.Number, f.Captured) && psnr(g.Image, f.Image) > 30
}

// psnr compares the luma of two pictures of a size, in dB.
func psnr(a, b *image.YCbCr) float64 {
	sum := 0.0
	for y := range a.Rect.Dy() {
		for x := range a.Rect.Dx() {
			d := float64(a.Y[a.YOffset(x, y)]) - float64(b.Y[b.YOffset(x, y)])
			sum += d * d
		}
	}
	return 10 * math.Log10(255*255*float64(a.Rect.Dx()*a.Rect.Dy())/max(sum, 1e-9))
}

func TestCodeSurvivesALowBitRate(t *testing.T) {
	for _, mime := range coded {
		e, d, c := newEncoder(t, mime, 150_000), newDecoder(t, mime), newCamera(320, 180).grain()
		shown, read := 0, 0
		for _, packet := range packets(t, e, c, 150) {
			g, err := d.Decode(packet)
			if err != nil {
				t.Fatal(err)
			}
			shown++
			if _, ok := pattern.Read(g.Image); ok {
				read++
			}
			g.Release()
		}
		if shown < 50 || read < shown*98/100 {
			t.Errorf("%s: %d of %d codes read", mime, read, shown)
		}
	}
}

// isKey tells a key frame by the first bits of the frame header (RFC 6386, 9.1;
// the VP9 bitstream specification, 6.2), or by our parameter sets in front of it.
func isKey(mime string, packet []byte) bool {
	switch mime {
	case VP8:
		return packet[0]&1 == 0
	case VP9:
		return packet[0]>>2&1 == 0
	}
	return packet[4]&0x1f == 7
}

func TestKeyFramesOnDemand(t *testing.T) {
	for _, mime := range coded {
		e, c := newEncoder(t, mime, 1_000_000), newCamera(320, 180)
		for i := range 30 {
			f := c.next()
			wanted := i == 0 || i == 11 || i == 12
			packet := encode(t, e, f, i == 11 || i == 12)
			if len(packet) > 0 && isKey(mime, packet) != wanted {
				t.Errorf("%s frame %d: key is %v", mime, i, !wanted)
			}
			if len(packet) == 0 && wanted {
				t.Errorf("%s frame %d: a key frame was dropped", mime, i)
			}
			f.Release()
		}
	}
}

func TestChangeOfSize(t *testing.T) {
	for _, mime := range coded {
		e, d := newEncoder(t, mime, 800_000), newDecoder(t, mime)
		for _, size := range []image.Point{{640, 360}, {320, 180}, {1280, 720}, {333, 201}} {
			c := newCamera(size.X, size.Y)
			for i, packet := range packets(t, e, c, 3) {
				if isKey(mime, packet) != (i == 0) {
					t.Errorf("%s %v frame %d: key is %v", mime, size, i, i != 0)
				}
				g, err := d.Decode(packet)
				if err != nil {
					t.Fatal(err)
				}
				if got, want := g.Image.Rect.Size(), size; got != want {
					t.Errorf("%s: decoded %v, want %v", mime, got, want)
				}
				g.Release()
			}
		}
	}
}

func TestSizesAtTheEnds(t *testing.T) {
	for _, mime := range coded {
		for _, size := range []image.Point{{1, 1}, {2, 2}, {3, 1}, {17, 5}, {MaxSide, 16}, {16, MaxSide}} {
			e, d, c := newEncoder(t, mime, 1_000_000), newDecoder(t, mime), newCamera(size.X, size.Y)
			for _, packet := range packets(t, e, c, 3) {
				f, err := d.Decode(packet)
				if err != nil || f.Image.Rect.Size() != size {
					t.Fatalf("%s %v: %v", mime, size, err)
				}
				f.Release()
			}
		}
	}
}

func TestClockSetBack(t *testing.T) {
	e, c := newEncoder(t, VP8, 800_000), newCamera(320, 180)
	for i, captured := range []time.Time{start, start.Add(-time.Hour), start, start, start.Add(time.Hour), {}} {
		f := c.next()
		f.Captured = captured
		if _, err := e.Encode(f, false); err != nil {
			t.Errorf("frame %d: %v", i, err)
		}
		f.Release()
	}
}

// However long a call is, nobody gets a key frame who has not asked for one.
func TestNoKeyFrameByTheClock(t *testing.T) {
	for _, mime := range coded {
		e, c := newEncoder(t, mime, 100_000), newCamera(64, 48)
		for i, packet := range packets(t, e, c, 3100) {
			if isKey(mime, packet) != (i == 0) {
				t.Errorf("%s packet %d: key frame %v", mime, i, i > 0)
			}
		}
	}
}

func TestOnlyAKeyFrameStarts(t *testing.T) {
	for _, mime := range VideoDecoders() {
		stream := stream(t, mime, 5)
		d := newDecoder(t, mime)
		for _, packet := range stream[1:] {
			if f, err := d.Decode(packet); !errors.Is(err, ErrNoKeyFrame) || f != nil {
				t.Errorf("%s: %v, %v without a key frame", mime, f, err)
			}
		}
		for _, packet := range stream {
			if f, err := d.Decode(packet); err != nil || f == nil {
				t.Errorf("%s: %v after the key frame", mime, err)
			}
		}
	}
}

func TestPacketsThatAreRefused(t *testing.T) {
	huge := []byte{0x10, 0, 0, 0x9d, 0x01, 0x2a, 0xff, 0x3f, 0xff, 0x3f} // a VP8 key frame of 16383x16383
	d := newDecoder(t, VP8)
	for name, c := range map[string]struct {
		packet []byte
		want   error
	}{
		"empty":    {nil, ErrPacket},
		"too long": {make([]byte, MaxPacket+1), ErrPacket},
		"too huge": {append(huge, make([]byte, 100)...), ErrSize},
		"no key":   {[]byte{1, 2, 3}, ErrNoKeyFrame},
	} {
		if f, err := d.Decode(c.packet); !errors.Is(err, c.want) || f != nil {
			t.Errorf("%s: %v, %v; want %v", name, f, err, c.want)
		}
	}
}

func TestDamageHeals(t *testing.T) {
	for _, mime := range VideoDecoders() {
		stream := stream(t, mime, 20)
		random := rand.New(rand.NewPCG(7, 8))
		d := newDecoder(t, mime)
		for range 300 {
			packet := bytes.Clone(stream[random.IntN(len(stream))])
			for range 1 + random.IntN(20) {
				packet[random.IntN(len(packet))] ^= byte(1 << random.IntN(8))
			}
			if f, err := d.Decode(packet[:1+random.IntN(len(packet))]); err == nil && f != nil {
				f.Release()
			}
		}
		for i, packet := range stream {
			f, err := d.Decode(packet)
			if err != nil {
				t.Fatalf("%s: frame %d after damage: %v", mime, i, err)
			}
			if _, ok := pattern.Read(f.Image); !ok {
				t.Errorf("%s: frame %d after damage: no code", mime, i)
			}
			f.Release()
		}
	}
}

func TestDecodedFramesAreTightAndReused(t *testing.T) {
	e, d, c := newEncoder(t, VP8, 800_000), newDecoder(t, VP8), newCamera(321, 181)
	seen := map[*media.Frame]bool{}
	for _, packet := range packets(t, e, c, 10) {
		f, err := d.Decode(packet)
		if err != nil {
			t.Fatal(err)
		}
		if f.Image.YStride != 321 || f.Image.CStride != 161 {
			t.Errorf("strides %d and %d", f.Image.YStride, f.Image.CStride)
		}
		seen[f] = true
		f.Release()
	}
	if len(seen) != 1 {
		t.Errorf("%d frames for a reader that releases each", len(seen))
	}
}

func TestFramesThatAreRefused(t *testing.T) {
	e := newEncoder(t, VP8, 800_000)
	short := image.NewYCbCr(image.Rect(0, 0, 64, 64), image.YCbCrSubsampleRatio420)
	short.Cr = short.Cr[:len(short.Cr)-1]
	for name, c := range map[string]struct {
		picture *image.YCbCr
		want    error
	}{
		"empty":  {image.NewYCbCr(image.Rect(0, 0, 0, 0), image.YCbCrSubsampleRatio420), ErrSize},
		"wide":   {&image.YCbCr{Rect: image.Rect(0, 0, 1<<20, 1), SubsampleRatio: image.YCbCrSubsampleRatio420}, ErrSize},
		"short":  {short, ErrSize},
		"4:2:2":  {image.NewYCbCr(image.Rect(0, 0, 64, 64), image.YCbCrSubsampleRatio422), ErrFormat},
		"zeroed": {&image.YCbCr{Rect: image.Rect(0, 0, 64, 64), SubsampleRatio: image.YCbCrSubsampleRatio420}, ErrSize},
	} {
		if _, err := e.Encode(&media.Frame{Image: c.picture}, false); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestClosed(t *testing.T) {
	e, d, c := newEncoder(t, VP8, 800_000), newDecoder(t, VP8), newCamera(64, 64)
	packet := encode(t, e, c.next(), false)
	for range 2 {
		if err := errors.Join(e.Close(), d.Close()); err != nil {
			t.Error(err)
		}
	}
	if _, err := e.Encode(c.next(), false); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	if _, err := d.Decode(packet); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
}

func TestOpenRefuses(t *testing.T) {
	if _, err := NewVideoEncoder(AV1, media.VideoSettings{Bitrate: 1_000_000}); !errors.Is(err, ErrCodec) {
		t.Error(err)
	}
	if _, err := NewVideoDecoder("audio/opus"); !errors.Is(err, ErrCodec) {
		t.Error(err)
	}
	if _, err := NewVideoEncoder(VP8, media.VideoSettings{}); err == nil {
		t.Error("a bit rate of 0 was taken")
	}
	if _, err := NewVideoDecoder("VIDEO/vp8"); err != nil {
		t.Error("MIME types are not case sensitive:", err)
	}
}

func TestVideoAllocatesNothing(t *testing.T) {
	for _, mime := range coded {
		e, d, c := newEncoder(t, mime, 1_000_000), newDecoder(t, mime), newCamera(320, 180)
		step := func() {
			f := c.next()
			packet, err := e.Encode(f, false)
			f.Release()
			if err != nil || len(packet) == 0 {
				return
			}
			g, err := d.Decode(packet)
			if err != nil {
				t.Fatal(err)
			}
			g.Release()
		}
		for range 10 {
			step()
		}
		if n := testing.AllocsPerRun(50, step); n != 0 {
			t.Errorf("%s: %v allocations a frame", mime, n)
		}
	}
}

// An encoder tells of its pictures what a decoder does: of H.264 about that, for the one
// knows the first slice's and the other the mean of the macroblocks.
func TestQuantizer_OfAnEncoder(t *testing.T) {
	for _, mime := range coded {
		e, d, c := newEncoder(t, mime, 400_000), newDecoder(t, mime), newCamera(320, 180).grain()
		if _, ok := e.Quantizer(); ok {
			t.Errorf("%s: a quantizer before the first picture", mime)
		}
		made, shown := 0, 0
		const pictures = 30
		for range pictures {
			packet := packets(t, e, c, 1)
			if len(packet) == 0 {
				continue
			}
			f, err := d.Decode(packet[0])
			if err != nil {
				t.Fatal(err)
			}
			f.Release()
			m, _ := e.Quantizer()
			s, _ := d.Quantizer()
			made, shown = made+m, shown+s
		}
		if away := max(made-shown, shown-made); made == 0 || away > 5*pictures || away > 0 && mime != H264 {
			t.Errorf("%s: pictures were made with quantizers of %d in all, and shown with %d", mime, made, shown)
		}
	}
}

// The quantizer tells how coarse a picture is.
func TestQuantizer(t *testing.T) {
	for _, mime := range coded {
		means := []int{}
		for _, rate := range []int{100_000, 3_000_000} {
			e, d, c := newEncoder(t, mime, rate), newDecoder(t, mime), newCamera(320, 180).grain()
			sum, shown := 0, 0
			for _, packet := range packets(t, e, c, 60) {
				g, err := d.Decode(packet)
				if err != nil {
					t.Fatal(err)
				}
				g.Release()
				index, ok := d.Quantizer()
				if coarsest := map[string]int{VP8: 127, VP9: 255, H264: 51}[mime]; !ok || index < 1 || index > coarsest {
					t.Fatalf("%s: quantizer %d, %v", mime, index, ok)
				}
				sum += index
				shown++
			}
			means = append(means, sum/shown)
		}
		if means[0] < means[1]+5 {
			t.Errorf("%s: quantizers of little and of much are %v", mime, means)
		}
	}
}
