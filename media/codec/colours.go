package codec

import "image"

// colouring is how a stream says that red, green and blue became its samples.
type colouring struct {
	matrix Matrix
	levels Range
}

// colouringOf takes a number of Recommendation ITU-T H.273, table 4. What is not told is
// taken for ours, as browsers take it, whatever the size of the picture.
func colouringOf(matrix int, full bool) colouring {
	c := colouring{BT601, Range(full)}
	switch matrix {
	case 1:
		c.matrix = BT709
	case 7:
		c.matrix = SMPTE240M
	case 9, 10: // with constant luma it is not linear, and this is nearest
		c.matrix = BT2020
	}
	return c
}

// bring makes a picture one as pictures are here.
func (c colouring) bring(p *image.YCbCr) {
	if c.levels == FullRange {
		narrow(p)
	}
	ToBT601(p, c.matrix)
}
