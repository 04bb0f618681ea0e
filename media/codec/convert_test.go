package codec

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"math"
	"testing"

	"parley/media/pattern"
)

func newPicture(w, h int) *image.YCbCr {
	return image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
}

// flat returns a picture of one colour.
func flat(w, h int, y, cb, cr uint8) *image.YCbCr {
	p := newPicture(w, h)
	copy(p.Y, bytes.Repeat([]byte{y}, len(p.Y)))
	copy(p.Cb, bytes.Repeat([]byte{cb}, len(p.Cb)))
	copy(p.Cr, bytes.Repeat([]byte{cr}, len(p.Cr)))
	return p
}

func near(a, b uint8, tolerance int) bool {
	return max(int(a)-int(b), int(b)-int(a)) <= tolerance
}

// The colours of BT.601 in studio range, and what they are in RGB.
var colours = []struct {
	y, cb, cr uint8
	rgb       color.RGBA
}{
	{16, 128, 128, color.RGBA{0, 0, 0, 255}},
	{235, 128, 128, color.RGBA{255, 255, 255, 255}},
	{126, 128, 128, color.RGBA{128, 128, 128, 255}},
	{81, 90, 240, color.RGBA{255, 0, 0, 255}},
	{145, 54, 34, color.RGBA{0, 255, 0, 255}},
	{41, 240, 110, color.RGBA{0, 0, 255, 255}},
}

func TestToRGBAIsStudioRangeBT601(t *testing.T) {
	for _, c := range colours {
		for _, size := range []image.Point{{1, 1}, {2, 2}, {7, 5}, {64, 48}, {1281, 3}} {
			for name, convert := range map[string]func(*image.RGBA, *image.YCbCr){"plain": ToRGBA, "mirrored": ToRGBAMirrored} {
				dst := image.NewRGBA(image.Rectangle{Max: size})
				convert(dst, flat(size.X, size.Y, c.y, c.cb, c.cr))
				for i := 0; i < len(dst.Pix); i += 4 {
					p := dst.Pix[i : i+4]
					if !near(p[0], c.rgb.R, 2) || !near(p[1], c.rgb.G, 2) || !near(p[2], c.rgb.B, 2) || p[3] != 255 {
						t.Fatalf("%s %v: %v became %v", name, size, c, p)
					}
				}
			}
		}
	}
}

func TestFromRGBAIsStudioRangeBT601(t *testing.T) {
	for _, c := range colours {
		src, dst := image.NewRGBA(image.Rect(0, 0, 33, 17)), newPicture(33, 17)
		for i := 0; i < len(src.Pix); i += 4 {
			copy(src.Pix[i:], []byte{c.rgb.R, c.rgb.G, c.rgb.B, 255})
		}
		if err := FromRGBA(dst, src); err != nil {
			t.Fatal(err)
		}
		if !near(dst.Y[100], c.y, 1) || !near(dst.Cb[50], c.cb, 1) || !near(dst.Cr[50], c.cr, 1) {
			t.Errorf("%v became %d %d %d", c, dst.Y[100], dst.Cb[50], dst.Cr[50])
		}
	}
}

func TestMirrored(t *testing.T) {
	for _, w := range []int{1, 2, 3, 5, 640, 1023, 1024, 1025, 2051} {
		src := newPicture(w, 4)
		for i := range src.Y {
			src.Y[i] = uint8(i*37)%200 + 20
		}
		for i := range src.Cb {
			src.Cb[i], src.Cr[i] = uint8(i*53), uint8(i*91)
		}
		plain, mirrored := image.NewRGBA(src.Rect), image.NewRGBA(src.Rect)
		ToRGBA(plain, src)
		ToRGBAMirrored(mirrored, src)
		for y := range 4 {
			for x := range w {
				if a, b := plain.RGBAAt(x, y), mirrored.RGBAAt(w-1-x, y); a != b {
					t.Fatalf("width %d: (%d, %d) is %v, mirrored %v", w, x, y, a, b)
				}
			}
		}
	}
}

