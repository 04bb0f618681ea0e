package page

import (
	"image"
	"math/rand/v2"
	"testing"
	"time"
)

// paper is a long page of what looks like lines of letters.
type paper struct{ *image.YCbCr }

func newPaper() paper {
	p := image.NewYCbCr(image.Rect(0, 0, 240, 4000), image.YCbCrSubsampleRatio420)
	dice := rand.New(rand.NewPCG(5, 7))
	for y := range p.Rect.Dy() {
		row := p.Y[y*p.YStride:][:p.YStride]
		for x := range row {
			row[x] = 235
			if y%20 < 12 && x >= 24 { // and nothing between two lines
				row[x] = byte(16 + dice.Uint32()%200)
			}
		}
	}
	return paper{p}
}

// at returns a screen of it, from a row on.
func (p paper) at(row int) *image.YCbCr {
	part := *p.YCbCr
	part.Y, part.Rect = p.Y[row*p.YStride:], image.Rect(0, 0, 240, 1080)
	return &part
}

// reader is an encoder as OpenH264 is, and the path behind it.
type reader struct {
	c      Control
	rate   float64
	now    time.Time
	free   time.Time // when the path is
	shown  int
	last   time.Time
	gap    time.Duration
	waited time.Duration  // of the last picture, until it was there
	knows  map[uint64]int // quantizers of the strips that are shown
	was    int            // of the last picture
}

func read(rate int) *reader {
	r := &reader{rate: float64(rate), now: time.Unix(1000, 0), knows: map[uint64]int{}}
	r.free, r.last = r.now, r.now
	r.c.SetRate(rate)
	return r
}

// show shows a picture, and lets time go by until the next.
func (r *reader) show(p *image.YCbCr) {
	key := r.was == 0
	if q, ok := r.c.Next(p, r.now, key); ok {
		bytes := r.encode(p, q, key)
		if key {
			if coarser, once := r.c.Again(bytes); once {
				q = coarser
				bytes = r.encode(p, q, true)
			}
		}
		r.c.Sent(bytes, key)
		r.was = q
		r.deliver(bytes)
	}
	r.now = r.now.Add(time.Second / 15)
}

// strip is what one of text takes, in bits per unit of the curve: four times as much as
// of a dense page of full HD, of which the sheet has a quarter of the strips.
const strip = 4 * 2.9

// encode returns how many bytes a picture takes.
func (r *reader) encode(p *image.YCbCr, q int, key bool) int {
	renews := r.was > settled && q <= r.was-refines
	strips := 0.0
	r.each(p, func(print uint64) {
		before, ok := r.knows[print]
		switch {
		case key || !ok:
			strips++
			r.knows[print] = q
		case renews && q < before:
			strips += finer(before, q)
			r.knows[print] = q
		}
	})
	return 100 + int(strip*strips*curve(q)/8)
}

// each goes through the strips of a picture that are not of one colour.
func (r *reader) each(p *image.YCbCr, do func(print uint64)) {
	for y := range p.Rect.Dy() {
		row := p.Y[y*p.YStride:][:p.Rect.Dx()]
		for x := 0; x+8 <= len(row); x += stripWidth {
			if print, flat := printOf(row[x:][:min(stripWidth, len(row)-x)&^7], uint64(x)); !flat {
				do(print)
			}
		}
	}
}

func (r *reader) deliver(bytes int) {
	if r.free.Before(r.now) {
		r.free = r.now
	}
	r.free = r.free.Add(time.Duration(8 * float64(bytes) / r.rate * float64(time.Second)))
	r.waited = r.free.Sub(r.now)
	r.shown, r.gap, r.last = r.shown+1, max(r.gap, r.free.Sub(r.last)), r.free
}

// coarsest is the quantizer of what looks worst of a picture.
func (r *reader) coarsest(p *image.YCbCr) (most int) {
	r.each(p, func(print uint64) { most = max(most, r.knows[print]) })
	return most
}

// settle shows a picture until it is sharp, and returns how long that takes.
func (r *reader) settle(p *image.YCbCr) time.Duration {
	from := r.now
	for r.coarsest(p) > settled && r.now.Sub(from) < time.Minute {
		r.show(p)
	}
	return r.free.Sub(from)
}

// A page can be read soon, whatever the path carries, and becomes sharp.
func TestPageIsReadableSoonAndThenSharp(t *testing.T) {
	letters := newPaper()
	for _, row := range []struct {
		rate          int
		first, settle time.Duration
		coarsest      int
	}{
		{140_000, 2600 * time.Millisecond, 20 * time.Second, 51},
		{280_000, 2600 * time.Millisecond, 14 * time.Second, 47},
		{450_000, 1700 * time.Millisecond, 9 * time.Second, 45},
		{1_000_000, 1100 * time.Millisecond, 4 * time.Second, 43},
		{2_800_000, 1100 * time.Millisecond, 1500 * time.Millisecond, 24},
		{20_000_000, 200 * time.Millisecond, 200 * time.Millisecond, 18},
	} {
		r := read(row.rate)
		p := letters.at(0)
		r.show(p)
		if r.waited > row.first || r.coarsest(p) > row.coarsest {
			t.Errorf("%d bit/s: the first picture takes %v, with a quantizer of %d", row.rate, r.waited, r.coarsest(p))
		}
		if took := r.settle(p); took > row.settle {
			t.Errorf("%d bit/s: it takes %v until it is sharp", row.rate, took)
		}
		for range 15 * 4 {
			r.now = r.now.Add(time.Second / 15)
			r.show(p)
		}
		if late := r.free.Sub(r.now); late > 0 {
			t.Errorf("%d bit/s: at rest the path is full for %v", row.rate, late)
		}
	}
}

