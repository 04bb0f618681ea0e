package camera

import (
	"bytes"
	"cmp"
	"context"
	"image"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"parley/media"
)

// machine is a kernel with cameras of the tests' making, beneath the real driver.
type machine struct {
	*testing.T
	kernel
	mu      sync.Mutex
	cameras map[string]*camera // by node
	mapped  int                // buffers
	open    int                // nodes
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	m := &machine{T: t, cameras: map[string]*camera{}}
	epoch := time.Now().Add(-time.Hour)
	m.kernel = kernel{open: m.openNode, now: func() time.Duration { return time.Since(epoch) }, root: t.TempDir()}
	for _, folder := range []string{"dev/v4l/by-id", "dev/v4l/by-path", "sys/class/video4linux"} {
		if err := os.MkdirAll(filepath.Join(m.root, folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

// camera is a device. What is nil is as with an honest one.
type camera struct {
	card, bus string
	refuse    error // to be opened
	can       uint32
	codes     []uint32
	sizes     []image.Point
	rates     []uint32
	interval  time.Duration // from picture to picture; a 30th of a second if 0

	answer  func(request uintptr, arg unsafe.Pointer) error // changes answers, after the fact
	picture func(i int, p v4lPixels) []byte
	ready   func(i int) (bool, error)
	spans   func(length int) ([]byte, error) // maps

	format v4lPixels // what was agreed last
	asked  float64   // rate
	begun  int       // how often it was started
	sent   int       // pictures
}

// plug connects a camera.
func (m *machine) plug(node string, c *camera) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.cameras[node] = c
	if err := os.WriteFile(filepath.Join(m.root, "dev", node), nil, 0o600); err != nil {
		m.Fatal(err)
	}
}

// unplug takes it out, running or not.
func (m *machine) unplug(node string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.cameras, node)
	if err := os.Remove(filepath.Join(m.root, "dev", node)); err != nil {
		m.Fatal(err)
	}
}

// set changes a camera that may be running.
func (m *machine) set(change func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change()
}

// tell writes a line of sysfs, or a link of udev.
func (m *machine) tell(path, line string) {
	m.Helper()
	path = filepath.Join(m.root, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		m.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(line+"\n"), 0o600); err != nil {
		m.Fatal(err)
	}
}

func (m *machine) link(path, target string) {
	m.Helper()
	path = filepath.Join(m.root, path)
	_ = os.Remove(path)
	if err := os.Symlink(target, path); err != nil {
		m.Fatal(err)
	}
}

// Open is what a pump opens sources with.
func (m *machine) Open(ctx context.Context, c media.Choice, f Format) (Source, error) {
	return openCamera(ctx, system{scan: m.kernel.cameras}, c, f)
}

// left complains about what was not given back.
func (m *machine) left() {
	m.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.mapped != 0 || m.open != 0 {
		m.Errorf("%d buffers are mapped and %d nodes open at the end", m.mapped, m.open)
	}
}

func (m *machine) openNode(path string) (node, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.cameras[filepath.Base(path)]
	switch {
	case c == nil:
		return nil, unix.ENOENT
	case c.refuse != nil:
		return nil, c.refuse
	}
	m.open++
	return &openCam{machine: m, camera: c, name: filepath.Base(path)}, nil
}

// openCam is a camera that is open.
type openCam struct {
	*machine
	*camera
	name    string
	count   uint32
	running bool
	maps    map[int64][]byte // by index, unless that is a lie
	queue   []uint32
}

func (o *openCam) gone() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.cameras[o.name] != o.camera
}

// behaviour returns what the device does now; a test may change it under the lock.
func (o *openCam) behaviour() (interval time.Duration, ready func(int) (bool, error), answer func(uintptr, unsafe.Pointer) error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return cmp.Or(o.interval, time.Second/30), o.ready, o.answer
}

func (o *openCam) close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.open--
	return nil
}

