package screen

import (
	"context"
	"errors"
	"image"
	"slices"
	"testing"
	"time"

	"parley/media/camera"
)

// quick asks for as many pictures as there can be.
var quick = camera.Format{Rate: MaxRate}

func TestScreenIsRecorded(t *testing.T) {
	p := newDisplay(t, 640, 360)
	src := record(t, "", quick)
	whole := image.Pt(640, 360)
	await(t, src, whole, spot{100, 100, grey})
	p.fill(p.conn.Root, image.Rect(50, 51, 201, 153), red)
	await(t, src, whole, spot{60, 60, red}, spot{198, 150, red}, spot{210, 60, grey}, spot{60, 160, grey})
	p.fill(p.conn.Root, image.Rect(300, 300, 640, 360), blue)
	await(t, src, whole, spot{60, 60, red}, spot{638, 358, blue}, spot{290, 350, grey})
	p.clear(p.conn.Root, image.Rect(0, 0, 640, 360))
	await(t, src, whole, spot{60, 60, grey}, spot{638, 358, grey})
}

func TestWindowIsRecordedThoughItIsCovered(t *testing.T) {
	p := newDisplay(t, 640, 360)
	below := p.open(p.conn.Root, image.Rect(100, 100, 301, 251), red)
	src := record(t, windowID(below), quick)
	size := image.Pt(201, 151)
	await(t, src, size, spot{5, 5, red}, spot{195, 145, red})
	p.open(p.conn.Root, image.Rect(50, 50, 400, 300), blue)
	p.fill(below, image.Rect(10, 10, 30, 30), green)
	await(t, src, size, spot{5, 5, red}, spot{20, 20, green}, spot{195, 145, red})
}

func TestWindowInAFrameIsRecordedWithoutIt(t *testing.T) {
	p := newDisplay(t, 640, 360)
	frame := p.open(p.conn.Root, image.Rect(40, 40, 340, 240), blue)
	inner := p.open(frame, image.Rect(10, 30, 290, 190), green)
	src := record(t, windowID(inner), quick)
	await(t, src, image.Pt(280, 160), spot{3, 3, green}, spot{270, 150, green})
	p.point(40+10+100, 40+30+50)
	await(t, src, image.Pt(280, 160), spot{103, 53, white}, spot{120, 53, green})
	p.open(p.conn.Root, image.Rect(100, 90, 400, 300), blue) // now the pointer is over this one
	await(t, src, image.Pt(280, 160), spot{103, 53, green})
}

func TestWindowThatIsResizedChangesThePicture(t *testing.T) {
	p := newDisplay(t, 640, 360)
	w := p.open(p.conn.Root, image.Rect(10, 10, 110, 90), red)
	src := record(t, windowID(w), quick)
	await(t, src, image.Pt(100, 80), spot{5, 5, red})
	p.move(w, image.Rect(10, 10, 310, 260))
	await(t, src, image.Pt(300, 250), spot{5, 5, red}, spot{295, 245, red})
	p.move(w, image.Rect(-20, -20, 33, 31)) // and partly out of the screen
	await(t, src, image.Pt(53, 51), spot{2, 2, red}, spot{50, 48, red})
	p.fill(w, image.Rect(0, 0, 4, 4), green)
	await(t, src, image.Pt(53, 51), spot{2, 2, green}, spot{50, 48, red})
}

func TestWindowThatIsMinimisedKeepsItsPicture(t *testing.T) {
	p := newDisplay(t, 640, 360)
	w := p.open(p.conn.Root, image.Rect(10, 10, 110, 90), red)
	src := record(t, windowID(w), quick)
	size := image.Pt(100, 80)
	await(t, src, size, spot{5, 5, red})
	p.hide(w)
	for range 3 {
		f := next(t, src)
		if wrong := mismatch(f, size, []spot{{50, 50, red}}); wrong != "" {
			t.Error(wrong)
		}
		f.Release()
	}
	p.setBackground(w, green)
	p.show(w)
	await(t, src, size, spot{50, 50, green})
}

