package screen

import (
	"errors"
	"image"
	"testing"
)

func TestAround(t *testing.T) {
	screen := image.Rect(0, 0, 1000, 800)
	for name, c := range map[string]struct {
		area image.Rectangle
		want [4]image.Rectangle
	}{
		"inside": {image.Rect(100, 100, 300, 200), [4]image.Rectangle{
			image.Rect(96, 96, 304, 100), image.Rect(96, 200, 304, 204), image.Rect(96, 100, 100, 200), image.Rect(300, 100, 304, 200),
		}},
		"the whole screen": {screen, [4]image.Rectangle{
			image.Rect(0, 0, 1000, 4), image.Rect(0, 796, 1000, 800), image.Rect(0, 4, 4, 796), image.Rect(996, 4, 1000, 796),
		}},
		"over the right edge": {image.Rect(900, 100, 1200, 200), [4]image.Rectangle{
			image.Rect(896, 96, 1000, 100), image.Rect(896, 200, 1000, 204), image.Rect(896, 100, 900, 200), image.Rect(996, 100, 1000, 200),
		}},
		"at the upper left": {image.Rect(0, 0, 50, 50), [4]image.Rectangle{
			image.Rect(0, 0, 54, 4), image.Rect(0, 50, 54, 54), image.Rect(0, 4, 4, 50), image.Rect(50, 4, 54, 50),
		}},
		"elsewhere": {image.Rect(2000, 0, 2100, 100), [4]image.Rectangle{}},
		"nothing":   {image.Rectangle{}, [4]image.Rectangle{}},
	} {
		if got := around(c.area, screen); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestBeside(t *testing.T) {
	screen := image.Rect(0, 0, 1000, 800)
	for name, c := range map[string]struct {
		area image.Rectangle
		want [4]image.Rectangle // empty ones are left out
	}{
		"inside":           {image.Rect(100, 100, 300, 200), around(image.Rect(100, 100, 300, 200), screen)},
		"the whole screen": {screen, [4]image.Rectangle{}},
		"at the upper left": {image.Rect(0, 0, 50, 50), [4]image.Rectangle{
			{}, image.Rect(0, 50, 54, 54), {}, image.Rect(50, 0, 54, 50),
		}},
		"close to the right": {image.Rect(900, 100, 998, 200), [4]image.Rectangle{
			image.Rect(896, 96, 1000, 100), image.Rect(896, 200, 1000, 204), image.Rect(896, 100, 900, 200), image.Rect(998, 100, 1000, 200),
		}},
		"elsewhere": {image.Rect(2000, 0, 2100, 100), [4]image.Rectangle{}},
	} {
		for i, got := range beside(c.area, screen) {
			if !got.Eq(c.want[i]) {
				t.Errorf("%s: side %d is %v", name, i, got)
			}
		}
	}
}

// Whatever the area, the sides lie within the bounds and beside each other, and
// outside of the area where it is clear of the edges, or where they must.
func FuzzAround(f *testing.F) {
	f.Add(10, 10, 50, 50)
	f.Add(-5, -5, 3, 3)
	f.Add(98, 0, 1, 99)
	f.Fuzz(func(t *testing.T, x, y, w, h int) {
		const most = 1 << 15
		bounds := image.Rect(0, 0, 100, 90)
		area := image.Rect(x%most, y%most, x%most+w%most, y%most+h%most)
		for _, s := range beside(area, bounds) {
			if !s.In(bounds) || s.Overlaps(area) {
				t.Errorf("%v beside %v is not within %v, or over it", s, area, bounds)
			}
		}
		sides := around(area, bounds)
		for i, s := range sides {
			if !s.In(bounds) {
				t.Errorf("%v around %v is not within %v", s, area, bounds)
			}
			if area.Inset(-4).In(bounds) && s.Overlaps(area) {
				t.Errorf("%v is over %v", s, area)
			}
			for _, o := range sides[:i] {
				if o.Overlaps(s) {
					t.Errorf("%v is over %v", s, o)
				}
			}
		}
	})
}

func TestDrag(t *testing.T) {
	var d drag
	steps := []struct {
		at   image.Point
		down bool
		r    image.Rectangle
		done bool
	}{
		{image.Pt(5, 5), true, image.Rectangle{}, false}, // the click on the button that began it
		{image.Pt(5, 5), false, image.Rectangle{}, false},
		{image.Pt(50, 60), false, image.Rectangle{}, false},
		{image.Pt(50, 60), true, image.Rect(50, 60, 51, 61), false},
		{image.Pt(52, 62), false, image.Rect(50, 60, 53, 63), false}, // a click is no region
		{image.Pt(200, 160), true, image.Rect(200, 160, 201, 161), false},
		{image.Pt(100, 100), true, image.Rect(100, 100, 201, 161), false}, // to the upper left
		{image.Pt(90, 90), false, image.Rect(90, 90, 201, 161), true},
	}
	for i, s := range steps {
		if r, done := d.take(s.at, s.down); r != s.r || done != s.done {
			t.Errorf("step %d: %v %v", i, r, done)
		}
	}
}

func TestRegionIsOfTheScreenThatHasMostOfIt(t *testing.T) {
	panes := []pane{{"left", image.Rect(0, 0, 100, 100)}, {"right", image.Rect(100, 0, 300, 100)}}
	got, err := regionOf(panes, image.Rect(80, 10, 140, 60))
	if want := (Target{ID: "right", Region: image.Rect(0, 10, 40, 60)}); err != nil || got != want {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := regionOf(panes, image.Rect(0, 200, 50, 300)); !errors.Is(err, ErrRegion) {
		t.Errorf("beside all screens: %v", err)
	}
}
