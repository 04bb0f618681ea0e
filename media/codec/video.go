package codec

// #cgo pkg-config: vpx
// #include "vpx.h"
import "C"

import (
	"errors"
	"fmt"
	"strings"
)

// The MIME types of the codecs as SDP names them (RFC 7741, RFC 9628, RFC 7587).
const (
	VP8  = "video/VP8"
	VP9  = "video/VP9"
	Opus = "audio/opus"
)

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

func vpxCodec(mime string) (C.int, error) {
	switch {
	case strings.EqualFold(mime, VP8):
		return C.PARLEY_VP8, nil
	case strings.EqualFold(mime, VP9):
		return C.PARLEY_VP9, nil
	}
	return 0, fmt.Errorf("%w: %q", ErrCodec, mime)
}

// checkSize tells whether a picture of this size is worked on.
func checkSize(width, height int) error {
	if width < 1 || height < 1 || width > MaxSide || height > MaxSide || width*height > MaxPixels {
		return fmt.Errorf("%w: %dx%d", ErrSize, width, height)
	}
	return nil
}
