package peer

import (
	"math"
	"time"
)

// rung is a size and a rate of pictures that a picture can be brought down to:
// shares of what the source gives.
type rung struct {
	scale           float64 // of width and height
	framesPerSecond float64 // at most
}

// The rungs of a camera: first the size goes down and then, where faces become
// hard to see, the frame rate; those of text and drawings keep the size, without
// which they cannot be read, but for a processor that bears no more.
func cameraRungs() []rung {
	return []rung{
		{1, mostFrames}, {0.75, mostFrames}, {0.5, 30}, {0.5, 20}, {1.0 / 3, 20}, {1.0 / 3, 15}, {0.25, 15}, {0.25, 10},
	}
}

func detailRungs() []rung {
	return []rung{{1, mostFrames}, {1, 15}, {1, 10}, {1, 5}, {1, 3}, {1, 2}, {1, 1}, {0.5, 2}}
}

// What a rung needs, beside what is usual for its size at 30 frames a second.
// libwebrtc's limits for VP8 (encoder_info_settings.cc: 30, 200, 300, 500, 900 and
// 2000 kbit/s from 180p to 1080p) are near rungLeast of the usual rates.
const (
	rungLeast     = 0.7 // below this share of the usual rate a rung is left
	rungGood      = 0.9 // from this share on it is taken
	rungFrames    = 0.6 // exponent: half the frames need more than half the bits
	usualFrames   = 30.0
	smallestWidth = 120 // pixels; nothing is scaled below
	// detailCost is what text needs of what a camera does: most of a page stands
	// still or only moves. 1080p scrolled at 15 frames/s is as the original with
	// 1.5 Mbit/s of H.264, and is read with a quarter of that (BenchmarkScreen).
	detailCost = 0.5
)

// Patience, so that sizes do not flap: each costs a key frame.
const (
	fallPatience   = 700 * time.Millisecond
	deepFall       = 0.5 // share of rungLeast at which there is none
	climbPatience  = 2500 * time.Millisecond
	mostPatienceUp = 40 * time.Second
	plenty         = 1.6              // times what a rung needs, at which a quarter of the patience will do
	flapTime       = 15 * time.Second // a fall so soon after a climb doubles the patience
	settleTime     = 4 * time.Second  // of a call, when a climb needs little
	settlePatience = 400 * time.Millisecond
)

// The load of the encoder: time spent as a share of the time between two frames.
const (
	loadMost     = 0.75
	loadLess     = 0.55 // what the next rung must be expected to stay below
	loadWeight   = 0.1
	loadFrames   = 30 // between two decisions
	loadPatience = 10 * time.Second
)

// limitation is why pictures are not as the source gives them
// (RTCQualityLimitationReason of W3C webrtc-stats).
type limitation string

const (
	unlimited   limitation = "none"
	byBandwidth limitation = "bandwidth"
	byProcessor limitation = "cpu"
	byOther     limitation = "other" // the user's own limit
)

// source is what there is to send.
type source struct {
	width, height   int
	framesPerSecond float64
	detail          bool
}

// ladder chooses the rung by the bit rate per pixel, by how coarse pictures are where the
// encoder tells, and by what encoding takes.
// It has no clock. The zero value stands on the highest rung.
type ladder struct {
	rungs  []rung
	detail bool
	frames float64 // a second that the source gives
	at     int     // by the bit rate
	floor  int     // the highest rung that the processor bears

	begun    time.Time
	want     int // a change that is waited for
	since    time.Time
	climbed  time.Time
	patience time.Duration

	coarse coarseness // of the pictures of this rung

	load     float64
	loads    int
	overload time.Time // the last change for the processor
	raised   bool      // it was to a higher rung
	loadWait time.Duration
}

// choose returns the rung for a source and what the encoder may spend, in bit/s. If
// the next frame is to be a key frame, another size costs nothing, and one that is too
// large most.
func (l *ladder) choose(s source, bps float64, key bool, now time.Time) rung {
	if l.rungs == nil || l.detail != s.detail {
		l.begin(s, bps, now)
	}
	l.frames = s.framesPerSecond
	l.move(s, bps, key, now)
	return l.rungs[max(l.at, l.floor)]
}

func (l *ladder) begin(s source, bps float64, now time.Time) {
	*l = ladder{rungs: cameraRungs(), detail: s.detail, begun: now, patience: climbPatience, loadWait: loadPatience}
	if s.detail {
		l.rungs = detailRungs()
	}
	l.at = l.fit(s, bps, rungGood)
	l.want = l.at
}

// fit returns the highest rung of which a rate is at least a share of the usual.
func (l *ladder) fit(s source, bps, share float64) int {
	last := l.last(s)
	for i := range last {
		if bps >= share*l.cost(s, i) {
			return i
		}
	}
	return last
}

