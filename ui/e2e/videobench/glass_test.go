//go:build e2e

package videobench

import (
	"context"
	"image"
	"testing"
	"time"

	"parley/media/pattern"
	"parley/media/screen/x11"
	"parley/ui/e2e/lab"
)

// glass looks at a picture on a display, as its user does: when the X server says
// that something was painted there, it reads the bar code off the pixels.
type glass struct {
	conn    *x11.Conn
	pixels  *x11.Segment
	picture *image.RGBA // of which only the rows of the code are ever read; red and blue are exchanged
	code    image.Rectangle
	painted bool
}

// glance is how long something may be on the screen before it is noticed.
const glance = time.Millisecond

// look opens a glass on an area of a display.
func look(b *testing.B, d *lab.Display, area image.Rectangle) *glass {
	b.Helper()
	conn, err := x11.Dial(b.Context(), d.Name)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close() })
	g := &glass{conn: conn, code: area}
	g.code.Min.Y, g.code.Max.Y = area.Min.Y+area.Dy()*8/20, area.Min.Y+area.Dy()*11/20 // see media/pattern
	if g.pixels, err = conn.NewSegment(4 * area.Dx() * area.Dy()); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = g.pixels.Close() })
	g.picture = &image.RGBA{Pix: g.pixels.Pixels, Stride: 4 * area.Dx(), Rect: image.Rectangle{Max: area.Size()}}
	conn.OnEvent = func(e x11.Event) {
		g.painted = g.painted || e.Kind == x11.Damaged && e.Area.Overlaps(g.code)
	}
	return g
}

// watch calls seen with every code that appears, until ctx is done.
func (g *glass) watch(ctx context.Context, b *testing.B, seen func(pattern.Code, time.Time)) {
	b.Helper()
	damage := g.conn.TrackDamage(g.conn.Root)
	tick := time.NewTicker(glance)
	defer tick.Stop()
	for last := (pattern.Code{}); ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		code, at, ok := g.read(b, damage)
		if ok && code != last {
			last = code
			seen(code, at)
		}
	}
}

// read returns the code, if anything was painted over it since the last time.
func (g *glass) read(b *testing.B, damage x11.ID) (pattern.Code, time.Time, bool) {
	b.Helper()
	if err := g.conn.Check(); err != nil {
		b.Fatal(err)
	}
	if !g.painted {
		return pattern.Code{}, time.Time{}, false
	}
	at := time.Now()
	g.painted = false
	g.conn.Forget(damage)
	offset := g.picture.PixOffset(0, g.picture.Rect.Dy()*8/20)
	if err := g.pixels.Copy(g.conn.Root, g.code, offset); err != nil {
		b.Fatal(err)
	}
	code, ok := pattern.Read(g.picture)
	return code, at, ok
}
