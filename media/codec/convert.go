package codec

// #cgo LDFLAGS: -lyuv
// #cgo CFLAGS: -O3
// #include <libyuv.h>
// #include "yuv.h"
import "C"

import (
	"errors"
	"fmt"
	"image"
)

// errLibyuv is all that libyuv says.
var errLibyuv = errors.New("libyuv refused the picture")

// ToRGBA converts studio range BT.601 4:2:0 to opaque RGBA of the same size.
// Pictures that do not fit each other leave dst as it is.
func ToRGBA(dst *image.RGBA, src *image.YCbCr) {
	if !fits(dst, src) {
		return
	}
	C.I420ToABGR(plane(src.Y), C.int(src.YStride), plane(src.Cb), C.int(src.CStride), plane(src.Cr), C.int(src.CStride),
		plane(dst.Pix), C.int(dst.Stride), C.int(src.Rect.Dx()), C.int(src.Rect.Dy()))
}

// ToRGBAMirrored is ToRGBA with left and right exchanged, as people know
// themselves from mirrors.
func ToRGBAMirrored(dst *image.RGBA, src *image.YCbCr) {
	if !fits(dst, src) {
		return
	}
	C.parley_mirror_abgr(plane(src.Y), C.int(src.YStride), plane(src.Cb), plane(src.Cr), C.int(src.CStride),
		plane(dst.Pix), C.int(dst.Stride), C.int(src.Rect.Dx()), C.int(src.Rect.Dy()))
}

func fits(dst *image.RGBA, src *image.YCbCr) bool {
	return check420(src) == nil && dst.Rect.Size() == src.Rect.Size() && holdsRGBA(dst)
}

func holdsRGBA(i *image.RGBA) bool { return holds(i.Pix, i.Stride, 4*i.Rect.Dx(), i.Rect.Dy()) }

// Scale fills dst with the whole of src. Both are 4:2:0; the sizes are free.
func Scale(dst, src *image.YCbCr) error {
	if err := errors.Join(check420(dst), check420(src)); err != nil {
		return fmt.Errorf("scaling a picture: %w", err)
	}
	return refused("scaling a picture", C.I420Scale(
		plane(src.Y), C.int(src.YStride), plane(src.Cb), C.int(src.CStride), plane(src.Cr), C.int(src.CStride),
		C.int(src.Rect.Dx()), C.int(src.Rect.Dy()),
		plane(dst.Y), C.int(dst.YStride), plane(dst.Cb), C.int(dst.CStride), plane(dst.Cr), C.int(dst.CStride),
		C.int(dst.Rect.Dx()), C.int(dst.Rect.Dy()), C.kFilterBox))
}

// fillUp copies a picture into the left upper corner of a larger one, whose other
// samples become those nearest to them, which cost an encoder the least.
func fillUp(dst, src *image.YCbCr) {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	dw, dh := dst.Rect.Dx(), dst.Rect.Dy()
	fillPlane(dst.Y, dst.YStride, dw, dh, src.Y, src.YStride, w, h)
	w, h, dw, dh = (w+1)/2, (h+1)/2, (dw+1)/2, (dh+1)/2
	fillPlane(dst.Cb, dst.CStride, dw, dh, src.Cb, src.CStride, w, h)
	fillPlane(dst.Cr, dst.CStride, dw, dh, src.Cr, src.CStride, w, h)
}

func fillPlane(dst []byte, dstStride, dw, dh int, src []byte, stride, w, h int) {
	for y := range dh {
		row := dst[y*dstStride:][:dw]
		from := min(y, h-1) * stride
		for x := copy(row, src[from:from+w]); x < dw; x++ {
			row[x] = row[w-1]
		}
	}
}

