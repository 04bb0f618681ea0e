package codec

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"
)

func newJPEG(tb testing.TB) *JPEGDecoder {
	tb.Helper()
	d, err := NewJPEGDecoder()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := errors.Join(d.Close(), d.Close()); err != nil {
			tb.Error(err)
		}
	})
	return d
}

// jpegFile reads one of the files that ImageMagick made, 53x37.
func jpegFile(tb testing.TB, name string) []byte {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "jpeg", name+".jpg"))
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// asJPEG encodes as cameras do: 4:2:0, in the full range.
func asJPEG(tb testing.TB, p *image.YCbCr, quality int) []byte {
	tb.Helper()
	full := image.NewRGBA(p.Rect)
	ToRGBA(full, p)
	var file bytes.Buffer
	if err := jpeg.Encode(&file, full, &jpeg.Options{Quality: quality}); err != nil {
		tb.Fatal(err)
	}
	return file.Bytes()
}

// bySpec decodes with Go's decoder and makes 4:2:0 in studio range of it, sample
// by sample.
func bySpec(t *testing.T, data []byte) *image.YCbCr {
	t.Helper()
	decoded, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	size := decoded.Bounds().Size()
	out := flat(size.X, size.Y, 0, 128, 128)
	src, coloured := decoded.(*image.YCbCr)
	if grey, ok := decoded.(*image.Gray); ok {
		src = &image.YCbCr{Y: grey.Pix, YStride: grey.Stride, Rect: grey.Rect}
	}
	for y := range size.Y {
		for x := range size.X {
			out.Y[out.YOffset(x, y)] = studio(float64(src.Y[y*src.YStride+x]), 16, 219)
			if coloured {
				cb, cr := meanChroma(src, x&^1, y&^1)
				out.Cb[out.COffset(x, y)], out.Cr[out.COffset(x, y)] = studio(cb, 16, 224), studio(cr, 16, 224)
			}
		}
	}
	return out
}

func studio(v, low, span float64) uint8 { return uint8(low + v*span/255 + 0.5) }

// meanChroma returns what the chroma of four samples of luma is on average.
func meanChroma(p *image.YCbCr, x, y int) (cb, cr float64) {
	for _, at := range []image.Point{{x, y}, {x + 1, y}, {x, y + 1}, {x + 1, y + 1}} {
		o := p.COffset(min(at.X, p.Rect.Dx()-1), min(at.Y, p.Rect.Dy()-1))
		cb += float64(p.Cb[o]) / 4
		cr += float64(p.Cr[o]) / 4
	}
	return cb, cr
}

// furthest returns by how much the worst sample of two planes differs.
func furthest(a, b []byte) (worst int) {
	for i := range a {
		worst = max(worst, int(a[i])-int(b[i]), int(b[i])-int(a[i]))
	}
	return worst
}

func TestJPEGOfEverySampling(t *testing.T) {
	d := newJPEG(t)
	for _, name := range []string{"2x2", "2x1", "1x1", "1x2", "4x1", "4x2", "2x2-1x2-1x2", "2x2-2x1-2x1", "grey"} {
		data := jpegFile(t, name)
		got, want := flat(53, 37, 1, 2, 3), bySpec(t, data)
		if err := d.Decode(got, data); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if y, cb, cr := furthest(got.Y, want.Y), furthest(got.Cb, want.Cb), furthest(got.Cr, want.Cr); y > 2 || cb > 2 || cr > 2 {
			t.Errorf("%s: luma is off by %d, chroma by %d and %d", name, y, cb, cr)
		}
	}
}

// Decoded smaller, it is what the whole is when scaled.
func TestJPEGMadeSmaller(t *testing.T) {
	d := newJPEG(t)
	for _, name := range []string{"2x2", "2x1", "1x1", "1x2", "4x1", "4x2", "grey"} {
		data := jpegFile(t, name)
		whole := flat(53, 37, 1, 2, 3)
		if err := d.Decode(whole, data); err != nil {
			t.Fatal(err)
		}
		for _, by := range []int{2, 4} {
			size := divided(whole.Rect.Size(), by)
			got, want := flat(size.X, size.Y, 1, 2, 3), newPicture(size.X, size.Y)
			if err := errors.Join(d.Decode(got, data), Scale(want, whole)); err != nil {
				t.Errorf("%s by %d: %v", name, by, err)
			}
			if db := psnr(got, want); db < 30 {
				t.Errorf("%s by %d: %.1f dB", name, by, db)
			}
		}
	}
}

