package peer

import (
	"time"

	"parley/media"
)

// pictureMost is the longest that any picture waits, for the network and for its
// sound.
const pictureMost = 500 * time.Millisecond

// heldPicture is a decoded picture that may wait. It owns a reference to the frame.
type heldPicture struct {
	picture *media.Frame
	arrival time.Time // of its first packet
	due     time.Time
}

// delay returns the seconds since the frame's first packet came.
func (h heldPicture) delay(now time.Time) float64 { return now.Sub(h.arrival).Seconds() }

// mostHeld is how many pictures wait at most: pictureMost at 60 a second. Where
// more come the oldest is shown too early.
const mostHeld = 30

// pictureQueue keeps pictures in order until they are due.
type pictureQueue struct {
	ring  [mostHeld]heldPicture
	first int
	count int
	kept  time.Time // until when the newest is kept back, should nothing follow
}

func (q *pictureQueue) empty() bool { return q.count == 0 }
func (q *pictureQueue) full() bool  { return q.count == mostHeld }

// push appends a picture, which is never due before the one in front of it. The
// queue must not be full.
func (q *pictureQueue) push(h heldPicture) {
	if q.count > 0 {
		if before := q.ring[(q.first+q.count-1)%mostHeld].due; h.due.Before(before) {
			h.due = before
		}
	}
	q.ring[(q.first+q.count)%mostHeld] = h
	q.count++
}

// pop takes the oldest picture. The queue must not be empty.
func (q *pictureQueue) pop() heldPicture {
	h := q.ring[q.first]
	q.ring[q.first] = heldPicture{}
	q.first = (q.first + 1) % mostHeld
	q.count--
	return h
}

// next is when the oldest picture is to be shown. The queue must not be empty.
func (q *pictureQueue) next() time.Time {
	due := q.ring[q.first].due
	if q.count == 1 && q.kept.After(due) {
		return q.kept
	}
	return due
}

// due reports whether a picture is to be shown.
func (q *pictureQueue) due(now time.Time) bool { return !q.empty() && !q.next().After(now) }

// pause returns how long nothing needs to be done, at most most.
func (q *pictureQueue) pause(most time.Duration, now time.Time) time.Duration {
	if q.empty() {
		return most
	}
	return max(min(most, q.next().Sub(now)), 0)
}

// clear lets every picture go.
func (q *pictureQueue) clear() {
	for !q.empty() {
		q.pop().picture.Release()
	}
}
