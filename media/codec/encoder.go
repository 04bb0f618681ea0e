package codec

import (
	"fmt"
	"image"
	"time"

	"parley/media"
)

// clock is the rate of RTP timestamps of video, ticks a second.
const clock = 90000

// The bit rates that an encoder takes, in bit/s.
const (
	MinVideoBitrate = 30_000
	MaxVideoBitrate = 20_000_000
)

// encoding is a library that encodes.
type encoding interface {
	// open starts anew for pictures of a size.
	open(size image.Point, s media.VideoSettings, speed int) error
	// adapt takes new settings while open.
	adapt(s media.VideoSettings) error
	// encode compresses a picture that is shown from at on for a duration, both
	// in ticks. The bytes are the library's, until its next call.
	encode(f *media.Frame, at, duration int64, key bool) ([]byte, error)
	// setSpeed changes the speed while open. One that is refused leaves the old
	// one, which is no worse than before.
	setSpeed(speed int)
	// lastQuantizer is the quantizer index of the last frame that was not dropped.
	lastQuantizer() int
	release()
}

// VideoEncoder is a media.VideoEncoder, set up for live calls: constant bit rate,
// no delay, key frames on demand, and a speed that follows what the machine can
// do.
type VideoEncoder struct {
	library encoding
	speeds  func(pixels int) pace
	size    image.Point         // of what is open; none before the first frame
	now     media.VideoSettings // what the library was told
	wanted  media.VideoSettings // from the next frame on
	pace    pace
	stamps  stamps
	out     []byte
	closed  bool
}

var (
	_ media.VideoEncoder = (*VideoEncoder)(nil)
	_ media.Quantized    = (*VideoEncoder)(nil)
)

// NewVideoEncoder returns an encoder for the codec of this MIME type, one of
// VideoEncoders. The codec opens with the first frame, whose size it takes.
func NewVideoEncoder(mime string, s media.VideoSettings) (*VideoEncoder, error) {
	library, speeds := encodingOf(mime)
	if library == nil {
		return nil, fmt.Errorf("opening a video encoder: %w: %q", ErrCodec, mime)
	}
	e := &VideoEncoder{library: library, speeds: speeds}
	if err := e.Adapt(s); err != nil {
		return nil, fmt.Errorf("opening a video encoder: %w", err)
	}
	return e, nil
}

// Adapt takes new settings from the next frame on. The bit rate is kept within
// MinVideoBitrate and MaxVideoBitrate. The rate of the frames is what is expected
// at first, and after each change of it; their own times tell what it is.
func (e *VideoEncoder) Adapt(s media.VideoSettings) error {
	if s.Bitrate <= 0 {
		return fmt.Errorf("setting the video bit rate to %d bit/s: it must be positive", s.Bitrate)
	}
	s.Bitrate = min(max(s.Bitrate, MinVideoBitrate), MaxVideoBitrate) / 1000 * 1000
	if s.FramesPerSecond != e.wanted.FramesPerSecond {
		e.stamps.expect(s.FramesPerSecond)
	}
	e.wanted = s
	return nil
}

// Encode compresses f, as a key frame if key is set or the size changed. The
// bytes are valid until the next call, and none if the frame was dropped to keep
// to the bit rate. Those of H.264 are an access unit as a byte stream (Annex B).
func (e *VideoEncoder) Encode(f *media.Frame, key bool) ([]byte, error) {
	if e.closed {
		return nil, fmt.Errorf("encoding a frame: %w", ErrClosed)
	}
	if err := check420(f.Image); err != nil {
		return nil, fmt.Errorf("encoding a frame: %w", err)
	}
	if err := e.prepare(f.Image.Rect.Size()); err != nil {
		return nil, err
	}
	at, duration := e.stamps.next(f.Captured)
	began := time.Now()
	packet, err := e.library.encode(f, at, duration, key)
	e.follow(time.Since(began), time.Duration(duration)*time.Second/clock)
	if err != nil {
		return nil, fmt.Errorf("encoding a frame: %w", err)
	}
	e.out = append(e.out[:0], packet...)
	return e.out, nil
}

// Quantizer implements media.Quantized; ok is false before the first frame.
func (e *VideoEncoder) Quantizer() (index int, ok bool) {
	return e.library.lastQuantizer(), len(e.out) > 0
}

// prepare opens the codec for a size, or brings its settings up to date. Telling
// a codec its settings anew costs time, so it is told only of a change.
func (e *VideoEncoder) prepare(size image.Point) error {
	switch {
	case e.size != size:
		return e.open(size)
	case e.wanted == e.now:
		return nil
	}
	if err := e.library.adapt(e.wanted); err != nil {
		e.size = image.Point{} // to be opened anew
		return fmt.Errorf("adapting a video encoder: %w", err)
	}
	e.now = e.wanted
	return nil
}

func (e *VideoEncoder) open(size image.Point) error {
	e.library.release()
	e.size = image.Point{}
	e.pace = e.speeds(size.X * size.Y)
	if err := e.library.open(size, e.wanted, e.pace.speed); err != nil {
		return fmt.Errorf("opening a video encoder for %dx%d: %w", size.X, size.Y, err)
	}
	e.size, e.now = size, e.wanted
	return nil
}

// follow follows what the last frame cost.
func (e *VideoEncoder) follow(took, interval time.Duration) {
	if speed, changed := e.pace.note(took, interval); changed {
		e.library.setSpeed(speed)
	}
}

// Close frees the codec. It may be called again.
func (e *VideoEncoder) Close() error {
	e.closed = true
	e.library.release()
	return nil
}

// threadsFor returns how many threads are worth their cost: below 720p, or with
// few processors, one is the cheapest and quick enough.
func threadsFor(pixels, processors int) int {
	switch {
	case pixels >= 1920*1080 && processors >= 8:
		return 4
	case pixels >= 1280*720 && processors >= 4:
		return 2
	}
	return 1
}
