package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"parley/ui/look"
)

// Overlay lies over a window, takes its keys and pointer, and goes away by a tap
// beside it or by Escape.
type Overlay struct {
	fynewidget.BaseWidget
	canvas   fyne.Canvas
	scrim    *Fill
	panel    fyne.CanvasObject
	want     func() fyne.Size // of the panel, where there is room
	place    func(window, panel fyne.Size) fyne.Position
	onClosed func()
}

// ShowSheet puts a panel into the middle of a window, over a scrim. onClosed may be nil.
func ShowSheet(c fyne.Canvas, content fyne.CanvasObject, onClosed func()) *Overlay {
	middle := func(window, panel fyne.Size) fyne.Position {
		return fyne.NewPos((window.Width-panel.Width)/2, (window.Height-panel.Height)/2)
	}
	inner := Inset(look.Space24, content)
	return show(c, look.Scrim, raised(container.NewVScroll(inner)), inner.MinSize, middle, onClosed)
}

func raised(content fyne.CanvasObject) fyne.CanvasObject {
	ground := NewFill(look.Surface, look.Corner)
	ground.Raised, ground.Edge = true, look.Line
	return container.NewStack(ground, newShield(), content)
}

// shield keeps taps on a panel from reaching the overlay, which they would close.
type shield struct{ fynewidget.BaseWidget }

func newShield() *shield {
	s := &shield{}
	s.ExtendBaseWidget(s)
	return s
}

// Tapped does nothing.
func (s *shield) Tapped(*fyne.PointEvent) {}

// CreateRenderer is for Fyne.
func (s *shield) CreateRenderer() fyne.WidgetRenderer {
	return fynewidget.NewSimpleRenderer(container.NewWithoutLayout())
}

func show(c fyne.Canvas, scrim fyne.ThemeColorName, panel fyne.CanvasObject, want func() fyne.Size, place func(window, panel fyne.Size) fyne.Position, onClosed func()) *Overlay {
	o := &Overlay{canvas: c, scrim: NewFill(scrim, 0), panel: panel, want: want, place: place, onClosed: onClosed}
	o.ExtendBaseWidget(o)
	c.Overlays().Add(o)
	o.Resize(c.Size())
	return o
}

// Close takes it away. It may be called twice.
func (o *Overlay) Close() {
	if o.canvas == nil {
		return
	}
	o.canvas.Overlays().Remove(o)
	o.canvas = nil
	if o.onClosed != nil {
		o.onClosed()
	}
}

// Tapped closes it: the tap was beside the panel.
func (o *Overlay) Tapped(*fyne.PointEvent) { o.Close() }

// Parts returns the panel.
func (o *Overlay) Parts() []fyne.CanvasObject { return []fyne.CanvasObject{o.panel} }

// CreateRenderer is for Fyne.
func (o *Overlay) CreateRenderer() fyne.WidgetRenderer { return &overlayRenderer{overlay: o} }

type overlayRenderer struct{ overlay *Overlay }

func (r *overlayRenderer) Destroy()           {}
func (r *overlayRenderer) MinSize() fyne.Size { return fyne.Size{} }

func (r *overlayRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.overlay.scrim, r.overlay.panel}
}

func (r *overlayRenderer) Layout(size fyne.Size) {
	o := r.overlay
	o.scrim.Resize(size)
	panel := o.want().Min(size.SubtractWidthHeight(look.Space16, look.Space16))
	o.panel.Resize(panel)
	o.panel.Move(o.place(size, panel))
}

func (r *overlayRenderer) Refresh() {
	r.overlay.scrim.Refresh()
	r.Layout(r.overlay.Size())
	r.overlay.panel.Refresh()
}
