package widget

import (
	"image"
	"math"
	"testing"

	"fyne.io/fyne/v2"

	"parley/ui/look"
)

// A tile of three to two, and a picture of 16 to 9 that is larger than it.
func largePicture() room { return room{fyne.NewSize(600, 400), fyne.NewSize(1280, 720)} }

func near(a, b float32) bool { return math.Abs(float64(a-b)) < 0.01 }

// lies checks where a picture is.
func lies(t *testing.T, s Sight, r room, x, y, width, height float32) {
	t.Helper()
	at, size := s.place(r)
	if !near(at.X, x) || !near(at.Y, y) || !near(size.Width, width) || !near(size.Height, height) {
		t.Errorf("at %v, of %v; want %v %v, %v %v", at, size, x, y, width, height)
	}
}

func TestSightAtRest(t *testing.T) {
	r := largePicture()
	lies(t, Sight{}, r, 0, 31.25, 600, 337.5)
	lies(t, Sight{scaling: filling}, r, -55.56, 0, 711.11, 400)
	small := room{r.tile, fyne.NewSize(60, 40)}
	lies(t, Sight{}, small, 0, 0, 600, 400)
	lies(t, Sight{scaling: exact}, small, 270, 180, 60, 40)
	if (Sight{}).movable(r) || !(Sight{scaling: filling}).movable(r) {
		t.Error("what can be moved is not what is cropped")
	}
}

func TestZoomKeepsWhatIsUnderThePointer(t *testing.T) {
	r := largePicture()
	for _, at := range []fyne.Position{{X: 300, Y: 200}, {X: 10, Y: 100}, {X: 590, Y: 330}, {X: 450, Y: 250}} {
		s := Sight{scaling: filling}
		for range 12 {
			before := s.under(r, at)
			s = s.zoomed(r, 1.2, at)
			if after := s.under(r, at); !near(before.X, after.X) || !near(before.Y, after.Y) {
				t.Fatalf("at %v %v becomes %v", at, before, after)
			}
		}
	}
}

func TestZoomStopsAtItsOwnSizeAndAtWhole(t *testing.T) {
	r, middle := largePicture(), fyne.NewPos(300, 200)
	var up, down []int
	s := Sight{}
	for s.percent(r) < 800 {
		s = s.zoomed(r, 1.7, middle)
		up = append(up, s.percent(r))
	}
	for s.scaling != whole {
		s = s.zoomed(r, 1/1.7, middle)
		down = append(down, s.percent(r))
	}
	for name, steps := range map[string][]int{"up": up, "down": down} {
		stops := 0
		for _, percent := range steps {
			if percent == 100 {
				stops++
			}
		}
		if stops != 1 {
			t.Errorf("%s goes by %v", name, steps)
		}
	}
	if s != (Sight{}) || s.zoomed(r, 0.5, middle) != (Sight{}) {
		t.Errorf("reduced as far as it goes it is %+v", s)
	}
	if s = s.zoomed(r, 1000, middle); s.percent(r) != 100 {
		t.Errorf("one huge step leads to %d %%", s.percent(r))
	}
	if s = s.zoomed(r, 1000, middle); s.percent(r) != 100*mostZoom {
		t.Errorf("another one to %d %%", s.percent(r))
	}
}

func TestSmallPictureAtItsOwnSizeGrowsAgain(t *testing.T) {
	r := room{fyne.NewSize(600, 400), fyne.NewSize(60, 40)}
	middle := fyne.NewPos(300, 200)
	s := Sight{scaling: exact}
	if s = s.zoomed(r, 0.5, middle); s.percent(r) != 100 {
		t.Errorf("it shrinks to %d %%", s.percent(r))
	}
	if s = s.zoomed(r, 100, middle); s != (Sight{}) {
		t.Errorf("it grows to %d %%, over all of it", s.percent(r))
	}
}

func TestMovingEndsAtTheEdges(t *testing.T) {
	r := largePicture()
	s := Sight{scaling: exact}
	s = s.moved(r, fyne.NewDelta(5000, 5000))
	lies(t, s, r, 0, 0, 1280, 720)
	s = s.moved(r, fyne.NewDelta(-10, -20)) // at once, however far it was moved too far
	lies(t, s, r, -10, -20, 1280, 720)
	s = s.moved(r, fyne.NewDelta(-5000, -5000))
	lies(t, s, r, -680, -320, 1280, 720)
}

