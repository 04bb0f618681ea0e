package audio

import (
	"math"
	"slices"
	"time"

	"parley/media"
	"parley/media/audio/device"
)

const (
	// leastLeft is how many frames should be left over, at the least, when the
	// speaker has taken what it wants.
	leastLeft = 15 * media.SampleRate / 10000 // 1.5 ms
	// closeTo is how close to the aim is as good as there.
	closeTo = 2 * media.SampleRate / 1000
	// there is as close as it gets.
	there = media.SampleRate / 1000
	// The reserve is made smaller by no more at a time: the canceller has to follow.
	gently      = 2 * media.SampleRate / 1000
	stride      = 5 * media.SampleRate / 2000
	mostReserve = 100 * media.SampleRate / 1000
	judgedEvery = time.Second
	// Judgements without need before the reserve is made smaller: few, more after
	// the speaker went hungry.
	firstPatience, hurtPatience, mostPatience = 2, 6, 20
	// Clocks that differ by less are one clock.
	oneClock = 15 // ppm
)

// reserve decides what the Pacer aims at: as little as the habits of the devices
// and the punctuality of the worker allow.
//
// Where both devices have one clock their beats stand still to each other, and
// the reserve can be fitted to that, even below nothing: a speaker that takes 10 ms
// just after the microphone has delivered 10 ms needs none. Where the clocks
// differ the beats wander, and the reserve has to be enough for the worst of it;
// following them would mean to change the rate all the time, by more than the
// clocks differ, and the canceller would have to follow that.
type reserve struct {
	aim int

	ends     time.Time
	found    [128]int // since the last judgement
	noted    int
	most     int  // of what is adopted
	known    bool // the aim is one's own, not adopted from what there is
	last     int  // what there typically was before the last judgement
	starved  uint64
	phase    phase
	moving   bool // on the way to another phase
	calm     int  // judgements without need in a row
	left     int  // the least left over during those
	patience int
}

// note takes note of the reserve found now, and aims at it in the beginning and
// after the speaker went hungry, within reason: when a speaker had to wait, what
// came late is now as much too early.
func (r *reserve) note(found int) {
	if r.noted < len(r.found) {
		r.found[r.noted] = found
		r.noted++
	}
	if !r.known {
		r.last = r.typical()
		r.aim = min(max(r.last, -media.StepSamples), max(r.most, media.StepSamples+leastLeft))
	}
}

// next is what to aim at for now: not too far from what there is, so that the rate
// never changes by much.
func (r *reserve) next() int {
	if r.moving {
		return r.aim
	}
	return min(max(r.aim, r.last-stride), r.last+stride)
}

// change aims at so much more or less, for another phase.
func (r *reserve) change(by int) {
	r.aim += by
	r.moving = r.moving || by != 0
}

// arrived reports whether so far from the aim is as good as there.
func (r *reserve) arrived(off int) bool {
	r.moving = r.moving && off > there
	return !r.moving && off < closeTo
}

// restart forgets what was found since the last judgement.
func (r *reserve) restart(now time.Time) { r.noted, r.calm, r.ends = 0, 0, now.Add(judgedEvery) }

// typical returns the reserve that there mostly was since the last judgement.
func (r *reserve) typical() int {
	if r.noted == 0 {
		return r.aim
	}
	slices.Sort(r.found[:r.noted])
	return r.found[r.noted/2]
}

// judge changes the aim once a second, and returns by how many whole steps to
// change the reserve at once.
func (r *reserve) judge(now time.Time, p *device.Playback, bite int, ppm, sure float64, early func() (time.Duration, bool)) (steps int) {
	if now.Before(r.ends) {
		return 0
	}
	first := r.ends.IsZero()
	r.ends = now.Add(judgedEvery)
	left, known := p.Lowest()
	starved := p.Starved()
	hungry := starved != r.starved
	r.last = r.typical()
	off := r.last - r.aim
	r.starved, r.noted = starved, 0
	if first || !known {
		return 0
	}
	r.known = true
	if steps := off / media.StepSamples; steps > 0 && !hungry {
		r.calm = 0
		return -steps // too much by so much
	}
	floor, settled := leastLeft, r.arrived(max(off, -off))
	switch {
	case math.Abs(ppm)+2*sure < oneClock:
		if settled && !hungry && early != nil {
			by, knows := early()
			r.change(r.phase.judge(by, knows, bite))
		}
		floor = -bite - r.phase.below(bite)
	case settled && math.Abs(ppm)-2*sure > oneClock && r.aim < floor:
		r.aim = min(r.aim+gently, floor)
	}
	return r.weigh(left, hungry, settled, floor)
}

// weigh changes the aim by what was left over, down to floor.
func (r *reserve) weigh(left int, hungry, settled bool, floor int) (steps int) {
	if r.patience == 0 {
		r.patience = firstPatience
	}
	calm := false
	switch {
	case hungry:
		r.known, r.most = false, mostReserve
		r.patience = min(max(2*r.patience, hurtPatience), mostPatience)
	case left < leastLeft && settled:
		r.aim += leastLeft - left
	case left >= leastLeft:
		calm = true
	}
	if !calm {
		r.calm = 0
		return steps
	}
	if r.calm == 0 || left < r.left {
		r.left = left
	}
	if r.calm++; r.calm < r.patience {
		return 0
	}
	return -r.shrink(r.left-leastLeft, settled, floor)
}

// shrink lowers the aim by what is too much, down to floor, and returns how many
// whole steps of that are to go at once.
func (r *reserve) shrink(surplus int, settled bool, floor int) (steps int) {
	r.calm = 0
	r.patience = max(r.patience/2, firstPatience)
	if steps = min(surplus, r.aim-floor) / media.StepSamples; steps > 0 {
		r.aim -= steps * media.StepSamples
	} else if settled && r.aim > floor {
		r.aim = max(r.aim-min(surplus, gently), floor)
	}
	return steps
}
