package audio

import (
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
	// A speaker that went hungry gets so much more.
	consolation   = 5 * media.SampleRate / 1000
	mostReserve   = 100 * media.SampleRate / 1000
	judgedEvery   = time.Second
	firstPatience = 5 // judgements without need, before the reserve is made smaller
	mostPatience  = 60
)

// reserve decides what the Pacer aims at: as little as the habits of the devices
// and the punctuality of the worker allow. It may be negative: a speaker that
// takes 10 ms at a time just after the microphone has delivered 10 ms leaves
// less behind than one that sips.
type reserve struct {
	aim int

	ends     time.Time
	found    int // the least reserve since the last judgement
	noted    bool
	starved  uint64
	calm     int // judgements without need in a row
	left     int // the least left over during those
	patience int
}

// note takes note of the reserve found now.
func (r *reserve) note(found int) {
	if !r.noted || found < r.found {
		r.found, r.noted = found, true
	}
}

// judge changes the aim once a second.
func (r *reserve) judge(now time.Time, p *device.Playback, bite int) {
	if now.Before(r.ends) {
		return
	}
	first := r.ends.IsZero()
	r.ends = now.Add(judgedEvery)
	left, known := p.Lowest()
	starved := p.Starved()
	hungry := starved != r.starved
	off := r.found - r.aim
	r.starved, r.noted = starved, false
	if first || !known {
		return
	}
	r.weigh(left, hungry, max(off, -off) < closeTo)
	r.aim = min(max(r.aim, -bite), mostReserve)
}

// weigh changes the aim by what was left over.
func (r *reserve) weigh(left int, hungry, settled bool) {
	if r.patience == 0 {
		r.patience = firstPatience
	}
	switch {
	case hungry:
		r.aim += consolation
		r.patience = min(2*r.patience, mostPatience)
		r.calm = 0
	case !settled:
		r.calm = 0
	case left < leastLeft:
		r.aim += leastLeft - left
		r.calm = 0
	default:
		if r.calm == 0 || left < r.left {
			r.left = left
		}
		if r.calm++; r.calm < r.patience {
			return
		}
		r.aim -= r.left - leastLeft
		r.patience = max(r.patience/2, firstPatience)
		r.calm = 0
	}
}
