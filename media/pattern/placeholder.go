package pattern

import (
	"image"
	"math"
	"time"

	"parley/media"
)

// drift is how long the light of the placeholder takes to come round.
const drift = 24 * time.Second

// Placeholder draws what stands in for a camera that is not there: a slow tide
// of light behind the outline of a person. It moves, so that the other side can
// tell a missing camera from a frozen call.
type Placeholder struct {
	w, h   int
	luma   [4][]uint8 // one period and one width of light, dithered for four rows
	cb, cr []uint8    // the same for chroma, at half size
	figure figure
}

// NewPlaceholder prepares a placeholder of the given size.
func NewPlaceholder(width, height int) *Placeholder {
	w, h := max(width, 1), max(height, 1)
	p := &Placeholder{w: w, h: h, figure: newFigure(w, h, 40)}
	for i := range p.luma {
		p.luma[i] = wave(2*w, w, 58, 20, dither[i])
	}
	p.cb = wave(2*((w+1)/2), (w+1)/2, 138, 8, dither[0])
	p.cr = wave(2*((w+1)/2), (w+1)/2, 116, -7, dither[0])
	return p
}

// dither is a 4x4 ordered matrix in sixteenths of a level: without it eight
// bits show a slow gradient as stripes.
var dither = [4][4]float64{{0, 8, 2, 10}, {12, 4, 14, 6}, {3, 11, 1, 9}, {15, 7, 13, 5}}

// wave returns a period of a sine and then its beginning again for extra samples.
func wave(period, extra int, mean, swing float64, thresholds [4]float64) []uint8 {
	line := make([]uint8, period+extra)
	for i := range line {
		v := mean + swing*math.Sin(2*math.Pi*float64(i%period)/float64(period))
		line[i] = uint8(v + thresholds[i%4]/16)
	}
	return line
}

// Paint draws the placeholder as it is at f's capture time. A frame of another
// size is left alone.
func (p *Placeholder) Paint(f *media.Frame) {
	if f.Width() != p.w || f.Height() != p.h {
		return
	}
	turn := float64(uint64(f.Captured.UnixNano())%uint64(drift)) / float64(drift)
	slide(f.Image.Y, p.w, p.h, turn, func(y int) []uint8 { return p.luma[y%4] })
	cw, ch := (p.w+1)/2, (p.h+1)/2
	slide(f.Image.Cb, cw, ch, turn, func(int) []uint8 { return p.cb })
	slide(f.Image.Cr, cw, ch, 1-turn, func(int) []uint8 { return p.cr })
	p.figure.add(f.Image)
}

// slide lays the same line of light into every row, each a little further on.
func slide(plane []byte, w, h int, turn float64, line func(y int) []uint8) {
	period := 2 * w
	start := int(turn*float64(period)) &^ 3 // keeps the dither in place
	for y := range h {
		offset := (start + y&^3) % period
		copy(plane[y*w:(y+1)*w], line(y)[offset:])
	}
}

// Still draws what is sent instead of a camera that is switched off: the same
// outline, faint on near black.
type Still struct{ picture *image.YCbCr }

// NewStill prepares a still of the given size.
func NewStill(width, height int) *Still {
	s := &Still{newPicture(width, height)}
	fill(s.picture, s.picture.Rect, rgb(10, 12, 16))
	figure := newFigure(s.picture.Rect.Dx(), s.picture.Rect.Dy(), 18)
	figure.add(s.picture)
	return s
}

// Paint draws the still into f. A frame of another size is left alone.
func (s *Still) Paint(f *media.Frame) {
	if sameSize(f.Image, s.picture) {
		copyPlanes(f.Image, s.picture)
	}
}

// figure is the outline of a person as light to add.
type figure struct {
	bounds image.Rectangle
	light  []uint8
}

// newFigure draws a head and shoulders for a picture of w by h.
func newFigure(w, h int, level float64) figure {
	unit := min(float64(w), float64(h))
	cx := float64(w) / 2
	head := ellipse{cx, 0.5*float64(h) - 0.10*unit, 0.135 * unit, 0.15 * unit}
	body := ellipse{cx, 0.5*float64(h) + 0.46*unit, 0.30 * unit, 0.37 * unit}
	bounds := image.Rect(int(body.x-body.rx)-1, int(head.y-head.ry)-1, int(body.x+body.rx)+2, h)
	f := figure{bounds: bounds.Intersect(image.Rect(0, 0, w, h))}
	f.light = make([]uint8, f.bounds.Dx()*f.bounds.Dy())
	for y := range f.bounds.Dy() {
		for x := range f.bounds.Dx() {
			px, py := float64(f.bounds.Min.X+x)+0.5, float64(f.bounds.Min.Y+y)+0.5
			f.light[y*f.bounds.Dx()+x] = uint8(level * max(head.cover(px, py), body.cover(px, py)))
		}
	}
	return f
}

// add lays the figure over a picture of the size it was made for.
func (f *figure) add(dst *image.YCbCr) {
	w := f.bounds.Dx()
	for y := range f.bounds.Dy() {
		start := (f.bounds.Min.Y+y)*dst.YStride + f.bounds.Min.X
		row, light := dst.Y[start:start+w], f.light[y*w:(y+1)*w]
		for i, v := range light {
			row[i] += v
		}
	}
}

type ellipse struct{ x, y, rx, ry float64 }

// cover returns how much of the pixel at (x, y) is inside, from 0 to 1; the
// edge is about one pixel wide.
func (e ellipse) cover(x, y float64) float64 {
	if e.rx <= 0 || e.ry <= 0 {
		return 0
	}
	d := math.Hypot((x-e.x)/e.rx, (y-e.y)/e.ry)
	return min(1, max(0, (1-d)*min(e.rx, e.ry)+0.5))
}
