package media

import (
	"context"
	"io"
	"sync"
	"time"
)

// Sound inside the program is mono, signed 16 bit, SampleRate samples a second,
// handed over in steps of StepSamples (10 ms, the step of every processor).
const (
	SampleRate  = 48000
	StepSamples = SampleRate / 100
	Step        = 10 * time.Millisecond
)

// Sound is one step of captured sound. Voice is mono. Shared sound has two
// channels, held as middle and side, so that who wants mono takes Samples:
// left is Samples+Side, right is Samples-Side.
type Sound struct {
	Samples  [StepSamples]int16
	Side     [StepSamples]int16 // zero unless Stereo
	Stereo   bool
	Captured time.Time // of the first sample
}

// Player fills sound to be heard. It is called once per step from the audio
// engine's goroutine, so it must be quick, and adds nothing where it has nothing:
// out is zeroed before.
type Player interface{ Play(out *[StepSamples]int16) }

// StereoPlayer is a Player of two channels. PlayStereo is called instead of
// Play; both arguments are zeroed before, and the channels are as in Sound.
type StereoPlayer interface {
	Player
	PlayStereo(middle, side *[StepSamples]int16)
}

// EarlyPlayer is a Player that knows by how much sooner it could be asked for each
// step, beyond whole steps, which it leaves out itself. It does not always know.
// Early is called about once a second.
type EarlyPlayer interface {
	Player
	Early() (by time.Duration, known bool)
}

// soundBacklog is how many steps a listener may be late before the oldest are lost.
const soundBacklog = 20

// SoundFeed hands captured sound to any number of listeners, in order. A
// listener that is more than 200 ms late loses the oldest. The zero SoundFeed
// is ready to use.
type SoundFeed struct {
	mu        sync.Mutex
	listeners map[*Listener]struct{}
	closed    bool
}

// Publish hands a copy of s to every listener. It never blocks.
func (f *SoundFeed) Publish(s *Sound) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for l := range f.listeners {
		l.offer(s)
	}
}

// Listen returns a new listener. The caller closes it.
func (f *SoundFeed) Listen() *Listener {
	l := &Listener{feed: f, wake: make(chan struct{}, 1)}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		l.ended = true
		l.signal()
		return l
	}
	if f.listeners == nil {
		f.listeners = map[*Listener]struct{}{}
	}
	f.listeners[l] = struct{}{}
	return l
}

// Close ends every listener with io.EOF once it has had what is queued.
func (f *SoundFeed) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	for l := range f.listeners {
		l.end()
	}
	f.listeners = nil
}

// Listener waits for steps of a SoundFeed. Next is called from one goroutine.
type Listener struct {
	feed  *SoundFeed
	wake  chan struct{}
	mu    sync.Mutex
	queue [soundBacklog]Sound
	first int
	count int
	lost  uint64
	ended bool
}

// Next copies the next step into s, waiting for one. The error is ctx's, or
// io.EOF when the feed or the listener is closed.
func (l *Listener) Next(ctx context.Context, s *Sound) error {
	for {
		l.mu.Lock()
		if l.count > 0 {
			*s = l.queue[l.first]
			l.first = (l.first + 1) % soundBacklog
			l.count--
			l.mu.Unlock()
			return nil
		}
		ended := l.ended
		l.mu.Unlock()
		if ended {
			return io.EOF
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-l.wake:
		}
	}
}

// Lost returns how many steps were dropped because the listener was late.
func (l *Listener) Lost() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lost
}

// Close ends the listener.
func (l *Listener) Close() {
	l.feed.mu.Lock()
	delete(l.feed.listeners, l)
	l.feed.mu.Unlock()
	l.end()
}

func (l *Listener) offer(s *Sound) {
	l.mu.Lock()
	if l.count == soundBacklog {
		l.first = (l.first + 1) % soundBacklog
		l.count--
		l.lost++
	}
	l.queue[(l.first+l.count)%soundBacklog] = *s
	l.count++
	l.mu.Unlock()
	l.signal()
}

func (l *Listener) end() {
	l.mu.Lock()
	l.ended = true
	l.mu.Unlock()
	l.signal()
}

func (l *Listener) signal() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}
