package camera

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"sync"
	"sync/atomic"
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
	// firstPatience is that for the first picture, before which a driver may start the
	// device, or the system ask the user.
	firstPatience = 10 * time.Second
)

var errHangs = errors.New("its driver does not answer")

// errTimeout says that a device has no picture yet.
var errTimeout = errors.New("no picture in time")

// Recording says how to record from a driver.
type Recording struct {
	Name   string // for people
	Format Format
	// Paced asks for a picture only when one is due, for drivers that deliver as
	// quickly as they are asked, as those of screens do.
	Paced bool

	ended func() // is called when the device is closed, by its goroutine; may be nil
}

// OpenDriver records from a driver of mediadevices. The driver is opened, read
// and closed in a goroutine of the source; Close waits for it, two seconds at
// most. Pictures larger than the format are scaled down.
func OpenDriver(ctx context.Context, d driver.Driver, how Recording) (Source, error) {
	return record(ctx, how, func(want Format, _ <-chan struct{}) (grabber, error) { return openDriver(d, want, how.Paced) })
}

// grabber takes pictures from a device that runs. It is used by one goroutine,
// because drivers free under Close what their readers are still using.
type grabber interface {
	// next waits for a picture, which must be released before the next one, and
	// tells when it was taken.
	next() (shot, time.Time, error)
	// offers tells what the device agreed on; what it did not tell is 0.
	offers() Format
	close() error
}

// shot is a picture as the device made it, until it is released.
type shot interface {
	size() (image.Point, error)
	// near returns the smallest size in which into can make a picture of this
	// size that is not smaller than wanted.
	near(size, wanted image.Point) image.Point
	into(dst *image.YCbCr) error
	release()
}

// starter opens a device, and gives up when stop is closed.
type starter func(want Format, stop <-chan struct{}) (grabber, error)

// record opens a device by start and records from it.
func record(ctx context.Context, how Recording, start starter) (Source, error) {
	r := &recorder{name: how.Name, asked: how.Format.sane(), stop: make(chan struct{}), done: make(chan struct{})}
	r.want.Store(&r.asked)
	r.newest = r.feed.Read()
	if how.Paced {
		r.pacer = &pacer{interval: r.asked.interval()}
	}
	opened := make(chan error, 1)
	go r.run(start, opened, how.ended)
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
	asked Format                 // when it was opened
	want  atomic.Pointer[Format] // now
	given Format                 // by the device; set before the first picture
	pacer *pacer                 // nil if the device keeps its own time

	feed   media.Feed // from the goroutine of the device to Next: newest wins
	newest *media.Reader
	failed atomic.Pointer[error] // why the feed was closed; set before

	pool, large media.Pool // of pictures to hand out, and of those to be scaled
	last        time.Time  // when the last picture was taken that was handed out
	gate        gate

	ending sync.Once
	stop   chan struct{}
	done   chan struct{}
}

// Next implements Source.
func (r *recorder) Next(ctx context.Context, number uint64) (*media.Frame, error) {
	f, err := r.newest.Next(ctx)
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("recording from %q: %w", r.name, r.why())
	}
	if err != nil {
		return nil, err
	}
	f.Number = number // nobody else has it yet
	return f, nil
}

// Adapt implements Adapter: it is done by scaling and by leaving out pictures, as
// long as no more is wanted than the device was asked for or gives.
func (r *recorder) Adapt(f Format) bool {
	f = f.sane()
	if !f.within(r.asked) && !f.within(r.given) {
		return false
	}
	r.want.Store(&f)
	return true
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
func (r *recorder) run(start starter, opened chan<- error, ended func()) {
	defer close(r.done)
	defer r.feed.Close()
	if ended != nil {
		defer ended()
	}
	g, err := start(r.asked, r.stop)
	if err == nil {
		r.given = g.offers()
	}
	opened <- err
	if err == nil {
		err = r.read(g)
		r.end(errors.Join(err, g.close()))
	}
}

// end ends the pictures, for the first reason that there is.
func (r *recorder) end(why error) {
	r.failed.CompareAndSwap(nil, &why)
	r.feed.Close()
}

// why is why there are no more pictures.
func (r *recorder) why() error {
	if failed := r.failed.Load(); failed != nil {
		return *failed
	}
	return os.ErrClosed
}

// hangs ends the pictures of a driver that does not come back from a read, as some do
// not whose device was pulled out. Its goroutine ends if it ever does.
func (r *recorder) hangs() { r.end(fmt.Errorf("%w: %w", ErrGone, errHangs)) }

// read reads until it is told to stop or the device fails for good.
func (r *recorder) read(g grabber) error {
	good, bad := time.Now(), 0
	most := firstPatience // for one read
	watch := time.AfterFunc(most, r.hangs)
	defer watch.Stop()
	for !r.stopped() {
		err := r.once(g)
		now := time.Now()
		if err == nil {
			good, bad, most = now, 0, patience
		} else if bad++; bad >= strikes || now.Sub(good) > patience || errors.Is(err, io.EOF) {
			return fmt.Errorf("%w: %w", ErrGone, err)
		}
		watch.Reset(most)
	}
	return nil
}

// once takes a picture and hands it on.
func (r *recorder) once(g grabber) error {
	picture, captured, err := g.next()
	if err != nil {
		return err
	}
	defer picture.release()
	return r.publish(picture, captured)
}

// stopped tells whether to stop, after waiting until a picture is due.
func (r *recorder) stopped() bool {
	if r.pacer != nil {
		r.pacer.interval = r.want.Load().interval()
		return !r.pacer.waitOr(r.stop)
	}
	select {
	case <-r.stop:
		return true
	default:
		return false
	}
}

// publish hands on a picture, unless it comes sooner than it is wanted.
func (r *recorder) publish(picture shot, captured time.Time) error {
	want := *r.want.Load()
	if !r.gate.passes(captured, want.interval()) {
		return nil
	}
	f, err := r.convert(picture, want)
	if err != nil {
		return err
	}
	if !captured.After(r.last) {
		captured = time.Now() // its stamp goes back
	}
	f.Captured, r.last = captured, captured
	r.feed.Publish(f)
	return nil
}

func (r *recorder) convert(picture shot, want Format) (*media.Frame, error) {
	size, err := picture.size()
	if err != nil {
		return nil, err
	}
	if size.X < 1 || size.Y < 1 || size.X > codec.MaxSide || size.Y > codec.MaxSide || size.X*size.Y > codec.MaxPixels {
		return nil, codec.ErrSize
	}
	fitting := want.fit(size)
	near := picture.near(size, fitting)
	if fitting == near {
		return converted(&r.pool, picture, near)
	}
	whole, err := converted(&r.large, picture, near)
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

func converted(pool *media.Pool, picture shot, size image.Point) (*media.Frame, error) {
	f := pool.Get(size.X, size.Y)
	if err := picture.into(f.Image); err != nil {
		f.Release()
		return nil, err
	}
	return f, nil
}
