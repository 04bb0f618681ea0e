package codec

// #include "vpx.h"
import "C"

import (
	"fmt"
	"image"
	"runtime"
	"time"
	"unsafe"

	"parley/media"
)

// clock is the rate of RTP timestamps of video, ticks a second.
const clock = 90000

// The bit rates that an encoder takes, in bit/s.
const (
	MinVideoBitrate = 30_000
	MaxVideoBitrate = 20_000_000
)

// VideoEncoder is a media.VideoEncoder for VP8 or VP9, set up for live calls:
// constant bit rate, no delay, key frames on demand, and a speed that follows
// what the machine can do.
type VideoEncoder struct {
	codec  C.int
	coder  *C.parley_coder // nil before the first frame and after Close
	size   image.Point
	now    media.VideoSettings // what libvpx was told
	wanted media.VideoSettings // from the next frame on
	pace   pace
	stamps stamps
	out    []byte
	closed bool
}

var _ media.VideoEncoder = (*VideoEncoder)(nil)

// NewVideoEncoder returns an encoder for the codec of this MIME type . The codec opens with the first frame, whose size it takes.
func NewVideoEncoder(mime string, s media.VideoSettings) (*VideoEncoder, error) {
	codec, err := vpxCodec(mime)
	if err != nil {
		return nil, fmt.Errorf("opening a video encoder: %w", err)
	}
	e := &VideoEncoder{codec: codec}
	if err := e.Adapt(s); err != nil {
		return nil, fmt.Errorf("opening a video encoder: %w", err)
	}
	return e, nil
}

// Adapt takes new settings from the next frame on. The bit rate is kept within
// MinVideoBitrate and MaxVideoBitrate; the frames' own times tell their rate.
func (e *VideoEncoder) Adapt(s media.VideoSettings) error {
	if s.Bitrate <= 0 {
		return fmt.Errorf("setting the video bit rate to %d bit/s: it must be positive", s.Bitrate)
	}
	s.Bitrate = min(max(s.Bitrate, MinVideoBitrate), MaxVideoBitrate) / 1000 * 1000
	e.wanted = s
	return nil
}

// Encode compresses f, as a key frame if key is set or the size changed. The
// bytes are valid until the next call, and none if the frame was dropped to keep
// to the bit rate.
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
	p := e.encode(f.Image, at, duration, key)
	e.setSpeed(time.Since(began), time.Duration(duration)*time.Second/clock)
	if p.error != 0 {
		return nil, fmt.Errorf("encoding a frame: %w", vpxError(p.error))
	}
	e.out = append(e.out[:0], unsafe.Slice((*byte)(p.data), int(p.size))...)
	return e.out, nil
}

func (e *VideoEncoder) encode(i *image.YCbCr, at, duration int64, key bool) C.parley_packet {
	forced := C.int(0)
	if key {
		forced = 1
	}
	return C.parley_encode(e.coder, plane(i.Y), plane(i.Cb), plane(i.Cr), C.int(i.YStride), C.int(i.CStride),
		C.int64_t(at), C.ulong(duration), forced)
}

// prepare opens the codec for a size, or brings its settings up to date. Telling
// libvpx its settings anew costs time, so it is told only of a change.
func (e *VideoEncoder) prepare(size image.Point) error {
	if e.coder == nil || e.size != size {
		return e.open(size)
	}
	if e.wanted.Bitrate != e.now.Bitrate {
		if code := C.parley_set_rate(e.coder, C.int(e.wanted.Bitrate/1000)); code != 0 {
			return fmt.Errorf("setting the video bit rate to %d bit/s: %w", e.wanted.Bitrate, vpxError(code))
		}
	}
	if err := e.setDetail(e.now.Detail); err != nil {
		return err
	}
	e.now = e.wanted
	return nil
}

// setDetail follows a change of Detail.
func (e *VideoEncoder) setDetail(before bool) error {
	if e.wanted.Detail == before {
		return nil
	}
	detail := C.int(0)
	if e.wanted.Detail {
		detail = 1
	}
	if code := C.parley_set_detail(e.coder, detail); code != 0 {
		return fmt.Errorf("preparing a video encoder for detail: %w", vpxError(code))
	}
	return nil
}

func (e *VideoEncoder) open(size image.Point) error {
	e.release()
	pixels := size.X * size.Y
	e.pace = newPace(e.codec == C.PARLEY_VP9, pixels)
	threads := threadsFor(pixels, runtime.NumCPU())
	opened := C.parley_open_encoder(e.codec, C.int(size.X), C.int(size.Y), C.int(e.wanted.Bitrate/1000), C.int(threads), C.int(e.pace.speed))
	if opened.error != 0 {
		return fmt.Errorf("opening a video encoder for %dx%d: %w", size.X, size.Y, vpxError(opened.error))
	}
	e.coder, e.size = opened.coder, size
	if err := e.setDetail(false); err != nil {
		return err
	}
	e.now = e.wanted
	return nil
}

// setSpeed follows what the last frame cost. A speed that libvpx refuses leaves
// the old one, which is no worse than before.
func (e *VideoEncoder) setSpeed(took, interval time.Duration) {
	if speed, changed := e.pace.note(took, interval); changed {
		C.parley_set_speed(e.coder, C.int(speed))
	}
}

// Close frees the codec. It may be called again.
func (e *VideoEncoder) Close() error {
	e.closed = true
	e.release()
	return nil
}

func (e *VideoEncoder) release() {
	if e.coder != nil {
		C.parley_close(e.coder)
		e.coder = nil
	}
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

// plane returns the address of the first sample, for C.
func plane(p []byte) *C.uint8_t { return (*C.uint8_t)(unsafe.SliceData(p)) }

// check420 makes sure that C will not read or write beyond the planes.
func check420(i *image.YCbCr) error {
	w, h := i.Rect.Dx(), i.Rect.Dy()
	if err := checkSize(w, h); err != nil {
		return err
	}
	if i.SubsampleRatio != image.YCbCrSubsampleRatio420 {
		return fmt.Errorf("%w but %v", ErrFormat, i.SubsampleRatio)
	}
	cw, ch := (w+1)/2, (h+1)/2
	if !holds(i.Y, i.YStride, w, h) || !holds(i.Cb, i.CStride, cw, ch) || !holds(i.Cr, i.CStride, cw, ch) {
		return fmt.Errorf("%w: planes too short for %dx%d", ErrSize, w, h)
	}
	return nil
}

func holds(plane []byte, stride, w, h int) bool {
	return stride >= w && len(plane) >= (h-1)*stride+w
}
