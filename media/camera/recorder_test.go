package camera

import (
	"context"
	"errors"
	"image"
	"io"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/mediadevices/pkg/driver"
	"github.com/pion/mediadevices/pkg/frame"
	"github.com/pion/mediadevices/pkg/io/video"
	"github.com/pion/mediadevices/pkg/prop"

	"parley/media"
	"parley/media/pattern"
)

// fakeCamera is what a driver of mediadevices wraps. It may be touched by one
// goroutine only, which the race detector watches.
type fakeCamera struct {
	properties []prop.Media
	openError  error
	startError error
	read       func(i int) (image.Image, error)

	opened, closed, reads int
	started               prop.Media
}

func (c *fakeCamera) Open() error {
	c.opened++
	return c.openError
}

func (c *fakeCamera) Close() error {
	c.closed++
	return nil
}

func (c *fakeCamera) Properties() []prop.Media { return c.properties }

func (c *fakeCamera) VideoRecord(p prop.Media) (video.Reader, error) {
	c.started = p
	return video.ReaderFunc(func() (image.Image, func(), error) {
		c.reads++
		picture, err := c.read(c.reads - 1)
		return picture, func() {}, err
	}), c.startError
}

func property(w, h int, rate float32, format frame.Format) prop.Media {
	return prop.Media{Video: prop.Video{Width: w, Height: h, FrameRate: rate, FrameFormat: format}}
}

// register makes a driver of a fake camera for as long as the test runs.
func register(t *testing.T, c driver.Adapter, label, name string) driver.Driver {
	t.Helper()
	registry := driver.GetManager()
	if err := registry.Register(c, driver.Info{Label: label, Name: name, DeviceType: driver.Camera}); err != nil {
		t.Fatal(err)
	}
	found := registry.Query(func(d driver.Driver) bool { return d.Info().Label == label })
	t.Cleanup(func() {
		for _, d := range found {
			registry.Delete(d.ID())
		}
	})
	return found[0]
}

// every returns a read that delivers a picture at a rate, as cameras do.
func every(interval time.Duration, picture image.Image) func(int) (image.Image, error) {
	return func(int) (image.Image, error) {
		time.Sleep(interval) //nolint:forbidigo // a camera's own time, virtual
		return picture, nil
	}
}

func bars(w, h int) *image.YCbCr {
	var pool media.Pool
	f := pool.Get(w, h)
	f.Number = 77
	pattern.NewBars(w, h).Paint(f)
	return f.Image
}

// wide returns a picture in 4:2:2, as MJPEG and YUYV cameras give it.
func wide(p *image.YCbCr) *image.YCbCr {
	out := image.NewYCbCr(p.Rect, image.YCbCrSubsampleRatio422)
	copy(out.Y, p.Y)
	for y := range p.Rect.Dy() {
		copy(out.Cb[y*out.CStride:], p.Cb[y/2*p.CStride:][:p.CStride])
		copy(out.Cr[y*out.CStride:], p.Cr[y/2*p.CStride:][:p.CStride])
	}
	return out
}

func TestRecorder(t *testing.T) {
	for name, picture := range map[string]image.Image{"4:2:0": bars(320, 180), "4:2:2": wide(bars(320, 180))} {
		synctest.Test(t, func(t *testing.T) {
			c := &fakeCamera{properties: []prop.Media{property(320, 180, 30, frame.FormatYUYV)}, read: every(time.Second/30, picture)}
			src, err := OpenDriver(t.Context(), register(t, c, "fake", "Fake"), Recording{Name: "Fake", Format: Format{320, 180, 30}})
			if err != nil {
				t.Fatal(err)
			}
			last := time.Time{}
			for i := range uint64(50) {
				f, err := src.Next(t.Context(), 100+i)
				if err != nil {
					t.Fatal(err)
				}
				code, ok := pattern.Read(f.Image)
				if !ok || code.Number != 77 || f.Number != 100+i || !f.Captured.After(last) {
					t.Errorf("%s frame %d: %+v, %v, number %d", name, i, code, ok, f.Number)
				}
				last = f.Captured
				f.Release()
			}
			for range 2 {
				if err := src.Close(); err != nil {
					t.Error(err)
				}
			}
			if c.opened != 1 || c.closed != 1 || src.Name() != "Fake" {
				t.Errorf("opened %d times, closed %d times", c.opened, c.closed)
			}
		})
	}
}

func TestRecorderScalesDownAndDropsWhatIsTooMuch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &fakeCamera{properties: []prop.Media{property(640, 480, 60, frame.FormatI420)}, read: every(time.Second/60, bars(640, 480))}
		src, err := OpenDriver(t.Context(), register(t, c, "fake", "Fake"), Recording{Format: Format{320, 180, 30}})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = src.Close() }()
		began := time.Now()
		for range 60 {
			f, err := src.Next(t.Context(), 0)
			if err != nil {
				t.Fatal(err)
			}
			if size := f.Image.Rect.Size(); size != image.Pt(240, 180) {
				t.Fatalf("size %v", size)
			}
			if _, ok := pattern.Read(f.Image); !ok {
				t.Error("no code after scaling")
			}
			f.Release()
		}
		if took := time.Since(began); took < 1900*time.Millisecond || took > 2100*time.Millisecond {
			t.Errorf("60 frames of 30 a second took %v", took)
		}
	})
}

func TestRecorderPacesWhatDeliversAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		picture := image.NewRGBA(image.Rect(0, 0, 64, 36))
		c := &fakeCamera{properties: []prop.Media{property(64, 36, 0, frame.FormatRGBA)}}
		c.read = func(int) (image.Image, error) { return picture, nil }
		src, err := OpenDriver(t.Context(), register(t, c, "fake", "Fake"), Recording{Format: Format{64, 36, 10}, Paced: true})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Second) //nolint:forbidigo // virtual
		if err := src.Close(); err != nil {
			t.Error(err)
		}
		if c.reads < 99 || c.reads > 102 || c.started.FrameRate != 10 {
			t.Errorf("%d reads in 10 s, rate %v", c.reads, c.started.FrameRate)
		}
	})
}

func TestRecorderOutlivesABadPictureButNotMany(t *testing.T) {
	errBad := errors.New("bad picture")
	for name, c := range map[string]struct {
		fail func(i int) error
		want error // nil: goes on
	}{
		"one in ten":  {func(i int) error { return map[bool]error{true: errBad}[i%10 == 5] }, nil},
		"for good":    {func(i int) error { return map[bool]error{true: errBad}[i > 5] }, ErrGone},
		"end of file": {func(i int) error { return map[bool]error{true: io.EOF}[i > 5] }, ErrGone},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				deliver := every(time.Second/30, bars(320, 180))
				fake := &fakeCamera{properties: []prop.Media{property(320, 180, 30, frame.FormatI420)}}
				fake.read = func(i int) (image.Image, error) {
					if err := c.fail(i); err != nil {
						return nil, err
					}
					return deliver(i)
				}
				src, err := OpenDriver(t.Context(), register(t, fake, "fake", "Fake"), Recording{})
				if err != nil {
					t.Fatal(err)
				}
				for i := 0; i < 100 && err == nil; i++ {
					var f *media.Frame
					if f, err = src.Next(t.Context(), 0); err == nil {
						f.Release()
					}
				}
				if !errors.Is(err, c.want) {
					t.Errorf("%v, want %v", err, c.want)
				}
				if err := src.Close(); err != nil || fake.closed != 1 {
					t.Errorf("%v, closed %d times", err, fake.closed)
				}
			})
		})
	}
}

func TestRecorderRefusesWhatIsNoPicture(t *testing.T) {
	for _, picture := range []image.Image{
		image.NewGray16(image.Rect(0, 0, 64, 36)), image.NewRGBA(image.Rectangle{}),
		&image.YCbCr{Rect: image.Rect(0, 0, 1<<20, 1<<20)}, &image.YCbCr{Rect: image.Rect(0, 0, 64, 64)},
	} {
		synctest.Test(t, func(t *testing.T) {
			c := &fakeCamera{properties: []prop.Media{property(64, 36, 30, frame.FormatI420)}, read: every(time.Second/30, picture)}
			src, err := OpenDriver(t.Context(), register(t, c, "fake", "Fake"), Recording{})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := src.Next(t.Context(), 0); !errors.Is(err, ErrGone) {
				t.Errorf("%T: %v", picture, err)
			}
			if err := src.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestRecorderTellsWhyItDoesNotOpen(t *testing.T) {
	good := []prop.Media{property(64, 36, 30, frame.FormatI420)}
	for name, c := range map[string]struct {
		camera *fakeCamera
		want   error
		closed int
	}{
		"busy":      {&fakeCamera{openError: syscall.EBUSY}, ErrBusy, 0},
		"denied":    {&fakeCamera{openError: syscall.EACCES}, ErrDenied, 0},
		"gone":      {&fakeCamera{openError: syscall.ENODEV}, ErrNoCamera, 0},
		"no format": {&fakeCamera{properties: []prop.Media{property(64, 36, 30, frame.FormatZ16)}}, ErrNoFormat, 1},
		"no start":  {&fakeCamera{properties: good, startError: syscall.EBUSY}, ErrBusy, 1},
	} {
		d := register(t, c.camera, name, "Fake")
		if _, err := OpenDriver(t.Context(), d, Recording{Name: "Fake"}); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if c.camera.closed != c.closed {
			t.Errorf("%s: closed %d times", name, c.camera.closed)
		}
	}
}

// A driver that hangs in a read holds nobody up for longer than it may.
func TestRecorderOfADriverThatIsStuck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &fakeCamera{properties: []prop.Media{property(64, 36, 30, frame.FormatI420)}}
		c.read = func(int) (image.Image, error) {
			time.Sleep(5 * time.Second) //nolint:forbidigo // virtual
			return nil, errors.New("read timeout")
		}
		src, err := OpenDriver(t.Context(), register(t, c, "fake", "Fake"), Recording{})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := src.Next(ctx, 0); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		began := time.Now()
		if err := src.Close(); !errors.Is(err, ErrStuck) || time.Since(began) != closeTime {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		if err := src.Close(); !errors.Is(err, ErrStuck) {
			t.Error(err)
		}
		time.Sleep(10 * time.Second) //nolint:forbidigo // virtual
		synctest.Wait()
		if c.closed != 1 {
			t.Errorf("closed %d times in the end", c.closed)
		}
	})
}

func TestRecorderOpeningIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &slowCamera{fakeCamera{properties: []prop.Media{property(64, 36, 30, frame.FormatI420)}, read: every(time.Second/30, bars(64, 36))}}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := OpenDriver(ctx, register(t, c, "fake", "Fake"), Recording{}); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		time.Sleep(time.Minute) //nolint:forbidigo // virtual
		synctest.Wait()
		if c.opened != 1 || c.closed != 1 {
			t.Errorf("opened %d times, closed %d times", c.opened, c.closed)
		}
	})
}

type slowCamera struct{ fakeCamera }

func (c *slowCamera) Open() error {
	time.Sleep(10 * time.Second) //nolint:forbidigo // virtual
	return c.fakeCamera.Open()
}
