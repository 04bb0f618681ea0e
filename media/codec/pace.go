package codec

import "time"

// pace chooses the speed of an encoder: as slow, and so as good, as the machine
// allows. libvpx counts VP8's speeds downwards from -1, where negative means
// that it must not choose by itself, and VP9's upwards.
type pace struct {
	speed   int
	slowest int
	fastest int
	load    float64 // share of a frame's time spent on encoding it, smoothed
	busy    int     // frames for which the load has been high
	calm    int     // frames for which it has been low
}

// The loads beyond which the speed changes, and for how many frames they must last.
const (
	loadHigh     = 0.75
	loadLow      = 0.20
	settleHigh   = 15
	settleLow    = 300
	loadSmoothes = 1.0 / 8
)

func paceOfVP8(pixels int) pace {
	slowest := -6
	if pixels <= 640*360 {
		slowest = -4
	}
	return pace{speed: slowest, slowest: slowest, fastest: -12}
}

func paceOfVP9(int) pace { return pace{speed: 7, slowest: 7, fastest: 9} }

// paceOfH264 counts OpenH264's complexities, of which there are three.
func paceOfH264(int) pace { return pace{speed: 1, slowest: 1, fastest: 0} }

// note learns what a frame cost and returns the speed for the next.
func (p *pace) note(took, interval time.Duration) (speed int, changed bool) {
	if interval <= 0 {
		return p.speed, false
	}
	p.load += (float64(took)/float64(interval) - p.load) * loadSmoothes
	p.busy = counted(p.busy, p.load > loadHigh)
	p.calm = counted(p.calm, p.load < loadLow)
	switch {
	case p.busy >= settleHigh && p.speed != p.fastest:
		p.step(p.fastest)
	case p.calm >= settleLow && p.speed != p.slowest:
		p.step(p.slowest)
	default:
		return p.speed, false
	}
	return p.speed, true
}

// counted returns how many times in a row something has been so.
func counted(before int, so bool) int {
	if so {
		return before + 1
	}
	return 0
}

// step moves the speed one towards another.
func (p *pace) step(to int) {
	if p.speed < to {
		p.speed++
	} else {
		p.speed--
	}
	p.busy, p.calm = 0, 0
}
