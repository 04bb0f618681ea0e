//go:build e2e

package videobench

import (
	"context"
	"fmt"
	"image"
	"slices"
	"sync"
	"testing"
	"time"

	"parley/call/peer"
	"parley/media"
	"parley/media/camera"
	"parley/media/codec"
	"parley/media/pattern"
	"parley/media/quality"
	"parley/media/screen"
	"parley/ui/e2e/lab"
)

// How long a page stands still, how long it is scrolled, and how often a second.
const (
	stillFor    = 14 * time.Second
	scrollFor   = 6 * time.Second
	scrollRate  = 15
	lastOfStill = 8 * time.Second // of it, whose rate counts
)

// sharp is from when on a page is as good as the original: 1 of 255 levels is at 48 dB.
const sharp = 40.0 // dB

// looked is one picture of the page as it was shown.
type looked struct {
	step  uint32
	at    time.Time
	age   time.Duration // since it was painted on the screen
	width int
	psnr  float64 // against the screen; 0 where that is not known
}

// reader looks at a page over a call, beside the screen itself.
type reader struct {
	mu    sync.Mutex
	pages map[uint32]*image.YCbCr // as they were captured
	seen  []looked
}

// captured keeps a picture of the screen.
func (r *reader) captured(p *image.YCbCr) {
	code, ok := pattern.Read(p)
	if !ok {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pages[code.Number] = clone(p)
}

// Show implements media.VideoSink.
func (r *reader) Show(f *media.Frame) {
	now := time.Now()
	code, ok := pattern.Read(f.Image)
	if !ok {
		return
	}
	l := looked{step: code.Number, at: now, age: code.Age(now), width: f.Width()}
	r.mu.Lock()
	defer r.mu.Unlock()
	if page := r.pages[code.Number]; page != nil && page.Rect.Size() == f.Image.Rect.Size() {
		l.psnr, _ = quality.PSNR(f.Image, page) // of the same size
	}
	r.seen = append(r.seen, l)
}

// between returns what was seen then.
func (r *reader) between(from, to time.Time) (seen []looked) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, l := range r.seen {
		if !l.at.Before(from) && l.at.Before(to) {
			seen = append(seen, l)
		}
	}
	return seen
}

// BenchmarkScreen shows a page of text of full HD from a Parley to a Parley: while
// it stands still, while it is scrolled, and then.
func BenchmarkScreen(b *testing.B) {
	const mega = 1_000_000
	for _, rate := range []int{3 * mega, mega / 2} {
		b.Run(fmt.Sprintf("%d kbit", rate/1000), func(b *testing.B) { share(b, rate) })
	}
}

func share(b *testing.B, rate int) {
	b.Helper()
	d := newDesk(b)
	d.show(0)
	src, err := screen.Open(b.Context(), screen.Target{}, camera.Format{})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = src.Close() }()
	path := lab.NewPath(b)
	path.Set(0, lab.Weather{Rate: rate, Delay: oneWay})
	path.Set(1, lab.Weather{Delay: oneWay})
	var feed media.Feed
	r := &reader{pages: map[uint32]*image.YCbCr{}}
	from, to := config(nil, nil), config(nil, nil)
	from.Sources.Share, to.Shared = &feed, r
	for _, c := range []*peer.Config{&from, &to} {
		c.VideoEncodes, c.VideoDecodes = codec.VideoEncoders(), codec.VideoDecoders()
	}
	sends, shows := newSide(b, from), newSide(b, to)
	shows.open(1, path, sends)
	sends.open(0, path, shows)
	select {
	case <-sends.up:
	case <-time.After(20 * time.Second):
		b.Fatal("the two do not connect")
	}
	ctx, stop := context.WithCancel(b.Context())
	var capture sync.WaitGroup
	began := time.Now()
	capture.Go(func() { film(ctx, src, &feed, r) })
	row := func(what, unit string, value float64) {
		results.Add(fmt.Sprintf("a page of text, %d kbit/s: %s", rate/1000, what), unit, value)
	}
	d.still(ctx, row, r, path, began, "at first")
	d.scroll(ctx, row, r, path)
	d.still(ctx, row, r, path, time.Now(), "after scrolling")
	stop()
	capture.Wait()
	sends.close()
	shows.close()
}

// film publishes pictures of the screen.
func film(ctx context.Context, src camera.Source, to *media.Feed, r *reader) {
	for n := uint64(0); ; n++ {
		f, err := src.Next(ctx, n)
		if err != nil {
			return
		}
		r.captured(f.Image)
		to.Publish(f)
	}
}

// still lets the page stand, and tells how soon and how well it can be read.
func (d *desk) still(ctx context.Context, row func(what, unit string, value float64), r *reader, path *lab.Path, from time.Time, when string) {
	lab.Pass(ctx, stillFor-lastOfStill)
	path.Meter(0)
	lab.Pass(ctx, lastOfStill)
	m := path.Meter(0)
	seen := r.between(from, time.Now())
	first, until, last := 0.0, 0.0, 0.0
	for i, l := range seen {
		if i == 0 {
			first = l.at.Sub(from).Seconds()
		}
		if last = l.psnr; l.psnr < sharp {
			until = time.Since(from).Seconds()
		} else if until == 0 || i > 0 && seen[i-1].psnr < sharp {
			until = l.at.Sub(from).Seconds()
		}
	}
	row(when+", first picture", "s", first)
	row(fmt.Sprintf("%s, until %.0f dB", when, sharp), "s", until)
	row(when+", in the end", "dB", last)
	row(when+", rate in the end", "kbit/s", float64(m.Bytes*8)/m.Duration.Seconds()/1000)
}

// scroll moves the page, and tells how it is seen.
func (d *desk) scroll(ctx context.Context, row func(what, unit string, value float64), r *reader, path *lab.Path) {
	path.Meter(0)
	from, ticker := time.Now(), time.NewTicker(time.Second/scrollRate)
	defer ticker.Stop()
	for step := 1; time.Since(from) < scrollFor; step++ {
		d.show(step)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
	m := path.Meter(0)
	seen := r.between(from, time.Now())
	var ages, psnr, widths []float64
	steps := map[uint32]bool{}
	for _, l := range seen {
		if l.step > 0 && !steps[l.step] { // and not the page before, or once more
			steps[l.step] = true
			ages, widths = append(ages, l.age.Seconds()*1000), append(widths, float64(l.width))
			if l.psnr > 0 {
				psnr = append(psnr, l.psnr)
			}
		}
	}
	row("scrolled, pages shown", "1/s", float64(len(steps))/scrollFor.Seconds())
	if len(ages) == 0 {
		return
	}
	slices.Sort(ages)
	slices.Sort(widths)
	row("scrolled, delay, median", "ms", ages[len(ages)/2])
	row("scrolled, delay, 95 %", "ms", ages[len(ages)*95/100])
	row("scrolled, PSNR", "dB", mean(psnr))
	row("scrolled, least width", "pixels", widths[0])
	row("scrolled, rate", "kbit/s", float64(m.Bytes*8)/m.Duration.Seconds()/1000)
	row("scrolled, queue, 95 %", "ms", waited(m.Waits))
}