// last is the lowest rung that still makes a picture.
func (l *ladder) last(s source) int {
	last := len(l.rungs) - 1
	for last > 0 && l.rungs[last].scale < 1 && (s.detail || l.rungs[last].scale*float64(s.width) < smallestWidth) {
		last--
	}
	return last
}

// cost is what is usually spent on a rung, in bit/s.
func (l *ladder) cost(s source, i int) float64 {
	r := l.rungs[i]
	frames := min(r.framesPerSecond, s.framesPerSecond) / usualFrames
	cost := usual(int(r.scale*float64(s.width)), int(r.scale*float64(s.height))) * math.Pow(frames, rungFrames)
	if s.detail {
		cost *= detailCost
	}
	return cost
}

func (l *ladder) move(s source, bps float64, key bool, now time.Time) {
	l.at = min(l.at, l.last(s))
	want := l.aim(s, bps)
	switch {
	case want == l.at:
		l.want = l.at
		return
	case (want > l.at) != (l.want > l.at) || l.want == l.at:
		l.since = now
	}
	l.want = want
	if key && l.want > l.at || now.Sub(l.since) >= l.pause(s, bps, now) {
		l.step(now)
	}
}

// aim is the rung that is right now. What is usual for a size does not count where its
// pictures are seen to need less.
func (l *ladder) aim(s source, bps float64) int {
	bears := !s.detail && l.coarse.bears(bps)
	switch {
	case bps < rungLeast*l.cost(s, l.at) && !bears:
		return max(l.at, l.fit(s, bps, rungLeast))
	case l.at > 0 && l.fit(s, bps, rungGood) < l.at:
		return l.fit(s, bps, rungGood)
	case l.at > 0 && bears && l.coarse.spares():
		return l.at - 1
	}
	return l.at
}

// pause is how long the change must have been right.
func (l *ladder) pause(s source, bps float64, now time.Time) time.Duration {
	switch {
	case l.want > l.at && bps < deepFall*rungLeast*l.cost(s, l.at):
		return 0
	case l.want > l.at:
		return fallPatience
	case now.Sub(l.begun) < settleTime:
		return settlePatience
	case bps > plenty*rungGood*l.cost(s, l.want):
		return l.patience / 4
	}
	return l.patience
}

func (l *ladder) step(now time.Time) {
	if l.want > l.at {
		if !l.climbed.IsZero() && now.Sub(l.climbed) < flapTime {
			l.patience = min(2*l.patience, mostPatienceUp)
		}
	} else {
		if now.Sub(l.climbed) > 4*flapTime {
			l.patience = climbPatience
		}
		if now.Sub(l.begun) >= settleTime {
			l.climbed = now
		}
	}
	l.at = l.want
	l.coarse.forget()
}

// encoded takes how long a frame took of the time until the next.
func (l *ladder) encoded(took, interval time.Duration, now time.Time) {
	if l.rungs == nil || interval <= 0 {
		return
	}
	l.load += loadWeight * (min(float64(took)/float64(interval), 2) - l.load)
	l.loads++
	if l.loads < loadFrames {
		return
	}
	top := max(l.at, l.floor)
	switch {
	case l.load > loadMost && top < len(l.rungs)-1:
		if l.raised && now.Sub(l.overload) < 2*l.loadWait {
			l.loadWait = min(2*l.loadWait, 8*loadPatience)
		}
		l.floor, l.loads, l.load, l.overload, l.raised = top+1, 0, 0, now, false
	case l.floor > 0 && l.load*l.growth() < loadLess && now.Sub(l.overload) >= l.loadWait:
		l.floor, l.loads, l.overload, l.raised = l.floor-1, 0, now, true
	}
}

// growth is how much more the rung above the floor costs the processor: by the frames
// that the source gives, where a rung allows for more.
func (l *ladder) growth() float64 {
	costs := func(r rung) float64 { return r.scale * r.scale * min(r.framesPerSecond, l.frames) }
	return costs(l.rungs[l.floor-1]) / costs(l.rungs[max(l.at, l.floor)])
}

// reason is why the picture is less than the source.
func (l *ladder) reason() limitation {
	switch {
	case l.floor > l.at:
		return byProcessor
	case l.at > 0:
		return byBandwidth
	}
	return unlimited
}

// size returns the size of a rung, even in both directions as 4:2:0 likes it.
func (r rung) size(s source) (width, height int) {
	if r.scale == 1 {
		return s.width, s.height
	}
	even := func(v int) int { return max(2, int(math.Round(r.scale*float64(v)/2))*2) }
	return even(s.width), even(s.height)
}
