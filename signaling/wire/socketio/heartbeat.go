package socketio

import "time"

// heartbeat knows when the server must be heard, and, in Engine.IO 3, when to
// ping it. Zero is one that has not begun.
type heartbeat struct {
	interval, timeout time.Duration
	due               time.Time // our next ping; zero: the server pings
	late              time.Time // nothing heard by then means lost
}

// The bounds of what a server can ask for.
const (
	leastInterval = time.Second
	mostInterval  = time.Hour
)

// begin takes what the handshake says, in milliseconds.
func (h *heartbeat) begin(interval, timeout float64, pinging bool, now time.Time) {
	h.interval, h.timeout = bounded(interval), bounded(timeout)
	if pinging {
		h.due = now.Add(h.interval)
	}
	h.heard(now)
}

func bounded(ms float64) time.Duration {
	// Compared as numbers, because a huge one does not fit a Duration.
	switch {
	case ms > float64(mostInterval/time.Millisecond):
		return mostInterval
	case ms > float64(leastInterval/time.Millisecond):
		return time.Duration(ms) * time.Millisecond
	}
	return leastInterval
}

// heard puts the end of patience off: whatever comes proves that the server lives.
func (h *heartbeat) heard(now time.Time) { h.late = now.Add(h.interval + h.timeout) }

func (h *heartbeat) isLate(now time.Time) bool { return !h.late.IsZero() && !now.Before(h.late) }

// ping tells whether to ping now. From then on the server has only its timeout.
func (h *heartbeat) ping(now time.Time) bool {
	if h.due.IsZero() || now.Before(h.due) {
		return false
	}
	h.due = now.Add(h.interval)
	h.late = earlier(h.late, now.Add(h.timeout))
	return true
}

func (h *heartbeat) next() time.Time { return earlier(h.due, h.late) }

// earlier returns the earlier of two times, of which zero is never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
