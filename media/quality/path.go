package quality

import "math"

// What a change of delay costs, in likeness: something at once, and more the
// larger it is. A sample of alignRate more or less is drift, and free.
const (
	changeCost  = 0.06
	changeMore  = 0.12
	changeLarge = 0.2 * alignRate // from where it costs no more
)

func change(from, to int) float64 {
	d := math.Abs(float64(to - from))
	if d <= 1 {
		return 0
	}
	return changeCost + changeMore*min(1, d/changeLarge)
}

// choice is a delay of a segment on a path, and the best way to it.
type choice struct {
	delay, before int
	score         float64
}

// located is a segment with its delay at alignRate.
type located struct {
	segment
	delay int
}

// likeliest finds the path of delays with the highest sum of likeness less what
// changes cost (A. J. Viterbi, 1967).
func likeliest(segments []segment) []located {
	choices := make([][]choice, len(segments))
	for n := range segments {
		for _, delay := range considered(segments, n) {
			c := choice{delay: delay, score: math.Inf(-1)}
			if n == 0 {
				c.score = 0
			} else {
				c.before, c.score = best(choices[n-1], delay)
			}
			s := &segments[n]
			c.score += s.weight * s.alike[delay-s.least]
			choices[n] = append(choices[n], c)
		}
	}
	at := 0
	last := choices[len(choices)-1]
	for i := range last {
		if last[i].score > last[at].score {
			at = i
		}
	}
	out := make([]located, len(segments))
	for n := len(segments) - 1; n >= 0; n-- {
		out[n] = located{segments[n], choices[n][at].delay}
		at = choices[n][at].before
	}
	return out
}

// considered returns the delays of a segment and of its neighbours.
func considered(segments []segment, n int) []int {
	var out []int
	for i := max(0, n-2); i < min(len(segments), n+3); i++ {
		out = append(out, segments[i].delays...)
	}
	if len(out) == 0 { // nothing like it anywhere
		out = append(out, segments[n].least+len(segments[n].alike)/2)
	}
	return out
}

// best returns which of the choices before is the best way to a delay.
func best(before []choice, delay int) (index int, score float64) {
	score = math.Inf(-1)
	for i, c := range before {
		if s := c.score - change(c.delay, delay); s > score {
			index, score = i, s
		}
	}
	return index, score
}

// pieces brings delays to the full rate and finds where they change.
func (a *aligner) pieces(path []located) []Piece {
	var out []Piece
	for n, s := range path {
		p := a.refined(s)
		if n == 0 {
			p.From = 0
			out = append(out, p)
			continue
		}
		last := &out[len(out)-1]
		if p.Delay == last.Delay {
			last.Likeness = max(last.Likeness, p.Likeness)
			continue
		}
		before := path[n-1]
		p.From = a.split(max(last.From, (before.from+before.to)/2), (s.from+s.to)/2, last.Delay, p.Delay)
		out = append(out, p)
	}
	return out
}

// refined finds a segment's delay to the sample.
func (a *aligner) refined(s located) Piece {
	around, reach := int(math.Round(float64(s.delay)*float64(a.rate)/alignRate)), 2*a.rate/alignRate
	delay, likeness, err := a.correlator.delay(a.reference[s.from:min(s.to, len(a.reference))],
		cut(a.degraded, s.from+around-reach, s.to+around+reach), 0, 2*reach)
	if err != nil {
		return Piece{Delay: around}
	}
	return Piece{Delay: around - reach + delay, Likeness: likeness}
}

// split returns where between two places the delay changes, so that what is
// before is most like the degraded signal with one delay, and what is after with
// the other.
func (a *aligner) split(from, to, before, after int) int {
	block := int(alignBlock * float64(a.rate))
	at, gain, most := from, 0.0, 0.0
	for place := from; place+block <= to; place += block {
		gain += a.fits(place, block, before) - a.fits(place, block, after)
		if gain > most {
			at, most = place+block, gain
		}
	}
	return at
}

// fits tells how much of a block of the reference is found at a delay, in its
// amplitude.
func (a *aligner) fits(place, block, delay int) float64 {
	x := cut(a.reference, place, place+block)
	y := cut(a.degraded, place+delay, place+delay+block)
	product := 0.0
	for i := range x {
		product += x[i] * y[i]
	}
	if e := energy(y); e > 0 {
		return product / math.Sqrt(e)
	}
	return 0
}
