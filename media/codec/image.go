package codec

// #include <libyuv.h>
import "C"

import (
	"fmt"
	"image"
)

// Range tells how a source spreads its levels.
type Range bool

// The ranges. Cameras and codecs use the studio range, JPEG the full one.
const (
	StudioRange Range = false
	FullRange   Range = true
)

// FromImage converts a picture of the same size, as capture drivers hand it out:
// *image.YCbCr (4:2:0, 4:2:2 or 4:4:4), *image.RGBA or *image.Gray.
func FromImage(dst *image.YCbCr, src image.Image, levels Range) error {
	var err error
	switch s := src.(type) {
	case *image.RGBA:
		return FromRGBA(dst, s)
	case *image.YCbCr:
		err = fromYCbCr(dst, s)
	case *image.Gray:
		err = fromGray(dst, s)
	default:
		err = fmt.Errorf("converting a picture: %w but %T", ErrFormat, src)
	}
	if err == nil && levels == FullRange {
		narrow(dst)
	}
	return err
}

// subsampling describes how libyuv shrinks the chroma of a layout.
type subsampling struct {
	x, y int // luma samples for each chroma sample
}

func subsamplingOf(r image.YCbCrSubsampleRatio) (subsampling, bool) {
	switch r {
	case image.YCbCrSubsampleRatio420:
		return subsampling{2, 2}, true
	case image.YCbCrSubsampleRatio422:
		return subsampling{2, 1}, true
	case image.YCbCrSubsampleRatio444:
		return subsampling{1, 1}, true
	default:
		return subsampling{}, false
	}
}

// holdsAll tells whether the planes are as long as their size asks for.
func (s subsampling) holdsAll(i *image.YCbCr) bool {
	w, h := i.Rect.Dx(), i.Rect.Dy()
	cw, ch := (w+s.x-1)/s.x, (h+s.y-1)/s.y
	return holds(i.Y, i.YStride, w, h) && holds(i.Cb, i.CStride, cw, ch) && holds(i.Cr, i.CStride, cw, ch)
}

func fromYCbCr(dst, src *image.YCbCr) error {
	s, known := subsamplingOf(src.SubsampleRatio)
	if !known {
		return fmt.Errorf("converting a picture: %w but %v", ErrFormat, src.SubsampleRatio)
	}
	if err := checkSource(dst, src.Rect.Size(), s.holdsAll(src)); err != nil {
		return err
	}
	sy, su, sv := plane(src.Y), plane(src.Cb), plane(src.Cr)
	dy, du, dv := plane(dst.Y), plane(dst.Cb), plane(dst.Cr)
	ys, cs := C.int(src.YStride), C.int(src.CStride)
	yd, cd := C.int(dst.YStride), C.int(dst.CStride)
	w, h := C.int(dst.Rect.Dx()), C.int(dst.Rect.Dy())
	var code C.int
	switch s {
	case subsampling{2, 2}:
		code = C.I420Copy(sy, ys, su, cs, sv, cs, dy, yd, du, cd, dv, cd, w, h)
	case subsampling{2, 1}:
		code = C.I422ToI420(sy, ys, su, cs, sv, cs, dy, yd, du, cd, dv, cd, w, h)
	case subsampling{1, 1}:
		code = C.I444ToI420(sy, ys, su, cs, sv, cs, dy, yd, du, cd, dv, cd, w, h)
	}
	return refused("converting YCbCr", code)
}

func fromGray(dst *image.YCbCr, src *image.Gray) error {
	enough := holds(src.Pix, src.Stride, src.Rect.Dx(), src.Rect.Dy())
	if err := checkSource(dst, src.Rect.Size(), enough); err != nil {
		return err
	}
	return refused("converting grey", C.I400ToI420(plane(src.Pix), C.int(src.Stride),
		plane(dst.Y), C.int(dst.YStride), plane(dst.Cb), C.int(dst.CStride), plane(dst.Cr), C.int(dst.CStride),
		C.int(dst.Rect.Dx()), C.int(dst.Rect.Dy())))
}