func (o *openCam) wait(most time.Duration) (bool, error) {
	interval, ready, _ := o.behaviour()
	time.Sleep(min(interval, most)) //nolint:forbidigo // a camera's own time, virtual
	if o.gone() {
		return true, nil // with POLLERR
	}
	if ready != nil {
		ready, err := ready(o.sent)
		if !ready {
			o.sent++
			time.Sleep(most) //nolint:forbidigo // virtual
		}
		return ready, err
	}
	return interval <= most && len(o.queue) > 0, nil
}

// mmap gives real memory, so that a read after munmap is noticed.
func (o *openCam) mmap(offset int64, length int) ([]byte, error) {
	span := o.spans
	if span == nil {
		span = func(length int) ([]byte, error) {
			return unix.Mmap(-1, 0, length, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
		}
	}
	b, err := span(length)
	if err != nil {
		return nil, err
	}
	o.mu.Lock()
	o.mapped++
	o.mu.Unlock()
	o.maps[offset/int64(unix.Getpagesize())] = b
	return b, nil
}

func (o *openCam) munmap(b []byte) error {
	o.mu.Lock()
	o.mapped--
	o.mu.Unlock()
	for i, m := range o.maps {
		if unsafe.SliceData(m) == unsafe.SliceData(b) {
			delete(o.maps, i)
		}
	}
	return unix.Munmap(b)
}

func (o *openCam) ioctl(request uintptr, arg unsafe.Pointer) error {
	if o.gone() {
		return unix.ENODEV
	}
	err := o.honest(request, arg)
	if _, _, answer := o.behaviour(); err == nil && answer != nil {
		err = answer(request, arg)
	}
	return err
}

// honest answers as a UVC camera does.
func (o *openCam) honest(request uintptr, arg unsafe.Pointer) error {
	switch request {
	case askCapability:
		c := (*v4lCapability)(arg)
		copy(c.card[:], o.card)
		copy(c.bus[:], o.bus)
		c.capabilities, c.device = v4lHasOwnCaps|v4lCanCapture, cmp.Or(o.can, v4lCanCapture|v4lCanStream)
	case askFormat:
		d := (*v4lFormatDescription)(arg)
		if int(d.index) >= len(o.codes) {
			return unix.EINVAL
		}
		d.code = o.codes[d.index]
	case askSize:
		s := (*v4lSize)(arg)
		if int(s.index) >= len(o.sizes) {
			return unix.EINVAL
		}
		s.kind, s.minWidth, s.maxWidth = v4lDiscrete, uint32(o.sizes[s.index].X), uint32(o.sizes[s.index].Y)
	case askInterval:
		t := (*v4lInterval)(arg)
		if int(t.index) >= len(o.rates) {
			return unix.EINVAL
		}
		t.kind, t.least = v4lDiscrete, v4lFraction{1, o.rates[t.index]}
	default:
		return o.streams(request, arg)
	}
	return nil
}

func (o *openCam) streams(request uintptr, arg unsafe.Pointer) error {
	switch request {
	case setFormat:
		f := (*v4lFormat)(arg)
		f.pixels.length = 2 * f.pixels.width * f.pixels.height
		o.format = f.pixels
	case setStream:
		o.asked = (*v4lStream)(arg).interval.rate()
	case askBuffers:
		r := (*v4lRequest)(arg)
		o.count, o.queue, o.maps = r.count, nil, map[int64][]byte{}
	case askBuffer:
		b := (*v4lBuffer)(arg)
		b.length, b.offset = max(1, o.format.length), b.index*uint32(unix.Getpagesize())
	case putBuffer:
		b := (*v4lBuffer)(arg)
		if b.index >= o.count {
			return unix.EINVAL
		}
		o.queue = append(o.queue, b.index)
	case streamOn:
		o.running, o.begun = true, o.begun+1
	case streamOff:
		o.running, o.queue = false, nil
	case takeBuffer:
		return o.deliver((*v4lBuffer)(arg))
	default:
		return unix.ENOTTY
	}
	return nil
}

func (o *openCam) deliver(b *v4lBuffer) error {
	if !o.running || len(o.queue) == 0 {
		return unix.EINVAL
	}
	b.index, o.queue = o.queue[0], o.queue[1:]
	b.flags = v4lBufferMonotonic
	b.stamp = unix.NsecToTimeval(int64(o.now() - 20*time.Millisecond))
	if into := o.maps[int64(b.index)]; into != nil {
		b.used = uint32(copy(into, o.picture(o.sent, o.format)))
	}
	o.sent++
	return nil
}

// webcam returns a camera of the common kind, that shows bars.
func webcam(t *testing.T, name, bus string) *camera {
	t.Helper()
	c := &camera{
		card: name, bus: bus,
		codes: []uint32{fourCC("YUYV"), fourCC("MJPG"), fourCC("H264")},
		sizes: []image.Point{{320, 180}, {640, 360}, {1280, 720}},
		rates: []uint32{30, 15},
	}
	shown := map[v4lPixels][]byte{}
	c.picture = func(_ int, p v4lPixels) []byte {
		key := v4lPixels{width: p.width, height: p.height, code: p.code, stride: p.stride}
		if shown[key] == nil {
			shown[key] = packed(t, p.code, int(p.width), int(p.height), int(p.stride))
		}
		return shown[key]
	}
	return c
}

// packed returns bars as devices deliver them in a format, with rows of stride
// bytes, or as many as they need.
func packed(t *testing.T, code uint32, w, h, stride int) []byte {
	t.Helper()
	p := bars(w, h)
	var out bytes.Buffer
	row := func(least int, bytes func()) {
		before := out.Len()
		bytes()
		for out.Len()-before < max(least, stride) {
			out.WriteByte(7)
		}
	}
	interleaved := func(order string) {
		for y := range h {
			row(2*w, func() {
				for x := 0; x < w; x += 2 {
					c := p.COffset(x, y)
					four := map[byte]byte{'a': p.Y[p.YOffset(x, y)], 'b': p.Y[p.YOffset(x+1, y)], 'u': p.Cb[c], 'v': p.Cr[c]}
					for _, what := range []byte(order) {
						out.WriteByte(four[what])
					}
				}
			})
		}
	}
	switch code {
	case fourCC("MJPG"), fourCC("JPEG"):
		out.Write(jpegOf(t, p))
	case fourCC("YUYV"):
		interleaved("aubv")
	case fourCC("UYVY"):
		interleaved("uavb")
	case fourCC("NV12"):
		for y := range h {
			row(w, func() { out.Write(p.Y[y*w:][:w]) })
		}
		for y := range h / 2 {
			row(w, func() {
				for x := range w / 2 {
					out.Write([]byte{p.Cb[y*p.CStride+x], p.Cr[y*p.CStride+x]})
				}
			})
		}
	case fourCC("YU12"):
		for y := range h {
			row(w, func() { out.Write(p.Y[y*w:][:w]) })
		}
		stride /= 2
		for _, plane := range [][]byte{p.Cb, p.Cr} {
			for y := range h / 2 {
				row(w/2, func() { out.Write(plane[y*p.CStride:][:w/2]) })
			}
		}
	default:
		t.Fatalf("%s is not packed", string([]byte{byte(code), byte(code >> 8), byte(code >> 16), byte(code >> 24)}))
	}
	return out.Bytes()
}

// serial gives a node what sysfs tells of USB devices.
func (m *machine) serial(node, usb, serial string) {
	m.Helper()
	m.tell("sys/devices/"+usb+"/serial", serial)
	m.tell("sys/devices/"+usb+"/if0/video4linux/"+node+"/index", "0")
	m.link("sys/devices/"+usb+"/if0/video4linux/"+node+"/device", "../../../if0")
	m.link("sys/class/video4linux/"+node, "../../devices/"+usb+"/if0/video4linux/"+node)
}
