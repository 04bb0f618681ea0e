package pattern

import (
	"image"
	"math"

	"parley/media"
)

// swing is how many frames the disc takes to go across and back.
const swing = 120

// Bars draws colour bars with a code in the middle and a disc that swings below.
// Only the code and the disc are drawn anew for a frame.
type Bars struct{ background *image.YCbCr }

// NewBars prepares bars of the given size.
func NewBars(width, height int) *Bars {
	b := &Bars{newPicture(width, height)}
	w, h := b.background.Rect.Dx(), b.background.Rect.Dy()
	fill(b.background, b.background.Rect, rgb(24, 28, 36))
	for i, p := range barPaints() {
		fill(b.background, image.Rect(i*w/8, 0, (i+1)*w/8, (numberRow-1)*h/gridRows), p)
	}
	b.ramp(image.Rect(0, (checkRow+2)*h/gridRows, w, (checkRow+4)*h/gridRows))
	return b
}

// barPaints returns the 75 % bars of EBU Tech 3325 in their order.
func barPaints() [8]paint {
	const v = 191
	return [8]paint{
		rgb(v, v, v), rgb(v, v, 0), rgb(0, v, v), rgb(0, v, 0),
		rgb(v, 0, v), rgb(v, 0, 0), rgb(0, 0, v), rgb(0, 0, 0),
	}
}

// ramp draws every luma from black to white.
func (b *Bars) ramp(r image.Rectangle) {
	fill(b.background, r, paint{black, grey, grey})
	for x := r.Min.X; x < r.Max.X; x++ {
		luma := black + (white-black)*(x-r.Min.X)/max(1, r.Dx()-1)
		fillLuma(b.background, image.Rect(x, r.Min.Y, x+1, r.Max.Y), uint8(luma))
	}
}

// Paint draws the bars into f, with its number and capture time as the code.
// A frame of another size than the bars' is left alone.
func (b *Bars) Paint(f *media.Frame) {
	if !sameSize(f.Image, b.background) {
		return
	}
	copyPlanes(f.Image, b.background)
	b.disc(f.Image, f.Number)
	Write(f.Image, CodeOf(f.Number, f.Captured))
}

// disc draws the swinging disc where it is in this frame.
func (b *Bars) disc(dst *image.YCbCr, number uint64) {
	w, h := dst.Rect.Dx(), dst.Rect.Dy()
	radius := float64(h) / 10
	phase := 2 * math.Pi * float64(number%swing) / swing
	cx := float64(w)/2 - math.Cos(phase)*(float64(w)/2-1.5*radius)
	cy := float64(h) * 17 / gridRows
	amber := rgb(255, 176, 32)
	for y := int(cy - radius); y <= int(cy+radius); y++ {
		dy := float64(y) - cy
		half := math.Sqrt(max(0, radius*radius-dy*dy))
		fill(dst, image.Rect(int(cx-half), y, int(cx+half), y+1), amber)
	}
}
