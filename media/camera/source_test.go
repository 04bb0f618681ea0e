package camera

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"parley/media"
	"parley/media/clip"
	"parley/media/codec"
	"parley/media/pattern"
)

// film writes a clip of n numbered frames at 25 frames/s and returns its choice.
func clipOf(t *testing.T, n int) media.Choice {
	t.Helper()
	path := filepath.Join(t.TempDir(), "clip.y4m")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	out, err := clip.NewY4MWriter(file, clip.Y4M{Width: 160, Height: 90, Interval: 40 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	var pool media.Pool
	painter := pattern.NewBars(160, 90)
	for i := range n {
		f := pool.Get(160, 90)
		f.Number = uint64(i)
		painter.Paint(f)
		if err := out.Write(f.Image); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	return choice("file:" + path)
}

func TestClipLoopsInItsOwnTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src, err := Open(t.Context(), clipOf(t, 3), DefaultFormat())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = src.Close() }()
		began := time.Now()
		for i := range uint64(26) {
			f, err := src.Next(t.Context(), i)
			if err != nil {
				t.Fatal(err)
			}
			if code, ok := pattern.Read(f.Image); !ok || uint64(code.Number) != i%3 || f.Number != i {
				t.Errorf("frame %d: %+v, %v", i, code, ok)
			}
			f.Release()
		}
		if took := time.Since(began); took != time.Second || src.Name() != "clip.y4m" {
			t.Errorf("25 intervals took %v", took)
		}
	})
}

func TestClipsThatAreRefused(t *testing.T) {
	if _, err := Open(t.Context(), choice("file:/nowhere/at/all.y4m"), small); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	path := filepath.Join(t.TempDir(), "text.y4m")
	if err := os.WriteFile(path, []byte("hello\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), choice("file:"+path), small); !errors.Is(err, clip.ErrFormat) {
		t.Error(err)
	}
	src, err := Open(t.Context(), clipOf(t, 0), small)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = src.Close() }()
	if _, err := src.Next(t.Context(), 0); !errors.Is(err, ErrNoFrames) {
		t.Error(err)
	}
}

func TestPacerLeavesOutWhatItMissed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pacer{interval: 100 * time.Millisecond}
		began := time.Now()
		for i, c := range []struct{ busy, at time.Duration }{
			{0, 0},
			{30 * time.Millisecond, 100 * time.Millisecond},
			{150 * time.Millisecond, 200 * time.Millisecond}, // a little late: catches up
			{0, 300 * time.Millisecond},
			{550 * time.Millisecond, 850 * time.Millisecond}, // very late: begins anew
			{0, 950 * time.Millisecond},
		} {
			time.Sleep(c.busy) //nolint:forbidigo // virtual
			at, err := p.wait(t.Context())
			if err != nil || at.Sub(began) != c.at {
				t.Errorf("beat %d at %v, want %v (%v)", i, at.Sub(began), c.at, err)
			}
		}
	})
}

func TestFormat(t *testing.T) {
	for _, c := range []struct{ in, want Format }{
		{Format{}, DefaultFormat()},
		{Format{Rate: 15}, Format{1280, 720, 15}},
		{Format{Width: 640}, DefaultFormat()},
		{Format{1, 1, -5}, Format{16, 16, 1}},
		{Format{1 << 20, 1 << 20, 1 << 20}, Format{4096, 2304, 120}},
		{Format{360, 640, 30}, Format{360, 640, 30}},
	} {
		if got := c.in.sane(); got != c.want {
			t.Errorf("%+v became %+v", c.in, got)
		}
	}
	f := Format{1280, 720, 30}
	for in, want := range map[image.Point]image.Point{
		{1280, 720}: {1280, 720}, {641, 361}: {641, 361}, {1920, 1080}: {1280, 720}, {1920, 1200}: {1152, 720},
		{4096, 100}: {1280, 30}, {100, 4000}: {18, 720}, {4096, 1}: {1280, 2},
	} {
		if got := f.fit(in); got != want {
			t.Errorf("%v became %v, want %v", in, got, want)
		}
	}
}

// jpegOf encodes a picture as cameras do: in the full range.
func jpegOf(t *testing.T, p *image.YCbCr) []byte {
	t.Helper()
	full := image.NewRGBA(p.Rect)
	codec.ToRGBA(full, p)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, full, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// jpegs writes a motion JPEG clip and returns its choice.
func jpegs(t *testing.T, parts ...[]byte) media.Choice {
	t.Helper()
	path := filepath.Join(t.TempDir(), "movie.mjpeg")
	if err := os.WriteFile(path, bytes.Join(parts, nil), 0o600); err != nil {
		t.Fatal(err)
	}
	return choice("file:" + path)
}

// numbered returns a JPEG whose code says its number.
func numbered(t *testing.T, n uint64) []byte {
	t.Helper()
	f := (&media.Pool{}).Get(160, 90)
	f.Number = n
	pattern.NewBars(160, 90).Paint(f)
	return jpegOf(t, f.Image)
}

func TestMotionJPEGLoopsAtThirtyFramesASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src, err := Open(t.Context(), jpegs(t, numbered(t, 0), numbered(t, 1), numbered(t, 2)), small)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = src.Close() }()
		began := time.Now()
		for i := range uint64(31) {
			f, err := src.Next(t.Context(), i)
			if err != nil {
				t.Fatal(err)
			}
			if code, ok := pattern.Read(f.Image); !ok || uint64(code.Number) != i%3 {
				t.Errorf("frame %d: %+v, %v", i, code, ok)
			}
			f.Release()
		}
		if took := time.Since(began).Round(time.Millisecond); took != time.Second {
			t.Errorf("30 intervals took %v", took)
		}
	})
}

