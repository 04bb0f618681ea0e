package camera

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"parley/media"
)

const (
	// retryTime is how long a source that failed is left alone.
	retryTime = 2 * time.Second
	// graceTime is how long a source may take to open before a still is shown.
	graceTime = 400 * time.Millisecond
	// reopenTime is that of a source which was shown, in another format.
	reopenTime = 2 * time.Second
)

// Report says what a pump is doing, whenever that changes.
type Report struct {
	Choice media.Choice
	// Using is the name of the source whose pictures are published; "" while a
	// still or the placeholder stands in.
	Using string
	// Err is why the choice is not in use; nil when it is, or when it is muted.
	// The pump goes on trying.
	Err error
}

// Settings is what a pump needs.
type Settings struct {
	Feed   *media.Feed  // where frames go; the pump does not close it
	Choice media.Choice // what to begin with
	Format Format
	Muted  bool
	// Open opens sources; nil is Open of this package.
	Open func(context.Context, media.Choice, Format) (Source, error)
	// Report is called from the pump's goroutine and returns at once; may be nil.
	Report func(Report)
}

// Pump keeps a feed supplied with pictures. While the source that was chosen
// does not work, a moving placeholder stands in and the source is tried again
// and again; while it is muted, its device is closed and a still is published
// at a low rate. Frame numbers go on counting over all of this.
type Pump struct {
	feed   *media.Feed
	open   func(context.Context, media.Choice, Format) (Source, error)
	report func(Report)
	done   chan struct{}
	number uint64       // of the next frame; the goroutine's
	shown  media.Choice // whose source was shown last; the goroutine's
	live   bool         // whether there was one

	mu     sync.Mutex
	want   wanted
	cancel context.CancelFunc // of what is going on
	source Source             // that is shown; nil while a stand-in is
	closed bool
}

// wanted is what a pump shall do.
type wanted struct {
	choice media.Choice
	format Format
	muted  bool
}

// Start starts a pump. The caller closes it.
func Start(s Settings) *Pump {
	p := &Pump{
		feed: s.Feed, open: s.Open, report: s.Report,
		done: make(chan struct{}), want: wanted{s.Choice, s.Format.sane(), s.Muted},
	}
	if p.open == nil {
		p.open = Open
	}
	if p.report == nil {
		p.report = func(Report) {}
	}
	go p.run()
	return p
}

// Choose exchanges the source.
func (p *Pump) Choose(c media.Choice) { p.change(func(w *wanted) { w.choice = c }) }

// Mute closes the source and publishes a still, or opens the source again.
func (p *Pump) Mute(on bool) { p.change(func(w *wanted) { w.muted = on }) }

// ChooseIn exchanges the source, the size and the rate that is asked for; zero members
// mean those of DefaultFormat. The same source in another format is opened anew only if
// it cannot do that while it runs.
func (p *Pump) ChooseIn(c media.Choice, f Format) {
	p.change(func(w *wanted) { w.choice, w.format = c, f.sane() })
}

// Close closes the source and ends the pump. It waits for it, which takes no
// longer than the source needs to close. It may be called again.
func (p *Pump) Close() error {
	p.mu.Lock()
	p.closed = true
	if p.cancel != nil {
		p.cancel()
	}
	p.mu.Unlock()
	<-p.done
	return nil
}

// change makes a wish. What is going on ends if the wish is another.
func (p *Pump) change(wish func(*wanted)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	before := p.want
	wish(&p.want)
	if p.want == before || p.cancel == nil || p.adapts(before) {
		return
	}
	p.cancel()
}

// adapts tells whether the source follows a wish by itself. It has the lock.
func (p *Pump) adapts(before wanted) bool {
	before.format = p.want.format
	adapter, ok := p.source.(Adapter)
	return ok && p.want == before && adapter.Adapt(p.want.format)
}

// begin returns what to do next, and a context that ends when it is outdated.
func (p *Pump) begin() (ctx context.Context, w wanted, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, wanted{}, false
	}
	ctx, p.cancel = context.WithCancel(context.Background())
	return ctx, p.want, true
}

func (p *Pump) run() {
	defer close(p.done)
	for {
		ctx, w, ok := p.begin()
		if !ok {
			return
		}
		if w.muted {
			p.live = false
			p.report(Report{Choice: w.choice})
			_ = p.show(ctx, newStill(w.format)) // ends with ctx only
		} else {
			p.serve(ctx, w)
		}
	}
}

// serve publishes the chosen source, as often as it takes, until ctx ends.
func (p *Pump) serve(ctx context.Context, w wanted) {
	standIn := newStill(w.format)
	standIn.pacer.due = time.Now().Add(p.grace(w))
	worked := false
	for told := ""; ; {
		w.format = p.format() // to which the source before may have adapted
		src, err := p.acquire(ctx, w, standIn)
		if err == nil {
			told, worked = "", true
			err = p.use(ctx, w, src)
		}
		if ctx.Err() != nil {
			return
		}
		if worked && errors.Is(err, ErrNoCamera) {
			err = fmt.Errorf("%w: %s", ErrGone, NameIn(w.choice)) // not one that was never there
		}
		if text := err.Error(); text != told {
			told = text
			p.report(Report{Choice: w.choice, Err: err})
		}
		p.live = false
		standIn = newPlaceholder(w.format)
		p.rest(ctx, standIn)
	}
}

func (p *Pump) format() Format {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.want.format
}

// grace returns for how long the last picture stays while a source is opened:
// longer if the same is opened in another format.
func (p *Pump) grace(w wanted) time.Duration {
	if p.live && p.shown == w.choice {
		return reopenTime
	}
	return graceTime
}

// use shows a source until it fails or ctx ends, and closes it.
func (p *Pump) use(ctx context.Context, w wanted, src Source) error {
	p.shown, p.live = w.choice, true
	p.report(Report{Choice: w.choice, Using: src.Name()})
	p.put(src)
	err := p.show(ctx, src)
	p.put(nil)
	return errors.Join(err, src.Close())
}

// put tells which source can be asked to adapt.
func (p *Pump) put(src Source) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.source = src
}

// rest shows the stand-in for as long as a source that failed is left alone.
func (p *Pump) rest(ctx context.Context, standIn Source) {
	ctx, cancel := context.WithTimeout(ctx, retryTime)
	defer cancel()
	_ = p.show(ctx, standIn) // ends with ctx only
}

// acquire opens the chosen source while the stand-in shows. It takes a goroutine,
// because opening a camera can take a second.
func (p *Pump) acquire(ctx context.Context, w wanted, standIn Source) (src Source, err error) {
	opening, opened := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer opened()
		src, err = p.open(ctx, w.choice, w.format)
	}()
	_ = p.show(opening, standIn) // ends with opening only
	<-done
	return src, err
}

// show publishes a source until it fails or ctx ends.
func (p *Pump) show(ctx context.Context, src Source) error {
	for {
		f, err := src.Next(ctx, p.number)
		if err != nil {
			return err
		}
		p.number++
		p.feed.Publish(f)
	}
}
