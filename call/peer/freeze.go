package peer

import "time"

// freezes counts interruptions of a picture as RTCInboundRtpStreamStats
// .freezeCount of W3C webrtc-stats does: an interval between two frames longer
// than three times the average of the last 30, and at least 150 ms longer.
type freezes struct {
	intervals [30]time.Duration
	filled    int
	at        int
	sum       time.Duration
	last      time.Time
}

// shown takes the moment at which a frame was shown and reports whether the
// picture was frozen until then.
func (f *freezes) shown(now time.Time) bool {
	last := f.last
	f.last = now
	if last.IsZero() {
		return false
	}
	interval := now.Sub(last)
	frozen := false
	if f.filled > 0 {
		average := f.sum / time.Duration(f.filled)
		frozen = interval > max(3*average, average+150*time.Millisecond)
	}
	f.sum += interval - f.intervals[f.at]
	f.intervals[f.at] = interval
	f.at = (f.at + 1) % len(f.intervals)
	f.filled = min(f.filled+1, len(f.intervals))
	return frozen
}
