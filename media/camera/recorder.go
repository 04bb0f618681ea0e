package camera

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"sync"
	"time"

	"github.com/pion/mediadevices/pkg/driver"

	"parley/media"
	"parley/media/codec"
)

const (
	// closeTime bounds how long closing waits for a driver that is stuck in a
	// read; its goroutine ends when the driver gives up, within five seconds.
	closeTime = 2 * time.Second
	// patience is how long a device may fail to deliver before it counts as gone,
	// and strikes how many failures in a row.
	patience = 3 * time.Second
	strikes  = 30
)

// Recording says how to record from a driver.
type Recording struct {
	Name   string // for people
	Format Format
	// Paced asks for a picture only when one is due, for drivers that deliver as
	// quickly as they are asked, as those of screens do.
	Paced bool
}

// OpenDriver records from a driver of mediadevices. The driver is opened, read
// and closed in a goroutine of the source; Close waits for it, two seconds at
// most. Pictures larger than the format are scaled down.
func OpenDriver(ctx context.Context, d driver.Driver, how Recording) (Source, error) {
	return record(ctx, how, func(want Format) (grabber, error) { return openDriver(d, want, how.Paced) })
}

// grabber takes pictures from a device that runs. It is used by one goroutine,
// because drivers free under Close what their readers are still using.
type grabber interface {
	// next waits for a picture, which must be released before the next one.
	next() (shot, error)
	close() error
}

// shot is a picture as the device made it, until it is released.
type shot interface {
	size() image.Point
	into(dst *image.YCbCr) error // of this size
	release()
}

// record opens a device by start and records from it.
func record(ctx context.Context, how Recording, start func(Format) (grabber, error)) (Source, error) {
	r := &recorder{name: how.Name, want: how.Format.sane(), stop: make(chan struct{}), done: make(chan struct{})}
	r.newest = r.feed.Read()
	if how.Paced {
		r.pacer = &pacer{interval: r.want.interval()}
	}
	opened := make(chan error, 1)
	go r.run(start, opened)
	var err error
	select {
	case err = <-opened:
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("opening %q: %w", how.Name, errors.Join(err, r.Close()))
	}
	return r, nil
}

// recorder is a source that reads a device.
type recorder struct {
	name  string
	want  Format
	pacer *pacer // nil if the device keeps its own time

	feed   media.Feed // from the goroutine of the device to Next: newest wins
	newest *media.Reader
	failed error // why the feed was closed; set before

	pool, large media.Pool // of pictures to hand out, and of those to be scaled
	last        time.Time  // when the last picture was handed out

	ending sync.Once
	stop   chan struct{}
	done   chan struct{}
}

// Next implements Source.
func (r *recorder) Next(ctx context.Context, number uint64) (*media.Frame, error) {
	f, err := r.newest.Next(ctx)
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("recording from %q: %w", r.name, r.failed)
	}
	if err != nil {
		return nil, err
	}
	f.Number = number // nobody else has it yet
	return f, nil
}

// Name implements Source.
func (r *recorder) Name() string { return r.name }

// Close implements Source.
func (r *recorder) Close() error {
	r.ending.Do(func() { close(r.stop) })
	r.newest.Close()
	timer := time.NewTimer(closeTime)
	defer timer.Stop()
	select {
	case <-r.done:
		return nil
	case <-timer.C:
		return fmt.Errorf("closing %q: %w", r.name, ErrStuck)
	}
}

// run owns the device from opening to closing.
func (r *recorder) run(start func(Format) (grabber, error), opened chan<- error) {
	defer close(r.done)
	defer r.feed.Close()
	g, err := start(r.want)
	opened <- err
	if err == nil {
		err = r.read(g)
		r.failed = errors.Join(err, g.close())
	}
}

// read reads until it is told to stop or the device fails for good.
func (r *recorder) read(g grabber) error {
	good, bad := time.Now(), 0
	for !r.stopped() {
		picture, err := g.next()
		captured := time.Now()
		if err == nil {
			err = r.publish(picture, captured)
			picture.release()
		}
		if err == nil {
			good, bad = captured, 0
			continue
		}
		if bad++; bad >= strikes || captured.Sub(good) > patience || errors.Is(err, io.EOF) {
			return fmt.Errorf("%w: %w", ErrGone, err)
		}
	}
	return nil
}

// stopped tells whether to stop, after waiting until a picture is due.
func (r *recorder) stopped() bool {
	if r.pacer != nil {
		return !r.pacer.waitOr(r.stop)
	}
	select {
	case <-r.stop:
		return true
	default:
		return false
	}
}

// publish hands on a picture, unless it comes much sooner than it is wanted.
func (r *recorder) publish(picture shot, captured time.Time) error {
	if captured.Sub(r.last) < r.want.interval()*3/4 {
		return nil
	}
	f, err := r.convert(picture)
	if err != nil {
		return err
	}
	f.Captured = captured
	r.last = captured
	r.feed.Publish(f)
	return nil
}

func (r *recorder) convert(picture shot) (*media.Frame, error) {
	size := picture.size()
	if size.X < 1 || size.Y < 1 || size.X > codec.MaxSide || size.Y > codec.MaxSide {
		return nil, codec.ErrSize
	}
	fitting := r.want.fit(size)
	if fitting == size {
		return converted(&r.pool, picture)
	}
	whole, err := converted(&r.large, picture)
	if err != nil {
		return nil, err
	}
	defer whole.Release()
	f := r.pool.Get(fitting.X, fitting.Y)
	if err := codec.Scale(f.Image, whole.Image); err != nil {
		f.Release()
		return nil, err
	}
	return f, nil
}

func converted(pool *media.Pool, picture shot) (*media.Frame, error) {
	f := pool.Get(picture.size().X, picture.size().Y)
	if err := picture.into(f.Image); err != nil {
		f.Release()
		return nil, err
	}
	return f, nil
}
