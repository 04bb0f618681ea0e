package camera

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/blackjack/webcam"
	"github.com/pion/mediadevices/pkg/frame"
	"github.com/pion/mediadevices/pkg/prop"

	"parley/media/codec"
	"parley/media/pattern"
)

// fakeVideo is a V4L2 device that shows the same picture again and again.
type fakeVideo struct {
	data     []byte
	format   webcam.PixelFormat // what it agrees to
	refuse   error              // to start
	fail     func(i int) error  // to deliver
	reads    int
	out      int // buffers that are in our hands
	closed   int
	rate     float32
	buffered uint32
}

func (v *fakeVideo) SetImageFormat(_ webcam.PixelFormat, w, h uint32) (webcam.PixelFormat, uint32, uint32, error) {
	return v.format, w, h, nil
}

func (v *fakeVideo) SetFramerate(rate float32) error {
	v.rate = rate
	return nil
}

func (v *fakeVideo) SetBufferCount(n uint32) error {
	v.buffered = n
	return nil
}

func (v *fakeVideo) StartStreaming() error { return v.refuse }

func (v *fakeVideo) WaitForFrame(seconds uint32) error {
	time.Sleep(time.Second / 30) //nolint:forbidigo // a camera's own time, virtual
	v.reads++
	if v.fail == nil {
		return nil
	}
	err := v.fail(v.reads)
	if timeout := (*webcam.Timeout)(nil); errors.As(err, &timeout) {
		time.Sleep(time.Duration(seconds) * time.Second) //nolint:forbidigo // virtual
	}
	return err
}

func (v *fakeVideo) GetFrame() ([]byte, uint32, error) {
	v.out++
	return v.data, 7, nil
}

func (v *fakeVideo) ReleaseFrame(index uint32) error {
	if index != 7 {
		return syscall.EINVAL
	}
	v.out--
	return nil
}

func (v *fakeVideo) Close() error {
	v.closed++
	return nil
}

// packed returns bars as the devices of each format deliver them.
func packed(t *testing.T, f frame.Format, w, h int) []byte {
	t.Helper()
	p := bars(w, h)
	var out bytes.Buffer
	switch f {
	case frame.FormatMJPEG:
		full := image.NewRGBA(p.Rect)
		codec.ToRGBA(full, p)
		if err := jpeg.Encode(&out, full, nil); err != nil {
			t.Fatal(err)
		}
	case frame.FormatYUYV:
		for y := range h {
			for x := 0; x < w; x += 2 {
				c := p.COffset(x, y)
				out.Write([]byte{p.Y[p.YOffset(x, y)], p.Cb[c], p.Y[p.YOffset(x+1, y)], p.Cr[c]})
			}
		}
	case frame.FormatNV12:
		out.Write(p.Y)
		for i := range p.Cb {
			out.Write([]byte{p.Cb[i], p.Cr[i]})
		}
	default:
		t.Fatalf("%s is not packed", f)
	}
	return out.Bytes()
}

func recordVideo(t *testing.T, v *fakeVideo, f frame.Format) (Source, error) {
	t.Helper()
	start := func(Format) (grabber, error) { return startVideo(v, property(320, 180, 30, f)) }
	return record(t.Context(), Recording{Name: "Fake", Format: Format{320, 180, 30}}, start)
}

func TestVideoFormats(t *testing.T) {
	for f, code := range map[frame.Format]string{frame.FormatMJPEG: "MJPG", frame.FormatYUYV: "YUYV", frame.FormatNV12: "NV12"} {
		synctest.Test(t, func(t *testing.T) {
			v := &fakeVideo{data: packed(t, f, 320, 180), format: fourCC(code)}
			src, err := recordVideo(t, v, f)
			if err != nil {
				t.Fatal(err)
			}
			for range 30 {
				got, err := src.Next(t.Context(), 3)
				if err != nil {
					t.Fatal(err)
				}
				if c, ok := pattern.Read(got.Image); !ok || c.Number != 77 || got.Number != 3 {
					t.Errorf("%s: read %+v, %v", f, c, ok)
				}
				want := bars(320, 180)
				if y, cb := got.Image.YOffset(30, 30), got.Image.COffset(30, 30); far(got.Image.Y[y], want.Y[y]) || far(got.Image.Cb[cb], want.Cb[cb]) {
					t.Errorf("%s: luma %d and chroma %d, want %d and %d", f, got.Image.Y[y], got.Image.Cb[cb], want.Y[y], want.Cb[cb])
				}
				got.Release()
			}
			if err := src.Close(); err != nil || v.closed != 1 || v.out != 0 {
				t.Errorf("%v, closed %d times, %d buffers kept", err, v.closed, v.out)
			}
			if v.rate != 30 || v.buffered != buffers {
				t.Errorf("asked for %v frames/s and %d buffers", v.rate, v.buffered)
			}
		})
	}
}

