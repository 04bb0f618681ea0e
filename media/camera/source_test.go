package camera

import (
	"errors"
	"image"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"parley/media"
	"parley/media/clip"
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
