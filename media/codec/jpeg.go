package codec

// #cgo pkg-config: libjpeg
// #include "jpeg.h"
import "C"

import (
	"encoding/binary"
	"errors"
	"fmt"
	"image"
)

// Why a JPEG is not shown. They are found with errors.Is.
var (
	// ErrJPEG is of what is no JPEG, or none as cameras make them: baseline, in
	// one scan, grey or YCbCr.
	ErrJPEG = errors.New("no JPEG of a camera")
	// ErrDamaged is of a picture that was decoded, but parts of which were lost
	// and are made up.
	ErrDamaged = errors.New("JPEG is damaged")
)

// JPEGDecoder decodes the pictures of a motion JPEG camera with libjpeg(-turbo),
// row by row and straight into 4:2:0 in studio range: no picture in between, and
// no memory asked for once it runs. It is used from one goroutine.
type JPEGDecoder struct{ jpeg *C.parley_jpeg }

// NewJPEGDecoder returns a decoder, which the caller closes.
func NewJPEGDecoder() (*JPEGDecoder, error) {
	jpeg := C.parley_jpeg_open()
	if jpeg == nil {
		return nil, fmt.Errorf("making a JPEG decoder: %w", ErrClosed)
	}
	return &JPEGDecoder{jpeg}, nil
}

// Decode decodes one JPEG (ITU-T T.81) of any chroma sampling of video. Tables
// that it leaves out, as cameras do, are those of T.81's annex K. The size of
// dst is that of the JPEG or, rounded up, its half or quarter, which is quicker.
// After ErrDamaged dst holds what there was. The other errors are ErrJPEG,
// ErrSize and ErrClosed.
func (d *JPEGDecoder) Decode(dst *image.YCbCr, jpeg []byte) error {
	size, err := JPEGSize(jpeg)
	if err != nil {
		return err
	}
	if d.jpeg == nil {
		return fmt.Errorf("decoding a JPEG: %w", ErrClosed)
	}
	by := divisor(size, dst.Rect.Size())
	if err := checkSource(dst, dst.Rect.Size(), by > 0 && len(jpeg) <= MaxPacket); err != nil {
		return err
	}
	code := C.parley_jpeg_decode(d.jpeg, plane(jpeg), C.size_t(len(jpeg)), C.int(by),
		plane(dst.Y), C.int(dst.YStride), plane(dst.Cb), plane(dst.Cr), C.int(dst.CStride), C.int(dst.Rect.Dx()), C.int(dst.Rect.Dy()))
	return jpegError(code)
}

// Close frees the decoder. It may be called again.
func (d *JPEGDecoder) Close() error {
	C.parley_jpeg_close(d.jpeg)
	d.jpeg = nil
	return nil
}

func jpegError(code C.int) error {
	switch code {
	case C.PARLEY_JPEG_GOOD:
		return nil
	case C.PARLEY_JPEG_DAMAGED:
		return fmt.Errorf("decoding a JPEG: %w", ErrDamaged)
	case C.PARLEY_JPEG_SIZE:
		return fmt.Errorf("decoding a JPEG: %w", ErrSize)
	case C.PARLEY_JPEG_LAYOUT:
		return fmt.Errorf("decoding a JPEG: %w: another kind", ErrJPEG)
	}
	return fmt.Errorf("decoding a JPEG: %w", ErrJPEG)
}

// divisor returns by how much a JPEG is made smaller while it is decoded, or 0.
func divisor(size, wanted image.Point) int {
	for by := 1; by <= maxDivisor; by *= 2 {
		if divided(size, by) == wanted {
			return by
		}
	}
	return 0
}

const maxDivisor = 4

func divided(size image.Point, by int) image.Point {
	return image.Pt((size.X+by-1)/by, (size.Y+by-1)/by)
}

// JPEGFit returns the smallest size in which a JPEG of this size can be decoded
// that is not smaller than wanted.
func JPEGFit(size, wanted image.Point) image.Point {
	for by := maxDivisor; by > 1; by /= 2 {
		if s := divided(size, by); s.X >= wanted.X && s.Y >= wanted.Y {
			return s
		}
	}
	return size
}

// The markers of JPEG (ITU-T T.81, table B.1).
const (
	markSOF0 = 0xc0 // start of frame; also up to 0xcf, but for the next three
	markDHT  = 0xc4
	markJPG  = 0xc8
	markDAC  = 0xcc
	markRST0 = 0xd0
	markSOI  = 0xd8
	markDQT  = 0xdb
)

// JPEGSize reads how large the picture of a JPEG is, without decoding it. The
// errors are ErrJPEG, and ErrSize if it is larger than MaxSide and MaxPixels.
func JPEGSize(jpeg []byte) (image.Point, error) {
	if len(jpeg) < 2 || jpeg[0] != 0xff || jpeg[1] != markSOI {
		return image.Point{}, errHeader()
	}
	for rest := jpeg[2:]; len(rest) >= 4 && rest[0] == 0xff; {
		mark := rest[1]
		if mark == 0xff { // fill byte
			rest = rest[1:]
			continue
		}
		length := int(binary.BigEndian.Uint16(rest[2:])) + 2
		if mark < markSOF0 || mark >= markRST0 && mark < markDQT || length < 4 || length > len(rest) {
			break
		}
		if isFrame(mark) {
			return frameSize(rest[4:length])
		}
		rest = rest[length:]
	}
	return image.Point{}, errHeader()
}

func errHeader() error { return fmt.Errorf("reading the header of a JPEG: %w", ErrJPEG) }

func isFrame(mark byte) bool {
	return mark&0xf0 == markSOF0 && mark != markDHT && mark != markJPG && mark != markDAC
}

// frameSize reads the size in a start of frame: precision, height, width.
func frameSize(frame []byte) (image.Point, error) {
	if len(frame) < 5 {
		return image.Point{}, errHeader()
	}
	size := image.Pt(int(binary.BigEndian.Uint16(frame[3:])), int(binary.BigEndian.Uint16(frame[1:])))
	if err := checkSize(size.X, size.Y); err != nil {
		return image.Point{}, fmt.Errorf("reading the header of a JPEG: %w", err)
	}
	return size, nil
}