func TestJPEGFit(t *testing.T) {
	for _, c := range []struct{ size, wanted, want image.Point }{
		{image.Pt(1920, 1080), image.Pt(1920, 1080), image.Pt(1920, 1080)},
		{image.Pt(1920, 1080), image.Pt(1280, 720), image.Pt(1920, 1080)},
		{image.Pt(1920, 1080), image.Pt(960, 540), image.Pt(960, 540)},
		{image.Pt(1920, 1080), image.Pt(640, 360), image.Pt(960, 540)},
		{image.Pt(1920, 1080), image.Pt(320, 180), image.Pt(480, 270)},
		{image.Pt(53, 37), image.Pt(1, 1), image.Pt(14, 10)},
		{image.Pt(1, 1), image.Pt(1, 1), image.Pt(1, 1)},
	} {
		if got := JPEGFit(c.size, c.wanted); got != c.want {
			t.Errorf("%v for %v: %v, want %v", c.size, c.wanted, got, c.want)
		}
	}
}

func TestJPEGOfACamera(t *testing.T) {
	f := newCamera(640, 360).next()
	file := asJPEG(t, f.Image, 95)
	for name, data := range map[string][]byte{
		"whole":          file,
		"without tables": withoutTables(t, file), // as most cameras leave them out
		"without an end": file[:len(file)-2],
		"padded":         append(bytes.Clone(file), make([]byte, 512)...),
	} {
		dst := newPicture(640, 360)
		if err := newJPEG(t).Decode(dst, data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if db := psnr(f.Image, dst); db < 38 {
			t.Errorf("%s: PSNR %.1f dB: the range is wrong", name, db)
		}
	}
}

// withoutTables takes the Huffman tables out, which are those of annex K.
func withoutTables(t *testing.T, file []byte) []byte {
	t.Helper()
	at := bytes.Index(file, []byte{0xff, markDHT})
	if at < 0 {
		t.Fatal("no tables")
	}
	length := 2 + int(file[at+2])<<8 + int(file[at+3])
	return append(bytes.Clone(file[:at]), file[at+length:]...)
}

func TestJPEGsThatAreRefused(t *testing.T) {
	file := jpegFile(t, "2x2")
	huge := bytes.Clone(file)
	sof := bytes.Index(huge, []byte{0xff, markSOF0})
	copy(huge[sof+5:], []byte{0x20, 0x00, 0x20, 0x00}) // 8192x8192
	narrowed := bytes.Clone(file)
	copy(narrowed[sof+5:], []byte{0, 37, 0, 52})
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"nothing":      {nil, ErrJPEG},
		"a byte":       {[]byte{1}, ErrJPEG},
		"beginnings":   {bytes.Repeat([]byte{0xff, markSOI}, 300), ErrJPEG},
		"fill bytes":   {append([]byte{0xff, markSOI}, bytes.Repeat([]byte{0xff}, 300)...), ErrJPEG},
		"no scan":      {file[:sof+30], ErrJPEG},
		"cut off":      {file[:len(file)*2/3], ErrDamaged},
		"8K":           {huge, ErrSize},
		"another size": {narrowed, ErrSize},
		"progressive":  {jpegFile(t, "progressive"), ErrJPEG},
		"four inks":    {jpegFile(t, "cmyk"), ErrJPEG},
		"too long":     {append(bytes.Clone(file), make([]byte, MaxPacket)...), ErrSize},
	} {
		d, dst := newJPEG(t), newPicture(53, 37)
		if err := d.Decode(dst, c.data); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if err := d.Decode(dst, file); err != nil {
			t.Errorf("%s: the next picture: %v", name, err)
		}
	}
	d := newJPEG(t)
	if err := d.Decode(newPicture(320, 180), file); !errors.Is(err, ErrSize) {
		t.Errorf("into another size: %v", err)
	}
	if err := d.Decode(&image.YCbCr{Rect: image.Rect(0, 0, 53, 37), SubsampleRatio: image.YCbCrSubsampleRatio420}, file); !errors.Is(err, ErrSize) {
		t.Errorf("into no planes: %v", err)
	}
	if err := errors.Join(d.Close(), d.Decode(newPicture(53, 37), file)); !errors.Is(err, ErrClosed) {
		t.Errorf("closed: %v", err)
	}
}

