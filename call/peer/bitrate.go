package peer

import (
	"math"
	"time"
)

// The rule by which loss moves the video bitrate: below lossRise it grows, above
// lossFall it falls (the loss-based half of draft-ietf-rmcat-gcc-02, section 6).
const (
	lossRise       = 0.02
	lossFall       = 0.10
	riseFactor     = 1.08
	risePause      = 900 * time.Millisecond
	fallPause      = 300 * time.Millisecond
	rembLifetime   = 10 * time.Second
	bitrateFloor   = 100_000.0
	rembFloor      = 50_000.0 // where the receiver says that there is less
	bitrate720p    = 1_200_000.0
	pixels720p     = 1280 * 720
	bitrateGrowth  = 0.75 // exponent: twice the pixels do not need twice the bits
	ceilingOfStart = 2.0
)

// bitrate decides what the video encoder may spend, once it knows the size of
// the picture.
type bitrate struct {
	limit   float64 // what the user allows
	ceiling float64 // what the picture size can use
	target  float64
	moved   time.Time
	remb    float64
	rembAt  time.Time
}

func newBitrate(limit int) *bitrate {
	return &bitrate{limit: float64(limit)}
}

// size sets a start for the first picture size, and keeps the share of what
// could be used at later ones.
func (b *bitrate) size(width, height int) {
	start := bitrate720p * math.Pow(float64(width*height)/pixels720p, bitrateGrowth)
	ceiling := math.Min(b.limit, start*ceilingOfStart)
	if b.ceiling == 0 {
		b.target = start
	} else {
		b.target *= ceiling / b.ceiling
	}
	b.ceiling = ceiling
	b.clamp()
}

// loss takes the fraction lost, 0 to 1, of a receiver report.
func (b *bitrate) loss(fraction float64, now time.Time) {
	since := now.Sub(b.moved)
	switch {
	case fraction > lossFall && since >= fallPause:
		b.target *= 1 - fraction/2
	case fraction < lossRise && since >= risePause:
		b.target *= riseFactor
	default:
		return
	}
	b.moved = now
	b.clamp()
}

// estimate takes the receiver's estimate of the path (REMB) in bit/s.
func (b *bitrate) estimate(bps float64, now time.Time) {
	b.remb, b.rembAt = bps, now
	b.clamp()
}

// get returns the target in bit/s.
func (b *bitrate) get(now time.Time) int {
	if b.remb > 0 && now.Sub(b.rembAt) < rembLifetime {
		return int(math.Max(rembFloor, math.Min(b.target, b.remb)))
	}
	return int(b.target)
}

func (b *bitrate) clamp() {
	b.target = math.Max(math.Min(bitrateFloor, b.limit), math.Min(b.target, b.ceiling))
}
