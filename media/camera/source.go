package camera

import (
	"context"

	"parley/media"
	"parley/media/pattern"
)

// Source delivers pictures. It is used from one goroutine, and ends in bounded time.
type Source interface {
	// Next waits for the next picture and gives it this number. The caller
	// releases it. After an error other than ctx's, the source is of no more use.
	Next(ctx context.Context, number uint64) (*media.Frame, error)
	// Name is for people to read.
	Name() string
	Close() error
}

// Adapter is a source that can do something else without being opened anew. It may
// be asked from any goroutine.
type Adapter interface {
	// Adapt tells whether the source will deliver this format from now on.
	Adapt(Format) bool
}

// Open opens what a choice means: a camera by name or id, the pattern, a clip,
// or a still if it is off. The errors are the Err values of this package, those
// of package clip and of the file system, and ctx's.
func Open(ctx context.Context, choice media.Choice, want Format) (Source, error) {
	want = want.sane()
	if path, ok := choice.File(); ok {
		return openClip(path)
	}
	switch choice {
	case media.Off:
		return newStill(want), nil
	case media.Pattern:
		return newPattern(want), nil
	}
	return openCamera(ctx, installed(), choice, want)
}

// painter draws a picture of the program's own.
type painter interface{ Paint(*media.Frame) }

// painted is a source that draws its pictures at a steady rate.
type painted struct {
	name    string
	format  Format
	painter painter
	pacer   pacer
	pool    media.Pool
}

// The rates of pictures in which little happens, frames/s.
const (
	stillRate       = 2
	placeholderRate = 15
)

func newPattern(f Format) *painted {
	return newPainted("pattern", f, pattern.NewBars(f.Width, f.Height))
}

func newStill(f Format) *painted {
	return newPainted("off", f.slower(stillRate), pattern.NewStill(f.Width, f.Height))
}

func newPlaceholder(f Format) *painted {
	return newPainted("placeholder", f.slower(placeholderRate), pattern.NewPlaceholder(f.Width, f.Height))
}

func newPainted(name string, f Format, p painter) *painted {
	return &painted{name: name, format: f, painter: p, pacer: pacer{interval: f.interval()}}
}

// Next implements Source. The first picture comes at once.
func (s *painted) Next(ctx context.Context, number uint64) (*media.Frame, error) {
	at, err := s.pacer.wait(ctx)
	if err != nil {
		return nil, err
	}
	f := s.pool.Get(s.format.Width, s.format.Height)
	f.Number, f.Captured = number, at
	s.painter.Paint(f)
	return f, nil
}

// Name implements Source.
func (s *painted) Name() string { return s.name }

// Close implements Source.
func (s *painted) Close() error { return nil }
