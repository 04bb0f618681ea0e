package quality

import (
	"fmt"
	"math"
	"slices"
)

// How Align looks for delays: in segments of the reference of 0.4 s, every 0.2 s,
// around the delay of most of a few long probes, first at 8000 samples a second,
// then at the full rate.
const (
	alignRate    = 8000
	alignSegment = 0.4   // s
	alignHop     = 0.2   // s
	alignRange   = 1.5   // s, to either side of the overall delay
	alignBlock   = 0.005 // s, of places where a delay may change, and of fades
	alignProbe   = 1.0   // s
	alignProbes  = 15
	alignSilent  = 45.0 // dB below the loudest segment, from where one says nothing
	alignLikely  = 6    // delays of a segment that are considered
	alignWhiten  = 0.95 // of a sample that is taken off the next: it sharpens peaks
	alignMost    = 3.5  // s, the largest overall delay; with a probe it just fits a transform
)

// Piece is a stretch of the reference that came with one delay.
type Piece struct {
	From     int     // the first sample of the reference
	Delay    int     // samples that the degraded signal is later by
	Likeness float64 // normalized correlation, 1 for the same
}

// Align finds the delay of each part of a degraded signal, which may change as it
// does when a receiver stretches, cuts and conceals: by at most 1.5 s to either side
// of the overall delay, which is at most 3.5 s. For each 0.4 s of the reference the
// likeliest delays are found by cross-correlation; of those the path is taken which
// is likeliest altogether where every change costs, so that a vowel's period is not
// mistaken for a change, and what cannot be recognised keeps its neighbour's delay.
// Delays change where that fits best. Nothing of it depends on who degraded.
func Align(reference, degraded []float64, rate int) ([]Piece, error) {
	if rate < minRate || rate > maxRate {
		return nil, fmt.Errorf("aligning: %w: %d", ErrRate, rate)
	}
	if e := energy(reference) + energy(degraded); math.IsNaN(e) || math.IsInf(e, 0) {
		return nil, fmt.Errorf("aligning: %w", ErrNumber)
	}
	a := aligner{reference, degraded, rate, correlator{}}
	segments := a.segments()
	if len(segments) == 0 {
		return nil, fmt.Errorf("aligning: %w", ErrShort)
	}
	return a.pieces(likeliest(segments)), nil
}

// Aligned returns degraded as long as reference and in time with it: each part is
// moved by its delay, and parts are faded into each other in 5 ms.
func Aligned(reference, degraded []float64, rate int) ([]float64, error) {
	pieces, err := Align(reference, degraded, rate)
	if err != nil {
		return nil, err
	}
	return Move(degraded, pieces, len(reference), rate), nil
}

// Move returns so many samples of degraded, moved by the pieces' delays.
func Move(degraded []float64, pieces []Piece, samples, rate int) []float64 {
	out := make([]float64, 0, samples)
	fade := int(alignBlock * float64(rate))
	for i, p := range pieces {
		end := samples
		if i+1 < len(pieces) {
			end = pieces[i+1].From
		}
		part := cut(degraded, p.From+p.Delay, end+p.Delay)
		if i > 0 {
			before := pieces[i-1].Delay
			for n := range min(fade, len(part)) {
				at, share := p.From+n+before, float64(n+1)/float64(fade+1)
				if at >= 0 && at < len(degraded) {
					part[n] = share*part[n] + (1-share)*degraded[at]
				}
			}
		}
		out = append(out, part...)
	}
	return out
}

type aligner struct {
	reference, degraded []float64
	rate                int
	correlator          correlator
}

// segment is a part of the reference that can be recognised.
type segment struct {
	from, to int       // samples of the reference
	weight   float64   // of what it says, 0 to 1
	least    int       // delay that alike begins with, at alignRate
	alike    []float64 // likeness of every delay, at alignRate
	delays   []int     // the likeliest
}

// segments looks for every segment of the reference around the overall delay.
func (a *aligner) segments() []segment {
	x, y := whitened(Resample(a.reference, a.rate, alignRate)), whitened(Resample(a.degraded, a.rate, alignRate))
	const size, hop = int(alignSegment * alignRate), int(alignHop * alignRate)
	const reach = int(alignRange * alignRate)
	least := a.overall(x, y) - reach
	loudest := 0.0
	for at := 0; at+size <= len(x); at += hop {
		loudest = max(loudest, energy(x[at:at+size]))
	}
	var out []segment
	for at := 0; at+size <= len(x); at += hop {
		level := Decibels(energy(x[at:at+size])/loudest) + alignSilent
		if !(level > 0) { // or there is no sound at all
			continue
		}
		s := segment{from: at * a.rate / alignRate, to: (at + size) * a.rate / alignRate, weight: level / alignSilent, least: least}
		s.alike = a.correlator.likenesses(x[at:at+size], cut(y, at+least, at+least+2*reach+size))
		s.delays = peaks(s.alike, least)
		out = append(out, s)
	}
	return out
}

// overall returns the delay, at alignRate, to whose sides the probes of the
// reference vote alike. A probe has the more votes the better it is recognised.
func (a *aligner) overall(x, y []float64) int {
	const most = int(alignMost * alignRate)
	size := min(int(alignProbe*alignRate), len(x))
	type vote struct {
		delay  int
		weight float64
	}
	var votes []vote
	all := 0.0
	for i := range alignProbes {
		at := (len(x) - size) * i / (alignProbes - 1)
		delay, likeness, err := a.correlator.delay(x[at:at+size], cut(y, at-most, at+size+most), 0, 2*most)
		if err == nil && likeness > 0 {
			votes = append(votes, vote{delay - most, likeness * likeness})
			all += likeness * likeness
		}
	}
	slices.SortFunc(votes, func(a, b vote) int { return a.delay - b.delay })
	below := 0.0
	for _, v := range votes {
		if below += v.weight; below >= all/2 {
			return v.delay
		}
	}
	return 0
}

func whitened(signal []float64) []float64 {
	last := 0.0
	for i, v := range signal {
		signal[i], last = v-alignWhiten*last, v
	}
	return signal
}

// peaks returns the places of the highest local maxima, by height.
func peaks(alike []float64, least int) []int {
	var out []int
	height := func(i int) float64 { return alike[out[i]-least] }
	for lag := 1; lag+1 < len(alike); lag++ {
		v := alike[lag]
		if v < alike[lag-1] || v <= alike[lag+1] || len(out) == alignLikely && v <= height(alignLikely-1) {
			continue
		}
		if len(out) < alignLikely {
			out = append(out, 0)
		}
		i := len(out) - 1
		for ; i > 0 && height(i-1) < v; i-- {
			out[i] = out[i-1]
		}
		out[i] = lag + least
	}
	return out
}
