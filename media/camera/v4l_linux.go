package camera

import (
	"errors"
	"fmt"
	"image"

	"github.com/blackjack/webcam"
	"github.com/pion/mediadevices/pkg/frame"
	"github.com/pion/mediadevices/pkg/prop"

	"parley/media/codec"
)

// On Linux the driver of mediadevices finds cameras and tells their formats, but
// it decodes motion JPEG, which is what most cameras deliver in 720p, in Go and
// into new memory: 8 ms and 1.8 MB a frame where libjpeg-turbo takes 1.6 ms and
// none. So pictures are taken from V4L2 directly.

const (
	// buffers is how many pictures the kernel may hold ready.
	buffers = 3
	// waitTime is how long to wait for one before looking whether to stop, in s.
	waitTime = 1
)

// fourCC returns the code of a pixel format (V4L2, 2.3).
func fourCC(code string) webcam.PixelFormat {
	return webcam.PixelFormat(code[0]) | webcam.PixelFormat(code[1])<<8 | webcam.PixelFormat(code[2])<<16 | webcam.PixelFormat(code[3])<<24
}

// pixelFormats are the formats that are taken directly, and how.
func pixelFormats(f frame.Format) (webcam.PixelFormat, func(s *videoShot, dst *image.YCbCr) error) {
	switch f {
	case frame.FormatMJPEG:
		return fourCC("MJPG"), func(s *videoShot, dst *image.YCbCr) error { return codec.FromMJPEG(dst, s.data) }
	case frame.FormatYUYV:
		return fourCC("YUYV"), func(s *videoShot, dst *image.YCbCr) error { return codec.FromYUYV(dst, s.data, 2*s.at.X) }
	case frame.FormatNV12:
		return fourCC("NV12"), (*videoShot).fromNV12
	default:
		return 0, nil
	}
}

// videoDevice is what is used of a *webcam.Webcam.
type videoDevice interface {
	SetImageFormat(f webcam.PixelFormat, width, height uint32) (webcam.PixelFormat, uint32, uint32, error)
	SetFramerate(rate float32) error
	SetBufferCount(count uint32) error
	StartStreaming() error
	videoStream
}

// videoStream is a device that has been started.
type videoStream interface {
	WaitForFrame(seconds uint32) error
	GetFrame() ([]byte, uint32, error)
	ReleaseFrame(index uint32) error
	Close() error
}

// start sets a camera going: directly if its format is understood, and by its
// driver otherwise.
func (d device) start(want Format) (grabber, error) {
	property, err := d.property(want)
	if err != nil {
		return nil, err
	}
	if code, _ := pixelFormats(property.FrameFormat); code == 0 || d.node == "" {
		return openDriver(d.driver, want, false)
	}
	camera, err := webcam.Open("/dev/" + d.node)
	if err != nil {
		return nil, classify(d.driver, err)
	}
	g, err := startVideo(camera, property)
	if err != nil {
		return nil, classify(d.driver, err)
	}
	return g, nil
}

// property asks the driver which of its formats is nearest to what is wanted.
func (d device) property(want Format) (prop.Media, error) {
	if err := d.driver.Open(); err != nil {
		return prop.Media{}, classify(d.driver, err)
	}
	property, ok := choose(d.driver.Properties(), want)
	if err := d.driver.Close(); err != nil {
		return prop.Media{}, fmt.Errorf("asking for formats: %w", err)
	}
	if !ok {
		return prop.Media{}, ErrNoFormat
	}
	return property, nil
}

// startVideo sets a device going in a format, or closes it.
func startVideo(v videoDevice, p prop.Media) (*videoGrabber, error) {
	g, err := setUp(v, p)
	if err != nil {
		return nil, errors.Join(err, v.Close())
	}
	return g, nil
}

func setUp(v videoDevice, p prop.Media) (*videoGrabber, error) {
	wanted, convert := pixelFormats(p.FrameFormat)
	got, w, h, err := v.SetImageFormat(wanted, uint32(p.Width), uint32(p.Height))
	if err != nil {
		return nil, fmt.Errorf("setting the format: %w", err)
	}
	if got != wanted {
		return nil, fmt.Errorf("setting the format: %w", ErrNoFormat)
	}
	if p.FrameRate > 0 {
		if err := v.SetFramerate(p.FrameRate); err != nil {
			return nil, fmt.Errorf("setting the frame rate: %w", err)
		}
	}
	if err := errors.Join(v.SetBufferCount(buffers), v.StartStreaming()); err != nil {
		return nil, fmt.Errorf("starting the stream: %w", err)
	}
	// The size is the driver's to decide; it tells what it has become.
	return &videoGrabber{stream: v, shot: videoShot{stream: v, convert: convert, at: image.Pt(int(w), int(h))}}, nil
}

// videoGrabber takes pictures from V4L2.
type videoGrabber struct {
	stream videoStream
	shot   videoShot
}

var errNoData = errors.New("an empty picture")

func (g *videoGrabber) next() (shot, error) {
	if err := g.stream.WaitForFrame(waitTime); err != nil {
		return nil, fmt.Errorf("waiting for a picture: %w", err)
	}
	data, index, err := g.stream.GetFrame()
	if err != nil {
		return nil, fmt.Errorf("taking a picture: %w", err)
	}
	if len(data) == 0 {
		return nil, errors.Join(errNoData, g.stream.ReleaseFrame(index))
	}
	g.shot.data, g.shot.index = data, index
	return &g.shot, nil
}

func (g *videoGrabber) close() error { return g.stream.Close() }

// videoShot is a picture in a buffer that belongs to the kernel.
type videoShot struct {
	stream  videoStream
	convert func(s *videoShot, dst *image.YCbCr) error
	at      image.Point // its size
	data    []byte
	index   uint32
}

func (s *videoShot) size() image.Point           { return s.at }
func (s *videoShot) into(dst *image.YCbCr) error { return s.convert(s, dst) }

func (s *videoShot) fromNV12(dst *image.YCbCr) error {
	luma := s.at.X * s.at.Y
	if len(s.data) < luma {
		return codec.ErrSize
	}
	return codec.FromNV12(dst, s.data[:luma], s.data[luma:], s.at.X)
}

// release gives the buffer back. If that fails the next wait does too.
func (s *videoShot) release() {
	s.data = nil
	_ = s.stream.ReleaseFrame(s.index)
}
