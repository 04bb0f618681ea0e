package peer

import (
	"time"

	"parley/call"
)

// pauseAfter is how long no frame comes until the picture counts as paused.
const pauseAfter = 5 * time.Second

// freezes counts interruptions of a picture as RTCInboundRtpStreamStats of W3C
// webrtc-stats does. freezeCount is of intervals between two frames longer than
// three times the average of the last 30, and at least 150 ms longer; pauseCount of
// those longer than five seconds, which are no freezes.
type freezes struct {
	intervals [30]time.Duration
	filled    int
	at        int
	sum       time.Duration
	last      time.Time
}

// interlude is what there was between a frame and the one before.
type interlude struct {
	length         time.Duration
	frozen, paused bool
}

// shown takes the moment at which a frame was shown.
func (f *freezes) shown(now time.Time) interlude {
	last := f.last
	f.last = now
	if last.IsZero() {
		return interlude{}
	}
	i := interlude{length: now.Sub(last)}
	if i.paused = i.length > pauseAfter; i.paused {
		return i
	}
	if f.filled > 0 {
		average := f.sum / time.Duration(f.filled)
		i.frozen = i.length > max(3*average, average+150*time.Millisecond)
	}
	f.sum += i.length - f.intervals[f.at]
	f.intervals[f.at] = i.length
	f.at = (f.at + 1) % len(f.intervals)
	f.filled = min(f.filled+1, len(f.intervals))
	return i
}

// count adds it to the statistics.
func (i interlude) count(s *call.StreamStats) {
	seconds := i.length.Seconds()
	s.TotalInterFrameDelay += seconds
	s.TotalSquaredInterFrameDelay += seconds * seconds
	switch {
	case i.paused:
		s.PauseCount++
		s.TotalPausesDuration += seconds
	case i.frozen:
		s.FreezeCount++
		s.TotalFreezesDuration += seconds
	}
}
