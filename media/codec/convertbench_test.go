package codec

import (
	"fmt"
	"image"
	"testing"
)

// BenchmarkConvert is what a picture costs between device, codec and window; for
// motion JPEG see BenchmarkJPEG.
func BenchmarkConvert(b *testing.B) {
	for _, size := range []image.Point{{1280, 720}, {1920, 1080}} {
		src, small, rgba := newPicture(size.X, size.Y), newPicture(640, 360), image.NewRGBA(image.Rectangle{Max: size})
		wide := image.NewYCbCr(src.Rect, image.YCbCrSubsampleRatio422)
		packed := make([]byte, 2*size.X*size.Y)
		luma, chroma := packed[:size.X*size.Y], packed[size.X*size.Y:]
		for _, c := range []struct {
			name    string
			convert func() error
		}{
			{"FromYUYV", func() error { return FromYUYV(src, packed, 2*size.X) }},
			{"FromUYVY", func() error { return FromUYVY(src, packed, 2*size.X) }},
			{"FromNV12", func() error { return FromNV12(src, luma, chroma, size.X) }},
			{"FromRGBA", func() error { return FromRGBA(src, rgba) }},
			{"FromImage422", func() error { return FromImage(src, wide, FullRange) }},
			{"ToRGBA", func() error { ToRGBA(rgba, src); return nil }},
			{"ToRGBAMirrored", func() error { ToRGBAMirrored(rgba, src); return nil }},
			{"Scale360p", func() error { return Scale(small, src) }},
			{"ToStudioRange", func() error { ToStudioRange(src); return nil }},
		} {
			b.Run(fmt.Sprintf("%dp/%s", size.Y, c.name), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := c.convert(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
