package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"parley/call"
	"parley/media"
)

// watching is a window in a call, with a picture.
func watching(t *testing.T) *bench {
	t.Helper()
	b := open(t)
	b.Show(inPhase(call.Active, media.Video))
	picture(&b.remote, 1280, 720)
	b.pull.tick()
	return b
}

func (b *bench) wheel(by fyne.Delta) {
	b.call.surface.Scrolled(&fyne.ScrollEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(700, 300)}, Scrolled: by})
}

func TestWheelZoomsAroundThePointer(t *testing.T) {
	b := watching(t)
	if got := b.call.remote.Percent(); got != 78 {
		t.Fatalf("whole is %d %%", got)
	}
	b.wheel(fyne.NewDelta(0, notch))
	if got := b.call.remote.Percent(); got != 94 {
		t.Errorf("a notch leads to %d %%", got)
	}
	b.wheel(fyne.NewDelta(0, notch))
	if got := b.call.remote.Percent(); got != 100 || b.call.zoom.text.Content != "100 %" || !b.call.zoom.sign.Visible() {
		t.Errorf("two to %d %%, said as %q", got, b.call.zoom.text.Content)
	}
	before, _ := b.call.remote.PictureArea()
	b.wheel(fyne.NewDelta(-10, 0))
	if after, _ := b.call.remote.PictureArea(); after.X != before.X-10 || after.Y != before.Y {
		t.Errorf("the wheel's other axis moves it from %v to %v", before, after)
	}
	b.pass(signTime)
	b.pull.tick()
	if b.call.zoom.sign.Visible() {
		t.Error("the sign stays")
	}
	b.Show(rest())
	b.Show(inPhase(call.Active, media.Video))
	picture(&b.remote, 1280, 720)
	b.pull.tick()
	if b.call.remote.Zoomed() {
		t.Error("the next call begins zoomed")
	}
}

func TestKeysZoomAndMove(t *testing.T) {
	b := watching(t)
	press := func(keys ...fyne.KeyName) (percent int, at fyne.Position) {
		for _, key := range keys {
			b.press(b.main.Canvas(), key)
		}
		at, _ = b.call.remote.PictureArea()
		return b.call.remote.Percent(), at
	}
	if got, _ := press(fyne.KeyPlus); got != 98 {
		t.Errorf("+ leads to %d %%", got)
	}
	if got, _ := press(fyne.KeyEqual, fyne.KeyEqual, fyne.KeyMinus); got != 100 {
		t.Errorf("two more and one less to %d %%", got)
	}
	_, before := press(fyne.Key1)
	if _, after := press(fyne.KeyRight, fyne.KeyUp); after.X != before.X-keyPan || after.Y <= before.Y {
		t.Errorf("arrows lead from %v to %v", before, after)
	}
	if _, after := press(fyne.KeyLeft, fyne.KeyDown, fyne.KeyDown, fyne.KeyUp); after.X != before.X {
		t.Errorf("and back to %v", after)
	}
	if got, _ := press(fyne.Key0); got != 78 || b.call.remote.Zoomed() {
		t.Errorf("0 leads to %d %%", got)
	}
	b.expect() // the session has nothing to do with it
}

func TestDraggingMovesWhatIsLarger(t *testing.T) {
	b := watching(t)
	whole, _ := b.call.remote.PictureArea()
	test.Drag(b.main.Canvas(), fyne.NewPos(500, 300), 40, 10)
	if at, _ := b.call.remote.PictureArea(); at != whole {
		t.Error("a whole picture is moved")
	}
	b.call.remote.ZoomExactly(fyne.NewPos(500, 350))
	before, _ := b.call.remote.PictureArea()
	test.Drag(b.main.Canvas(), fyne.NewPos(500, 300), 40, 5)
	if at, _ := b.call.remote.PictureArea(); at.X != before.X+40 || at.Y != before.Y+5 {
		t.Errorf("dragged from %v to %v", before, at)
	}
}

func TestDoubleTapCropsAndEndsZooming(t *testing.T) {
	b := watching(t)
	b.call.surface.DoubleTapped(nil)
	if !b.call.remote.Cropped() {
		t.Fatal("it does not crop")
	}
	b.wheel(fyne.NewDelta(0, notch))
	b.call.surface.DoubleTapped(nil)
	if b.call.remote.Cropped() || b.call.remote.Zoomed() {
		t.Fatal("zoomed, it does not lead back to all of it")
	}
	b.call.surface.DoubleTapped(nil)
	b.call.surface.DoubleTapped(nil)
	if b.call.remote.Cropped() {
		t.Error("it does not end cropping")
	}
}