// Tables that garbage brings are not those of the picture after it, which has none.
func TestJPEGGarbageIsForgotten(t *testing.T) {
	f := newCamera(64, 48).next()
	file := asJPEG(t, f.Image, 95)
	bare, garbled := withoutTables(t, file), bytes.Clone(file)
	at := bytes.Index(garbled, []byte{0xff, markDHT})
	for i := at + 30; i < at+60; i++ { // the values of the first table
		garbled[i] ^= 0x01
	}
	d, dst := newJPEG(t), newPicture(64, 48)
	if err := d.Decode(dst, garbled[:len(garbled)/2]); err == nil {
		t.Fatal("half a picture was taken for a whole")
	}
	if err := d.Decode(dst, bare); err != nil {
		t.Fatal(err)
	}
	if db := psnr(f.Image, dst); db < 36 {
		t.Errorf("PSNR %.1f dB", db)
	}
}

func TestJPEGAllocatesNothing(t *testing.T) {
	d := newJPEG(t)
	for _, name := range []string{"2x2", "2x1", "1x1", "grey"} {
		data, dst := jpegFile(t, name), newPicture(53, 37)
		if n := testing.AllocsPerRun(20, func() {
			if err := d.Decode(dst, data); err != nil {
				t.Error(err)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// TestJPEGSizes goes through sizes whose last blocks are cut in every way.
func TestJPEGSizes(t *testing.T) {
	d := newJPEG(t)
	for _, w := range []int{1, 2, 3, 7, 8, 9, 15, 16, 17, 33} {
		for _, h := range []int{1, 2, 3, 7, 8, 9, 15, 16, 17, 33} {
			src := flat(w, h, 120, 110, 150)
			data, dst := asJPEG(t, src, 100), flat(w, h, 1, 2, 3)
			if err := d.Decode(dst, data); err != nil {
				t.Fatalf("%dx%d: %v", w, h, err)
			}
			if y, cb := furthest(dst.Y, src.Y), furthest(dst.Cb, src.Cb); y > 3 || cb > 3 {
				t.Errorf("%dx%d: off by %d and %d", w, h, y, cb)
			}
			for _, by := range []int{2, 4} {
				size := divided(image.Pt(w, h), by)
				if err := d.Decode(flat(size.X, size.Y, 0, 0, 0), data); err != nil {
					t.Errorf("%dx%d by %d: %v", w, h, by, err)
				}
			}
		}
	}
}

func FuzzJPEG(f *testing.F) {
	for _, name := range []string{"2x2", "2x1", "1x1", "4x2", "grey", "progressive", "cmyk"} {
		f.Add(jpegFile(f, name))
	}
	d := newJPEG(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		size, err := JPEGSize(data)
		if err != nil || size.X*size.Y > 1<<20 {
			return
		}
		for by := 1; by <= maxDivisor; by *= 2 {
			s := divided(size, by)
			if err := d.Decode(newPicture(s.X, s.Y), data); errors.Is(err, ErrClosed) {
				t.Error(err)
			}
		}
	})
}

// BenchmarkJPEG holds libjpeg-turbo against Go's decoder, which stops at the
// planes of the JPEG.
func BenchmarkJPEG(b *testing.B) {
	for _, size := range []image.Point{{1280, 720}, {1920, 1080}} {
		data := asJPEG(b, newCamera(size.X, size.Y).grain().next().Image, 55) // about as long as those of webcams
		for _, by := range []int{1, 2} {
			b.Run(fmt.Sprintf("%dp by %d", size.Y, by), func(b *testing.B) {
				d, s := newJPEG(b), divided(size, by)
				dst := newPicture(s.X, s.Y)
				b.ReportAllocs()
				b.SetBytes(int64(len(data)))
				for b.Loop() {
					if err := d.Decode(dst, data); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		b.Run(fmt.Sprintf("%dp image-jpeg", size.Y), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if _, err := jpeg.Decode(bytes.NewReader(data)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
