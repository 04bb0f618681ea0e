package screen

import (
	"context"
	"fmt"
	"image"
)

// PickRegion lets the user drag a rectangle on the screen, and returns it as the
// region of a screen. Any key or another button gives up, which is ErrDenied.
// Other errors are ErrNoDriver, where the screen cannot be drawn on, and ctx's.
func PickRegion(ctx context.Context) (Target, error) {
	t, err := pickRegion(ctx)
	if err != nil {
		return Target{}, fmt.Errorf("choosing a region: %w", err)
	}
	return t, nil
}

// leastRegion is the shortest side of a region, in pixels: what is smaller was
// meant as a click.
const leastRegion = 16

// drag follows a hand that draws a rectangle.
type drag struct {
	ready bool // the button was up, so that the press that began it all is over
	down  bool
	from  image.Point
}

// take returns the rectangle that is being drawn, and whether it is complete.
func (d *drag) take(at image.Point, down bool) (r image.Rectangle, done bool) {
	switch {
	case !d.ready:
		d.ready = !down
		return image.Rectangle{}, false
	case down && !d.down:
		d.down, d.from = true, at
	case !down && !d.down:
		return image.Rectangle{}, false
	}
	r = image.Rectangle{d.from, at}.Canon()
	r.Max = r.Max.Add(image.Pt(1, 1)) // with the pixel that is pointed at
	if down {
		return r, false
	}
	d.down = false
	return r, r.Dx() >= leastRegion && r.Dy() >= leastRegion
}

// pane is a screen as part of the whole.
type pane struct {
	id   string
	area image.Rectangle
}

// regionOf returns a rectangle as a region of the screen that has most of it.
func regionOf(panes []pane, r image.Rectangle) (Target, error) {
	best, most := -1, 0
	for i, p := range panes {
		if part := r.Intersect(p.area).Size(); part.X*part.Y > most {
			best, most = i, part.X*part.Y
		}
	}
	if best < 0 {
		return Target{}, ErrRegion
	}
	p := panes[best]
	return Target{ID: p.id, Region: r.Intersect(p.area).Sub(p.area.Min)}, nil
}
