package codec

import (
	"math/rand/v2"
	"testing"
	"time"

	"parley/media"
	"parley/media/quality"
)

// pageOfText draws lines of what is as hard to encode as letters.
func pageOfText(f *media.Frame, scrolled int) {
	p := f.Image
	for i := range p.Cb {
		p.Cb[i], p.Cr[i] = 128, 128
	}
	for y := range p.Rect.Dy() {
		row := p.Y[y*p.YStride:][:p.Rect.Dx()]
		line := y + scrolled
		dice := rand.New(rand.NewPCG(uint64(line/3), 9)) // strokes are three rows high
		for x := 0; x < len(row); x += 3 {
			ink := byte(235)
			if line%20 < 12 && dice.IntN(3) == 0 {
				ink = 28
			}
			for i := x; i < min(x+3, len(row)); i++ {
				row[i] = ink
			}
		}
	}
}

// A page that goes by VP8 or VP9 for want of H.264 is coarse first, too, so that it can be
// read soon, and becomes finer after that.
func TestPageWithoutH264(t *testing.T) {
	for mime, most := range map[string]float64{VP8: 3.1, VP9: 2.6} {
		t.Run(mime, func(t *testing.T) {
			const rate, fps, seconds = 500_000, 15, 12
			e, err := NewVideoEncoder(mime, media.VideoSettings{Bitrate: rate, FramesPerSecond: fps, Detail: true})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = e.Close() })
			d := newDecoder(t, mime)
			var pool media.Pool
			f := pool.Get(1920, 1080)
			defer f.Release()
			pageOfText(f, 0)
			first, last := 0.0, 0.0
			for i := range fps * seconds {
				f.Captured = start.Add(time.Duration(i) * time.Second / fps)
				packet := encode(t, e, f, false)
				if len(packet) == 0 {
					continue
				}
				got, err := d.Decode(packet)
				if err != nil {
					t.Fatal(err)
				}
				if last, err = quality.PSNR(got.Image, f.Image); err != nil {
					t.Fatal(err)
				}
				got.Release()
				if i > 0 {
					continue
				}
				first = last
				if took := 8 * float64(len(packet)) / rate; took > most || first < 18 {
					t.Errorf("the first picture is there after %.1f s, at %.1f dB", took, first)
				}
			}
			if last < first+6 {
				t.Errorf("it begins with %.1f and ends with %.1f dB", first, last)
			}
		})
	}
}
