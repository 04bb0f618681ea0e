package peer

import (
	"math"
	"time"
)

const (
	rembLifetime  = 10 * time.Second
	bitrateFloor  = 60_000.0 // below which no picture is worth sending, bit/s
	bitrate720p   = 1_200_000.0
	pixels720p    = 1280 * 720
	bitrateGrowth = 0.75 // exponent: twice the pixels do not need twice the bits
	usefulFactor  = 3.0  // of the usual rate of a size, beyond which bits are wasted

	// pictureHeaders is what a packet of a picture has beside it, in bytes: IPv4 20,
	// UDP 8, RTP 12 and 8 of extensions, SRTP 16, payload descriptor 4.
	pictureHeaders = 68
	searchRoom     = 1.1 // of what can be used, up to which the path is probed
)

// A change of the rate is told to the encoder when it is large enough, or has
// waited long enough: every change costs the encoder.
const (
	rateFell   = 0.97
	rateRose   = 1.08
	rateRefine = time.Second
	rateSame   = 0.01
)

// usual is what a picture of a size is usually encoded at, in bit/s.
func usual(width, height int) float64 {
	return bitrate720p * math.Pow(float64(width*height)/pixels720p, bitrateGrowth)
}

// useful is the most that a picture of a size can use, in bit/s.
func useful(width, height int) float64 { return usefulFactor * usual(width, height) }

// payload is what the encoder may spend of a share of the path, in bit/s, when so
// many frames a second are cut into packets.
func payload(share, framesPerSecond float64) float64 {
	frame := share / 8 / framesPerSecond // bytes
	packets := math.Ceil(frame / (maxPayload + pictureHeaders))
	return math.Max(0, share-8*framesPerSecond*packets*pictureHeaders)
}

// onWire is about what a picture of a rate takes of the path, in bit/s.
func onWire(rate, framesPerSecond float64) float64 {
	packets := math.Ceil(rate / 8 / framesPerSecond / maxPayload)
	return rate + 8*framesPerSecond*packets*pictureHeaders
}

// settled keeps a rate that changes all the time from being told all the time.
type settled struct {
	told float64
	at   time.Time
}

// take returns the rate to tell for the rate that is wanted.
func (s *settled) take(want float64, now time.Time) float64 {
	small := math.Abs(want-s.told) <= rateSame*s.told
	wait := want >= rateFell*s.told && want <= rateRose*s.told && now.Sub(s.at) < rateRefine
	if s.told > 0 && (small || wait) {
		return s.told
	}
	s.told, s.at = want, now
	return want
}
