package codec

// #cgo pkg-config: vpx
// #include "vpx.h"
import "C"

import (
	"errors"
	"fmt"
	"image"
	"strings"
	"unsafe"
)

// The MIME types of the codecs as SDP names them (RFC 7741, RFC 9628, RFC 6184,
// the AV1 RTP specification of AOMedia, RFC 7587).
const (
	VP8  = "video/VP8"
	VP9  = "video/VP9"
	H264 = "video/H264"
	AV1  = "video/AV1"
	Opus = "audio/opus"
)

// VideoEncoders returns the MIME types that NewVideoEncoder takes in this build,
// in the order in which they are best offered: docs/architecture.md says why.
func VideoEncoders() []string {
	return known(func(mime string) bool { e, _ := encodingOf(mime); return e != nil })
}

// VideoDecoders returns the MIME types that NewVideoDecoder takes in this build,
// in the same order.
func VideoDecoders() []string {
	return known(func(mime string) bool { return decodingOf(mime) != nil })
}

func known(by func(mime string) bool) []string {
	var mimes []string
	for _, mime := range []string{H264, VP8, VP9, AV1} {
		if by(mime) {
			mimes = append(mimes, mime)
		}
	}
	return mimes
}

// encodingOf returns what encodes, and how its speed follows the load; nil if
// nothing does.
func encodingOf(mime string) (encoding, func(pixels int) pace) {
	switch {
	case strings.EqualFold(mime, VP8):
		return &vpxEncoding{codec: C.PARLEY_VP8}, paceOfVP8
	case strings.EqualFold(mime, VP9):
		return &vpxEncoding{codec: C.PARLEY_VP9}, paceOfVP9
	case strings.EqualFold(mime, H264):
		return newH264Encoding(), paceOfH264
	}
	return nil, nil
}

// decodingOf returns what decodes; nil if nothing does.
func decodingOf(mime string) decoding {
	switch {
	case strings.EqualFold(mime, VP8):
		return &vpxDecoding{codec: C.PARLEY_VP8}
	case strings.EqualFold(mime, VP9):
		return &vpxDecoding{codec: C.PARLEY_VP9}
	case strings.EqualFold(mime, H264):
		return newH264Decoding()
	case strings.EqualFold(mime, AV1):
		return newAV1Decoding()
	}
	return nil
}

// Pictures larger than this are neither encoded nor decoded: a packet from the
// network must not make the program ask for gigabytes.
const (
	MaxSide   = 4096
	MaxPixels = 4096 * 2304
)

// MaxPacket is the longest packet that a decoder looks at, in bytes.
const MaxPacket = 4 << 20

// The errors of pictures; they are found with errors.Is.
var (
	ErrCodec      = errors.New("codec is not known")
	ErrClosed     = errors.New("codec is closed")
	ErrSize       = errors.New("picture is empty or too large")
	ErrFormat     = errors.New("picture is not 8 bit 4:2:0")
	ErrPacket     = errors.New("packet is empty or too long")
	ErrNoKeyFrame = errors.New("no key frame yet")
	ErrCorrupt    = errors.New("picture refers to one that was lost")
)

// vpxError is an error code of libvpx.
type vpxError C.int

func (e vpxError) Error() string { return "libvpx: " + C.GoString(C.parley_error(C.int(e))) }

// checkSize tells whether a picture of this size is worked on.
func checkSize(width, height int) error {
	if width < 1 || height < 1 || width > MaxSide || height > MaxSide || width*height > MaxPixels {
		return fmt.Errorf("%w: %dx%d", ErrSize, width, height)
	}
	return nil
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
