package camera

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"testing"
	"testing/synctest"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"parley/media"
	"parley/media/codec"
	"parley/media/pattern"
)

var hd = Format{1280, 720, 30}

// The numbers are those that the header gives on 64 bit.
func TestRequests(t *testing.T) {
	if unsafe.Sizeof(uintptr(0)) != 8 {
		return
	}
	for name, c := range map[string][2]uintptr{
		"QUERYCAP": {askCapability, 0x80685600}, "ENUM_FMT": {askFormat, 0xc0405602}, "S_FMT": {setFormat, 0xc0d05605},
		"REQBUFS": {askBuffers, 0xc0145608}, "QUERYBUF": {askBuffer, 0xc0585609}, "QBUF": {putBuffer, 0xc058560f},
		"DQBUF": {takeBuffer, 0xc0585611}, "STREAMON": {streamOn, 0x40045612}, "STREAMOFF": {streamOff, 0x40045613},
		"S_PARM": {setStream, 0xc0cc5616}, "ENUM_FRAMESIZES": {askSize, 0xc02c564a}, "ENUM_FRAMEINTERVALS": {askInterval, 0xc034564b},
		"bytesused":    {unsafe.Offsetof(v4lBuffer{}.used), 8},
		"timestamp":    {unsafe.Offsetof(v4lBuffer{}.stamp), 24},
		"sequence":     {unsafe.Offsetof(v4lBuffer{}.sequence), 56},
		"m":            {unsafe.Offsetof(v4lBuffer{}.offset), 64},
		"length":       {unsafe.Offsetof(v4lBuffer{}.length), 72},
		"pix":          {unsafe.Offsetof(v4lFormat{}.pixels), 8},
		"quantization": {unsafe.Offsetof(v4lFormat{}.pixels) + unsafe.Offsetof(v4lPixels{}.quantization), 48},
		"timeperframe": {unsafe.Offsetof(v4lStream{}.interval), 12},
		"device_caps":  {unsafe.Offsetof(v4lCapability{}.device), 88},
		"pixelformat":  {unsafe.Offsetof(v4lFormatDescription{}.code), 44},
	} {
		if c[0] != c[1] {
			t.Errorf("%s is %#x, want %#x", name, c[0], c[1])
		}
	}
}

// The real kernel's calls work on what is no camera, too.
func TestNodeThatIsNoCamera(t *testing.T) {
	v, err := openVideo(linux(), "/dev/zero")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.capability(); !errors.Is(err, unix.ENOTTY) {
		t.Error(err)
	}
	if ready, err := v.node.wait(time.Second); !ready || err != nil {
		t.Errorf("%v, %v", ready, err)
	}
	if _, _, err := v.take(); !errors.Is(err, unix.ENOTTY) {
		t.Error(err)
	}
	mapped, err := v.node.mmap(0, 4096)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(v.node.munmap(mapped), v.close()); err != nil {
		t.Error(err)
	}
	if _, err := openVideo(linux(), "/dev/there/is/none"); !errors.Is(whyNot(err), ErrNoCamera) {
		t.Error(err)
	}
	if monotonic() <= 0 {
		t.Error("the clock does not go")
	}
}

// onMachine runs a test in virtual time with a camera as /dev/video0.
func onMachine(t *testing.T, change func(*camera), test func(m *machine, c *camera)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		m, c := newMachine(t), webcam(t, "HD Webcam", "usb-1")
		change(c)
		m.plug("video0", c)
		test(m, c)
		synctest.Wait()
		m.left()
	})
}

// shoot takes n pictures and closes the source.
func shoot(m *machine, want Format, n int, check func(*media.Frame)) error {
	m.Helper()
	src, err := m.Open(m.Context(), media.DefaultDevice, want)
	if err != nil {
		return err
	}
	for i := 0; i < n && err == nil; i++ {
		var f *media.Frame
		if f, err = src.Next(m.Context(), uint64(i)); err == nil {
			check(f)
			f.Release()
		}
	}
	return errors.Join(err, src.Close())
}

