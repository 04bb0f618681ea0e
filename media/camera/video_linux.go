package camera

import (
	"errors"
	"fmt"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"parley/media/codec"
)

// On Linux pictures are taken from V4L2 directly, not by way of mediadevices,
// which decodes motion JPEG in Go and into new memory (8 ms and 1.8 MB a picture
// of 720p), nor of blackjack/webcam beneath it, which panics when a device tells
// a wrong index or length and does not tell which size and stride it chose.
//
// A device is believed nothing that could do harm: see layout and take.

const (
	// wantedBuffers is how many pictures the kernel may hold ready.
	wantedBuffers = 4
	mostBuffers   = 32       // VIDEO_MAX_FRAME
	mostBuffer    = 64 << 20 // bytes: of 4096x2304 in RGB there are 38 MB
	// waitTime is how long to wait for a picture before looking whether to stop.
	waitTime = 250 * time.Millisecond
	// oldest is how long ago a picture can have been taken.
	oldest = time.Second
)

var (
	errNoData = errors.New("an empty picture")
	errLie    = errors.New("the camera contradicts itself")
	errSpoilt = errors.New("the camera marked the picture as spoilt")
)

// videoDevice is a device that is open.
type videoDevice struct {
	node    node
	now     func() time.Duration
	buffers [][]byte
	running bool
	taken   v4lBuffer // here, so that none is allocated for a picture
}

func openVideo(k kernel, path string) (*videoDevice, error) {
	n, err := k.open(k.root + path)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	return &videoDevice{node: n, now: k.now}, nil
}

func (v *videoDevice) capability() (c v4lCapability, err error) {
	if err := v.node.ioctl(askCapability, unsafe.Pointer(&c)); err != nil {
		return c, fmt.Errorf("asking what a device can do: %w", err)
	}
	if c.capabilities&v4lHasOwnCaps == 0 {
		c.device = c.capabilities
	}
	return c, nil
}

// layout is how a device lays out its pictures.
type layout struct {
	code          uint32
	width, height int // of motion JPEG, each picture tells its own
	stride        int // bytes
	full          bool
	matrix        codec.Matrix
}

// agree sets the format. What the device makes of it counts, if it is understood.
func (v *videoDevice) agree(m mode) (layout, error) {
	f := v4lFormat{kind: v4lCapture, pixels: v4lPixels{
		width: uint32(m.width), height: uint32(m.height), code: m.code, magic: v4lPixMagic,
	}}
	if err := v.node.ioctl(setFormat, unsafe.Pointer(&f)); err != nil {
		return layout{}, fmt.Errorf("setting the format: %w", err)
	}
	p := f.pixels
	sane := p.width >= 1 && p.height >= 1 && p.width <= codec.MaxSide && p.height <= codec.MaxSide && p.width*p.height <= codec.MaxPixels
	if !sane || pixels(p.code) == nil {
		return layout{}, fmt.Errorf("setting the format: %w: %dx%d in %#x", ErrNoFormat, p.width, p.height, p.code)
	}
	full := p.magic == v4lPixMagic && p.quantization == v4lFullRange || p.colours == v4lColourJPEG && p.quantization == 0
	return layout{p.code, int(p.width), int(p.height), int(min(p.stride, 1<<16)), full, p.madeBy()}, nil
}

// madeBy returns the matrix that a device tells of, or that its colour space has
// (V4L2_MAP_YCBCR_ENC_DEFAULT of videodev2.h).
func (p *v4lPixels) madeBy() codec.Matrix {
	told := uint32(v4lMatrixDefault)
	if p.magic == v4lPixMagic {
		told = p.matrix
	}
	if told == v4lMatrixDefault {
		switch p.colours {
		case v4lColour709, v4lColourDCI:
			return codec.BT709
		case v4lColour2020:
			return codec.BT2020
		case v4lColour240M:
			return codec.SMPTE240M
		}
		return codec.BT601
	}
	switch told {
	case v4lMatrix709, v4lMatrixXV709:
		return codec.BT709
	case v4lMatrix2020, v4lMatrixCL2020:
		return codec.BT2020
	case v4lMatrix240M:
		return codec.SMPTE240M
	}
	return codec.BT601
}

// pace asks for a rate, and returns what it has become in frames/s, 0 if the
// device does not tell.
func (v *videoDevice) pace(rate float64) float64 {
	s := v4lStream{kind: v4lCapture, interval: v4lFraction{1000, uint32(rate * 1000)}}
	if rate <= 0 || v.node.ioctl(setStream, unsafe.Pointer(&s)) != nil {
		return 0 // as cameras do that have one rate
	}
	return s.interval.rate()
}

// rate returns an interval as frames/s, 0 if it is none.
func (f v4lFraction) rate() float64 {
	if f.over == 0 || f.under/f.over > 1000 {
		return 0
	}
	return float64(f.under) / float64(f.over)
}

