package drift

import (
	"math"
	"slices"
	"time"

	"parley/media"
)

// Pacer decides at which rate to fill a ring whose reader has a clock of its own,
// so that what is in reserve stays what it should be. The zero Pacer is ready to
// use, from one goroutine, and wants no reserve: see Aim.
//
// The reserve is not the fill: one who writes 10 ms at a time and one who reads
// 10 ms at a time find any fill between their two beats, and where those beats
// stand to each other changes over minutes. What counts is what would be left if
// the reader came just before the writer, and that is known from when it came last.
//
// What it keeps steady is the reserve that there mostly is. Late threads take from
// it for a moment; who sets the aim has to leave room for that.
type Pacer struct {
	target int
	lean   float64 // by what the clocks say, ppm
	trust  float64 // in that, 0 to 1

	ends     time.Time         // of the window that runs
	reserves [readings]float64 // in it
	noted    int
	burst    time.Time // when the last of them was taken
	typical  [windows]float64
	count    int // of windows
	starved  uint64
	hurt     bool // the reader was starved since the last window

	last     time.Time
	integral float64 // ppm
	ppm      float64
	catching bool
	braking  bool // from having caught up
}

const (
	window   = 500 * time.Millisecond
	windows  = 3  // whose median counts, against stalls of less than a second
	readings = 64 // of a window, whose median counts, against late threads
	// Steps written so soon after each other came late together: only the first tells.
	together = 2 * time.Millisecond

	// MostPace is the greatest rate, in ppm, but for catching up, for which it is MostPPM.
	MostPace = 1000
	// How lively it is: where the clocks are known, where not, and to catch up.
	calm, eager, hurried = 0.03, 0.1, 0.2

	// Rates change by so much a second, in ppm.
	gentle, hasty = 50, 400
	// From so far off, in samples, the Pacer catches up; to so close.
	catchUp, caughtUp = 4 * perMillisecond, 1 * perMillisecond
	// From so far off things are put right at once.
	surplus, shortage = 20 * perMillisecond, 5 * perMillisecond

	perMillisecond = media.SampleRate / 1000
	// Samples a second that one part in a million makes.
	perPPM = media.SampleRate / 1e6
)

// Reading is what is known of a ring just before something is written.
type Reading struct {
	At    time.Time
	Fill  int       // samples in the ring
	Taken time.Time // when the reader last took some; zero if it has not yet
	// Starved counts how often the reader found too little, ever.
	Starved uint64
}

// Pace is what to do.
type Pace struct {
	PPM float64 // for Resampler.Set
	// Jump is how many samples to insert (silence will do), or if negative to
	// leave out, at once; mostly 0.
	Jump int
	// CatchingUp tells that the reserve is far off, and PPM may be up to MostPPM.
	CatchingUp bool
}

// Aim sets the reserve to keep, in samples: what makes up for the unpunctuality
// of reader and writer. Their periods need not be in it.
func (p *Pacer) Aim(reserve int) { p.target = reserve }

// Lean tells by how many ppm the reader's clock is faster than the writer's, and
// the standard error of that: see Meter. It helps to settle sooner, and to stay
// calm then.
func (p *Pacer) Lean(ppm, sure float64) {
	const doubtful = 20 // ppm: half believed
	before := p.trust * p.lean
	p.trust = 1 / (1 + sure*sure/(doubtful*doubtful))
	p.lean = min(max(ppm, -MostPace), MostPace)
	if math.IsNaN(p.trust) || math.IsNaN(p.lean) {
		p.trust, p.lean = 0, 0
	}
	p.integrate(before - p.trust*p.lean) // no bump
}

// integrate adds to the integral. The more the clocks are believed the less it may say.
func (p *Pacer) integrate(ppm float64) {
	const always = 50
	most := always + MostPace*(1-p.trust)
	p.integral = min(max(p.integral+ppm, -most), most)
}

// Reset forgets everything but the aim: for another reader or writer.
func (p *Pacer) Reset() { *p = Pacer{target: p.target} }

// Next takes a reading and says how to go on. Readings come as often as the ring
// is written, at any moments.
func (p *Pacer) Next(r Reading) Pace {
	if p.last.IsZero() || r.At.Before(p.last) {
		p.last, p.ends, p.starved = r.At, r.At.Add(window), r.Starved
		p.hurt = true // nothing sounds yet
	}
	p.note(r)
	jump := 0
	if !r.At.Before(p.ends) && p.noted > 0 {
		jump = p.close(r.At)
	}
	p.steer(r.At.Sub(p.last).Seconds())
	p.last = r.At
	return Pace{p.ppm, jump, p.catching}
}

// note remembers the reserve.
func (p *Pacer) note(r Reading) {
	if r.Starved != p.starved {
		p.starved, p.hurt = r.Starved, true
	}
	if r.Taken.IsZero() {
		return
	}
	since := max(0, r.At.Sub(r.Taken)).Seconds()
	reserve := float64(r.Fill) - since*media.SampleRate
	if p.noted > 0 && r.At.Sub(p.burst) < together {
		p.reserves[p.noted-1] = min(p.reserves[p.noted-1], reserve)
	} else if p.noted < readings {
		p.reserves[p.noted], p.burst = reserve, r.At
		p.noted++
	}
}

// close ends a window, and tells whether to jump.
func (p *Pacer) close(now time.Time) (jump int) {
	seen := p.reserves[:p.noted]
	slices.Sort(seen)
	typical, hurt := seen[len(seen)/2], p.hurt
	p.noted, p.hurt, p.ends = 0, false, now.Add(window)
	if off := typical - float64(p.target); off > surplus || off < -shortage && hurt {
		p.count, p.catching = 0, false
		return -int(off)
	}
	copy(p.typical[1:], p.typical[:windows-1])
	p.typical[0] = typical
	p.count = min(p.count+1, windows)
	return 0
}

// off returns how far the reserve is above the aim, in samples.
func (p *Pacer) off() float64 {
	if p.count == 0 {
		return 0
	}
	sorted := p.typical
	slices.Sort(sorted[:p.count])
	return sorted[p.count/2] - float64(p.target)
}

// steer moves the rate towards where it should be: by what the clocks say, and
// proportionally and by the integral to how far off the reserve is.
func (p *Pacer) steer(seconds float64) {
	seconds = min(max(seconds, 0), 1)
	off := p.off()
	switch {
	case math.Abs(off) > catchUp:
		p.catching = true
	case math.Abs(off) < caughtUp && p.catching:
		p.catching, p.braking = false, true
	}
	// The frequency of the closed loop in radians a second, which is critically damped.
	frequency := calm + (eager-calm)*(1-p.trust)
	slew, most := float64(gentle), float64(MostPace)
	if p.catching {
		frequency, slew, most = hurried, hasty, MostPPM
	} else {
		p.integrate(-frequency * frequency / perPPM * off * seconds)
		if p.braking {
			slew = hasty // gently it would go far beyond
		}
	}
	// No faster than what can be braked from.
	proportional := min(2*frequency/perPPM*math.Abs(off), 0.7*math.Sqrt(2*slew*math.Abs(off)/perPPM))
	wanted := p.trust*p.lean + p.integral - math.Copysign(proportional, off)
	wanted = min(max(wanted, -most), most)
	p.braking = p.braking && math.Abs(wanted-p.ppm) > slew*seconds
	p.ppm += min(max(wanted-p.ppm, -slew*seconds), slew*seconds)
}
