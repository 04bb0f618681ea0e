package pattern

import "image"

// paint is a colour in studio range BT.601.
type paint struct{ y, cb, cr uint8 }

// rgb converts a colour with components from 0 to 255.
func rgb(r, g, b float64) paint {
	luma := 16 + (65.481*r+128.553*g+24.966*b)/255
	cb := 128 + (-37.797*r-74.203*g+112*b)/255
	cr := 128 + (112*r-93.786*g-18.214*b)/255
	return paint{uint8(luma + 0.5), uint8(cb + 0.5), uint8(cr + 0.5)}
}

// fill paints a rectangle, given in pixels from the corner of a 4:2:0 picture.
// Chroma samples that lie partly inside are painted too.
func fill(dst *image.YCbCr, r image.Rectangle, p paint) {
	fillLuma(dst, r, p.y)
	r = r.Intersect(image.Rect(0, 0, dst.Rect.Dx(), dst.Rect.Dy()))
	half := image.Rect(r.Min.X/2, r.Min.Y/2, (r.Max.X+1)/2, (r.Max.Y+1)/2)
	fillPlane(dst.Cb, dst.CStride, half, p.cb)
	fillPlane(dst.Cr, dst.CStride, half, p.cr)
}

func fillLuma(dst *image.YCbCr, r image.Rectangle, luma uint8) {
	fillPlane(dst.Y, dst.YStride, r.Intersect(image.Rect(0, 0, dst.Rect.Dx(), dst.Rect.Dy())), luma)
}

func fillPlane(plane []byte, stride int, r image.Rectangle, v uint8) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := plane[y*stride+r.Min.X : y*stride+r.Max.X]
		for i := range row {
			row[i] = v
		}
	}
}

// copyPlanes copies a picture onto one of the same size; both are tight.
func copyPlanes(dst, src *image.YCbCr) {
	copy(dst.Y, src.Y)
	copy(dst.Cb, src.Cb)
	copy(dst.Cr, src.Cr)
}

// newPicture returns a tight 4:2:0 picture. Sizes below one pixel become one.
func newPicture(width, height int) *image.YCbCr {
	return image.NewYCbCr(image.Rect(0, 0, max(width, 1), max(height, 1)), image.YCbCrSubsampleRatio420)
}

// sameSize tells whether dst can take a picture of the size of src.
func sameSize(dst, src *image.YCbCr) bool { return dst.Rect.Size() == src.Rect.Size() }