// What is garbage takes its time, as with a camera, and the rest is shown.
func TestClipsWithGarbage(t *testing.T) {
	a, b := numbered(t, 0), numbered(t, 1)
	damaged, cut := bytes.Clone(b), b[:len(b)/2]
	copy(damaged[len(damaged)/2:], bytes.Repeat([]byte{0x55}, 40))
	y4m, _ := clipOf(t, 3).File()
	whole, err := os.ReadFile(y4m)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		file   []byte
		frames int
	}{
		"between":         {slices.Concat(a, []byte("garbage"), b), 2},
		"no end":          {slices.Concat(a, cut), 1},
		"another's end":   {slices.Concat(a, cut, b), 2},
		"empty picture":   {slices.Concat(a, []byte{0xff, 0xd8, 0xff, 0xd9}, b), 2},
		"Y4M cut off":     {whole[:len(whole)-10], 2},
		"Y4M with a hole": {slices.Concat(whole[:len(whole)/2], whole[len(whole)/2+99:]), 2},
	} {
		synctest.Test(t, func(t *testing.T) {
			src, err := Open(t.Context(), jpegs(t, c.file), small)
			if err != nil {
				t.Fatal(name, err)
			}
			for range 5 * c.frames {
				f, err := src.Next(t.Context(), 0)
				if err != nil {
					t.Fatal(name, err)
				}
				f.Release()
			}
			if !src.(Adapter).Adapt(hdFormat) {
				t.Errorf("%s: a clip that begins anew when the format changes", name)
			}
			if err := src.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

var hdFormat = DefaultFormat()

// A clip without a picture ends, in bounded time.
func TestClipsWithoutAPicture(t *testing.T) {
	head := []byte{0xff, 0xd8, 0xff, 0xd9}
	for name, c := range map[string]struct {
		file []byte
		open error
		next error
	}{
		"empty":            {nil, clip.ErrFormat, nil},
		"text":             {[]byte("hello"), clip.ErrFormat, nil},
		"one that is none": {head, nil, ErrNoFrames},
		"many":             {bytes.Repeat(head, 10000), nil, codec.ErrJPEG},
		"a huge header":    {[]byte("YUV4MPEG2 W4096 H4096 F30:1\nFRAME\n"), codec.ErrSize, nil},
		"a hostile header": {[]byte("YUV4MPEG2 W99999999999 H1 F30:1\n"), clip.ErrUnsupported, nil},
	} {
		synctest.Test(t, func(t *testing.T) {
			src, err := Open(t.Context(), jpegs(t, c.file), small)
			if !errors.Is(err, c.open) {
				t.Errorf("%s: %v", name, err)
			}
			if err != nil {
				return
			}
			if f, err := src.Next(t.Context(), 0); !errors.Is(err, c.next) {
				t.Errorf("%s: %v, %v", name, f, err)
			}
			if err := src.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestClipsAllocateNothing(t *testing.T) {
	y4m := clipOf(t, 3)
	for name, c := range map[string]media.Choice{"Y4M": y4m, "motion JPEG": jpegs(t, numbered(t, 0), numbered(t, 1))} {
		src, err := Open(t.Context(), c, small)
		if err != nil {
			t.Fatal(err)
		}
		src.(*film).pacer.interval = 0 // at once
		if n := testing.AllocsPerRun(100, func() {
			f, err := src.Next(t.Context(), 0)
			if err != nil {
				t.Fatal(err)
			}
			f.Release()
		}); n != 0 {
			t.Errorf("%s: %v allocations a frame", name, n)
		}
		if err := src.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestGate(t *testing.T) {
	for _, c := range []struct{ camera, want, passed int }{
		{30, 30, 30}, {60, 30, 30}, {30, 20, 20}, {30, 15, 15}, {25, 24, 24}, {15, 30, 15}, {30, 1, 1},
	} {
		var g gate
		passed, at := 0, time.Unix(1000, 0)
		for i := range 60 * c.camera {
			jitter := time.Duration(i*7919%11-5) * time.Millisecond / 2
			if g.passes(at.Add(time.Duration(i)*time.Second/time.Duration(c.camera)+jitter), time.Second/time.Duration(c.want)) {
				passed++
			}
		}
		if passed < 60*c.passed*97/100 || passed > 60*c.passed+2 {
			t.Errorf("%d of %d at %d frames/s", passed, 60*c.camera, c.want)
		}
	}
	var g gate
	for _, at := range []int64{1000, 5, 2000, 1} { // clocks that jump stop nothing
		if !g.passes(time.Unix(at, 0), time.Second/30) {
			t.Errorf("at %d", at)
		}
	}
}
