package camera

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"sync"
	"syscall"
	"time"

	"github.com/pion/mediadevices/pkg/driver"
	"github.com/pion/mediadevices/pkg/driver/availability"
	"github.com/pion/mediadevices/pkg/frame"
	"github.com/pion/mediadevices/pkg/io/video"
	"github.com/pion/mediadevices/pkg/prop"

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

func openCamera(ctx context.Context, s system, choice media.Choice, want Format) (Source, error) {
	found, err := s.devices()
	if err != nil {
		return nil, err
	}
	d, err := find(found, choice)
	if err != nil {
		return nil, fmt.Errorf("opening camera %q: %w", choice, err)
	}
	return OpenDriver(ctx, d.driver, Recording{Name: d.Name, Format: want})
}

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
	r := &recorder{name: how.Name, want: how.Format.sane(), stop: make(chan struct{}), done: make(chan struct{})}
	r.newest = r.feed.Read()
	if how.Paced {
		r.pacer = &pacer{interval: r.want.interval()}
	}
	opened := make(chan error, 1)
	go r.run(d, opened)
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

// recorder is a source that reads a driver.
type recorder struct {
	name  string
	want  Format
	pacer *pacer // nil if the driver keeps its own time

	feed   media.Feed // from the goroutine of the driver to Next: newest wins
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

// run owns the driver from opening to closing: drivers free under Close what
// their readers are still using, so nobody else may touch them.
func (r *recorder) run(d driver.Driver, opened chan<- error) {
	defer close(r.done)
	defer r.feed.Close()
	reader, levels, err := r.start(d)
	opened <- err
	if err != nil {
		return
	}
	err = r.record(reader, levels)
	r.failed = errors.Join(err, d.Close())
}

// start opens a driver and sets it going. What fails leaves it closed.
func (r *recorder) start(d driver.Driver) (video.Reader, codec.Range, error) {
	recorder, ok := d.(driver.VideoRecorder)
	if !ok {
		return nil, codec.StudioRange, ErrNoFormat
	}
	if err := d.Open(); err != nil {
		return nil, codec.StudioRange, classify(d, err)
	}
	property, ok := choose(d.Properties(), r.want)
	if !ok {
		return nil, codec.StudioRange, errors.Join(ErrNoFormat, d.Close())
	}
	if r.pacer != nil { // a camera that tells no rate must not be asked for one
		property.FrameRate = float32(r.want.Rate)
	}
	reader, err := recorder.VideoRecord(property) // closes on failure, by itself
	if err != nil {
		return nil, codec.StudioRange, classify(d, err)
	}
	return reader, codec.Range(property.FrameFormat == frame.FormatMJPEG), nil
}

// classify finds out why a driver did not open. Some drivers tell it only as text.
func classify(d driver.Driver, err error) error {
	if _, reason := driver.IsAvailable(d); reason != nil && !errors.Is(reason, availability.ErrUnimplemented) {
		err = errors.Join(err, reason)
	}
	switch {
	case errors.Is(err, syscall.EBUSY), errors.Is(err, availability.ErrBusy):
		return fmt.Errorf("%w: %w", ErrBusy, err)
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		return fmt.Errorf("%w: %w", ErrDenied, err)
	case errors.Is(err, syscall.ENODEV), errors.Is(err, syscall.ENOENT), errors.Is(err, availability.ErrNoDevice):
		return fmt.Errorf("%w: %w", ErrNoCamera, err)
	}
	return err
}

// record reads until it is told to stop or the device fails for good.
func (r *recorder) record(reader video.Reader, levels codec.Range) error {
	good, bad := time.Now(), 0
	for !r.stopped() {
		picture, release, err := reader.Read()
		captured := time.Now()
		if err == nil {
			err = r.publish(picture, captured, levels)
			if release != nil {
				release()
			}
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
func (r *recorder) publish(picture image.Image, captured time.Time, levels codec.Range) error {
	if captured.Sub(r.last) < r.want.interval()*3/4 {
		return nil
	}
	f, err := r.convert(picture, levels)
	if err != nil {
		return err
	}
	f.Captured = captured
	r.last = captured
	r.feed.Publish(f)
	return nil
}

func (r *recorder) convert(picture image.Image, levels codec.Range) (*media.Frame, error) {
	size := picture.Bounds().Size()
	if size.X < 1 || size.Y < 1 {
		return nil, codec.ErrSize
	}
	fitting := r.want.fit(size)
	if fitting == size {
		return converted(&r.pool, picture, levels)
	}
	whole, err := converted(&r.large, picture, levels)
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

func converted(pool *media.Pool, picture image.Image, levels codec.Range) (*media.Frame, error) {
	size := picture.Bounds().Size()
	if size.X > codec.MaxSide || size.Y > codec.MaxSide {
		return nil, codec.ErrSize
	}
	f := pool.Get(size.X, size.Y)
	if err := codec.FromImage(f.Image, picture, levels); err != nil {
		f.Release()
		return nil, err
	}
	return f, nil
}

// choose returns the property that comes nearest to what is wanted.
func choose(properties []prop.Media, want Format) (best prop.Media, ok bool) {
	least := 0.0
	for _, p := range properties {
		if p.FrameFormat == frame.FormatZ16 || p.Width < 1 || p.Height < 1 { // Z16 is depth
			continue
		}
		if c := cost(p, want); !ok || c < least {
			best, least, ok = p, c, true
		}
	}
	return best, ok
}
