package codec

import (
	"fmt"
	"image"
	"slices"
	"testing"
	"time"

	"parley/media"
)

// oddSizes are those of which codecs that know pairs of samples only may lose a column
// or a row.
var oddSizes = []image.Point{{1, 1}, {2, 1}, {3, 5}, {16, 15}, {17, 16}, {31, 33}, {321, 241}, {1279, 719}}

// ramp is a picture that is brighter to the right, with a last row and column that
// are not like those before them. Its chroma says where left and right, top and
// bottom are.
func ramp(size image.Point) *image.YCbCr {
	i := image.NewYCbCr(image.Rectangle{Max: size}, image.YCbCrSubsampleRatio420)
	for y := range size.Y {
		for x := range size.X {
			v := 60 + 80*x/size.X
			if x == size.X-1 || y == size.Y-1 {
				v = 200
			}
			i.Y[i.YOffset(x, y)] = uint8(v)
			i.Cb[i.COffset(x, y)] = uint8(100 + 60*x/size.X)
			i.Cr[i.COffset(x, y)] = uint8(100 + 60*y/size.Y)
		}
	}
	return i
}

// edgesOff is how far the last column and row of a picture are from those of another,
// in the mean of all samples, of the plane for which it is most.
func edgesOff(got, want *image.YCbCr) float64 {
	w, h := want.Rect.Dx(), want.Rect.Dy()
	off := func(x, y int, plane func(i *image.YCbCr, x, y int) uint8) float64 {
		a, b := plane(got, x, y), plane(want, x, y)
		return float64(max(a, b) - min(a, b))
	}
	worst := 0.0
	for _, plane := range []func(i *image.YCbCr, x, y int) uint8{
		func(i *image.YCbCr, x, y int) uint8 { return i.Y[i.YOffset(x, y)] },
		func(i *image.YCbCr, x, y int) uint8 { return i.Cb[i.COffset(x, y)] },
		func(i *image.YCbCr, x, y int) uint8 { return i.Cr[i.COffset(x, y)] },
	} {
		column, row := 0.0, 0.0
		for y := range h {
			column += off(w-1, y, plane) / float64(h)
		}
		for x := range w {
			row += off(x, h-1, plane) / float64(w)
		}
		worst = max(worst, column, row)
	}
	return worst
}

// Pictures of odd sizes arrive whole, those after a key frame too, and after a change
// of the size.
func TestOddSizes(t *testing.T) {
	for _, mime := range coded {
		e, d := newEncoder(t, mime, 6_000_000), newDecoder(t, mime)
		for _, size := range slices.Concat(oddSizes, []image.Point{{320, 240}, {319, 240}}) {
			picture := ramp(size)
			for n := range 6 {
				f := &media.Frame{Image: picture, Number: uint64(n), Captured: start.Add(time.Duration(n) * time.Second / 30)}
				packet := encode(t, e, f, n == 3)
				if len(packet) == 0 {
					continue
				}
				g, err := d.Decode(packet)
				if err != nil || g == nil {
					t.Fatalf("%s %v, frame %d: %v", mime, size, n, err)
				}
				if g.Image.Rect.Size() != size {
					t.Fatalf("%s %v, frame %d: shown are %v", mime, size, n, g.Image.Rect.Size())
				}
				if off := edgesOff(g.Image, picture); off > 12 {
					t.Errorf("%s %v, frame %d: the edges are off by %.1f", mime, size, n, off)
				}
				g.Release()
			}
		}
	}
}

// AV1 is decoded only: its packets are libaom's, of the same pictures.
func TestOddSizes_AV1(t *testing.T) {
	if !slices.Contains(VideoDecoders(), AV1) {
		return // a build without it
	}
	for _, size := range []image.Point{{1, 1}, {3, 5}, {321, 241}, {1279, 719}} {
		d := newDecoder(t, AV1)
		shown := 0
		for _, packet := range readIVF(t, fmt.Sprintf("testdata/odd-%dx%d.ivf", size.X, size.Y)) {
			g, err := d.Decode(packet)
			if err != nil || g == nil {
				t.Fatalf("%v: %v", size, err)
			}
			shown++
			if off := edgesOff(g.Image, ramp(size)); g.Image.Rect.Size() != size || off > 12 {
				t.Errorf("shown are %v of %v, edges off by %.1f", g.Image.Rect.Size(), size, off)
			}
			g.Release()
		}
		if shown < 2 {
			t.Errorf("%v: %d pictures", size, shown)
		}
	}
}
