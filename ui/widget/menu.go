package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"parley/ui/look"
)

// MenuItem is one line of a menu. Without Do it is a heading. Content, if there is
// any, stands there instead, and the menu stays open while it is used.
type MenuItem struct {
	ID      string
	Text    string
	Icon    string
	Checked bool
	Do      func()
	Content fyne.CanvasObject
}

const (
	menuWidth float32 = 320
	itemHigh  float32 = 36
)

// ShowMenu opens a menu next to what was used: below it, or above where there is
// no room.
func ShowMenu(c fyne.Canvas, at fyne.CanvasObject, items []MenuItem) *Overlay {
	anchor := fyne.CurrentApp().Driver().AbsolutePositionForObject(at)
	size := at.Size()
	place := func(window, panel fyne.Size) fyne.Position {
		x := max(look.Space8, min(anchor.X, window.Width-panel.Width-look.Space8))
		y := anchor.Y + size.Height + look.Space4
		if y+panel.Height > window.Height-look.Space8 {
			y = max(look.Space8, anchor.Y-panel.Height-look.Space4)
		}
		return fyne.NewPos(x, y)
	}
	var menu *Overlay
	lines := make([]fyne.CanvasObject, len(items))
	for i, item := range items {
		lines[i] = newMenuLine(item, func() {
			menu.Close()
			item.Do()
		})
	}
	column := Inset(look.Space8, Column(0, lines...))
	scroll := container.NewVScroll(column)
	want := func() fyne.Size { return fyne.NewSize(max(menuWidth, longest(items)), column.MinSize().Height) }
	menu = show(c, "", raised(scroll), want, place, nil)
	c.FocusNext()
	return menu
}

// longest is how wide a menu is that shows all of every item.
func longest(items []MenuItem) float32 {
	var width float32
	for _, item := range items {
		width = max(width, fyne.MeasureText(item.Text, look.Body, fyne.TextStyle{Bold: true}).Width)
	}
	return width + 18 + 5*look.Space8
}

// menuLine is one line that can be used.
type menuLine struct {
	tappable
	item MenuItem
}

func newMenuLine(item MenuItem, do func()) fyne.CanvasObject {
	if item.Content != nil {
		return Padded(0, 0, look.Space8, look.Space8, item.Content)
	}
	if item.Do == nil {
		heading := NewText(item.Text, look.Hint, look.Quiet)
		heading.Shrink = true
		return Padded(look.Space8, look.Space4, look.Space8, look.Space8, heading)
	}
	l := &menuLine{item: item}
	l.id, l.name, l.tapped = item.ID, item.Text, do
	l.ExtendBaseWidget(l)
	return l
}

// TypedKey acts, moves the focus, or goes to the window.
func (l *menuLine) TypedKey(ev *fyne.KeyEvent) { l.keyedInList(ev) }

// CreateRenderer is for Fyne.
func (l *menuLine) CreateRenderer() fyne.WidgetRenderer {
	r := &menuLineRenderer{
		line: l, ground: canvas.NewRectangle(color.Transparent),
		text: NewText(l.item.Text, look.Body, look.Text), icon: NewIcon(l.item.Icon, 18, look.Accent),
	}
	r.text.Shrink = true
	if l.item.Checked {
		r.icon.Name, r.text.Bold = "check", true
	}
	r.Refresh()
	return r
}

type menuLineRenderer struct {
	line   *menuLine
	ground *canvas.Rectangle
	text   *Text
	icon   *Icon
}

func (r *menuLineRenderer) Destroy()           {}
func (r *menuLineRenderer) MinSize() fyne.Size { return fyne.NewSize(120, itemHigh) }

func (r *menuLineRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ground, r.icon, r.text}
}

func (r *menuLineRenderer) Layout(size fyne.Size) {
	r.ground.Resize(size)
	put(r.icon, look.Space8, (size.Height-18)/2, 18, 18)
	text := r.text.MinSize().Height
	left := look.Space8 + 18 + look.Space8
	put(r.text, left, (size.Height-text)/2, size.Width-left-look.Space8, text)
}

func (r *menuLineRenderer) Refresh() {
	r.ground.FillColor, r.ground.CornerRadius = color.Transparent, look.Space8
	if r.line.hovered || r.line.focused {
		r.ground.FillColor = look.Of(look.Hover)
	}
	r.ground.StrokeColor, r.ground.StrokeWidth = color.Transparent, 0
	if r.line.focused {
		r.ground.StrokeColor, r.ground.StrokeWidth = look.Of(look.Focus), 2
	}
	for _, o := range r.Objects() {
		o.Refresh()
	}
}