// What scrolls is seen to scroll, and is sharp again soon after.
func TestPageThatScrolls(t *testing.T) {
	letters := newPaper()
	for _, row := range []struct {
		rate  int
		shown float64 // a second
		gap   time.Duration
		sharp time.Duration
	}{
		{280_000, 2, 1200 * time.Millisecond, 16 * time.Second},
		{450_000, 4, time.Second, 10 * time.Second},
		{1_000_000, 5, time.Second, 5 * time.Second},
		{2_800_000, 10, 500 * time.Millisecond, 2 * time.Second},
	} {
		r := read(row.rate)
		for range 15 * 14 {
			r.show(letters.at(0))
		}
		r.shown, r.gap, r.last = 0, 0, r.now
		const pages = 15 * 6
		for i := range pages {
			r.show(letters.at(30 * i))
		}
		if shown := float64(r.shown) / 6; shown < row.shown || r.gap > row.gap {
			t.Errorf("%d bit/s: %.1f pages a second, %v between two", row.rate, shown, r.gap)
		}
		if took := r.settle(letters.at(30 * (pages - 1))); took > row.sharp {
			t.Errorf("%d bit/s: it takes %v until it is sharp again", row.rate, took)
		}
	}
}

// Who types is not made to wait for the page to become sharp, nor is the page coarse
// because of it.
func TestPageThatIsTypedOn(t *testing.T) {
	r := read(450_000)
	p := newPaper().at(0)
	r.show(p)
	dice := rand.New(rand.NewPCG(1, 2))
	for i := range 15 * 12 {
		if i%3 == 0 { // a letter
			for y := range 12 {
				for x := range 8 {
					p.Y[(1000+y)*p.YStride+100+8*(i/3%15)+x] = byte(dice.IntN(220))
				}
			}
		}
		r.show(p)
	}
	if q := r.coarsest(p); q > settled {
		t.Errorf("the page has a quantizer of %d after 12 s", q)
	}
	r.shown, r.gap, r.last = 0, 0, r.now
	for i := range 15 * 4 {
		for x := range 8 {
			p.Y[900*p.YStride+100+8*(i%15)+x] = byte(dice.IntN(220))
		}
		r.show(p)
	}
	if r.gap > 300*time.Millisecond {
		t.Errorf("a letter waits for %v", r.gap)
	}
}

// No more is sent in the long run than the path carries, whatever there is to see.
func TestRateIsKept(t *testing.T) {
	r := read(450_000)
	dice := rand.New(rand.NewPCG(3, 4))
	p := image.NewYCbCr(image.Rect(0, 0, 160, 360), image.YCbCrSubsampleRatio420)
	began := r.now
	for range 15 * 20 {
		for j := range p.Y {
			p.Y[j] = byte(dice.Uint32())
		}
		r.show(p)
	}
	if late := r.free.Sub(r.now); late > 1500*time.Millisecond || r.shown < 20 {
		t.Errorf("after %v the path is full for %v, and %d pictures were shown", r.now.Sub(began), late, r.shown)
	}
}

// Where nothing is known of the path, or the picture is of one colour, there is a
// quantizer all the same.
func TestPageWithoutAnything(t *testing.T) {
	var c Control
	q, ok := c.Next(image.NewYCbCr(image.Rect(0, 0, 64, 64), image.YCbCrSubsampleRatio420), time.Time{}, true)
	if !ok || q < Finest || q > Coarsest {
		t.Errorf("quantizer %d, %v", q, ok)
	}
	c.SetRate(450_000)
	for _, size := range []image.Point{{1, 1}, {7, 3}, {9, 9}, {65, 2}} {
		p := image.NewYCbCr(image.Rectangle{Max: size}, image.YCbCrSubsampleRatio420)
		for i := range p.Y {
			p.Y[i] = byte(i)
		}
		q, _ := c.Next(p, time.Unix(1, 0), true)
		c.Sent(20, true)
		if q < Finest || q > Coarsest {
			t.Errorf("%v: quantizer %d", size, q)
		}
	}
}

// Lines that move up or down are known again, those that come are new.
func TestPrintsFindWhatHasScrolled(t *testing.T) {
	var p prints
	letters := newPaper()
	busy, fresh := p.look(letters.at(0))
	if busy == 0 || fresh != busy {
		t.Fatalf("%d of %d strips of the first picture are new", fresh, busy)
	}
	p.keep()
	if _, fresh := p.look(letters.at(0)); fresh != 0 {
		t.Errorf("%d strips of the same picture are new", fresh)
	}
	_, fresh = p.look(letters.at(108))
	if share := float64(fresh) / float64(busy); share < 0.07 || share > 0.13 {
		t.Errorf("%.0f %% are new where a tenth is", 100*share)
	}
}

func BenchmarkLook(b *testing.B) {
	var p prints
	picture := newPaper().at(0)
	for b.Loop() {
		p.look(picture)
	}
}
