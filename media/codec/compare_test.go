package codec

import (
	"fmt"
	"image"
	"math"
	"testing"
	"time"

	"parley/media/quality"
)

// BenchmarkCompare holds the codecs against each other on the same noisy frames at
// the same bit rate: what one costs to encode, and to decode, and how much of it
// is left. docs/architecture.md draws the order of preference from it.
func BenchmarkCompare(b *testing.B) {
	for _, size := range []image.Point{{640, 360}, {1280, 720}} {
		for _, mime := range coded {
			b.Run(fmt.Sprintf("%dp/%s", size.Y, mime), func(b *testing.B) { compare(b, mime, size) })
		}
	}
}

// compareBitrate is what a call may spend on a size, in bit/s: 346 000 and 1 382 000.
func compareBitrate(size image.Point) int { return size.X * size.Y * 3 / 2 }

func compare(b *testing.B, mime string, size image.Point) {
	b.Helper()
	e, d, c := newEncoder(b, mime, compareBitrate(size)), newDecoder(b, mime), newCamera(size.X, size.Y).grain()
	var encoding, decoding time.Duration
	var error2 float64 // of all pictures, mean, as PSNR has it
	frames, shown, bytes := 0, 0, 0
	for b.Loop() {
		f := c.next()
		began := time.Now()
		packet := encode(b, e, f, false)
		encoding += time.Since(began)
		frames, bytes = frames+1, bytes+len(packet)
		if len(packet) > 0 {
			began = time.Now()
			g, err := d.Decode(packet)
			decoding += time.Since(began)
			if err != nil {
				b.Fatal(err)
			}
			db, err := quality.PSNR(g.Image, f.Image)
			if err != nil {
				b.Fatal(err)
			}
			shown, error2 = shown+1, error2+math.Pow(10, -db/10)
			g.Release()
		}
		f.Release()
	}
	b.ReportMetric(encoding.Seconds()*1000/float64(frames), "encode-ms")
	b.ReportMetric(decoding.Seconds()*1000/float64(shown), "decode-ms")
	b.ReportMetric(-10*math.Log10(error2/float64(shown)), "dB")
	b.ReportMetric(float64(bytes)*8*30/float64(frames)/1000, "kbit/s")
	b.ReportMetric(float64(frames-shown)/float64(frames)*100, "dropped-%")
}
