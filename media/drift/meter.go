package drift

import (
	"math"
	"slices"
	"time"

	"parley/media"
)

const (
	blockTime = time.Second
	memory    = 64 // blocks that the estimate is made of
	enough    = 5  // blocks, before there is an estimate
	// Devices begin with a gulp or a pause.
	settling = time.Second
	// A block that is further than this from the line is an outlier, two are a jump.
	// In seconds; and in standard deviations of the blocks before.
	leastJump, farJump = 0.0015, 6
	// The best that is believed of a block, in seconds.
	leastSpread = 20e-6
)

// Meter measures how fast a device runs by the computer's clock. Callbacks come
// late at times, never early: so only the most punctual of every second counts,
// and a line is laid through those of the last minute. The zero Meter is ready to use; it
// is used from one goroutine.
type Meter struct {
	origin  time.Time
	zero    uint64 // samples at the origin
	samples uint64
	last    time.Time
	begun   bool

	open     block   // the punctual one of the second that runs
	until    float64 // of the second that runs
	blocks   [memory]block
	count    int
	doubt    float64 // how far the last block was off, if it was left out
	doubtful bool

	ppm, sure float64
	line      line
}

// block is the most punctual callback of a second.
type block struct {
	x float64 // when, in seconds since the origin
	y float64 // how late by what the samples say, in seconds
}

// Note takes note that the device had delivered, or taken, so many samples at
// this time. Fewer samples than before are another device: see Reset.
func (m *Meter) Note(samples uint64, at time.Time) {
	if !m.begun || samples < m.samples || at.Before(m.last) {
		m.begin(samples, at)
		return
	}
	m.samples, m.last = samples, at
	x := at.Sub(m.origin).Seconds()
	b := block{x, x - float64(samples-m.zero)/media.SampleRate}
	if x < settling.Seconds() {
		return
	}
	if x >= m.until {
		if m.until > 0 {
			m.add(m.open)
		}
		m.open = b
		m.until = x + blockTime.Seconds()
	} else if b.y < m.open.y {
		m.open = b
	}
}

// Rate returns by how many parts in a million the device is faster than the
// computer's clock, and the standard error of that, which is infinite at first.
func (m *Meter) Rate() (ppm, sure float64) {
	if m.count < enough {
		return 0, math.Inf(1)
	}
	return m.ppm, m.sure
}

// Reset forgets everything: for another device.
func (m *Meter) Reset() { *m = Meter{} }

func (m *Meter) begin(samples uint64, at time.Time) {
	*m = Meter{origin: at, zero: samples, samples: samples, last: at, begun: true}
}

// add takes a block in, unless it alone says what no other does.
func (m *Meter) add(b block) {
	if m.count >= enough {
		off := b.y - m.line.at(b.x)
		limit := max(leastJump, farJump*m.line.spread)
		switch {
		case math.Abs(off) <= limit:
		case m.doubtful && math.Abs(off-m.doubt) <= limit:
			m.shift(off) // the computer slept, or samples were lost: the rate is as before
		default:
			m.doubt, m.doubtful = off, true
			return
		}
	}
	m.doubtful = false
	if m.count == memory {
		copy(m.blocks[:], m.blocks[1:])
		m.count--
	}
	m.blocks[m.count] = b
	m.count++
	if m.count >= enough {
		m.line = fit(m.blocks[:m.count])
		m.ppm = -m.line.slope * 1e6
		m.sure = m.line.slopeError * 1e6
	}
}

// shift moves what was before a jump to where it would be after it.
func (m *Meter) shift(by float64) {
	for i := range m.blocks[:m.count] {
		m.blocks[i].y += by
	}
}

// line is y = mean + slope*(x-middle).
type line struct {
	middle, mean, slope float64
	spread              float64 // standard deviation of the blocks around it
	slopeError          float64
}

func (l *line) at(x float64) float64 { return l.mean + l.slope*(x-l.middle) }

// fit lays the line of least squares, then once more without what is far from it.
func fit(blocks []block) line {
	l := leastSquares(blocks, math.Inf(1), &line{})
	var distances [memory]float64
	for i, b := range blocks {
		distances[i] = math.Abs(b.y - l.at(b.x))
	}
	sorted := distances[:len(blocks)]
	slices.Sort(sorted)
	const normal = 1.4826 * 3 // three standard deviations, from a median
	return leastSquares(blocks, max(normal*sorted[len(sorted)/2], 5*leastSpread), &l)
}

// leastSquares lays a line through those blocks that are within a distance of
// another line.
func leastSquares(blocks []block, within float64, of *line) line {
	var n, sx, sy float64
	for _, b := range blocks {
		if math.Abs(b.y-of.at(b.x)) <= within {
			n, sx, sy = n+1, sx+b.x, sy+b.y
		}
	}
	l := line{middle: sx / n, mean: sy / n}
	var xx, xy, yy float64
	for _, b := range blocks {
		if math.Abs(b.y-of.at(b.x)) <= within {
			dx, dy := b.x-l.middle, b.y-l.mean
			xx, xy, yy = xx+dx*dx, xy+dx*dy, yy+dy*dy
		}
	}
	l.slope = xy / xx
	l.spread = max(leastSpread, math.Sqrt(max(0, yy-l.slope*xy)/max(1, n-2)))
	l.slopeError = l.spread / math.Sqrt(xx)
	return l
}