func TestMisfitsAreLeftAlone(t *testing.T) {
	dst := image.NewRGBA(image.Rect(0, 0, 8, 8))
	for _, src := range []*image.YCbCr{newPicture(8, 9), {Rect: dst.Rect, SubsampleRatio: image.YCbCrSubsampleRatio420}} {
		ToRGBA(dst, src)
		ToRGBAMirrored(dst, src)
	}
	if !bytes.Equal(dst.Pix, make([]byte, len(dst.Pix))) {
		t.Error("a picture of another size was converted")
	}
	wide := &image.RGBA{Pix: make([]byte, 10), Stride: 32, Rect: dst.Rect}
	ToRGBA(wide, newPicture(8, 8))
}

func TestScaleKeepsTheCode(t *testing.T) {
	c := newCamera(1280, 720)
	f := c.next()
	for _, size := range []image.Point{{160, 90}, {320, 180}, {641, 361}, {1280, 720}, {1920, 1080}} {
		dst := newPicture(size.X, size.Y)
		if err := Scale(dst, f.Image); err != nil {
			t.Fatal(err)
		}
		if got, ok := pattern.Read(dst); !ok || got != pattern.CodeOf(f.Number, f.Captured) {
			t.Errorf("%v: read %+v, %v", size, got, ok)
		}
	}
	if err := Scale(newPicture(0, 0), f.Image); !errors.Is(err, ErrSize) {
		t.Error(err)
	}
}

// A source of every layout, filled with one colour.
func TestFromImage(t *testing.T) {
	const w, h = 35, 21
	rect := image.Rect(0, 0, w, h)
	sources := map[string]image.Image{}
	for _, ratio := range []image.YCbCrSubsampleRatio{image.YCbCrSubsampleRatio420, image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio444} {
		p := image.NewYCbCr(rect, ratio)
		copy(p.Y, bytes.Repeat([]byte{90}, len(p.Y)))
		copy(p.Cb, bytes.Repeat([]byte{60}, len(p.Cb)))
		copy(p.Cr, bytes.Repeat([]byte{200}, len(p.Cr)))
		sources[ratio.String()] = p
	}
	for name, src := range sources {
		dst := newPicture(w, h)
		if err := FromImage(dst, src, StudioRange); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if want := flat(w, h, 90, 60, 200); !samePixels(dst, want) {
			t.Errorf("%s: became %d %d %d", name, dst.Y[0], dst.Cb[0], dst.Cr[0])
		}
	}
	grey := image.NewGray(rect)
	dst := flat(w, h, 1, 2, 3)
	if err := FromImage(dst, grey, FullRange); err != nil || !samePixels(dst, flat(w, h, 16, 128, 128)) {
		t.Errorf("black of full range became %d %d %d, %v", dst.Y[0], dst.Cb[0], dst.Cr[0], err)
	}
}

func samePixels(a, b *image.YCbCr) bool {
	return bytes.Equal(a.Y, b.Y) && bytes.Equal(a.Cb, b.Cb) && bytes.Equal(a.Cr, b.Cr)
}

