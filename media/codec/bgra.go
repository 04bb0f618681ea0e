package codec

// #include <libyuv.h>
import "C"

import "image"

// FromBGRA converts rows of stride bytes, as displays have them: four bytes a
// pixel, blue first, the last ignored. It fills dst.
func FromBGRA(dst *image.YCbCr, src []byte, stride int) error {
	w, h := dst.Rect.Dx(), dst.Rect.Dy()
	if err := checkSource(dst, dst.Rect.Size(), holds(src, stride, 4*w, h)); err != nil {
		return err
	}
	return refused("converting BGRA", C.ARGBToI420(plane(src), C.int(stride),
		plane(dst.Y), C.int(dst.YStride), plane(dst.Cb), C.int(dst.CStride), plane(dst.Cr), C.int(dst.CStride), C.int(w), C.int(h)))
}
