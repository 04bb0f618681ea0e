package clip

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"parley/media"
	"parley/media/pattern"
)

func picture(w, h int) *image.YCbCr {
	return image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
}

// bars returns a clip of n numbered frames.
func bars(tb testing.TB, w, h, n int) []byte {
	tb.Helper()
	var file bytes.Buffer
	out, err := NewY4MWriter(&file, Y4M{w, h, time.Second / 25})
	if err != nil {
		tb.Fatal(err)
	}
	var pool media.Pool
	source := pattern.NewBars(w, h)
	for i := range n {
		f := pool.Get(w, h)
		f.Number = uint64(i)
		source.Paint(f)
		if err := out.Write(f.Image); err != nil {
			tb.Fatal(err)
		}
		f.Release()
	}
	if err := out.Flush(); err != nil {
		tb.Fatal(err)
	}
	return file.Bytes()
}

func TestY4MRoundTrip(t *testing.T) {
	for _, size := range []image.Point{{320, 180}, {161, 91}} {
		r, err := NewY4MReader(bytes.NewReader(bars(t, size.X, size.Y, 3)))
		if err != nil {
			t.Fatal(err)
		}
		if want := (Y4M{size.X, size.Y, 40 * time.Millisecond}); r.Y4M != want {
			t.Errorf("%+v, want %+v", r.Y4M, want)
		}
		dst := picture(size.X, size.Y)
		for loop := range 3 {
			for i := range uint32(3) {
				if err := r.Read(dst); err != nil {
					t.Fatal(err)
				}
				if got, ok := pattern.Read(dst); !ok || got.Number != i {
					t.Errorf("loop %d frame %d: read %+v, %v", loop, i, got, ok)
				}
			}
			if err := r.Read(dst); !errors.Is(err, io.EOF) {
				t.Errorf("after the last frame: %v", err)
			}
			if err := r.Rewind(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// counted counts how often it is read.
type counted struct {
	io.ReadSeeker
	reads int
}

func (c *counted) Read(p []byte) (int, error) {
	c.reads++
	return c.ReadSeeker.Read(p)
}

func TestY4MReadsPlanesInOneGo(t *testing.T) {
	const frames = 5
	file := &counted{ReadSeeker: bytes.NewReader(bars(t, 640, 360, frames))}
	r, err := NewY4MReader(file)
	if err != nil {
		t.Fatal(err)
	}
	padded := image.NewYCbCr(image.Rect(0, 0, 704, 360), image.YCbCrSubsampleRatio420).SubImage(image.Rect(0, 0, 640, 360))
	for i, dst := range []*image.YCbCr{picture(640, 360), padded.(*image.YCbCr), picture(640, 360)} {
		if err := r.Read(dst); err != nil {
			t.Fatal(err)
		}
		if got, ok := pattern.Read(dst); !ok || got.Number != uint32(i) {
			t.Errorf("frame %d: read %+v, %v", i, got, ok)
		}
	}
	file.reads = 0
	if err := r.Read(picture(640, 360)); err != nil {
		t.Fatal(err)
	}
	if most := 4; file.reads > most { // its mark and three planes
		t.Errorf("a frame took %d reads, want at most %d", file.reads, most)
	}
}

func TestY4MHeader(t *testing.T) {
	for header, want := range map[string]Y4M{
		"YUV4MPEG2 W4 H2":                                          {4, 2, time.Second / 30},
		"YUV4MPEG2 H2 W4 F25:1 Ip A1:1 C420jpeg":                   {4, 2, 40 * time.Millisecond},
		"YUV4MPEG2 W4 H2 F30000:1001 Ip C420mpeg2 XYSCSS=420":      {4, 2, 33366666},
		"YUV4MPEG2 W4 H2 F60:2 I? A0:0 C420paldv XCOLORRANGE=FULL": {4, 2, time.Second / 30},
	} {
		r, err := NewY4MReader(strings.NewReader(header + "\n"))
		if err != nil || r.Y4M != want {
			t.Errorf("%q: %+v, %v", header, r, err)
		}
	}
}

func TestY4MHeadersThatAreRefused(t *testing.T) {
	for header, want := range map[string]error{
		"":                                     io.EOF,
		"YUV4MPEG2 W4 H2":                      ErrTruncated, // no line feed
		"RIFF\n":                               ErrFormat,
		"YUV4MPEG2\n":                          ErrFormat,
		"YUV4MPEG22 W4 H2\n":                   ErrFormat,
		"YUV4MPEG2 W4\n":                       ErrFormat,
		"YUV4MPEG2 W0 H2\n":                    ErrFormat,
		"YUV4MPEG2 W-4 H2\n":                   ErrFormat,
		"YUV4MPEG2 W H2\n":                     ErrFormat,
		"YUV4MPEG2 W99999999999999999999 H2\n": ErrFormat,
		"YUV4MPEG2 W4097 H2\n":                 ErrUnsupported,
		"YUV4MPEG2 W4 H2 F0:1\n":               ErrUnsupported,
		"YUV4MPEG2 W4 H2 F1:0\n":               ErrUnsupported,
		"YUV4MPEG2 W4 H2 F2000:1\n":            ErrUnsupported,
		"YUV4MPEG2 W4 H2 F1:2\n":               ErrUnsupported,
		"YUV4MPEG2 W4 H2 F25\n":                ErrFormat,
		"YUV4MPEG2 W4 H2 It\n":                 ErrUnsupported,
		"YUV4MPEG2 W4 H2 C444\n":               ErrUnsupported,
		"YUV4MPEG2 W4 H2 C420p10\n":            ErrUnsupported,
		"YUV4MPEG2 " + strings.Repeat("X", 2000) + "\n":  ErrFormat,
		"YUV4MPEG2 " + strings.Repeat("X", 1<<20) + "\n": ErrFormat,
	} {
		if _, err := NewY4MReader(strings.NewReader(header)); !errors.Is(err, want) {
			t.Errorf("%.40q: %v, want %v", header, err, want)
		}
	}
}

func TestY4MFramesThatAreRefused(t *testing.T) {
	for body, want := range map[string]error{
		"FRAME\n123":                      ErrTruncated,
		"FRAME":                           ErrTruncated,
		"FRAMES\n123456789012":            ErrFormat,
		"\n":                              ErrFormat,
		strings.Repeat("F", 1<<20) + "\n": ErrFormat,
	} {
		r, err := NewY4MReader(strings.NewReader("YUV4MPEG2 W4 H2\n" + body))
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Read(picture(4, 2)); !errors.Is(err, want) {
			t.Errorf("%.20q: %v, want %v", body, err, want)
		}
	}
	r, err := NewY4MReader(strings.NewReader("YUV4MPEG2 W4 H2\nFRAME Xanything\n123456789012"))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Read(picture(2, 4)); !errors.Is(err, ErrUnsupported) {
		t.Error("a picture of another size was filled:", err)
	}
	dst := picture(4, 2)
	if err := r.Read(dst); err != nil || string(dst.Y) != "12345678" || string(dst.Cb) != "90" || string(dst.Cr) != "12" {
		t.Errorf("%v: %s %s %s", err, dst.Y, dst.Cb, dst.Cr)
	}
}

func TestY4MReadAllocatesNothing(t *testing.T) {
	r, err := NewY4MReader(bytes.NewReader(bars(t, 160, 90, 60)))
	if err != nil {
		t.Fatal(err)
	}
	dst := picture(160, 90)
	if n := testing.AllocsPerRun(50, func() {
		if err := r.Read(dst); err != nil {
			t.Error(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

func TestY4MWriterReportsAFullDisk(t *testing.T) {
	w, err := NewY4MWriter(failing{}, Y4M{64, 64, time.Second / 30})
	if err != nil {
		t.Fatal(err)
	}
	var failed error
	for range 30 {
		failed = errors.Join(failed, w.Write(picture(64, 64)))
	}
	if err := errors.Join(failed, w.Flush()); !errors.Is(err, io.ErrShortWrite) {
		t.Error(err)
	}
	if _, err := NewY4MWriter(io.Discard, Y4M{0, 1, 1}); !errors.Is(err, ErrUnsupported) {
		t.Error(err)
	}
	if err := w.Write(picture(2, 2)); !errors.Is(err, ErrUnsupported) {
		t.Error(err)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error)          { return 0, io.ErrShortWrite }
func (failing) WriteAt([]byte, int64) (int, error) { return 0, io.ErrShortWrite }

func TestRatio(t *testing.T) {
	for interval, want := range map[time.Duration]string{
		time.Second / 30:           "30:1",
		40 * time.Millisecond:      "25:1",
		time.Second:                "1:1",
		33366666 * time.Nanosecond: "30000:1001",
		16683333 * time.Nanosecond: "60000:1001",
		123456 * time.Microsecond:  "1000000:123456",
	} {
		over, under := ratio(interval)
		if got := fmt.Sprintf("%d:%d", over, under); got != want {
			t.Errorf("%v is %s, want %s", interval, got, want)
		}
	}
}

func FuzzY4M(f *testing.F) {
	f.Add(bars(f, 80, 40, 2))
	f.Add([]byte("YUV4MPEG2 W4 H2\nFRAME\n123456789012FRAME\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := NewY4MReader(bytes.NewReader(data))
		if err != nil {
			return
		}
		if r.Width*r.Height > 1<<20 {
			return
		}
		dst := picture(r.Width, r.Height)
		n := 0
		for r.Read(dst) == nil {
			n++
		}
		if err := r.Rewind(); err != nil {
			t.Fatal(err)
		}
		again := 0
		for r.Read(dst) == nil {
			again++
		}
		if n != again {
			t.Errorf("%d frames, then %d", n, again)
		}
	})
}

func TestY4MFromASlowSource(t *testing.T) {
	file := bars(t, 160, 90, 1)
	source := struct {
		io.Reader
		io.Seeker
	}{iotest.OneByteReader(bytes.NewReader(file)), nil}
	r, err := NewY4MReader(source)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Read(picture(160, 90)); err != nil {
		t.Error(err)
	}
}

// Bytes that are lost or too many cost a frame or two, not the rest of the clip.
func TestY4MSkipsGarbage(t *testing.T) {
	whole := bars(t, 160, 90, 6)
	frame := bytes.Index(whole, []byte(frameMagic))
	length := (len(whole) - frame) / 6
	third := frame + 2*length
	for name, file := range map[string][]byte{
		"lost":     slices.Concat(whole[:third+100], whole[third+500:]),
		"too many": slices.Concat(whole[:third], bytes.Repeat([]byte("garbage\n"), 30000), whole[third:]),
		"no line":  slices.Concat(whole[:third], bytes.Repeat([]byte("garbage"), 30000), whole[third:]),
	} {
		r, err := NewY4MReader(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		faults, last := 0, uint32(0)
		for dst := picture(160, 90); err == nil; {
			err = r.Read(dst)
			if errors.Is(err, ErrFormat) {
				faults++
				err = r.Skip()
			} else if code, ok := pattern.Read(dst); ok {
				last = code.Number
			}
		}
		if !errors.Is(err, io.EOF) || faults != 1 || last != 5 {
			t.Errorf("%s: %d faults, the last is frame %d, %v", name, faults, last, err)
		}
	}
	r, err := NewY4MReader(bytes.NewReader(append(whole[:frame:frame], "no frame at all\nand none here"...)))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Read(picture(160, 90)); !errors.Is(err, ErrFormat) {
		t.Error(err)
	}
	if err := r.Skip(); !errors.Is(err, io.EOF) {
		t.Error(err)
	}
}
