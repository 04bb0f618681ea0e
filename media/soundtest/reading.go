package soundtest

import (
	"math"
	"time"

	"parley/media"
)

// Verdict is what a recording says of the microphone.
type Verdict string

// The verdicts.
const (
	Unknown Verdict = ""        // nothing was recorded yet
	Missing Verdict = "missing" // no sound came, and there was no microphone all the time, or it is stuck
	Silent  Verdict = "silent"  // sound came, but less than any room has: a dead or muted microphone
	Quiet   Verdict = "quiet"   // the microphone lives, but nobody was heard
	Good    Verdict = "good"
	Loud    Verdict = "loud" // so loud that the microphone clips
)

// Peaks, linear. A live microphone has noise of more than one or two units of 16
// bits; speech that is sent has peaks 10 to 20 dB above -22 dBFS.
const (
	dead    = 3.0 / 32768 // -81 dBFS
	audible = 0.02        // -34 dBFS
	clipped = 0.99
	// clippedSteps is in how many steps it must clip: once can be a knock.
	clippedSteps = 5
)

// Reading is what a Test does, and what it heard.
type Reading struct {
	State    State
	Position time.Duration // how far the recording, the playing or the chime is
	Level    float32       // of it now: root mean square, 0 to 1

	Recorded time.Duration // how much can be played
	Peak     float32       // of it, 0 to 1
	RMS      float32       // of it, 0 to 1
	Verdict  Verdict       // of it, while recording of what was heard so far
}

// tally sums up what is recorded.
type tally struct {
	steps, clips int
	missing      int     // steps without a microphone
	peak, raw    float32 // of what is recorded, and before it was processed
	sum          float64
}

// add takes a step into account and returns its root mean square. raw is its
// peak before it was processed, if known and more; missing tells that it came of no
// microphone.
func (t *tally) add(step *[media.StepSamples]int16, raw float32, missing bool) float32 {
	sum, peak := 0.0, 0
	for _, v := range step {
		sum += float64(v) * float64(v)
		peak = max(peak, int(v), -int(v))
	}
	top := float32(peak) / 32768
	t.steps++
	if missing {
		t.missing++
	}
	t.sum += sum
	t.peak = max(t.peak, top)
	raw = max(raw, top)
	t.raw = max(t.raw, raw)
	if raw >= clipped {
		t.clips++
	}
	return rms(sum, 1)
}

func rms(sum float64, steps int) float32 {
	return float32(math.Sqrt(sum/float64(steps*media.StepSamples)) / 32768)
}

func (t *tally) verdict() Verdict {
	switch {
	case t.raw < dead && t.missing == t.steps: // also where no step came
		return Missing
	case t.raw < dead:
		return Silent
	case t.clips >= clippedSteps:
		return Loud
	case t.peak < audible:
		return Quiet
	}
	return Good
}

// fill writes what is known of a recording into a reading.
func (t *tally) fill(r *Reading) {
	r.Recorded = time.Duration(t.steps) * media.Step
	r.Peak, r.Verdict = t.peak, t.verdict()
	if r.RMS = 0; t.steps > 0 {
		r.RMS = rms(t.sum, t.steps)
	}
}
