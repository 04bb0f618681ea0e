package station

import (
	"context"
	"sync"
	"time"

	"parley/media"
	"parley/media/camera"
	"parley/media/codec"
)

// passing passes on something on the screen that is open in the camera's place to
// the place beside it, when whoever answers takes two pictures: opened anew, a
// desktop that asks would ask again, at the moment of the answer. The two are never
// open at once, either.
type passing struct {
	mu     sync.Mutex
	open   media.Choice // what the camera's pump opens or has open
	busy   bool         // it does
	owed   bool         // it shall be put into coming
	moves  media.Choice // what is passed on
	coming chan *passed // holds one; nil while nothing is passed on
}

// passed is a source that can be passed on.
type passed struct {
	camera.Source
	from *passing // nil once it was passed on
	pool media.Pool
	last *media.Frame // the newest picture until then, for a screen may not change for long
}

// Next implements camera.Source.
func (s *passed) Next(ctx context.Context, number uint64) (*media.Frame, error) {
	if s.from == nil && s.last != nil {
		if f := s.again(number); f != nil {
			return f, nil
		}
	}
	f, err := s.Source.Next(ctx, number)
	if err == nil && s.from != nil {
		s.forget()
		s.last = f.Retain()
	}
	return f, err
}

// again is a copy of the newest picture, once; nil if there is none.
func (s *passed) again(number uint64) *media.Frame {
	defer s.forget()
	f := s.pool.Get(s.last.Width(), s.last.Height())
	if err := codec.Scale(f.Image, s.last.Image); err != nil {
		f.Release()
		return nil
	}
	f.Number, f.Captured = number, time.Now()
	return f
}

func (s *passed) forget() {
	if s.last != nil {
		s.last.Release()
		s.last = nil
	}
}

// Close implements camera.Source.
func (s *passed) Close() error {
	if s.from != nil && s.from.leave(s) {
		return nil
	}
	return s.end()
}

func (s *passed) end() error {
	s.forget()
	return s.Source.Close()
}

// lend opens something for the camera's pump.
func (p *passing) lend(c media.Choice, open func() (camera.Source, error)) (camera.Source, error) {
	p.mu.Lock()
	p.open, p.busy = c, true
	p.mu.Unlock()
	src, err := open()
	if err != nil {
		p.leave(nil)
		return nil, err
	}
	return &passed{Source: src, from: p}, nil
}

// leave says that the camera's pump has let go of what it had, and reports whether
// that is passed on. nil is what could not be opened.
func (p *passing) leave(s *passed) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.busy = false
	if !p.owed {
		return false
	}
	p.owed = false
	p.coming <- s
	return true
}

// begin says that the camera's pump will let go of c, which is wanted beside it.
func (p *passing) begin(c media.Choice) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.busy && p.open == c && p.coming == nil {
		p.owed, p.moves, p.coming = true, c, make(chan *passed, 1)
	}
}

// take returns what is passed on, once it has been let go of; nil if there is
// nothing, if it is not c, or if ctx is done first.
func (p *passing) take(ctx context.Context, c media.Choice) (*passed, error) {
	p.mu.Lock()
	coming, moves := p.coming, p.moves
	p.mu.Unlock()
	switch {
	case coming == nil:
		return nil, nil
	case moves != c:
		return nil, p.end()
	}
	select {
	case s := <-coming:
		p.mu.Lock()
		p.coming = nil
		p.mu.Unlock()
		if s != nil {
			s.from = nil
		}
		return s, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// end passes nothing on any more, and closes what was not taken.
func (p *passing) end() error {
	p.mu.Lock()
	coming := p.coming
	p.owed, p.coming = false, nil
	p.mu.Unlock()
	select {
	case s := <-coming:
		if s != nil {
			return s.end()
		}
	default: // also where coming is nil
	}
	return nil
}