// run maps the buffers and starts the stream. What fails leaves nothing behind.
func (v *videoDevice) run() error {
	if err := v.tryRun(); err != nil {
		return errors.Join(err, v.halt())
	}
	return nil
}

func (v *videoDevice) tryRun() error {
	r := v4lRequest{count: wantedBuffers, kind: v4lCapture, memory: v4lMemoryMapped}
	if err := v.node.ioctl(askBuffers, unsafe.Pointer(&r)); err != nil {
		return fmt.Errorf("asking for buffers: %w", err)
	}
	v.running = true // from here there is something to undo
	if r.count < 1 || r.count > mostBuffers {
		return fmt.Errorf("asking for buffers: %w: %d", errLie, r.count)
	}
	for i := range r.count {
		if err := v.mapBuffer(i); err != nil {
			return fmt.Errorf("mapping a buffer: %w", err)
		}
	}
	for i := range r.count {
		if err := v.put(i); err != nil {
			return fmt.Errorf("handing over a buffer: %w", err)
		}
	}
	kind := uint32(v4lCapture)
	if err := v.node.ioctl(streamOn, unsafe.Pointer(&kind)); err != nil {
		return fmt.Errorf("starting the stream: %w", err)
	}
	return nil
}

func (v *videoDevice) mapBuffer(index uint32) error {
	b := v4lBuffer{index: index, kind: v4lCapture, memory: v4lMemoryMapped}
	if err := v.node.ioctl(askBuffer, unsafe.Pointer(&b)); err != nil {
		return err
	}
	if b.length < 1 || b.length > mostBuffer {
		return fmt.Errorf("%w: %d bytes", errLie, b.length)
	}
	mapped, err := v.node.mmap(int64(b.offset), int(b.length))
	if err != nil {
		return err
	}
	v.buffers = append(v.buffers, mapped)
	return nil
}

// halt ends the stream and gives the buffers back, so that another format can be
// tried.
func (v *videoDevice) halt() error {
	if !v.running {
		return nil
	}
	v.running = false
	kind := uint32(v4lCapture)
	_ = v.node.ioctl(streamOff, unsafe.Pointer(&kind)) // fails if it never ran, or is gone
	var err error
	for _, b := range v.buffers {
		err = errors.Join(err, v.node.munmap(b))
	}
	v.buffers = v.buffers[:0]
	r := v4lRequest{kind: v4lCapture, memory: v4lMemoryMapped}
	_ = v.node.ioctl(askBuffers, unsafe.Pointer(&r)) // likewise
	return err
}

func (v *videoDevice) close() error { return errors.Join(v.halt(), v.node.close()) }

// put gives a buffer to the device.
func (v *videoDevice) put(index uint32) error {
	v.taken = v4lBuffer{index: index, kind: v4lCapture, memory: v4lMemoryMapped}
	return v.node.ioctl(putBuffer, unsafe.Pointer(&v.taken))
}

// take waits for a picture. Its bytes are valid, and its buffer is ours, until it
// is put back by its index.
func (v *videoDevice) take() (data []byte, index uint32, err error) {
	ready, err := v.node.wait(waitTime)
	if err != nil {
		return nil, 0, fmt.Errorf("waiting for a picture: %w", err)
	}
	if !ready {
		return nil, 0, errTimeout
	}
	v.taken = v4lBuffer{kind: v4lCapture, memory: v4lMemoryMapped}
	if err := v.node.ioctl(takeBuffer, unsafe.Pointer(&v.taken)); err != nil {
		if errors.Is(err, unix.EAGAIN) {
			return nil, 0, errTimeout
		}
		return nil, 0, fmt.Errorf("taking a picture: %w", err)
	}
	return v.check(v.taken)
}

// check makes sure that a buffer is one of ours and has a picture.
func (v *videoDevice) check(b v4lBuffer) ([]byte, uint32, error) {
	if uint64(b.index) >= uint64(len(v.buffers)) {
		return nil, 0, fmt.Errorf("taking a picture: %w: buffer %d of %d", errLie, b.index, len(v.buffers))
	}
	data := v.buffers[b.index]
	data = data[:min(uint64(b.used), uint64(len(data)))]
	switch {
	case b.flags&v4lBufferError != 0:
		return nil, 0, errors.Join(errSpoilt, v.put(b.index))
	case len(data) == 0:
		return nil, 0, errors.Join(errNoData, v.put(b.index))
	}
	return data, b.index, nil
}

// captured returns when the picture was taken that came last, by its stamp if it
// has a credible one.
func (v *videoDevice) captured() time.Time {
	now := time.Now()
	if v.taken.flags&v4lBufferStamps != v4lBufferMonotonic {
		return now
	}
	age := v.now() - time.Duration(v.taken.stamp.Nano())
	if age < 0 || age > oldest {
		return now
	}
	return now.Add(-age)
}
