package camera

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"parley/media"
	"parley/media/clip"
)

// film is a source that plays a Y4M clip over and over, in its own size and rate.
type film struct {
	name   string
	file   *os.File
	reader *clip.Y4MReader
	pacer  pacer
	pool   media.Pool
}

func openClip(path string) (Source, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening a clip: %w", err)
	}
	reader, err := clip.NewY4MReader(file)
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("opening a clip: %w", err)
	}
	return &film{
		name: filepath.Base(path), file: file, reader: reader,
		pacer: pacer{interval: reader.Interval},
	}, nil
}

// Next implements Source.
func (s *film) Next(ctx context.Context, number uint64) (*media.Frame, error) {
	at, err := s.pacer.wait(ctx)
	if err != nil {
		return nil, err
	}
	f := s.pool.Get(s.reader.Width, s.reader.Height)
	f.Number, f.Captured = number, at
	if err := s.read(f); err != nil {
		f.Release()
		return nil, fmt.Errorf("playing a clip: %w", err)
	}
	return f, nil
}

// read fills f, from the beginning again after the end.
func (s *film) read(f *media.Frame) error {
	err := s.reader.Read(f.Image)
	if !errors.Is(err, io.EOF) {
		return err
	}
	if err := s.reader.Rewind(); err != nil {
		return err
	}
	if err := s.reader.Read(f.Image); !errors.Is(err, io.EOF) {
		return err
	}
	return ErrNoFrames
}

// Name implements Source.
func (s *film) Name() string { return s.name }

// Close implements Source.
func (s *film) Close() error { return s.file.Close() }
