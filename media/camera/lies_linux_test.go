package camera

import (
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

// Lists that do not end are left.
func TestVideoThatAnswersForEver(t *testing.T) {
	asked := 0
	onMachine(t, func(c *camera) {
		c.answer = func(uintptr, unsafe.Pointer) error { asked++; return nil }
		c.codes = make([]uint32, 1<<16)
		for i := range c.codes {
			c.codes[i] = []uint32{fourCC("YUYV"), fourCC("NV12"), fourCC("MJPG")}[i%3]
		}
		c.sizes = make([]image.Point, 1<<16)
		for i := range c.sizes {
			c.sizes[i] = image.Pt(320, 180)
		}
		c.rates = make([]uint32, 1<<16)
		for i := range c.rates {
			c.rates[i] = uint32(i)
		}
	}, func(m *machine, _ *camera) {
		if err := shoot(m, small, 1, func(*media.Frame) {}); err != nil {
			t.Error(err)
		}
	})
	if asked > mostQuestions+1000 {
		t.Errorf("%d questions", asked)
	}
}

// A device that begins well and then lies costs pictures, not the call.
func TestVideoThatLiesLater(t *testing.T) {
	for name, lie := range map[string]func(i int, b *v4lBuffer){
		"more bytes than there are": func(_ int, b *v4lBuffer) { b.used = 1<<32 - 1 },
		"an index beyond":           func(i int, b *v4lBuffer) { b.index = uint32(i) },
		"a short picture":           func(_ int, b *v4lBuffer) { b.used /= 2 },
		"no bytes":                  func(_ int, b *v4lBuffer) { b.used = 0 },
		"spoilt":                    func(_ int, b *v4lBuffer) { b.flags |= v4lBufferError },
	} {
		for _, code := range []string{"MJPG", "YUYV", "NV12"} {
			t.Run(name+" "+code, func(t *testing.T) {
				onMachine(t, func(c *camera) {
					c.codes = []uint32{fourCC(code)}
					c.answer = func(request uintptr, arg unsafe.Pointer) error {
						if request == takeBuffer && c.sent%5 == 4 {
							lie(c.sent, (*v4lBuffer)(arg))
						}
						return nil
					}
				}, func(m *machine, _ *camera) {
					last := time.Time{}
					err := shoot(m, small, 60, func(f *media.Frame) {
						if !f.Captured.After(last) {
							t.Error("time goes back")
						}
						last = f.Captured
						areBars(t, f.Image.Rect.Size())(f)
					})
					if err != nil && name != "an index beyond" { // which costs a buffer each
						t.Error(err)
					}
				})
			})
		}
	}
}

// A JPEG tells its own size; what it tells counts.
func TestVideoWhosePicturesChangeSize(t *testing.T) {
	onMachine(t, func(c *camera) {
		c.codes = []uint32{fourCC("MJPG")}
		shapes := [][]byte{}
		for _, size := range []image.Point{{320, 180}, {640, 480}, {1920, 1080}} {
			shapes = append(shapes, jpegOf(t, bars(size.X, size.Y)))
		}
		huge := append([]byte(nil), shapes[0]...)
		sof := 2
		for huge[sof+1] != 0xc0 {
			sof += 2 + int(huge[sof+2])<<8 + int(huge[sof+3])
		}
		copy(huge[sof+5:], []byte{0xff, 0xff, 0xff, 0xff})
		shapes = append(shapes, huge)
		c.picture = func(i int, _ v4lPixels) []byte { return shapes[i%len(shapes)] }
	}, func(m *machine, _ *camera) {
		seen := map[image.Point]int{}
		if err := shoot(m, hd, 30, func(f *media.Frame) {
			seen[f.Image.Rect.Size()]++
			if _, ok := pattern.Read(f.Image); !ok {
				t.Errorf("%v: no bars", f.Image.Rect.Size())
			}
		}); err != nil {
			t.Error(err)
		}
		for _, size := range []image.Point{{320, 180}, {640, 480}, {1280, 720}} {
			if seen[size] < 9 {
				t.Errorf("%v", seen)
			}
		}
	})
}

// Some cameras never finish a picture. After a few, they are shown as they are.
func TestVideoThatIsAlwaysDamaged(t *testing.T) {
	onMachine(t, func(c *camera) {
		c.codes = []uint32{fourCC("MJPG")}
		whole := jpegOf(t, bars(640, 360))
		c.picture = func(int, v4lPixels) []byte { return whole[:len(whole)*9/10] }
	}, func(m *machine, _ *camera) {
		if err := shoot(m, hd, 30, func(*media.Frame) {}); err != nil {
			t.Error(err)
		}
	})
}

// Pictures come from device to feed without new memory.
func TestVideoAllocatesNothing(t *testing.T) {
	for _, code := range []string{"MJPG", "YUYV", "UYVY", "NV12", "YU12"} {
		for _, want := range []Format{{320, 180, 120}, {200, 120, 120}} { // as it is, and scaled
			synctest.Test(t, func(t *testing.T) {
				m, c := newMachine(t), webcam(t, "HD Webcam", "usb-1")
				c.codes, c.sizes, c.interval = []uint32{fourCC(code)}, []image.Point{{320, 180}}, 20*time.Millisecond
				m.plug("video0", c)
				g, err := m.start("video0", want, nil)
				if err != nil {
					t.Fatal(err)
				}
				r := &recorder{asked: want}
				r.want.Store(&want)
				r.newest = r.feed.Read()
				n := testing.AllocsPerRun(50, func() {
					if err := r.once(g); err != nil {
						t.Error(err)
					}
				})
				if n > 0 {
					t.Errorf("%s, %v: %v allocations a picture", code, want, n)
				}
				if err := g.close(); err != nil {
					t.Error(err)
				}
				r.newest.Close()
				m.left()
			})
		}
	}
}

// FuzzVideo gives a device's answers at random: whatever it says, it ends, and
// everything is given back.
func FuzzVideo(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("\xff00&\x00")) // buffers at another place than they are at
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 250, 251, 252, 253, 254, 255})
	f.Fuzz(func(t *testing.T, script []byte) {
		at := 0
		roll := func() byte {
			if len(script) == 0 {
				return 0
			}
			at++
			return script[at%len(script)]
		}
		onMachine(t, func(c *camera) {
			c.picture = func(int, v4lPixels) []byte { return script }
			c.answer = func(request uintptr, arg unsafe.Pointer) error {
				if roll() > 100 {
					return nil
				}
				if roll() < 20 {
					return []error{unix.EIO, unix.EINVAL, unix.ENOSPC, unix.EAGAIN, unix.EBUSY, unix.ENODEV}[roll()%6]
				}
				words := unsafe.Slice((*uint32)(arg), request>>16&0x3fff/4)
				words[int(roll())%len(words)] = uint32(roll())<<24 | uint32(roll())
				return nil
			}
		}, func(m *machine, _ *camera) {
			_ = shoot(m, small, 3, func(f *media.Frame) {
				if f.Width() > codec.MaxSide || f.Height() > codec.MaxSide {
					t.Errorf("%v", f.Image.Rect)
				}
			})
		})
	})
}