func TestWindowThatIsNotShownYetIsBlack(t *testing.T) {
	p := newDisplay(t, 640, 360)
	w := p.make(p.conn.Root, image.Rect(10, 10, 110, 90), red)
	src := record(t, windowID(w), quick)
	f := next(t, src)
	if f.Width() != 100 || f.Height() != 80 || f.Image.Y[0] != 16 {
		t.Errorf("%dx%d, luma %d", f.Width(), f.Height(), f.Image.Y[0])
	}
	f.Release()
	p.show(w)
	await(t, src, image.Pt(100, 80), spot{50, 50, red})
}

func TestWindowThatIsClosedEndsTheSource(t *testing.T) {
	p := newDisplay(t, 640, 360)
	w := p.open(p.conn.Root, image.Rect(10, 10, 110, 90), red)
	src := record(t, windowID(w), quick)
	next(t, src).Release()
	p.close(w)
	for {
		f, err := src.Next(t.Context(), 0)
		if err != nil {
			if !errors.Is(err, ErrGone) {
				t.Error(err)
			}
			return
		}
		f.Release()
	}
}

func TestRegionIsRecorded(t *testing.T) {
	p := newDisplay(t, 640, 360)
	p.open(p.conn.Root, image.Rect(100, 100, 200, 200), red)
	src := record(t, "screen@121x81+90+90", quick)
	await(t, src, image.Pt(121, 81), spot{5, 5, grey}, spot{15, 15, red}, spot{108, 79, red}, spot{114, 79, grey})
	p.fill(p.conn.Root, image.Rect(92, 92, 96, 96), green)
	await(t, src, image.Pt(121, 81), spot{4, 4, green})
}

func TestRegionOfAWindowIsRecorded(t *testing.T) {
	p := newDisplay(t, 640, 360)
	w := p.open(p.conn.Root, image.Rect(100, 100, 300, 250), red)
	p.title(w, "A title @ 3x")
	src := record(t, "a title @ 3x@50x40+180+20", quick) // only 20 of its columns are there
	await(t, src, image.Pt(20, 40), spot{5, 5, red})
	p.fill(w, image.Rect(190, 50, 200, 60), blue)
	await(t, src, image.Pt(20, 40), spot{5, 5, red}, spot{15, 35, blue})
	if src.Name() != "A title @ 3x" {
		t.Error(src.Name())
	}
}

func TestPointerIsDrawnAndTakenAway(t *testing.T) {
	p := newDisplay(t, 640, 360)
	src := record(t, "", quick)
	whole := image.Pt(640, 360)
	p.point(200, 101)
	await(t, src, whole, spot{203, 104, white}, spot{198, 104, grey}, spot{210, 104, grey})
	p.point(400, 201)
	await(t, src, whole, spot{203, 104, grey}, spot{403, 204, white})
	p.shapePointer(red)
	await(t, src, whole, spot{403, 204, red})
	p.point(638, 358)
	await(t, src, whole, spot{403, 204, grey}, spot{638, 358, red})
}

func TestLargeScreenIsScaledDown(t *testing.T) {
	p := newDisplay(t, 1600, 1200)
	p.fill(p.conn.Root, image.Rect(800, 600, 1600, 1200), blue)
	src := record(t, "", camera.Format{Width: 800, Height: 450, Rate: MaxRate})
	await(t, src, image.Pt(600, 450), spot{290, 215, grey}, spot{310, 235, blue})
	p.fill(p.conn.Root, image.Rect(0, 0, 400, 400), red)
	await(t, src, image.Pt(600, 450), spot{10, 10, red}, spot{140, 140, red}, spot{160, 10, grey})
}

// What does not move is sent once a second in the end.
func TestStillScreenIsSentSeldom(t *testing.T) {
	newDisplay(t, 320, 180)
	src := record(t, "", quick)
	var first, last time.Time
	for apart := time.Duration(0); apart < restTime; {
		f := next(t, src)
		if first.IsZero() {
			first = f.Captured
		}
		if apart, last = f.Captured.Sub(last), f.Captured; last.Equal(first) {
			apart = 0
		}
		f.Release()
	}
	if since := last.Sub(first); since < refineTime {
		t.Errorf("a picture rests after %v, though an encoder could refine it", since)
	}
}

