package camera

import (
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// What of V4L2 is used: include/uapi/linux/videodev2.h, as the structures are on
// 32 and on 64 bit. They are talked about in the kernel's documentation, "Video
// for Linux API".

const (
	v4lCapture      = 1 // V4L2_BUF_TYPE_VIDEO_CAPTURE
	v4lMemoryMapped = 1 // V4L2_MEMORY_MMAP
	v4lPixMagic     = 0xfeedcafe
	v4lColourJPEG   = 7 // V4L2_COLORSPACE_JPEG
	v4lFullRange    = 1 // V4L2_QUANTIZATION_FULL_RANGE

	v4lColour240M    = 2 // V4L2_COLORSPACE_SMPTE240M
	v4lColour709     = 3
	v4lColour2020    = 10
	v4lColourDCI     = 12
	v4lMatrixDefault = 0 // V4L2_YCBCR_ENC_DEFAULT: what the colour space has
	v4lMatrix709     = 2
	v4lMatrixXV709   = 4
	v4lMatrix2020    = 6
	v4lMatrixCL2020  = 7 // constant luma
	v4lMatrix240M    = 8

	v4lCanCapture = 1 << 0 // V4L2_CAP_VIDEO_CAPTURE
	v4lCanStream  = 1 << 26
	v4lHasOwnCaps = 1 << 31 // V4L2_CAP_DEVICE_CAPS

	v4lBufferError     = 0x0040 // V4L2_BUF_FLAG_ERROR
	v4lBufferStamps    = 0xe000 // V4L2_BUF_FLAG_TIMESTAMP_MASK
	v4lBufferMonotonic = 0x2000

	v4lDiscrete = 1 // V4L2_FRMSIZE_TYPE_DISCRETE and V4L2_FRMIVAL_TYPE_DISCRETE
)

type v4lCapability struct {
	driver       [16]byte
	card, bus    [32]byte
	_            uint32 // version
	capabilities uint32
	device       uint32 // capabilities of this node
	_            [3]uint32
}

type v4lFormatDescription struct {
	index, kind, _ uint32
	_              [32]byte
	code           uint32
	_              [4]uint32
}

// v4lSize is a size, or, if it is not discrete, from, to and step of sizes.
type v4lSize struct {
	index, code, kind                                      uint32
	minWidth, maxWidth, stepX, minHeight, maxHeight, stepY uint32 // discrete: width, height
	_                                                      [2]uint32
}

type v4lFraction struct{ over, under uint32 }

// v4lInterval is a time from frame to frame in s, or, if it is not discrete,
// least, most and step of such times.
type v4lInterval struct {
	index, code, width, height, kind uint32
	least, most, step                v4lFraction // discrete: least
	_                                [2]uint32
}

type v4lPixels struct {
	width, height, code, field, stride, length, colours uint32
	magic, _, matrix, quantization, _                   uint32
}

type v4lFormat struct {
	kind   uint32
	_      [0]uintptr // the union holds pointers
	pixels v4lPixels
	_      [200 - unsafe.Sizeof(v4lPixels{})]byte
}

type v4lStream struct {
	kind, capability, mode uint32
	interval               v4lFraction
	_                      [200 - 16]byte
}

type v4lRequest struct{ count, kind, memory, _, _ uint32 }

type v4lBuffer struct {
	index, kind, used, flags, field uint32
	stamp                           unix.Timeval
	_                               [16]byte // time code
	sequence, memory                uint32
	offset                          uint32 // in a union as long as a pointer
	_                               [unsafe.Sizeof(uintptr(0)) - 4]byte
	length, _, _                    uint32
}

// The requests (include/uapi/asm-generic/ioctl.h): direction, size of the
// argument, 'V', number.
const (
	iocWrite = 1<<30 | 'V'<<8
	iocRead  = 2<<30 | 'V'<<8
	iocBoth  = iocRead | iocWrite
	iocSize  = 1 << 16

	askCapability = iocRead | unsafe.Sizeof(v4lCapability{})*iocSize // number 0
	askFormat     = iocBoth | unsafe.Sizeof(v4lFormatDescription{})*iocSize | 2
	setFormat     = iocBoth | unsafe.Sizeof(v4lFormat{})*iocSize | 5
	askBuffers    = iocBoth | unsafe.Sizeof(v4lRequest{})*iocSize | 8
	askBuffer     = iocBoth | unsafe.Sizeof(v4lBuffer{})*iocSize | 9
	putBuffer     = iocBoth | unsafe.Sizeof(v4lBuffer{})*iocSize | 15
	takeBuffer    = iocBoth | unsafe.Sizeof(v4lBuffer{})*iocSize | 17
	streamOn      = iocWrite | unsafe.Sizeof(uint32(0))*iocSize | 18
	streamOff     = iocWrite | unsafe.Sizeof(uint32(0))*iocSize | 19
	setStream     = iocBoth | unsafe.Sizeof(v4lStream{})*iocSize | 22
	askSize       = iocBoth | unsafe.Sizeof(v4lSize{})*iocSize | 74
	askInterval   = iocBoth | unsafe.Sizeof(v4lInterval{})*iocSize | 75
)

// fourCC returns the code of a pixel format (V4L2, 2.3).
func fourCC(code string) uint32 {
	return uint32(code[0]) | uint32(code[1])<<8 | uint32(code[2])<<16 | uint32(code[3])<<24
}

// text returns a string that ends at its first zero.
func text(b []byte) string {
	s, _, _ := strings.Cut(string(b), "\x00")
	return strings.TrimSpace(strings.ToValidUTF8(s, ""))
}
