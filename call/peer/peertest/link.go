package peertest

import (
	"sync"
	"time"

	"parley/call"
	"parley/media"
)

// Link carries what each end says to the other, as servers do.
func Link(a, b *End) {
	a.Forward(func(ev call.Event) { Deliver(ev, b) })
	b.Forward(func(ev call.Event) { Deliver(ev, a) })
}

// Deliver hands a description or candidate to an end.
func Deliver(ev call.Event, to *End) {
	switch ev := ev.(type) {
	case call.LocalDescription:
		to.Peer().SetRemote(ev.Description)
	case call.LocalCandidate:
		to.Peer().AddCandidate(ev.Candidate)
	}
}

// picturesPerSecond is how many Run publishes, one with every step of sound.
const picturesPerSecond = int64(time.Second / media.Step)

// Run publishes 100 pictures and 100 steps of sound a second until the returned
// function is called. Pictures are numbered from 1; samples are the given value.
func (e *End) Run(sample int16) (stop func()) {
	done := make(chan struct{})
	var pump sync.WaitGroup
	pump.Go(func() { e.pump(sample, done) })
	var once sync.Once
	return func() {
		once.Do(func() { close(done) })
		pump.Wait()
	}
}

func (e *End) pump(sample int16, done <-chan struct{}) {
	ticker := time.NewTicker(media.Step)
	defer ticker.Stop()
	var pool media.Pool
	for number := uint64(1); ; number++ {
		select {
		case <-done:
			return
		case now := <-ticker.C:
			f := pool.Get(int(e.Width.Load()), int(e.Width.Load()*9/16))
			f.Number, f.Captured = number, now.Add(-time.Duration(e.CameraLag.Load()))
			e.take(number, f.Captured)
			e.video.Publish(f)
			e.audio.Publish(steady(sample, now))
		}
	}
}

// Share publishes ten pictures of a size a second as those of the screen, until
// the returned function is called. They are numbered from the given number.
func (e *End) Share(first uint64, width, height int) (stop func()) {
	done := make(chan struct{})
	var pump sync.WaitGroup
	pump.Go(func() {
		ticker := time.NewTicker(10 * media.Step)
		defer ticker.Stop()
		var pool media.Pool
		for number := first; ; number++ {
			select {
			case <-done:
				return
			case now := <-ticker.C:
				f := pool.Get(width, height)
				f.Number, f.Captured = number, now
				e.share.Publish(f)
			}
		}
	})
	var once sync.Once
	return func() {
		once.Do(func() { close(done) })
		pump.Wait()
	}
}

// take notes when a picture was captured. The picture belongs to others once it
// is published.
func (e *End) take(number uint64, captured time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.taken[number] = captured
}

func steady(sample int16, captured time.Time) *media.Sound {
	s := &media.Sound{Captured: captured}
	for i := range s.Samples {
		s.Samples[i] = sample
	}
	return s
}
