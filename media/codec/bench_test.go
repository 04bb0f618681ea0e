package codec

import (
	"bytes"
	"image"
	"image/jpeg"
	"testing"
	"time"

	"parley/media"
)

// film returns a few noisy 720p frames, harder than a talking head.
func film(n int) []*media.Frame {
	c := newCamera(1280, 720).grain()
	frames := make([]*media.Frame, n)
	for i := range frames {
		frames[i] = c.next()
	}
	return frames
}

// BenchmarkEncode720p is to be held against the same frames in vpxenc.
func BenchmarkEncode720p(b *testing.B) {
	frames := film(30)
	for _, mime := range both {
		b.Run(mime, func(b *testing.B) {
			e := newEncoder(b, mime, 1_500_000)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				f := frames[i%len(frames)]
				f.Captured = start.Add(time.Duration(i) * frameTime)
				if _, err := e.Encode(f, false); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDecode720p(b *testing.B) {
	for _, mime := range both {
		e, frames := newEncoder(b, mime, 1_500_000), film(60)
		var stream [][]byte
		for i, f := range frames {
			f.Captured = start.Add(time.Duration(i) * frameTime)
			if p := encode(b, e, f, false); len(p) > 0 {
				stream = append(stream, p)
			}
		}
		b.Run(mime, func(b *testing.B) {
			d := newDecoder(b, mime)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				f, err := d.Decode(stream[i%len(stream)])
				if err != nil {
					b.Fatal(err)
				}
				f.Release()
			}
		})
	}
}

func BenchmarkConvert720p(b *testing.B) {
	src, small := film(1)[0].Image, newPicture(640, 360)
	rgba := image.NewRGBA(src.Rect)
	wide := image.NewYCbCr(src.Rect, image.YCbCrSubsampleRatio422)
	ToRGBA(rgba, src)
	var file bytes.Buffer
	if err := jpeg.Encode(&file, rgba, nil); err != nil {
		b.Fatal(err)
	}
	for name, convert := range map[string]func() error{
		"FromMJPEG":      func() error { return FromMJPEG(src, file.Bytes()) },
		"ToRGBA":         func() error { ToRGBA(rgba, src); return nil },
		"ToRGBAMirrored": func() error { ToRGBAMirrored(rgba, src); return nil },
		"FromRGBA":       func() error { return FromRGBA(src, rgba) },
		"Scale360p":      func() error { return Scale(small, src) },
		"FromImage422":   func() error { return FromImage(src, wide, FullRange) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := convert(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkOpus(b *testing.B) {
	e, d := newOpus(b, 32_000)
	sent, pcm := speech(b, e, 50)
	out := make([]byte, MaxOpusPacket)
	b.Run("Encode", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i = (i + 1) % 50 {
			if _, err := e.Encode(pcm[i*PacketSamples:(i+1)*PacketSamples], out); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Decode", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i = (i + 1) % 50 {
			if _, err := d.Decode(sent[i], pcm[:PacketSamples]); err != nil {
				b.Fatal(err)
			}
		}
	})
}
