package camera

import (
	"errors"
	"fmt"
	"image"
	"math"
	"syscall"
	"time"

	"parley/media/codec"
)

const (
	// proofTime is how long a device may take to deliver its first picture that
	// can be shown, proofTries how many may come before it that cannot, and
	// proofsTime how long to go on trying modes.
	proofTime  = 3 * time.Second
	proofTries = 15
	proofsTime = 6 * time.Second
	// forgiven is after how many damaged pictures in a row they are taken as they
	// are: some cameras make no others.
	forgiven = 10
)

var errStopped = errors.New("the camera is not wanted any more")

// startVideo finds the mode nearest to what is wanted in which the device really
// delivers, and returns it running. What fails leaves the device closed.
func startVideo(v *videoDevice, want Format, stop <-chan struct{}) (*videoGrabber, error) {
	jpeg, err := codec.NewJPEGDecoder()
	if err != nil {
		return nil, errors.Join(err, v.close())
	}
	g := &videoGrabber{video: v, jpeg: jpeg}
	g.shot.grabber = g
	if err := g.find(want, stop); err != nil {
		return nil, errors.Join(err, g.close())
	}
	return g, nil
}

// videoGrabber takes pictures from V4L2.
type videoGrabber struct {
	video   *videoDevice
	jpeg    *codec.JPEGDecoder
	rate    float64 // frames/s that were agreed on; 0 if the device does not tell
	damaged int     // pictures in a row
	shot    videoShot
}

// find tries modes until one works.
func (g *videoGrabber) find(want Format, stop <-chan struct{}) error {
	began, err := time.Now(), ErrNoFormat
	for _, m := range attempts(g.video.modes(want), want) {
		if err = g.try(m, stop); err == nil || isFinal(err) || time.Since(began) > proofsTime {
			break
		}
	}
	return err
}

// isFinal tells whether no other mode can do better.
func isFinal(err error) bool {
	for _, final := range []error{errStopped, syscall.EBUSY, syscall.ENODEV, syscall.ENOENT, syscall.EACCES, syscall.EPERM} {
		if errors.Is(err, final) {
			return true
		}
	}
	return false
}

// try sets the device going in a mode, and proves that pictures come.
func (g *videoGrabber) try(m mode, stop <-chan struct{}) error {
	agreed, err := g.video.agree(m)
	if err != nil {
		return err
	}
	g.shot.layout = agreed
	g.rate = g.video.pace(m.rate)
	if err := g.video.run(); err != nil {
		return err
	}
	if err := g.prove(stop); err != nil {
		return errors.Join(err, g.video.halt())
	}
	return nil
}

// prove waits for a picture that can be shown.
func (g *videoGrabber) prove(stop <-chan struct{}) error {
	var scratch image.YCbCr
	bad := 0
	for began := time.Now(); bad < proofTries && time.Since(began) < proofTime; {
		select {
		case <-stop:
			return errStopped
		default:
		}
		err := g.once(&scratch)
		if err == nil || isFinal(err) {
			return err
		}
		if !errors.Is(err, errTimeout) {
			bad++
		}
	}
	if bad == 0 {
		return fmt.Errorf("%w: %w", ErrNoPicture, errTimeout)
	}
	return fmt.Errorf("%w: %d were no good", ErrNoPicture, bad)
}

// once takes a picture into a scratch one.
func (g *videoGrabber) once(scratch *image.YCbCr) error {
	s, _, err := g.next()
	if err != nil {
		return err
	}
	defer s.release()
	size, err := s.size()
	if err != nil {
		return err
	}
	if scratch.Rect.Size() != size {
		*scratch = *image.NewYCbCr(image.Rectangle{Max: size}, image.YCbCrSubsampleRatio420)
	}
	return s.into(scratch)
}

func (g *videoGrabber) next() (shot, time.Time, error) {
	data, index, err := g.video.take()
	if err != nil {
		return nil, time.Time{}, err
	}
	g.shot.data, g.shot.index = data, index
	return &g.shot, g.video.captured(), nil
}

func (g *videoGrabber) offers() Format {
	return Format{g.shot.layout.width, g.shot.layout.height, int(math.Ceil(g.rate))}
}

func (g *videoGrabber) close() error { return errors.Join(g.video.close(), g.jpeg.Close()) }

// videoShot is a picture in a buffer that belongs to the kernel.
type videoShot struct {
	grabber *videoGrabber
	layout  layout
	data    []byte
	index   uint32
	planes  image.YCbCr // here, so that none is allocated for a picture
}

func (s *videoShot) size() (image.Point, error) {
	if isJPEG(s.layout.code) {
		return codec.JPEGSize(s.data)
	}
	return image.Pt(s.layout.width, s.layout.height), nil
}

func (s *videoShot) near(size, wanted image.Point) image.Point {
	if isJPEG(s.layout.code) {
		return codec.JPEGFit(size, wanted)
	}
	return size
}

func (s *videoShot) into(dst *image.YCbCr) error {
	if err := pixels(s.layout.code)(s, dst); err != nil {
		return err
	}
	if isJPEG(s.layout.code) {
		return nil // it says itself what its colours are: BT.601 in the full range (JFIF), whatever the device tells
	}
	if s.layout.full {
		codec.ToStudioRange(dst)
	}
	codec.ToBT601(dst, s.layout.matrix)
	return nil
}

func (s *videoShot) fromJPEG(dst *image.YCbCr) error {
	err := s.grabber.jpeg.Decode(dst, s.data)
	if !errors.Is(err, codec.ErrDamaged) {
		s.grabber.damaged = 0
		return err
	}
	if s.grabber.damaged++; s.grabber.damaged > forgiven {
		return nil
	}
	return err
}

// release gives the buffer back. If that fails, the camera runs out of buffers
// and is opened anew.
func (s *videoShot) release() {
	s.data = nil
	_ = s.grabber.video.put(s.index)
}
