package camera

import (
	"fmt"
	"image"
	"slices"

	"parley/media/codec"
)

// pixels returns how pictures of a pixel format (V4L2, 2.3 to 2.7) are converted,
// or nil if it is not understood.
func pixels(code uint32) func(s *videoShot, dst *image.YCbCr) error {
	switch code {
	case fourCC("MJPG"), fourCC("JPEG"):
		return (*videoShot).fromJPEG
	case fourCC("YUYV"):
		return (*videoShot).fromYUYV
	case fourCC("UYVY"):
		return (*videoShot).fromUYVY
	case fourCC("NV12"):
		return (*videoShot).fromNV12
	case fourCC("YU12"):
		return (*videoShot).fromYU12
	default:
		return nil
	}
}

func isJPEG(code uint32) bool { return slices.Contains([]uint32{fourCC("MJPG"), fourCC("JPEG")}, code) }

// stride returns the bytes of a row that has at least so many: what the device
// told, if its pictures are as long as that.
func (s *videoShot) stride(row, rows int) int {
	told := s.layout.stride
	if told < row || told*(rows-1)+row > len(s.data) {
		return row
	}
	return told
}

func (s *videoShot) fromYUYV(dst *image.YCbCr) error {
	return codec.FromYUYV(dst, s.data, s.stride(2*even(s.layout.width), s.layout.height))
}

func (s *videoShot) fromUYVY(dst *image.YCbCr) error {
	return codec.FromUYVY(dst, s.data, s.stride(2*even(s.layout.width), s.layout.height))
}

func even(n int) int { return n + n&1 }

// fromNV12 takes a plane of luma and then, with the same stride, one of chroma.
func (s *videoShot) fromNV12(dst *image.YCbCr) error {
	height := s.layout.height
	stride := s.stride(even(s.layout.width), height+(height+1)/2)
	luma := stride * height
	if len(s.data) < luma {
		return fmt.Errorf("taking NV12 apart: %w", codec.ErrSize)
	}
	return codec.FromNV12(dst, s.data[:luma], s.data[luma:], stride)
}

// fromYU12 takes three planes, of which those of chroma have half the stride.
func (s *videoShot) fromYU12(dst *image.YCbCr) error {
	width, height := s.layout.width, s.layout.height
	rows := (height + 1) / 2
	stride := s.stride(width, height+rows) // two half rows of chroma are one
	luma, chroma := stride*height, (stride+1)/2*rows
	if len(s.data) < luma+2*chroma {
		return fmt.Errorf("taking YU12 apart: %w", codec.ErrSize)
	}
	s.planes = image.YCbCr{
		Y: s.data[:luma], Cb: s.data[luma : luma+chroma], Cr: s.data[luma+chroma:],
		YStride: stride, CStride: (stride + 1) / 2, SubsampleRatio: image.YCbCrSubsampleRatio420, Rect: image.Rect(0, 0, width, height),
	}
	return codec.FromImage(dst, &s.planes, codec.StudioRange)
}
