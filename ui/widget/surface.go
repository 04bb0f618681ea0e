package widget

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	fynewidget "fyne.io/fyne/v2/widget"
)

// Surface notices what a pointer does on what it carries. Positions are in points
// from the surface's upper left corner.
type Surface struct {
	fynewidget.BaseWidget
	content   fyne.CanvasObject
	OnMoved   func()
	OnDoubled func()
	// OnScrolled is told of the wheel, up and left being positive; OnDragged of
	// movement with the button held. Either may be nil.
	OnScrolled func(at fyne.Position, by fyne.Delta)
	OnDragged  func(by fyne.Delta)
}

// NewSurface returns a surface that fills itself with content.
func NewSurface(content fyne.CanvasObject, moved, doubled func()) *Surface {
	s := &Surface{content: content, OnMoved: moved, OnDoubled: doubled}
	s.ExtendBaseWidget(s)
	return s
}

// Parts returns the content.
func (s *Surface) Parts() []fyne.CanvasObject { return []fyne.CanvasObject{s.content} }

// MouseIn counts as a movement.
func (s *Surface) MouseIn(*desktop.MouseEvent) { s.OnMoved() }

// MouseMoved tells of the movement.
func (s *Surface) MouseMoved(*desktop.MouseEvent) { s.OnMoved() }

// MouseOut does nothing.
func (s *Surface) MouseOut() {}

// Tapped counts as a movement.
func (s *Surface) Tapped(*fyne.PointEvent) { s.OnMoved() }

// DoubleTapped tells of the double tap.
func (s *Surface) DoubleTapped(*fyne.PointEvent) { s.OnDoubled() }

// Scrolled tells of the wheel.
func (s *Surface) Scrolled(ev *fyne.ScrollEvent) {
	if s.OnScrolled != nil {
		s.OnScrolled(ev.Position, ev.Scrolled)
	}
}

// Dragged tells of the movement.
func (s *Surface) Dragged(ev *fyne.DragEvent) {
	if s.OnDragged != nil {
		s.OnDragged(ev.Dragged)
	}
}

// DragEnd does nothing: what was moved stays where it is.
func (s *Surface) DragEnd() {}

// CreateRenderer is for Fyne.
func (s *Surface) CreateRenderer() fyne.WidgetRenderer {
	return fynewidget.NewSimpleRenderer(s.content)
}

// Corner is where a Floating pane rests.
type Corner uint8

// The corners.
const (
	BottomRight Corner = iota
	BottomLeft
	TopLeft
	TopRight
)

// Floating is a pane that can be dragged and comes to rest in the nearest corner.
type Floating struct {
	fynewidget.BaseWidget
	content fyne.CanvasObject
	corner  Corner
	room    func() (at fyne.Position, size fyne.Size) // in which it may rest, in the parent
	slide   *fyne.Animation
	dragged bool
}

// NewFloating returns a pane at the bottom right. room tells where it may be.
func NewFloating(content fyne.CanvasObject, room func() (fyne.Position, fyne.Size)) *Floating {
	f := &Floating{content: content, room: room}
	f.ExtendBaseWidget(f)
	return f
}

// Parts returns the content.
func (f *Floating) Parts() []fyne.CanvasObject { return []fyne.CanvasObject{f.content} }

// Corner tells where it rests.
func (f *Floating) Corner() Corner { return f.corner }

// Settle chooses the corner in which it rests.
func (f *Floating) Settle(c Corner) { f.corner = c }

// Rest puts it into its corner at once, unless it is being dragged.
func (f *Floating) Rest() {
	if f.dragged {
		return
	}
	if f.slide != nil {
		f.slide.Stop()
		f.slide = nil
	}
	f.Move(f.home())
}

func (f *Floating) home() fyne.Position {
	at, room := f.room()
	x, y := at.X, at.Y
	if f.corner == BottomRight || f.corner == TopRight {
		x += room.Width - f.Size().Width
	}
	if f.corner == BottomRight || f.corner == BottomLeft {
		y += room.Height - f.Size().Height
	}
	return fyne.NewPos(x, y)
}

// Dragged follows the pointer.
func (f *Floating) Dragged(ev *fyne.DragEvent) {
	if f.slide != nil {
		f.slide.Stop()
		f.slide = nil
	}
	f.dragged = true
	f.Move(f.Position().Add(ev.Dragged))
}

// DragEnd lets it slide into the nearest corner.
func (f *Floating) DragEnd() {
	f.dragged = false
	at, room := f.room()
	middle := f.Position().AddXY(f.Size().Width/2-at.X, f.Size().Height/2-at.Y)
	left, top := middle.X < room.Width/2, middle.Y < room.Height/2
	switch {
	case left && top:
		f.corner = TopLeft
	case left:
		f.corner = BottomLeft
	case top:
		f.corner = TopRight
	default:
		f.corner = BottomRight
	}
	f.slideHome()
}

// slideTime is the length of the slide.
const slideTime = 160 * time.Millisecond

func (f *Floating) slideHome() {
	if !fyne.CurrentApp().Settings().ShowAnimations() {
		f.Rest()
		return
	}
	from, to := f.Position(), f.home()
	f.slide = fyne.NewAnimation(slideTime, func(done float32) {
		f.Move(fyne.NewPos(from.X+(to.X-from.X)*done, from.Y+(to.Y-from.Y)*done))
	})
	f.slide.Curve = fyne.AnimationEaseOut
	f.slide.Start()
}

// Cursor shows that it can be moved.
func (f *Floating) Cursor() desktop.Cursor { return desktop.PointerCursor }

// CreateRenderer is for Fyne.
func (f *Floating) CreateRenderer() fyne.WidgetRenderer {
	return fynewidget.NewSimpleRenderer(f.content)
}
