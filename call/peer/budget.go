package peer

import (
	"math"
	"sync"
	"time"
)

const (
	// cameraBeside is the most that a camera gets beside a screen, in bit/s: a face
	// is a small picture there, and text wants the path.
	cameraBeside = 350_000.0
	// cameraShare is the share of the path that a camera has beside a screen which
	// could use all of it.
	cameraShare = 0.2
	// demandLife is for how long a picture that is not sent any more is thought of.
	demandLife = 3 * time.Second
	// leastScreen is the least that a screen can use, in bit/s: what says that none
	// is shown uses less.
	leastScreen = 2 * leastPicture
)

// budget divides what a path carries beside the sound between the two pictures: the
// screen comes first. It has no clock, and takes calls from any goroutine. The zero
// value is ready.
type budget struct {
	mu             sync.Mutex
	camera, screen demand
}

// demand is what a picture can use of the path, in bit/s.
type demand struct {
	most float64
	at   time.Time
}

// now returns what is demanded still.
func (d demand) now(now time.Time) float64 {
	if d.at.IsZero() || now.Sub(d.at) > demandLife {
		return 0
	}
	return d.most
}

// take notes what a picture can use, and returns what both can.
func (b *budget) take(isScreen bool, most float64, now time.Time) float64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	if isScreen {
		b.screen = demand{most, now}
	} else {
		b.camera = demand{most, now}
	}
	return b.camera.now(now) + b.screen.now(now)
}

// shows reports whether a screen is sent.
func (b *budget) shows(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.screen.now(now) > leastScreen
}

// part returns how much of the room one of the pictures may take.
func (b *budget) part(isScreen bool, room float64, now time.Time) float64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	camera, screen := b.camera.now(now), b.screen.now(now)
	if screen <= leastScreen || camera == 0 {
		return room
	}
	part := math.Min(math.Max(cameraShare*room, room-screen), math.Min(camera, cameraBeside))
	if isScreen {
		return room - part
	}
	return part
}