// areBars complains about what are not the bars that the camera shows.
func areBars(t *testing.T, size image.Point) func(*media.Frame) {
	want := bars(size.X, size.Y)
	return func(f *media.Frame) {
		t.Helper()
		if f.Image.Rect.Size() != size {
			t.Fatalf("size %v, want %v", f.Image.Rect.Size(), size)
		}
		if code, ok := pattern.Read(f.Image); !ok || code.Number != 77 {
			t.Errorf("read %+v, %v", code, ok)
		}
		for _, at := range []image.Point{size.Div(6), size.Div(2), size.Mul(5).Div(6)} {
			y, c := want.YOffset(at.X, at.Y), want.COffset(at.X, at.Y)
			if far(f.Image.Y[y], want.Y[y]) || far(f.Image.Cb[c], want.Cb[c]) || far(f.Image.Cr[c], want.Cr[c]) {
				t.Errorf("%v is %d %d %d, want %d %d %d", at, f.Image.Y[y], f.Image.Cb[c], f.Image.Cr[c], want.Y[y], want.Cb[c], want.Cr[c])
			}
		}
	}
}

func far(a, b uint8) bool { return max(a, b)-min(a, b) > 8 }

func TestVideoFormats(t *testing.T) {
	for _, code := range []string{"MJPG", "JPEG", "YUYV", "UYVY", "NV12", "YU12"} {
		for _, stride := range []int{0, 1024} {
			t.Run(fmt.Sprint(code, stride), func(t *testing.T) {
				onMachine(t, func(c *camera) {
					c.codes = []uint32{fourCC(code)}
					c.answer = func(request uintptr, arg unsafe.Pointer) error {
						if request == setFormat {
							(*v4lFormat)(arg).pixels.stride = uint32(stride)
							c.format.stride, c.format.length = uint32(stride), max(c.format.length, 2048*720)
						}
						return nil
					}
				}, func(m *machine, c *camera) {
					began := time.Now()
					if err := shoot(m, Format{320, 180, 30}, 30, areBars(t, image.Pt(320, 180))); err != nil {
						t.Error(err)
					}
					if took := time.Since(began); took < 900*time.Millisecond || took > 1300*time.Millisecond {
						t.Errorf("30 pictures took %v", took)
					}
					if c.asked != 30 || c.begun != 1 {
						t.Errorf("asked for %v frames/s, started %d times", c.asked, c.begun)
					}
				})
			})
		}
	}
}

