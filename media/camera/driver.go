package camera

import (
	"cmp"
	"errors"
	"fmt"
	"image"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/pion/mediadevices/pkg/driver"
	"github.com/pion/mediadevices/pkg/driver/availability"
	"github.com/pion/mediadevices/pkg/frame"
	"github.com/pion/mediadevices/pkg/io/video"
	"github.com/pion/mediadevices/pkg/prop"

	"parley/media"
	"parley/media/codec"
)

// driverGrabber takes pictures from a driver of mediadevices.
type driverGrabber struct {
	driver driver.Driver
	reader video.Reader
	given  Format
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
	given := Format{property.Width, property.Height, int(property.FrameRate)}
	return &driverGrabber{driver: d, reader: reader, given: given, shot: driverShot{levels: levels}}, nil
}

func (g *driverGrabber) next() (shot, time.Time, error) {
	picture, release, err := g.reader.Read()
	now := time.Now()
	if err != nil {
		return nil, now, err
	}
	g.shot.picture, g.shot.free = picture, release
	return &g.shot, now, nil
}

func (g *driverGrabber) offers() Format { return g.given }

func (g *driverGrabber) close() error { return g.driver.Close() }

// driverShot is what a driver has decoded.
type driverShot struct {
	picture image.Image
	levels  codec.Range
	free    func() // may be nil
}

func (s *driverShot) size() (image.Point, error)           { return s.picture.Bounds().Size(), nil }
func (s *driverShot) near(size, _ image.Point) image.Point { return size }
func (s *driverShot) into(dst *image.YCbCr) error          { return codec.FromImage(dst, s.picture, s.levels) }

func (s *driverShot) release() {
	if s.free != nil {
		s.free()
	}
}

// classify finds out why a driver did not open. Some drivers tell it only as text.
func classify(d driver.Driver, err error) error {
	_, reason := driver.IsAvailable(d)
	if reason != nil && !errors.Is(reason, availability.ErrUnimplemented) {
		err = errors.Join(err, reason)
	}
	switch {
	case errors.Is(err, availability.ErrBusy):
		return fmt.Errorf("%w: %w", ErrBusy, err)
	case errors.Is(err, availability.ErrNoDevice):
		return fmt.Errorf("%w: %w", ErrNoCamera, err)
	}
	return whyNot(err)
}

// whyNot says what an errno means of a camera.
func whyNot(err error) error {
	switch {
	case errors.Is(err, syscall.EBUSY):
		return fmt.Errorf("%w: %w", ErrBusy, err)
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		return fmt.Errorf("%w: %w", ErrDenied, err)
	case errors.Is(err, syscall.ENODEV), errors.Is(err, syscall.ENOENT), errors.Is(err, syscall.ENXIO):
		return fmt.Errorf("%w: %w", ErrNoCamera, err)
	}
	return err
}

// driven returns the cameras that drivers of mediadevices have found, the default
// one first.
func driven(drivers []driver.Driver) []device {
	slices.SortFunc(drivers, func(a, b driver.Driver) int {
		return cmp.Or(cmp.Compare(b.Info().Priority, a.Info().Priority), cmp.Compare(a.Info().Label, b.Info().Label))
	})
	var found []device
	for _, d := range drivers {
		if described, ok := describe(d); ok {
			found = append(found, described)
		}
	}
	return found
}

// describe reads a driver's label and name, of which what follows a semicolon is
// not for people.
func describe(d driver.Driver) (device, bool) {
	id, other, _ := strings.Cut(d.Info().Label, ";")
	name, _, _ := strings.Cut(d.Info().Name, ";")
	name = strings.TrimSpace(name)
	if name == "" || id == "" {
		return device{}, false
	}
	return device{
		Device: media.Device{Kind: media.Camera, ID: id, Name: name},
		others: []string{other},
		start:  func(want Format, _ <-chan struct{}) (grabber, error) { return openDriver(d, want, false) },
	}, true
}

// choose returns the property that comes nearest to what is wanted.
func choose(properties []prop.Media, want Format) (best prop.Media, ok bool) {
	least := 0.0
	for _, p := range properties {
		if p.FrameFormat == frame.FormatZ16 || p.Width < 1 || p.Height < 1 { // Z16 is depth
			continue
		}
		if c := offered(p).cost(want); !ok || c < least {
			best, least, ok = p, c, true
		}
	}
	return best, ok
}

func offered(p prop.Media) offer {
	return offer{p.Width, p.Height, float64(p.FrameRate), p.FrameFormat == frame.FormatMJPEG}
}