func TestFromImageRefuses(t *testing.T) {
	dst := newPicture(16, 16)
	for name, c := range map[string]struct {
		src  image.Image
		want error
	}{
		"another size":  {newPicture(16, 18), ErrSize},
		"depth":         {image.NewGray16(dst.Rect), ErrFormat},
		"4:1:0":         {image.NewYCbCr(dst.Rect, image.YCbCrSubsampleRatio410), ErrFormat},
		"no planes":     {&image.YCbCr{Rect: dst.Rect, SubsampleRatio: image.YCbCrSubsampleRatio422}, ErrSize},
		"no grey plane": {&image.Gray{Rect: dst.Rect}, ErrSize},
		"no pixels":     {&image.RGBA{Rect: dst.Rect}, ErrSize},
	} {
		if err := FromImage(dst, c.src, StudioRange); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestPackedFormats(t *testing.T) {
	const w, h = 34, 18
	want := flat(w, h, 90, 60, 200)
	dst := newPicture(w, h)
	if err := FromYUYV(dst, bytes.Repeat([]byte{90, 60, 90, 200}, w*h/2), 2*w); err != nil || !samePixels(dst, want) {
		t.Errorf("YUYV became %d %d %d, %v", dst.Y[0], dst.Cb[0], dst.Cr[0], err)
	}
	dst = newPicture(w, h)
	luma, chroma := bytes.Repeat([]byte{90}, w*h), bytes.Repeat([]byte{60, 200}, w*h/4)
	if err := FromNV12(dst, luma, chroma, w); err != nil || !samePixels(dst, want) {
		t.Errorf("NV12 became %d %d %d, %v", dst.Y[0], dst.Cb[0], dst.Cr[0], err)
	}
	dst = newPicture(w, h)
	if err := FromUYVY(dst, bytes.Repeat([]byte{60, 90, 200, 90}, w*h/2), 2*w); err != nil || !samePixels(dst, want) {
		t.Errorf("UYVY became %d %d %d, %v", dst.Y[0], dst.Cb[0], dst.Cr[0], err)
	}
	if err := FromUYVY(dst, make([]byte, 2*w*h-1), 2*w); !errors.Is(err, ErrSize) {
		t.Error(err)
	}
	if err := FromYUYV(dst, make([]byte, 2*w*h-1), 2*w); !errors.Is(err, ErrSize) {
		t.Error(err)
	}
	if err := FromNV12(dst, luma, chroma[1:], w); !errors.Is(err, ErrSize) {
		t.Error(err)
	}
}

func TestToStudioRange(t *testing.T) {
	p := flat(3, 3, 255, 255, 0)
	ToStudioRange(p)
	if !samePixels(p, flat(3, 3, 235, 240, 16)) {
		t.Errorf("the ends became %d %d %d", p.Y[8], p.Cb[3], p.Cr[3])
	}
	ToStudioRange(&image.YCbCr{Rect: p.Rect, SubsampleRatio: p.SubsampleRatio}) // has no planes
}

// FuzzPacked lies about sizes and strides.
func FuzzPacked(f *testing.F) {
	f.Add(uint8(34), uint8(18), uint16(68), make([]byte, 68*18))
	f.Add(uint8(1), uint8(1), uint16(0), []byte{1, 2, 3, 4})
	f.Fuzz(func(_ *testing.T, w, h uint8, stride uint16, data []byte) {
		dst := newPicture(int(w), int(h))
		_ = FromYUYV(dst, data, int(stride))
		_ = FromUYVY(dst, data, int(stride))
		half := len(data) / 2
		_ = FromNV12(dst, data[:half], data[half:], int(stride))
		rect := image.Rect(0, 0, int(w), int(h))
		for _, ratio := range []image.YCbCrSubsampleRatio{image.YCbCrSubsampleRatio420, image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio444} {
			_ = FromImage(dst, &image.YCbCr{Y: data, Cb: data[half:], Cr: data[half:], YStride: int(stride), CStride: int(stride) / 2, SubsampleRatio: ratio, Rect: rect}, FullRange)
		}
		_ = FromRGBA(dst, &image.RGBA{Pix: data, Stride: int(stride), Rect: rect})
	})
}

func TestConversionsAllocateNothing(t *testing.T) {
	src, small, rgba := newPicture(320, 180), newPicture(160, 90), image.NewRGBA(image.Rect(0, 0, 320, 180))
	wide := image.NewYCbCr(src.Rect, image.YCbCrSubsampleRatio422)
	for name, convert := range map[string]func() error{
		"to RGBA":   func() error { ToRGBA(rgba, src); return nil },
		"mirrored":  func() error { ToRGBAMirrored(rgba, src); return nil },
		"from RGBA": func() error { return FromRGBA(src, rgba) },
		"scale":     func() error { return Scale(small, src) },
		"from wide": func() error { return FromImage(src, wide, FullRange) },
	} {
		n := testing.AllocsPerRun(20, func() {
			if err := convert(); err != nil {
				t.Error(err)
			}
		})
		if n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

func TestNarrowEndsAreExact(t *testing.T) {
	for v := range 256 {
		p := flat(1, 1, uint8(v), uint8(v), uint8(v))
		narrow(p)
		luma := uint8(math.Round(16 + float64(v)*219/255))
		chroma := uint8(math.Round(128 + (float64(v)-128)*224/255))
		if !near(p.Y[0], luma, 1) || !near(p.Cb[0], chroma, 1) || p.Cr[0] != p.Cb[0] {
			t.Errorf("%d became %d and %d, want %d and %d", v, p.Y[0], p.Cb[0], luma, chroma)
		}
	}
}
