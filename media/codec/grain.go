package codec

import (
	"encoding/binary"
	"image"
)

// grain changes the lowest bit of one luma sample in eight, of each picture the same.
//
// At its live speeds (5 and above, which choose modes without trying them) libvpx's VP9
// goes wrong on blocks whose samples are all the same: where such a block changes to
// another level, as in drawings and test pictures, it may be left as it was or be taken
// from a neighbour of the wrong level, for many frames. No setting ends that but slower
// speeds at three times the work. Where the samples are not quite the same it happens
// seldom and is soon mended. Nobody sees a 256th of the range at rest, and it costs no
// bits to speak of, because it does not change and is quantized away; twice as much
// grain would cost several times the rate.
type grain struct {
	bits  [grainRows][grainWords]uint64
	noisy image.YCbCr
}

// The grain is repeated after so many rows, and so many times eight samples: more than
// the largest block has.
const (
	grainRows  = 128
	grainWords = 16
)

func newGrain(size image.Point) *grain {
	g := &grain{}
	random := uint32(1)
	for y := range g.bits {
		for x := range g.bits[y] {
			random = random*1664525 + 1013904223 // Knuth's and Lewis's, whose upper bits are the good ones
			g.bits[y][x] = 1 << (8 * (random >> 29))
		}
	}
	g.noisy.YStride = (size.X + 7) &^ 7
	g.noisy.Y = make([]byte, g.noisy.YStride*size.Y)
	return g
}

// on returns a picture with grain, which is valid until the next call. Its chroma is
// the picture's own.
func (g *grain) on(i *image.YCbCr) *image.YCbCr {
	w, h := i.Rect.Dx(), i.Rect.Dy()
	for y := range h {
		g.row(g.noisy.Y[y*g.noisy.YStride:], i.Y[y*i.YStride:][:w], y)
	}
	g.noisy.Cb, g.noisy.Cr, g.noisy.CStride = i.Cb, i.Cr, i.CStride
	g.noisy.SubsampleRatio, g.noisy.Rect = i.SubsampleRatio, i.Rect
	return &g.noisy
}

func (g *grain) row(to, from []byte, y int) {
	bits := &g.bits[y%grainRows]
	for x := 0; len(from) >= 8; x++ {
		binary.LittleEndian.PutUint64(to, binary.LittleEndian.Uint64(from)^bits[x%grainWords])
		to, from = to[8:], from[8:]
	}
	copy(to, from)
}