func far(a, b uint8) bool { return max(a, b)-min(a, b) > 4 }

func TestVideoThatIsPulledOut(t *testing.T) {
	timeout := new(webcam.Timeout)
	for name, c := range map[string]struct {
		fail func(i int) error
		data []byte
		want error
	}{
		"pulled out":   {func(i int) error { return map[bool]error{true: syscall.ENODEV}[i > 5] }, nil, syscall.ENODEV},
		"silent":       {func(i int) error { return map[bool]error{true: timeout}[i > 5] }, nil, timeout},
		"empty":        {nil, []byte{}, errNoData},
		"cut off":      {nil, []byte{1, 2, 3}, codec.ErrSize},
		"a short wait": {func(i int) error { return map[bool]error{true: timeout}[i%10 == 9] }, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				v := &fakeVideo{data: c.data, format: fourCC("NV12"), fail: c.fail}
				if v.data == nil {
					v.data = packed(t, frame.FormatNV12, 320, 180)
				}
				src, err := recordVideo(t, v, frame.FormatNV12)
				if err != nil {
					t.Fatal(err)
				}
				began := time.Now()
				for i := 0; i < 100 && err == nil; i++ {
					got, failed := src.Next(t.Context(), 0)
					if err = failed; err == nil {
						got.Release()
					}
				}
				if c.want == nil && err != nil || c.want != nil && (!errors.Is(err, ErrGone) || !errors.Is(err, c.want)) {
					t.Errorf("%v, want %v", err, c.want)
				}
				if took := time.Since(began); c.want != nil && took > patience+2*time.Second {
					t.Errorf("noticed after %v", took)
				}
				if err := src.Close(); err != nil || v.closed != 1 || v.out != 0 {
					t.Errorf("%v, closed %d times, %d buffers kept", err, v.closed, v.out)
				}
			})
		})
	}
}

func TestVideoThatDoesNotStart(t *testing.T) {
	for name, c := range map[string]struct {
		video *fakeVideo
		want  error
	}{
		"refused":        {&fakeVideo{format: fourCC("YUYV"), refuse: syscall.EBUSY}, syscall.EBUSY},
		"another format": {&fakeVideo{format: fourCC("MJPG")}, ErrNoFormat},
	} {
		if _, err := recordVideo(t, c.video, frame.FormatYUYV); !errors.Is(err, c.want) || c.video.closed != 1 {
			t.Errorf("%s: %v, closed %d times", name, err, c.video.closed)
		}
	}
}

func TestVideoAllocatesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &fakeVideo{data: packed(t, frame.FormatMJPEG, 320, 180), format: fourCC("MJPG")}
		g, err := startVideo(v, property(320, 180, 30, frame.FormatMJPEG))
		if err != nil {
			t.Fatal(err)
		}
		dst := image.NewYCbCr(image.Rect(0, 0, 320, 180), image.YCbCrSubsampleRatio420)
		if n := testing.AllocsPerRun(20, func() {
			s, err := g.next()
			if err == nil {
				err = s.into(dst)
				s.release()
			}
			if err != nil {
				t.Error(err)
			}
		}); n != 0 {
			t.Errorf("%v allocations a picture", n)
		}
	})
}

// The driver is asked for its formats and closed; what cannot be taken directly
// is left to it.
func TestStartAsksTheDriver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &fakeCamera{properties: []prop.Media{property(320, 180, 30, frame.FormatUYVY)}, read: every(time.Second/30, bars(320, 180))}
		d := device{driver: register(t, c, "usb-1;video99", "Fake;usb"), node: "video99"}
		g, err := d.start(Format{320, 180, 30})
		if err != nil {
			t.Fatal(err)
		}
		if c.opened != 2 || c.closed != 1 {
			t.Errorf("opened %d times, closed %d times", c.opened, c.closed)
		}
		if err := g.close(); err != nil || c.closed != 2 {
			t.Errorf("%v, closed %d times", err, c.closed)
		}
		c.properties = []prop.Media{property(320, 180, 30, frame.FormatMJPEG)}
		if _, err := d.start(Format{320, 180, 30}); !errors.Is(err, ErrNoCamera) { // there is no such node
			t.Error(err)
		}
		c.properties = nil
		if _, err := d.start(Format{320, 180, 30}); !errors.Is(err, ErrNoFormat) {
			t.Error(err)
		}
		c.openError = syscall.EBUSY
		if _, err := d.start(Format{320, 180, 30}); !errors.Is(err, ErrBusy) {
			t.Error(err)
		}
	})
}