func TestScreensAndWindowsAreListed(t *testing.T) {
	p := newDisplay(t, 640, 360)
	w := p.open(p.conn.Root, image.Rect(100, 100, 300, 250), red)
	p.title(w, "Caf\xe9")
	p.make(p.conn.Root, image.Rect(0, 0, 50, 50), red) // not shown
	if err := Drivers(t.Context()); err != nil {
		t.Error(err)
	}
	items, err := List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []Item{
		{ID: "screen", Kind: Screen, Title: "screen", Size: image.Pt(640, 360), Default: true},
		{ID: windowID(w), Kind: Window, Title: "Café", Size: image.Pt(200, 150)},
	}
	if len(items) != 2 || items[0] != want[0] || items[1] != want[1] {
		t.Errorf("%+v", items)
	}
	picture, err := Thumbnail(t.Context(), windowID(w), image.Pt(64, 64))
	if err != nil {
		t.Fatal(err)
	}
	if picture.Rect.Size() != image.Pt(64, 48) || !near(picture.RGBAAt(30, 30), red) {
		t.Errorf("%v, %v", picture.Rect, picture.RGBAAt(30, 30))
	}
}

// A window manager shows a window before it lists it: what is on the screen counts.
func TestWindowsAreListedBeforeTheirManagerDoes(t *testing.T) {
	p := newDisplay(t, 640, 360)
	before := p.open(p.conn.Root, image.Rect(0, 0, 50, 40), red)
	p.write(p.conn.Root, "_NET_CLIENT_LIST", uint32(before))
	p.write(before, "WM_CLASS", 1)
	frame := p.make(p.conn.Root, image.Rect(100, 100, 300, 250), blue)
	p.manage(frame)
	inner := p.open(frame, image.Rect(5, 25, 195, 145), green)
	p.write(inner, "WM_CLASS", 1)
	part := p.open(inner, image.Rect(5, 5, 50, 50), red) // of the program's window
	p.write(part, "WM_CLASS", 1)
	menu := p.make(p.conn.Root, image.Rect(400, 100, 450, 200), grey)
	p.manage(menu)
	p.write(menu, "WM_CLASS", 1)
	p.open(menu, image.Rect(0, 0, 50, 20), white)
	p.show(menu)
	listed := func() (ids []string) {
		items, err := List(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range items[1:] {
			ids = append(ids, i.ID)
		}
		return ids
	}
	if got := listed(); !slices.Equal(got, []string{windowID(before)}) {
		t.Errorf("before it is on the screen, %v are listed", got)
	}
	p.show(frame)
	want := []string{windowID(before), windowID(inner)}
	if got := listed(); !slices.Equal(got, want) {
		t.Errorf("%v are listed and not %v", got, want)
	}
	p.write(p.conn.Root, "_NET_CLIENT_LIST", uint32(before), uint32(inner))
	if got := listed(); !slices.Equal(got, want) {
		t.Errorf("then %v are listed and not %v", got, want)
	}
}

func TestNoScreen(t *testing.T) {
	newDisplay(t, 320, 180)
	for _, c := range []struct {
		target Target
		want   error
	}{
		{Target{ID: "another"}, ErrNoScreen},
		{Target{ID: "0x7fffff"}, ErrNoScreen},
		{Target{Region: image.Rect(320, 0, 400, 50)}, ErrRegion},
	} {
		if _, err := Open(t.Context(), c.target, camera.Format{}); !errors.Is(err, c.want) || errors.Is(err, ErrGone) {
			t.Errorf("%v: %v", c.target, err)
		}
	}
	for _, display := range []string{":64999", "", "nonsense", "/:"} {
		t.Setenv("DISPLAY", display)
		if err := Drivers(t.Context()); !errors.Is(err, ErrNoDriver) {
			t.Errorf("%q: %v", display, err)
		}
		if _, err := Open(t.Context(), Target{}, camera.Format{}); !errors.Is(err, ErrNoDriver) {
			t.Errorf("%q: %v", display, err)
		}
	}
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	newDisplay(t, 320, 180)
	src := record(t, "", camera.Format{Rate: 1})
	next(t, src).Release()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := src.Next(ctx, 0); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// The server of a display that ends takes every source with it.
func TestDisplayThatEnds(t *testing.T) {
	newDisplay(t, 320, 180)
	src := record(t, "", quick)
	next(t, src).Release()
	if err := src.(*capture).conn.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := src.Next(t.Context(), 0); err == nil {
		t.Error("there was a picture")
	}
}