// FromRGBA converts RGBA of the same size, ignoring alpha.
func FromRGBA(dst *image.YCbCr, src *image.RGBA) error {
	if err := checkSource(dst, src.Rect.Size(), holdsRGBA(src)); err != nil {
		return err
	}
	return refused("converting RGBA", C.ABGRToI420(plane(src.Pix), C.int(src.Stride),
		plane(dst.Y), C.int(dst.YStride), plane(dst.Cb), C.int(dst.CStride), plane(dst.Cr), C.int(dst.CStride),
		C.int(dst.Rect.Dx()), C.int(dst.Rect.Dy())))
}

// FromYUYV converts packed 4:2:2 (V4L2 YUYV) with rows of stride bytes.
func FromYUYV(dst *image.YCbCr, src []byte, stride int) error {
	w, h := dst.Rect.Dx(), dst.Rect.Dy()
	if err := checkSource(dst, dst.Rect.Size(), holds(src, stride, 2*(w+w&1), h)); err != nil {
		return err
	}
	return refused("converting YUYV", C.YUY2ToI420(plane(src), C.int(stride),
		plane(dst.Y), C.int(dst.YStride), plane(dst.Cb), C.int(dst.CStride), plane(dst.Cr), C.int(dst.CStride), C.int(w), C.int(h)))
}

// FromUYVY converts packed 4:2:2 with the chroma first (V4L2 UYVY) and rows of
// stride bytes.
func FromUYVY(dst *image.YCbCr, src []byte, stride int) error {
	w, h := dst.Rect.Dx(), dst.Rect.Dy()
	if err := checkSource(dst, dst.Rect.Size(), holds(src, stride, 2*(w+w&1), h)); err != nil {
		return err
	}
	return refused("converting UYVY", C.UYVYToI420(plane(src), C.int(stride),
		plane(dst.Y), C.int(dst.YStride), plane(dst.Cb), C.int(dst.CStride), plane(dst.Cr), C.int(dst.CStride), C.int(w), C.int(h)))
}

// ToStudioRange brings a picture of the full range to the studio range, in place.
// It does nothing to a picture that is not whole.
func ToStudioRange(p *image.YCbCr) {
	if check420(p) == nil {
		narrow(p)
	}
}

// FromNV12 converts a luma plane and a plane of interleaved chroma, both with
// rows of stride bytes.
func FromNV12(dst *image.YCbCr, luma, chroma []byte, stride int) error {
	w, h := dst.Rect.Dx(), dst.Rect.Dy()
	enough := holds(luma, stride, w, h) && holds(chroma, stride, w+w&1, (h+1)/2)
	if err := checkSource(dst, dst.Rect.Size(), enough); err != nil {
		return err
	}
	return refused("converting NV12", C.NV12ToI420(plane(luma), C.int(stride), plane(chroma), C.int(stride),
		plane(dst.Y), C.int(dst.YStride), plane(dst.Cb), C.int(dst.CStride), plane(dst.Cr), C.int(dst.CStride), C.int(w), C.int(h)))
}

// narrow brings a picture from full to studio range.
func narrow(i *image.YCbCr) {
	w, h := C.int(i.Rect.Dx()), C.int(i.Rect.Dy())
	C.parley_narrow_luma(plane(i.Y), C.int(i.YStride), w, h)
	C.parley_narrow_chroma(plane(i.Cb), C.int(i.CStride), (w+1)/2, (h+1)/2)
	C.parley_narrow_chroma(plane(i.Cr), C.int(i.CStride), (w+1)/2, (h+1)/2)
}

// checkSource makes sure that dst can be written and a source of this size has
// all the bytes that will be read.
func checkSource(dst *image.YCbCr, size image.Point, enough bool) error {
	if err := check420(dst); err != nil {
		return fmt.Errorf("converting a picture: %w", err)
	}
	if dst.Rect.Size() != size || !enough {
		return fmt.Errorf("converting a picture: %w: source of %v for %v", ErrSize, size, dst.Rect.Size())
	}
	return nil
}

func refused(what string, code C.int) error {
	if code == 0 {
		return nil
	}
	return fmt.Errorf("%s: %w (%d)", what, errLibyuv, int(code))
}
