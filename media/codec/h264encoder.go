//go:build !noh264

package codec

// #cgo pkg-config: openh264
// #include "h264.h"
import "C"

import (
	"fmt"
	"image"
	"math"
	"runtime"
	"unsafe"

	"parley/media"
	"parley/media/h264"
	"parley/media/page"
)

// rateTolerance is by how much the rate of frames may differ from the one that
// OpenH264 was told until it is told anew.
const rateTolerance = 0.05

// h264Error is an error code of OpenH264.
type h264Error C.int

func (e h264Error) Error() string { return fmt.Sprintf("OpenH264: error %#x", int(e)) }

// leastSide is the smallest width and height that OpenH264 takes, in pixels.
const leastSide = 16

// h264Encoding is OpenH264. Unlike libvpx it takes even sizes from leastSide on
// only, and wants to be told how many frames come. Other pictures are filled up, and
// their key frames tell what is not to be shown.
type h264Encoding struct {
	encoder *C.parley_h264_encoder // nil while nothing is open
	size    image.Point            // of the pictures that come
	now     media.VideoSettings
	speed   int
	rate    float64 // frames a second that OpenH264 was told
	margin  h264.Margin
	filled  *image.YCbCr // nil where there is no margin
	out     []byte       // a key frame with its margin

	quantizers h264.Quantizers
	quantizer  int // of the last frame

	page *page.Control // nil where OpenH264 controls the rate itself
}

func newH264Encoding() encoding { return &h264Encoding{} }

func (e *h264Encoding) open(size image.Point, s media.VideoSettings, speed int) error {
	if e.rate = s.FramesPerSecond; e.rate <= 0 {
		e.rate = clock / firstFrame
	}
	coded := image.Pt(max((size.X+1)&^1, leastSide), max((size.Y+1)&^1, leastSide))
	settings := C.parley_h264_settings{
		width: C.int(coded.X), height: C.int(coded.Y), bitrate: C.int(s.Bitrate), rate: C.float(e.rate),
		threads: C.int(threadsFor(size.X*size.Y, runtime.NumCPU())), complexity: C.int(complexity(s.Detail, speed)),
		detail: truth(s.Detail), largest_unit: C.int(s.LargestUnit),
	}
	opened := C.parley_h264_open_encoder(&settings)
	if opened.error != 0 {
		return h264Error(opened.error)
	}
	e.encoder, e.size, e.now, e.speed = opened.encoder, size, s, speed
	if e.page = nil; s.Detail {
		e.page = &page.Control{}
		e.page.SetRate(s.Bitrate)
	}
	e.margin, e.filled = h264.Margin{Right: coded.X - size.X, Bottom: coded.Y - size.Y}, nil
	if coded != size {
		e.filled = image.NewYCbCr(image.Rectangle{Max: coded}, image.YCbCrSubsampleRatio420)
	}
	return nil
}

func (e *h264Encoding) adapt(s media.VideoSettings) error {
	if s.Detail != e.now.Detail || s.LargestUnit != e.now.LargestUnit {
		e.release()
		return e.open(e.size, s, e.speed)
	}
	if s.Bitrate != e.now.Bitrate {
		if code := C.parley_h264_set_bitrate(e.encoder, C.int(s.Bitrate)); code != 0 {
			return h264Error(code)
		}
	}
	if e.page != nil {
		e.page.SetRate(s.Bitrate)
	}
	e.now = s
	return nil
}

func (e *h264Encoding) encode(f *media.Frame, at, duration int64, key bool) ([]byte, error) {
	i := f.Image
	if err := e.follow(clock / float64(duration)); err != nil {
		return nil, err
	}
	if e.filled != nil {
		fillUp(e.filled, i)
		i = e.filled
	}
	if e.page != nil {
		return e.encodePage(i, f.Captured, at, key)
	}
	packet, isKey, err := e.compress(i, at, key)
	return e.withMargin(packet, isKey), err
}

// compress encodes a picture, as a key frame if key is set or OpenH264 sees another
// scene.
func (e *h264Encoding) compress(i *image.YCbCr, at int64, key bool) (packet []byte, isKey bool, err error) {
	p := C.parley_h264_encode(e.encoder, plane(i.Y), plane(i.Cb), plane(i.Cr), C.int(i.YStride), C.int(i.CStride),
		C.int64_t(at*1000/clock), truth(key))
	if p.error != 0 {
		return nil, false, h264Error(p.error)
	}
	packet = unsafe.Slice((*byte)(p.data), int(p.size))
	if index, ok := e.quantizers.Of(packet); ok {
		e.quantizer = index
	}
	return packet, p.key != 0, nil
}

func (e *h264Encoding) lastQuantizer() int { return e.quantizer }

// withMargin lets a key frame tell what is not to be shown.
func (e *h264Encoding) withMargin(packet []byte, isKey bool) []byte {
	if e.filled == nil || !isKey {
		return packet
	}
	at := h264.Index(packet, h264.IDR)
	if at < 0 {
		return packet
	}
	e.out = e.margin.AppendTo(append(e.out[:0], packet[:at]...))
	e.out = append(e.out, packet[at:]...)
	return e.out
}

// follow tells OpenH264 how many frames come: it shares the bit rate among as many.
func (e *h264Encoding) follow(rate float64) error {
	if math.Abs(rate-e.rate) <= rateTolerance*e.rate {
		return nil
	}
	if code := C.parley_h264_set_rate(e.encoder, C.float(rate)); code != 0 {
		return h264Error(code)
	}
	e.rate = rate
	return nil
}

func (e *h264Encoding) setSpeed(speed int) {
	if C.parley_h264_set_complexity(e.encoder, C.int(complexity(e.now.Detail, speed))) == 0 {
		e.speed = speed
	}
}

// complexity is how much work OpenH264 does for a speed. Of a camera's picture the
// least of it costs 0.06 dB and saves a third of the time (BenchmarkCompare), so
// only text is given more, while there is time.
func complexity(detail bool, speed int) int {
	if !detail {
		return paceOfH264(0).fastest
	}
	return speed
}

func (e *h264Encoding) release() {
	if e.encoder != nil {
		C.parley_h264_close_encoder(e.encoder)
		e.encoder = nil
	}
}
