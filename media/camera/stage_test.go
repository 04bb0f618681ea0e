package camera

import (
	"context"
	"errors"
	"sync"
	"time"

	"parley/media"
	"parley/media/pattern"
)

var (
	small     = Format{160, 90, 30}
	cam       = choice("cam")
	errBroken = errors.New("broken")
)

func choice(text string) media.Choice {
	c, err := media.ParseChoice(media.Camera, text)
	if err != nil {
		panic(err)
	}
	return c
}

// stage is a fake of everything below a pump.
type stage struct {
	mu      sync.Mutex
	fail    error // what opening returns
	slow    time.Duration
	opened  int
	open    int // how many sources are open now
	sources []*fakeSource
	reports []Report
}

// fakeSource is a pattern that can break.
type fakeSource struct {
	*painted
	stage  *stage
	broken chan struct{}
}

func (s *stage) Open(ctx context.Context, c media.Choice, f Format) (Source, error) {
	if c == media.Off || c == media.Pattern {
		return Open(ctx, c, f)
	}
	s.mu.Lock()
	fail, slow := s.fail, s.slow
	s.mu.Unlock()
	select {
	case <-time.After(slow):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if fail != nil {
		return nil, fail
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	src := &fakeSource{newPattern(f), s, make(chan struct{})}
	src.name = "Fake " + c.String()
	s.opened++
	s.open++
	s.sources = append(s.sources, src)
	return src, nil
}

func (s *fakeSource) Next(ctx context.Context, number uint64) (*media.Frame, error) {
	select {
	case <-s.broken:
		return nil, errBroken
	default:
		return s.painted.Next(ctx, number)
	}
}

func (s *fakeSource) Close() error {
	s.stage.mu.Lock()
	defer s.stage.mu.Unlock()
	s.stage.open--
	return nil
}

func (s *stage) report(r Report) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reports = append(s.reports, r)
}

func (s *stage) lastReport() Report {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.reports) == 0 {
		return Report{}
	}
	return s.reports[len(s.reports)-1]
}

// breakDown makes the newest source fail, and opening too from now on.
func (s *stage) breakDown() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = errBroken
	close(s.sources[len(s.sources)-1].broken)
}

func (s *stage) repair() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = nil
}

func (s *stage) openNow() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open
}

// viewer counts what a feed brings.
type viewer struct {
	mu     sync.Mutex
	frames []seen
	done   chan struct{}
}

type seen struct {
	number   uint64
	captured time.Time
	width    int
	coded    bool // carries the code of its own number
	bars     bool // of a camera on a machine
	dark     bool
}

func watch(feed *media.Feed) *viewer {
	v := &viewer{done: make(chan struct{})}
	r := feed.Read()
	go func() {
		defer close(v.done)
		defer r.Close()
		for {
			f, err := r.Next(context.Background())
			if err != nil {
				return
			}
			code, ok := pattern.Read(f.Image)
			v.mu.Lock()
			v.frames = append(v.frames, seen{f.Number, f.Captured, f.Width(), ok && uint64(code.Number) == f.Number, ok && code.Number == 77, f.Image.Y[0] < 32})
			v.mu.Unlock()
			f.Release()
		}
	}()
	return v
}

// since returns the frames that came after the last call.
func (v *viewer) since() []seen {
	v.mu.Lock()
	defer v.mu.Unlock()
	got := v.frames
	v.frames = nil
	return got
}