func TestVideoOfTheFullRange(t *testing.T) {
	for name, say := range map[string]func(*v4lPixels){
		"told":    func(p *v4lPixels) { p.quantization = v4lFullRange },
		"by JPEG": func(p *v4lPixels) { p.colours = v4lColourJPEG },
	} {
		onMachine(t, func(c *camera) {
			c.codes = []uint32{fourCC("YUYV")}
			c.picture = func(int, v4lPixels) []byte { return make([]byte, 320*180*2) }
			c.answer = func(request uintptr, arg unsafe.Pointer) error {
				if request == setFormat {
					say(&(*v4lFormat)(arg).pixels)
				}
				return nil
			}
		}, func(m *machine, _ *camera) {
			err := shoot(m, Format{320, 180, 30}, 1, func(f *media.Frame) {
				if f.Image.Y[500] != 16 || f.Image.Cb[500] != 16 {
					t.Errorf("%s: zero became %d and %d", name, f.Image.Y[500], f.Image.Cb[500])
				}
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// Red of BT.709 becomes that of BT.601 where the device tells, by its matrix or by its
// colour space, and nothing changes where it does not.
func TestVideoOfOtherMatrices(t *testing.T) {
	red709, red601 := [3]byte{63, 102, 240}, [3]byte{81, 90, 240}
	for name, c := range map[string]struct {
		say  func(*v4lPixels)
		want [3]byte
	}{
		"nothing":            {func(*v4lPixels) {}, red709},
		"sRGB":               {func(p *v4lPixels) { p.colours = 8 }, red709},
		"BT.709":             {func(p *v4lPixels) { p.colours = v4lColour709 }, red601},
		"its matrix":         {func(p *v4lPixels) { p.matrix = v4lMatrix709 }, red601},
		"an extended one":    {func(p *v4lPixels) { p.matrix = v4lMatrixXV709 }, red601},
		"another matrix":     {func(p *v4lPixels) { p.colours, p.matrix = v4lColour709, 1 }, red709},
		"a matrix of no one": {func(p *v4lPixels) { p.matrix = 77 }, red709},
		"without the fields": {func(p *v4lPixels) { p.magic, p.matrix = 0, v4lMatrix709 }, red709},
	} {
		onMachine(t, func(cam *camera) {
			cam.codes = []uint32{fourCC("YUYV")}
			cam.picture = func(int, v4lPixels) []byte {
				return bytes.Repeat([]byte{red709[0], red709[1], red709[0], red709[2]}, 320*180/2)
			}
			cam.answer = func(request uintptr, arg unsafe.Pointer) error {
				if request == setFormat {
					c.say(&(*v4lFormat)(arg).pixels)
				}
				return nil
			}
		}, func(m *machine, _ *camera) {
			err := shoot(m, Format{320, 180, 30}, 1, func(f *media.Frame) {
				for i, got := range []byte{f.Image.Y[500], f.Image.Cb[500], f.Image.Cr[500]} {
					if d := int(got) - int(c.want[i]); d < -1 || d > 1 {
						t.Errorf("%s: component %d is %d, want %d", name, i, got, c.want[i])
					}
				}
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	others := map[codec.Matrix]*v4lPixels{
		codec.BT2020: {colours: v4lColour2020}, codec.SMPTE240M: {colours: v4lColour240M}, codec.BT709: {colours: v4lColourDCI}, codec.BT601: {},
	}
	for want, p := range others {
		if got := p.madeBy(); got != want {
			t.Errorf("colour space %d: matrix %d", p.colours, got)
		}
	}
	if got := (&v4lPixels{magic: v4lPixMagic, matrix: v4lMatrix240M}).madeBy(); got != codec.SMPTE240M {
		t.Errorf("matrix 8 of V4L2 is %d", got)
	}
}

// The stamp of the kernel counts, if it can be true.
// What is listed is not always what can be had.
func TestVideoFindsWhatIsReallyDelivered(t *testing.T) {
	is := func(arg unsafe.Pointer, code string) bool { return (*v4lFormat)(arg).pixels.code == fourCC(code) }
	agreed := func(c *camera, code string) bool { return c.format.code == fourCC(code) }
	garbage := make([]byte, 5000)
	for name, c := range map[string]struct {
		codes   []string
		change  func(c *camera, request uintptr, arg unsafe.Pointer) error
		picture func(c *camera) []byte // nil: a good one
		want    image.Point
		used    string
	}{
		"honest": {nil, nil, nil, image.Pt(1280, 720), "YUYV"},
		"a format that is refused": {nil, func(_ *camera, request uintptr, arg unsafe.Pointer) error {
			if request == setFormat && is(arg, "YUYV") {
				return unix.EINVAL
			}
			return nil
		}, nil, image.Pt(1280, 720), "MJPG"},
		"no room on the bus": {nil, func(c *camera, request uintptr, _ unsafe.Pointer) error {
			if request == streamOn && agreed(c, "YUYV") {
				return unix.ENOSPC
			}
			return nil
		}, nil, image.Pt(1280, 720), "MJPG"},
		"no room for large ones": {[]string{"YUYV"}, func(c *camera, request uintptr, _ unsafe.Pointer) error {
			if request == streamOn && c.format.width > 320 {
				return unix.ENOSPC
			}
			return nil
		}, nil, image.Pt(320, 180), "YUYV"},
		"another format is put in its place": {[]string{"NV12"}, func(c *camera, request uintptr, arg unsafe.Pointer) error {
			if request == setFormat {
				(*v4lFormat)(arg).pixels.code, c.format.code = fourCC("UYVY"), fourCC("UYVY")
			}
			return nil
		}, nil, image.Pt(1280, 720), "UYVY"},
		"one that nobody understands": {nil, func(c *camera, request uintptr, arg unsafe.Pointer) error {
			if request == setFormat && is(arg, "YUYV") {
				(*v4lFormat)(arg).pixels.code = fourCC("H264")
			}
			return nil
		}, nil, image.Pt(1280, 720), "MJPG"},
		"another size": {[]string{"YUYV"}, func(c *camera, request uintptr, arg unsafe.Pointer) error {
			if request == setFormat {
				p := &(*v4lFormat)(arg).pixels
				p.width, p.height = 640, 480
				c.format.width, c.format.height = 640, 480
			}
			return nil
		}, nil, image.Pt(640, 480), "YUYV"},
		"8K": {nil, func(c *camera, request uintptr, arg unsafe.Pointer) error {
			if request == setFormat && is(arg, "YUYV") {
				(*v4lFormat)(arg).pixels.width = 7680
			}
			return nil
		}, nil, image.Pt(1280, 720), "MJPG"},
		"nothing of a size": {nil, func(c *camera, request uintptr, arg unsafe.Pointer) error {
			if request == setFormat && is(arg, "YUYV") {
				(*v4lFormat)(arg).pixels.width = 0
			}
			return nil
		}, nil, image.Pt(1280, 720), "MJPG"},
		"garbage": {nil, nil, func(c *camera) []byte {
			return map[bool][]byte{true: garbage}[agreed(c, "YUYV")]
		}, image.Pt(1280, 720), "MJPG"},
		"short ones": {nil, func(c *camera, request uintptr, arg unsafe.Pointer) error {
			if request == takeBuffer && agreed(c, "YUYV") {
				(*v4lBuffer)(arg).used = 1280 * 720
			}
			return nil
		}, nil, image.Pt(1280, 720), "MJPG"},
		"empty ones": {nil, func(c *camera, request uintptr, arg unsafe.Pointer) error {
			if request == takeBuffer && agreed(c, "YUYV") {
				(*v4lBuffer)(arg).used = 0
			}
			return nil
		}, nil, image.Pt(1280, 720), "MJPG"},
		"spoilt ones": {nil, func(c *camera, request uintptr, arg unsafe.Pointer) error {
			if request == takeBuffer && agreed(c, "YUYV") {
				(*v4lBuffer)(arg).flags |= v4lBufferError
			}
			return nil
		}, nil, image.Pt(1280, 720), "MJPG"},
		"no rates": {nil, func(_ *camera, request uintptr, _ unsafe.Pointer) error {
			if request == setStream || request == askInterval {
				return unix.ENOTTY
			}
			return nil
		}, nil, image.Pt(1280, 720), "YUYV"},
		"no sizes": {nil, func(_ *camera, request uintptr, _ unsafe.Pointer) error {
			if request == askSize {
				return unix.ENOTTY
			}
			return nil
		}, nil, image.Pt(1280, 720), "YUYV"},
		"a range": {nil, func(_ *camera, request uintptr, arg unsafe.Pointer) error {
			switch request {
			case askSize:
				*(*v4lSize)(arg) = v4lSize{kind: 3, minWidth: 32, maxWidth: 1000, stepX: 32, minHeight: 2, maxHeight: 600, stepY: 2}
			case askInterval:
				*(*v4lInterval)(arg) = v4lInterval{kind: 3, least: v4lFraction{1, 60}, most: v4lFraction{1, 5}}
			}
			return nil
		}, nil, image.Pt(992, 600), "YUYV"},
	} {
		t.Run(name, func(t *testing.T) {
			onMachine(t, func(cam *camera) {
				if c.codes != nil {
					cam.codes = []uint32{fourCC(c.codes[0])}
				}
				if c.change != nil {
					cam.answer = func(request uintptr, arg unsafe.Pointer) error { return c.change(cam, request, arg) }
				}
				good := cam.picture
				cam.picture = func(i int, p v4lPixels) []byte {
					if c.picture != nil {
						if data := c.picture(cam); data != nil {
							return data
						}
					}
					return good(i, p)
				}
			}, func(m *machine, cam *camera) {
				if err := shoot(m, hd, 5, areBars(t, c.want)); err != nil {
					t.Error(err)
				}
				if !agreed(cam, c.used) {
					t.Errorf("%#x is used, want %s", cam.format.code, c.used)
				}
			})
		})
	}
}
