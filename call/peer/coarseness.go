package peer

import (
	"math"
	"strings"
)

// grades are the quantizer indices of a codec, as media.Quantized counts them, between
// which pictures are neither better than their size is worth nor too coarse for it; and
// by how many more a picture takes half of the bits.
type grades struct{ fine, coarse, half float64 }

// gradesOf returns the grades of a codec; false for one that tells no quantizers. The
// limits are those at which libwebrtc changes the size (kLowH264QpThreshold and the like
// of its encoders), the steps are of the codecs' tables.
func gradesOf(mime string) (grades, bool) {
	switch {
	case strings.EqualFold(mime, H264):
		return grades{24, 37, 6}, true
	case strings.EqualFold(mime, VP8):
		return grades{29, 95, 40}, true
	case strings.EqualFold(mime, VP9):
		return grades{149, 205, 40}, true
	}
	return grades{}, false
}

// What is known of a size is of coarseLeast pictures of it at least, and of coarseSure
// before a larger one is tried for it.
const (
	coarseWeight = 0.1
	coarseLeast  = 15
	coarseSure   = 60
)

// coarseness is how coarse the pictures of a size are: the same bits are plenty for one
// scene and little for another. The zero value knows nothing.
type coarseness struct {
	grades
	index float64 // smoothed
	rate  float64 // that was spent, log2 of bit/s, smoothed
	count int     // of pictures
}

// saw takes the index of a picture for which the encoder had so many bit/s, more than 0.
func (c *coarseness) saw(mime string, index int, bps float64) {
	of, ok := gradesOf(mime)
	if !ok || of != c.grades || c.count == 0 {
		*c = coarseness{grades: of, index: float64(index), rate: math.Log2(bps)}
	}
	if !ok {
		return
	}
	c.count++
	c.index += coarseWeight * (float64(index) - c.index)
	c.rate += coarseWeight * (math.Log2(bps) - c.rate)
}

// forget begins anew, for another size.
func (c *coarseness) forget() { *c = coarseness{} }

// bears reports whether pictures of this size are not too coarse, as far as is known,
// for so many bit/s.
func (c *coarseness) bears(bps float64) bool {
	if c.count < coarseLeast || bps <= 0 {
		return false
	}
	return c.index+c.half*(c.rate-math.Log2(bps)) <= c.coarse
}

// spares reports whether they are better than their size is worth.
func (c *coarseness) spares() bool { return c.count >= coarseSure && c.index <= c.fine }
