package congestion

import (
	"math"
	"time"
)

// The constants of the trendline estimator and its threshold, as in libwebrtc's
// trendline_estimator.cc; those of the threshold are also in section 5.4 of the
// draft.
const (
	trendWindow     = 20  // groups
	trendSmoothing  = 0.9 // weight of the past in the accumulated delay
	trendGain       = 4.0
	mostTrendDeltas = 60
	thresholdStart  = 12.5   // ms
	thresholdUp     = 0.0087 // a millisecond, when the trend is beyond it
	thresholdDown   = 0.039
	thresholdLeast  = 6.0
	thresholdMost   = 600.0
	thresholdReach  = 15.0 // ms beyond the threshold a trend is an outlier that does not move it
	thresholdStep   = 100 * time.Millisecond
	overuseTime     = 10 * time.Millisecond
)

// signal is what the delay says.
type signal uint8

const (
	normal   signal = iota
	underuse        // queues get shorter
	overuse         // queues get longer
)

// trend finds out whether queues grow, from the slope of the delay (the
// trendline filter) against a threshold that adapts. Not ready as zero value.
type trend struct {
	deltas      int
	accumulated float64 // ms
	smoothed    float64
	began       time.Duration
	points      [trendWindow]struct{ at, delay float64 } // ms
	slope       float64
	threshold   float64
	moved       time.Duration // of the threshold
	over        time.Duration // for how long the trend has been beyond it
	overs       int
	state       signal
}

func newTrend() trend { return trend{threshold: thresholdStart} }

// add takes the spacing of two groups.
func (t *trend) add(s spacing) {
	if t.deltas == 0 {
		t.began = s.at
	}
	t.accumulated += milliseconds(s.arrival - s.sent)
	t.smoothed = trendSmoothing*t.smoothed + (1-trendSmoothing)*t.accumulated
	p := &t.points[t.deltas%trendWindow]
	p.at, p.delay = milliseconds(s.at-t.began), t.smoothed
	t.deltas++
	before := t.slope
	if t.deltas >= trendWindow {
		t.slope = t.fit()
	}
	t.detect(before, s)
}

// fit returns the slope of the least squares line through the points.
func (t *trend) fit() float64 {
	var at, delay float64
	for _, p := range t.points {
		at += p.at / trendWindow
		delay += p.delay / trendWindow
	}
	var above, below float64
	for _, p := range t.points {
		above += (p.at - at) * (p.delay - delay)
		below += (p.at - at) * (p.at - at)
	}
	if below == 0 {
		return t.slope
	}
	return above / below
}

// detect compares the slope with the threshold. Overuse is what has lasted and
// still grows.
func (t *trend) detect(before float64, s spacing) {
	scaled := float64(min(t.deltas, mostTrendDeltas)) * t.slope * trendGain
	switch {
	case scaled > t.threshold:
		t.over += max(s.sent, 0)
		t.overs++
		if t.over > overuseTime && t.overs > 1 && t.slope >= before {
			t.over, t.overs, t.state = 0, 0, overuse
		}
	case scaled < -t.threshold:
		t.over, t.overs, t.state = 0, 0, underuse
	default:
		t.over, t.overs, t.state = 0, 0, normal
	}
	t.adapt(scaled, s.at)
}

// adapt moves the threshold towards the trend, so that a flow that competes with
// others that fill the queue is not starved.
func (t *trend) adapt(scaled float64, at time.Duration) {
	if t.moved == 0 {
		t.moved = at
	}
	size := math.Abs(scaled)
	if size <= t.threshold+thresholdReach {
		k := thresholdUp
		if size < t.threshold {
			k = thresholdDown
		}
		step := milliseconds(min(max(at-t.moved, 0), thresholdStep))
		t.threshold = math.Min(math.Max(t.threshold+k*(size-t.threshold)*step, thresholdLeast), thresholdMost)
	}
	t.moved = at
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
