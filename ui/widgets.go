package ui

import (
	"math"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"parley/ui/widget"
)

// WidgetInfo says where something is that a person can act on or look at, so that
// a test can click it as a person would. X and Y count from the top left of its
// window; all are in the window's pixels.
type WidgetInfo struct {
	ID         string // the same in every language
	Name       string // what a screen reader says
	X, Y, W, H int
	Enabled    bool
	Window     string // title of its window
}

// Widgets lists what is visible in all of the program's windows; where an overlay
// is open only what is in it, for nothing else can be reached. It may be called
// from any goroutine but Fyne's own, and returns nil once the window is closed.
func (w *Window) Widgets() []WidgetInfo {
	if w.isClosed() {
		return nil
	}
	found := make(chan []WidgetInfo, 1)
	w.deps.Do(func() { found <- w.walk() })
	select {
	case list := <-found:
		return list
	case <-w.closed: // a toolkit that stops runs no more functions
		return nil
	}
}

func (w *Window) walk() []WidgetInfo {
	var out []WidgetInfo
	for _, v := range w.visitors() {
		out = append(out, v.found...)
	}
	return out
}

func (w *Window) controls() []widget.Control {
	var out []widget.Control
	for _, v := range w.visitors() {
		out = append(out, v.controls...)
	}
	return out
}

// visitors have been through each window.
func (w *Window) visitors() []*visitor {
	windows := []fyne.Window{w.main}
	if w.ring != nil && w.ring.window != nil {
		windows = append(windows, w.ring.window)
	}
	var out []*visitor
	for _, window := range windows {
		c := window.Canvas()
		v := &visitor{window: window.Title(), scale: c.Scale()}
		root := c.Content()
		if top := c.Overlays().Top(); top != nil {
			root = top
		}
		all := area{fyne.Position{}, fyne.NewPos(c.Size().Width, c.Size().Height)}
		v.visit(root, fyne.Position{}, all)
		out = append(out, v)
	}
	return out
}

// area is a rectangle on a canvas.
type area struct{ from, to fyne.Position }

func (a area) cut(b area) area {
	return area{
		fyne.NewPos(max(a.from.X, b.from.X), max(a.from.Y, b.from.Y)),
		fyne.NewPos(min(a.to.X, b.to.X), min(a.to.Y, b.to.Y)),
	}
}

func (a area) empty() bool { return a.to.X-a.from.X < 1 || a.to.Y-a.from.Y < 1 }

type visitor struct {
	window string
	scale  float32
	found  []WidgetInfo

	controls []widget.Control
}

// visit notes o if it is a control, and goes on inside. parent is where its
// coordinates begin, clip what can be seen.
func (v *visitor) visit(o fyne.CanvasObject, parent fyne.Position, clip area) {
	if o == nil || !o.Visible() {
		return
	}
	at := parent.Add(o.Position())
	seen := clip.cut(area{at, at.AddXY(o.Size().Width, o.Size().Height)})
	if control, ok := o.(widget.Control); ok && !seen.empty() {
		v.note(control, seen)
	}
	switch inner := o.(type) {
	case *container.Scroll:
		v.visit(inner.Content, at, seen)
	case *fyne.Container:
		for _, child := range inner.Objects {
			v.visit(child, at, clip)
		}
	case widget.Group:
		for _, child := range inner.Parts() {
			v.visit(child, at, clip)
		}
	}
}

func (v *visitor) note(c widget.Control, seen area) {
	v.controls = append(v.controls, c)
	pixels := func(f float32) int { return int(math.Round(float64(f * v.scale))) }
	v.found = append(v.found, WidgetInfo{
		ID: c.ID(), Name: c.AccessibilityLabel(), Enabled: !c.Disabled(), Window: v.window,
		X: pixels(seen.from.X), Y: pixels(seen.from.Y),
		W: pixels(seen.to.X - seen.from.X), H: pixels(seen.to.Y - seen.from.Y),
	})
}

// Use does what a tap on the control of that id does, or, for "type:ID:TEXT",
// types a text into a field. It reports whether there is such a control in view.
// It is called from Fyne's goroutine.
func (w *Window) Use(id string) bool {
	var text string
	typing := false
	if rest, ok := strings.CutPrefix(id, "type:"); ok {
		typing = true
		id, text, _ = strings.Cut(rest, ":")
	}
	for _, c := range w.controls() {
		if c.ID() != id || c.Disabled() {
			continue
		}
		if field, ok := c.(*widget.Field); ok && typing {
			field.SetText(text)
			return true
		}
		if t, ok := c.(fyne.Tappable); ok && !typing {
			t.Tapped(&fyne.PointEvent{})
			return true
		}
	}
	return false
}
