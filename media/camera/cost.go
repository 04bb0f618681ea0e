package camera

import (
	"math"

	"github.com/pion/mediadevices/pkg/frame"
	"github.com/pion/mediadevices/pkg/prop"
)

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

// cost is how far a format is from what is wanted; less is better.
func cost(p prop.Media, want Format) float64 {
	area := math.Log2(float64(p.Width*p.Height) / float64(want.Width*want.Height))
	shape := math.Log2(float64(p.Width*want.Height) / float64(p.Height*want.Width))
	sum := costShape * math.Abs(shape)
	sum += costLarger*max(0, area) - costSmaller*min(0, area)
	if p.FrameFormat == frame.FormatMJPEG {
		sum += costMJPEG
	}
	return sum + costOfRate(float64(p.FrameRate), float64(want.Rate))
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
