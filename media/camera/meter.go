package camera

import (
	"sync"
	"time"

	"parley/media"
)

// Delivered is what a pump publishes.
type Delivered struct {
	Width, Height int     // pixels; 0 before the first frame
	Rate          float64 // frames/s, measured over a second or two; 0 before that
	Faults        uint64  // pictures of the source in use that were no good and left out
}

// meter measures the rate at which frames come. Frames are counted by one
// goroutine; anybody may ask.
type meter struct {
	mu            sync.Mutex
	width, height int
	began         time.Time
	frames        int
	rate          float64
}

// span is over how long a rate is measured; after twice that without a frame, it
// is none.
const span = time.Second

func (m *meter) count(f *media.Frame, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.width, m.height = f.Width(), f.Height()
	switch took := now.Sub(m.began); {
	case took > 2*span: // the first, or there was a pause
		m.began, m.frames, m.rate = now, 0, 0
	case took >= span:
		m.rate = float64(m.frames+1) / took.Seconds()
		m.began, m.frames = now, 0
	default:
		m.frames++
	}
}

func (m *meter) now(now time.Time) Delivered {
	m.mu.Lock()
	defer m.mu.Unlock()
	d := Delivered{Width: m.width, Height: m.height, Rate: m.rate}
	if now.Sub(m.began) > 2*span {
		d.Rate = 0
	}
	return d
}
