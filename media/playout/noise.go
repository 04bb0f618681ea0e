package playout

import (
	"math"

	"parley/media"
)

const (
	order = 12 // of the prediction that shapes the noise

	// Noise is what is less than twice as loud as the quietest step of the last
	// seconds, and never loud by itself.
	quietSpans   = 5
	quietSpan    = 100                 // steps
	loudestNoise = math.MaxInt16 / 100 // root mean square, -40 dBFS
	noiseAbove   = 2

	learnEvery = 4 // quiet steps
)

// noise learns what the background sounds like when nobody speaks, and makes
// sound like it: white noise through an all-pole filter (as ITU-T G.711 Appendix
// II and RFC 3389 describe comfort noise).
type noise struct {
	least   [quietSpans]float32 // level of the quietest step of each span
	span    int
	steps   int // in the present span
	quiet   int // quiet steps seen
	learned bool
	stale   bool // the filter does not know what was learned since

	likeness [order + 1]float32 // smoothed autocorrelation of quiet steps
	filter   [order]float32
	gain     float32
	past     [order]float32 // output, newest first
	seed     uint32
}

// floor returns the level of the background, 0 if not known.
func (g *noise) floor() float32 {
	floor := float32(math.MaxFloat32)
	for _, l := range g.least {
		if l > 0 {
			floor = min(floor, l-1)
		}
	}
	if floor == math.MaxFloat32 {
		return 0
	}
	return floor
}

// observe learns from a step of real sound of that level.
func (g *noise) observe(pcm []int16, level float32) {
	if g.steps == quietSpan {
		g.span, g.steps = (g.span+1)%quietSpans, 0
		g.least[g.span] = 0
	}
	g.steps++
	// Kept with one added, as zero means unknown.
	if l := &g.least[g.span]; *l == 0 || level+1 < *l {
		*l = level + 1
	}
	if !g.isQuiet(level) {
		return
	}
	if g.quiet%learnEvery == 0 {
		g.learn(pcm)
	}
	g.quiet++
}

// isQuiet reports whether sound of that level is background.
func (g *noise) isQuiet(level float32) bool {
	return level <= loudestNoise && level <= noiseAbove*g.floor()+1
}

// learn takes the autocorrelation of a quiet step into account.
func (g *noise) learn(pcm []int16) {
	share := float32(1.0 / 8)
	if !g.learned {
		share, g.learned = 1, true
	}
	var x [media.StepSamples]float32
	for i := range x {
		x[i] = float32(pcm[i])
	}
	for lag := range g.likeness {
		g.likeness[lag] += (dot(x[lag:], x[:media.StepSamples-lag]) - g.likeness[lag]) * share
	}
	g.stale = true
}

// dot returns the inner product of a and b. Four sums keep the processor from
// waiting for one addition after the other.
func dot(a, b []float32) float32 {
	b = b[:len(a)]
	var s0, s1, s2, s3 float32
	i := 0
	for ; i+4 <= len(a); i += 4 {
		x, y := a[i:i+4:i+4], b[i:i+4:i+4]
		s0 += x[0] * y[0]
		s1 += x[1] * y[1]
		s2 += x[2] * y[2]
		s3 += x[3] * y[3]
	}
	for ; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return s0 + s1 + s2 + s3
}

// shape computes the filter by the recursion of Levinson and Durbin.
func (g *noise) shape() {
	g.stale = false
	g.filter, g.gain = [order]float32{}, 0
	left := float64(g.likeness[0]) * 1.001 // keeps the filter stable
	if left <= 0 {
		return
	}
	var a, b [order]float64
	for i := range order {
		k := float64(g.likeness[i+1])
		for j := range i {
			k -= a[j] * float64(g.likeness[i-j])
		}
		k /= left
		b = a
		a[i] = k
		for j := range i {
			a[j] = b[j] - k*b[i-1-j]
		}
		left *= 1 - k*k
		if left <= 0 {
			return
		}
	}
	for i := range a {
		g.filter[i] = float32(a[i])
	}
	g.gain = float32(math.Sqrt(left / media.StepSamples))
}

// fill writes background into pcm: silence, if none was heard yet.
func (g *noise) fill(pcm []int16) {
	if g.stale {
		g.shape()
	}
	if g.gain == 0 {
		clear(pcm)
		return
	}
	if g.seed == 0 {
		g.seed = 1
	}
	for i := range pcm {
		pcm[i] = clip(g.next())
	}
}

// next returns the next sample.
func (g *noise) next() float32 {
	g.seed = g.seed*1664525 + 1013904223
	const root3 = 1.7320508 // evens out the power of a uniform distribution
	v := float32(int32(g.seed)) * (root3 / (1 << 31)) * g.gain
	for i := range g.filter {
		v += g.filter[i] * g.past[i]
	}
	v = min(max(v, -4*loudestNoise), 4*loudestNoise)
	copy(g.past[1:], g.past[:order-1])
	g.past[0] = v
	return v
}