func TestSightFollowsTheRoom(t *testing.T) {
	s := Sight{}.zoomed(largePicture(), 1.5, fyne.NewPos(600, 200))
	smaller := room{fyne.NewSize(600, 400), fyne.NewSize(640, 360)} // the sender sends less
	at, size := s.place(largePicture())
	lies(t, s, smaller, at.X, at.Y, size.Width, size.Height)
	for _, tile := range []fyne.Size{{Width: 1, Height: 900}, {Width: 3000, Height: 2000}, {Width: 300, Height: 200}} {
		at, size := s.place(room{tile, fyne.NewSize(1280, 720)})
		if size.Width > tile.Width && (at.X > 0 || at.X+size.Width < tile.Width) {
			t.Errorf("in %v there is a gap: %v of %v", tile, at, size)
		}
	}
}

func FuzzSight(f *testing.F) {
	f.Add(float32(600), float32(400), float32(1280), float32(720), float32(1.2), float32(30), float32(500))
	f.Add(float32(1), float32(4000), float32(1), float32(1), float32(1e9), float32(-1e9), float32(0))
	f.Fuzz(func(t *testing.T, tileWidth, tileHeight, width, height, factor, x, y float32) {
		sane := func(v, least, most float32) bool { return v >= least && v <= most }
		if !sane(tileWidth, 1, 1e4) || !sane(tileHeight, 1, 1e4) || !sane(width, 1, 1e4) || !sane(height, 1, 1e4) ||
			!sane(factor, 1e-3, 1e3) || !sane(x, -1e4, 1e4) || !sane(y, -1e4, 1e4) {
			return
		}
		r := room{fyne.NewSize(tileWidth, tileHeight), fyne.NewSize(width, height)}
		s := Sight{}.zoomed(r, factor, fyne.NewPos(x, y)).moved(r, fyne.NewDelta(x, y)).zoomed(r, factor, fyne.NewPos(y, x))
		at, size := s.place(r)
		for _, v := range []float32{at.X, at.Y, size.Width, size.Height} {
			if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
				t.Fatalf("%+v lies at %v, of %v", s, at, size)
			}
		}
		if slack := size.Width * 1e-3; size.Width > tileWidth && (at.X > slack || at.X+size.Width < tileWidth-slack) {
			t.Fatalf("%+v leaves a gap: at %v, of %v in %v", s, at, size, r.tile)
		}
	})
}

// tileWith is a tile of 600 to 400 points in a window, with a picture.
func tileWith(t *testing.T, corner float32) (*VideoTile, fyne.Canvas) {
	t.Helper()
	tile := NewVideoTile("remote", "Picture", corner, NewText("nobody", look.Body, look.OnStage))
	c := putInWindow(t, tile)
	tile.ShowPicture(image.NewRGBA(image.Rect(0, 0, 1280, 720)))
	return tile, c
}

func TestTileIsZoomedInPixelsOfTheScreen(t *testing.T) {
	tile, c := tileWith(t, 0)
	if tile.Percent() != 47 || tile.Zoomed() || tile.Movable() {
		t.Errorf("at rest %d %%", tile.Percent())
	}
	tile.ZoomExactly(fyne.NewPos(0, 200))
	if at, size := tile.PictureArea(); tile.Percent() != 100 || at.X != 0 || size.Width != 1280 || !tile.Movable() {
		t.Errorf("exactly: %d %%, at %v, %v", tile.Percent(), at, size)
	}
	tile.Crop(false)
	c.(interface{ SetScale(float32) }).SetScale(2)
	tile.ZoomExactly(fyne.NewPos(300, 200))
	if _, size := tile.PictureArea(); size.Width != 640 {
		t.Errorf("with two pixels a point it is %v points", size)
	}
}

func TestTileWithRoundCornersOnlyFits(t *testing.T) {
	tile, _ := tileWith(t, 8)
	tile.Zoom(4, fyne.NewPos(10, 10))
	tile.ZoomExactly(fyne.NewPos(10, 10))
	if tile.Zoomed() || tile.image.Size() != tile.Size() {
		t.Errorf("it is %v in %v", tile.image.Size(), tile.Size())
	}
}

func TestTileKnowsThatItWasPainted(t *testing.T) {
	tile, c := tileWith(t, 0)
	if tile.Painted() {
		t.Fatal("painted before anything was")
	}
	c.Capture()
	if !tile.Painted() {
		t.Fatal("not painted")
	}
	tile.Hide()
	tile.ShowPicture(image.NewRGBA(image.Rect(0, 0, 1280, 720)))
	c.Capture()
	if tile.Painted() {
		t.Error("painted though it is hidden")
	}
	tile.Clear()
	if !tile.Painted() {
		t.Error("without a picture something is waited for")
	}
}
