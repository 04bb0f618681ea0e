package camera

import (
	"errors"
	"fmt"
	"image"
	"syscall"

	"github.com/pion/mediadevices/pkg/driver"
	"github.com/pion/mediadevices/pkg/driver/availability"
	"github.com/pion/mediadevices/pkg/frame"
	"github.com/pion/mediadevices/pkg/io/video"
	"github.com/pion/mediadevices/pkg/prop"

	"parley/media/codec"
)

// driverGrabber takes pictures from a driver of mediadevices.
type driverGrabber struct {
	driver driver.Driver
	reader video.Reader
	shot   driverShot
}

// openDriver opens a driver and sets it going. What fails leaves it closed.
func openDriver(d driver.Driver, want Format, paced bool) (grabber, error) {
	recorder, ok := d.(driver.VideoRecorder)
	if !ok {
		return nil, ErrNoFormat
	}
	if err := d.Open(); err != nil {
		return nil, classify(d, err)
	}
	property, ok := choose(d.Properties(), want)
	if !ok {
		return nil, errors.Join(ErrNoFormat, d.Close())
	}
	if paced { // a camera that tells no rate must not be asked for one
		property.FrameRate = float32(want.Rate)
	}
	reader, err := recorder.VideoRecord(property) // closes on failure, by itself
	if err != nil {
		return nil, classify(d, err)
	}
	levels := codec.Range(property.FrameFormat == frame.FormatMJPEG)
	return &driverGrabber{driver: d, reader: reader, shot: driverShot{levels: levels}}, nil
}

func (g *driverGrabber) next() (shot, error) {
	picture, release, err := g.reader.Read()
	if err != nil {
		return nil, err
	}
	g.shot.picture, g.shot.free = picture, release
	return &g.shot, nil
}

func (g *driverGrabber) close() error { return g.driver.Close() }

// driverShot is what a driver has decoded.
type driverShot struct {
	picture image.Image
	levels  codec.Range
	free    func() // may be nil
}

func (s *driverShot) size() image.Point           { return s.picture.Bounds().Size() }
func (s *driverShot) into(dst *image.YCbCr) error { return codec.FromImage(dst, s.picture, s.levels) }

func (s *driverShot) release() {
	if s.free != nil {
		s.free()
	}
}

// classify finds out why a driver did not open. Some drivers tell it only as text.
func classify(d driver.Driver, err error) error {
	if _, reason := driver.IsAvailable(d); reason != nil && !errors.Is(reason, availability.ErrUnimplemented) {
		err = errors.Join(err, reason)
	}
	switch {
	case errors.Is(err, syscall.EBUSY), errors.Is(err, availability.ErrBusy):
		return fmt.Errorf("%w: %w", ErrBusy, err)
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		return fmt.Errorf("%w: %w", ErrDenied, err)
	case errors.Is(err, syscall.ENODEV), errors.Is(err, syscall.ENOENT), errors.Is(err, availability.ErrNoDevice):
		return fmt.Errorf("%w: %w", ErrNoCamera, err)
	}
	return err
}

// choose returns the property that comes nearest to what is wanted.
func choose(properties []prop.Media, want Format) (best prop.Media, ok bool) {
	least := 0.0
	for _, p := range properties {
		if p.FrameFormat == frame.FormatZ16 || p.Width < 1 || p.Height < 1 { // Z16 is depth
			continue
		}
		if c := cost(p, want); !ok || c < least {
			best, least, ok = p, c, true
		}
	}
	return best, ok
}
