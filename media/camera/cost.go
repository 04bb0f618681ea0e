package camera

import "math"

// What is held against a camera's format. A frame rate that is too low is worse
// than a picture that is too small, which is worse than one that is too large;
// motion JPEG has to be decoded.
const (
	costSmaller = 1.0 // for each halving of the area
	costLarger  = 0.5 // for each doubling
	costShape   = 1.0 // for each doubling of the ratio of the sides
	costSlower  = 3.0 // for a rate of nothing
	costFaster  = 0.1 // for each doubling of the rate
	costMJPEG   = 0.3
)

// offer is what a camera says that it can deliver.
type offer struct {
	width, height int
	rate          float64 // frames/s; 0 if it does not tell
	mjpeg         bool
}

// cost is how far an offer is from what is wanted; less is better.
func (o offer) cost(want Format) float64 {
	width, height := float64(o.width)/float64(want.Width), float64(o.height)/float64(want.Height)
	area, shape := math.Log2(width*height), math.Log2(width/height)
	sum := costShape * math.Abs(shape)
	sum += costLarger*max(0, area) - costSmaller*min(0, area)
	if o.mjpeg {
		sum += costMJPEG
	}
	return sum + costOfRate(o.rate, float64(want.Rate))
}

// costOfRate takes cameras that tell no rate at their word: as wanted.
func costOfRate(rate, want float64) float64 {
	switch {
	case rate <= 0:
		return 0
	case rate < want:
		return costSlower * (want - rate) / want
	}
	return costFaster * math.Log2(rate/want)
}
