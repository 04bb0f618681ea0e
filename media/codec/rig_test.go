package codec

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"parley/media"
	"parley/media/pattern"
)

// coded are the codecs that are encoded.
var coded = VideoEncoders()

// camera makes the frames of a steady 30 frames/s source.
type camera struct {
	pool   media.Pool
	bars   *pattern.Bars
	w, h   int
	number uint64
	noise  []int8 // nil for a clean picture
}

var start = time.UnixMilli(1_790_000_000_000)

func newCamera(w, h int) *camera { return &camera{bars: pattern.NewBars(w, h), w: w, h: h} }

func (c *camera) next() *media.Frame {
	f := c.pool.Get(c.w, c.h)
	f.Number, f.Captured = c.number, start.Add(time.Duration(c.number)*time.Second/30)
	c.number++
	c.bars.Paint(f)
	if c.noise != nil {
		addGrain(f.Image.Y, c.noise[c.number*7919%uint64(len(c.noise)/2):])
	}
	return f
}

// addGrain makes a plane noisy, moving the grain about from frame to frame.
func addGrain(luma []uint8, grain []int8) {
	grain = grain[:len(luma)]
	for i, v := range luma {
		luma[i] = uint8(min(235, max(16, int(v)+int(grain[i]))))
	}
}

// grain makes the pictures noisy, as those of a real camera are.
func (c *camera) grain() *camera {
	random := rand.New(rand.NewPCG(1, 2))
	c.noise = make([]int8, 2*c.w*c.h)
	for i := range c.noise {
		c.noise[i] = int8(random.IntN(25) - 12)
	}
	return c
}

func newEncoder(tb testing.TB, mime string, bps int) *VideoEncoder {
	tb.Helper()
	e, err := NewVideoEncoder(mime, media.VideoSettings{Bitrate: bps})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = e.Close() })
	return e
}

func newDecoder(tb testing.TB, mime string) *VideoDecoder {
	tb.Helper()
	d, err := NewVideoDecoder(mime)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = d.Close() })
	return d
}

// encode fails the test on an error and copies the packet.
func encode(tb testing.TB, e *VideoEncoder, f *media.Frame, key bool) []byte {
	tb.Helper()
	packet, err := e.Encode(f, key)
	if err != nil {
		tb.Fatal(err)
	}
	return bytes.Clone(packet)
}

// packets returns n packets of the camera, without those that were dropped.
func packets(tb testing.TB, e *VideoEncoder, c *camera, n int) [][]byte {
	tb.Helper()
	var all [][]byte
	for range n {
		f := c.next()
		if packet := encode(tb, e, f, false); len(packet) > 0 {
			all = append(all, packet)
		}
		f.Release()
	}
	return all
}

// stream returns at most n packets of a codec, of which the first is a key frame.
func stream(tb testing.TB, mime string, n int) [][]byte {
	tb.Helper()
	if mime != AV1 {
		return packets(tb, newEncoder(tb, mime, 800_000), newCamera(320, 180), n)
	}
	all := readIVF(tb, "testdata/av1.ivf")
	return all[:min(n, len(all))]
}

// readIVF returns the packets of a file as libaom's and libvpx's tools write it:
// 32 bytes of header, and 12 before each packet that begin with its length.
func readIVF(tb testing.TB, name string) (all [][]byte) {
	tb.Helper()
	file, err := os.ReadFile(name)
	if err != nil {
		tb.Fatal(err)
	}
	for file = file[32:]; len(file) > 12; {
		end := 12 + binary.LittleEndian.Uint32(file)
		all, file = append(all, file[12:end]), file[end:]
	}
	return all
}
