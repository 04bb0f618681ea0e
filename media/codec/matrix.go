package codec

// #include "yuv.h"
import "C"

import "image"

// Matrix says how a source makes luma and chroma of red, green and blue.
type Matrix uint8

// The matrices, of which pictures here have the first.
const (
	BT601 Matrix = iota
	BT709
	BT2020 // with luma that is not constant
	SMPTE240M
)

// weights returns how much of red and of blue there is in luma (Recommendations ITU-T
// BT.601, BT.709 and BT.2020, SMPTE 240M; Recommendation H.273, table 4).
func (m Matrix) weights() (red, blue float64) {
	switch m {
	case BT709:
		return 0.2126, 0.0722
	case BT2020:
		return 0.2627, 0.0593
	case SMPTE240M:
		return 0.212, 0.087
	case BT601:
	}
	return 0.299, 0.114
}

// ToBT601 brings a picture of the studio range and another matrix to ours, in place. It
// does nothing to a picture that is not whole.
func ToBT601(p *image.YCbCr, from Matrix) {
	if from == BT601 || check420(p) != nil {
		return
	}
	m := toBT601(from)
	C.parley_rematrix(plane(p.Y), C.int(p.YStride), plane(p.Cb), plane(p.Cr), C.int(p.CStride),
		C.int(p.Rect.Dx()), C.int(p.Rect.Dy()), &m)
}

// toBT601 returns what is to be added to luma, and what becomes of chroma.
func toBT601(from Matrix) C.parley_matrix {
	red, blue := from.weights()
	toRed, toBlue := BT601.weights()
	green, toGreen := 1-red-blue, 1-toRed-toBlue
	// Of Pb and Pr, which are -0.5 to 0.5, and no luma: red, green and blue.
	r, b := [2]float64{0, 2 * (1 - red)}, [2]float64{2 * (1 - blue), 0}
	var luma, cb, cr [2]float64
	for i := range luma {
		g := -(red*r[i] + blue*b[i]) / green
		luma[i] = toRed*r[i] + toGreen*g + toBlue*b[i]
		cb[i] = (b[i] - luma[i]) / (2 * (1 - toBlue))
		cr[i] = (r[i] - luma[i]) / (2 * (1 - toRed))
		luma[i] *= 219.0 / 224 // of the studio range's levels
	}
	fixed := func(v float64) C.int { return C.int(v*C.PARLEY_ONE+1<<20+0.5) - 1<<20 }
	return C.parley_matrix{
		luma: [2]C.int{fixed(luma[0]), fixed(luma[1])},
		cb:   [2]C.int{fixed(cb[0]), fixed(cb[1])},
		cr:   [2]C.int{fixed(cr[0]), fixed(cr[1])},
	}
}
