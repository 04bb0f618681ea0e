package camera

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"parley/media"
	"parley/media/clip"
	"parley/media/codec"
)

// film is a source that plays a clip over and over, in its own size and rate, and
// behaves like a camera: what cannot be shown is left out, and takes its time.
type film struct {
	name  string
	file  *os.File
	reel  reel
	pacer pacer
	pool  media.Pool
}

// reel is what a clip's pictures are read from.
type reel interface {
	// read returns the next picture; its error is io.EOF after the last, and
	// wraps errSpoiled if it goes on behind it.
	read(*media.Pool) (*media.Frame, error)
	rewind() error
	close() error
}

var errSpoiled = errors.New("a picture that cannot be shown")

// The beginnings of clips.
const y4mBegins = "YUV4MPEG2 "

// openClip opens a clip by what is in it: Y4M, or else motion JPEG.
func openClip(path string) (Source, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening a clip: %w", err)
	}
	r, interval, err := openReel(file)
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("opening a clip: %w", err)
	}
	return &film{name: filepath.Base(path), file: file, reel: r, pacer: pacer{interval: interval}}, nil
}

func openReel(file *os.File) (reel, time.Duration, error) {
	begins := make([]byte, len(y4mBegins))
	n, err := file.ReadAt(begins, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, 0, err
	}
	switch begins = begins[:n]; {
	case string(begins) == y4mBegins:
		return openY4M(file)
	case bytes.HasPrefix(begins, []byte{0xff, 0xd8}):
		r, err := newJPEGReel(file)
		return r, DefaultFormat().interval(), err // the file tells no rate
	}
	return nil, 0, fmt.Errorf("%w: neither Y4M nor motion JPEG", clip.ErrFormat)
}

// Next implements Source.
func (s *film) Next(ctx context.Context, number uint64) (*media.Frame, error) {
	for bad, ends := 0, 0; ; {
		at, err := s.pacer.wait(ctx)
		if err != nil {
			return nil, err
		}
		f, err := s.read(&ends)
		if err == nil {
			f.Number, f.Captured = number, at
			return f, nil
		}
		if bad++; bad >= strikes || !errors.Is(err, errSpoiled) {
			return nil, fmt.Errorf("playing a clip: %w", err)
		}
	}
}

// read returns the next picture, from the beginning again after the end, which
// may come once without a picture.
func (s *film) read(ends *int) (*media.Frame, error) {
	for {
		f, err := s.reel.read(&s.pool)
		if !errors.Is(err, io.EOF) {
			return f, err
		}
		if *ends++; *ends > 1 {
			return nil, ErrNoFrames
		}
		if err := s.reel.rewind(); err != nil {
			return nil, err
		}
	}
}

// Adapt implements Adapter: a clip keeps its size and rate.
func (s *film) Adapt(Format) bool { return true }

// Name implements Source.
func (s *film) Name() string { return s.name }

// Close implements Source.
func (s *film) Close() error { return errors.Join(s.reel.close(), s.file.Close()) }

// y4mReel reads Y4M.
type y4mReel struct{ reader *clip.Y4MReader }

func openY4M(file *os.File) (reel, time.Duration, error) {
	r, err := clip.NewY4MReader(file)
	if err != nil {
		return nil, 0, err
	}
	if r.Width*r.Height > codec.MaxPixels {
		return nil, 0, fmt.Errorf("%w: %dx%d", codec.ErrSize, r.Width, r.Height)
	}
	return y4mReel{r}, r.Interval, nil
}

func (r y4mReel) read(pool *media.Pool) (*media.Frame, error) {
	f := pool.Get(r.reader.Width, r.reader.Height)
	err := r.reader.Read(f.Image)
	if err == nil {
		return f, nil
	}
	f.Release()
	switch {
	case errors.Is(err, clip.ErrTruncated): // then comes the end
		return nil, fmt.Errorf("%w: %w", errSpoiled, err)
	case errors.Is(err, clip.ErrFormat):
		if skipped := r.reader.Skip(); skipped != nil && !errors.Is(skipped, io.EOF) { // which comes again
			return nil, skipped
		}
		return nil, fmt.Errorf("%w: %w", errSpoiled, err)
	}
	return nil, err
}

func (r y4mReel) rewind() error { return r.reader.Rewind() }
func (r y4mReel) close() error  { return nil }

// jpegReel reads motion JPEG.
type jpegReel struct {
	reader *clip.MJPEGReader
	jpeg   *codec.JPEGDecoder
}

func newJPEGReel(file *os.File) (*jpegReel, error) {
	jpeg, err := codec.NewJPEGDecoder()
	if err != nil {
		return nil, err
	}
	return &jpegReel{clip.NewMJPEGReader(file), jpeg}, nil
}

func (r *jpegReel) read(pool *media.Pool) (*media.Frame, error) {
	data, err := r.reader.Next()
	switch {
	case errors.Is(err, clip.ErrGarbage), errors.Is(err, clip.ErrTruncated):
		return nil, fmt.Errorf("%w: %w", errSpoiled, err)
	case err != nil:
		return nil, err
	}
	size, err := codec.JPEGSize(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errSpoiled, err)
	}
	f := pool.Get(size.X, size.Y)
	if err := r.jpeg.Decode(f.Image, data); err != nil {
		f.Release()
		return nil, fmt.Errorf("%w: %w", errSpoiled, err)
	}
	return f, nil
}

func (r *jpegReel) rewind() error { return r.reader.Rewind() }
func (r *jpegReel) close() error  { return r.jpeg.Close() }
