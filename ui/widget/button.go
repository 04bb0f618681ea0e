package widget

import (
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"parley/ui/look"
)

// Style is how much a button asks for attention.
type Style uint8

// The styles.
const (
	Plain   Style = iota // text and icon only
	Soft                 // on a quiet ground
	Primary              // the one thing to do here
	Danger               // ends or deletes something
)

// buttonHeight is comfortable for a finger too.
const buttonHeight float32 = 40

// Button has an icon, a label, or both. Without a label its name is its tooltip.
type Button struct {
	hinted
	icon, label string
	style       Style
	on          bool   // a tab that is in use
	badge       string // a count on it
}

// NewButton returns a button with a label; icon may be "".
func NewButton(id, icon, label string, style Style, do func()) *Button {
	b := &Button{icon: icon, label: label, style: style}
	b.id, b.name, b.tapped = id, label, do
	b.ExtendBaseWidget(b)
	return b
}

// NewIconButton returns a square button without a label.
func NewIconButton(id, icon, name string, do func()) *Button {
	b := NewButton(id, icon, "", Plain, do)
	b.name = name
	return b
}

// SetLabel changes the label, which is the name too.
func (b *Button) SetLabel(label string) {
	if b.label != label {
		b.label, b.name = label, label
		b.Refresh()
	}
}

// SetIcon changes icon and name of a button without a label.
func (b *Button) SetIcon(icon, name string) {
	if b.icon != icon || b.name != name {
		b.icon, b.name = icon, name
		b.Refresh()
	}
}

// SetOn shows whether it stands for what is in view.
func (b *Button) SetOn(on bool) {
	if b.on != on {
		b.on = on
		b.Refresh()
	}
}

// SetBadge shows a count beside the label, none for 0. name is what a screen
// reader says then.
func (b *Button) SetBadge(count int, name string) {
	badge := ""
	if count > 0 {
		badge = strconv.Itoa(count)
	}
	if b.badge != badge || b.name != name {
		b.badge, b.name = badge, name
		b.Refresh()
	}
}

// MouseIn shows the tooltip after a moment.
func (b *Button) MouseIn(*desktop.MouseEvent) { b.pointed(b.label != "") }

// CreateRenderer is for Fyne.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	r := &buttonRenderer{
		button: b, ground: canvas.NewRectangle(color.Transparent), over: canvas.NewRectangle(color.Transparent), ring: canvas.NewRectangle(color.Transparent),
		icon: NewIcon("", 20, look.Text), label: NewText("", look.Body, look.Text),
		badge: NewFill(look.HangUp, 9), count: NewText("", look.Hint, look.OnHangUp),
	}
	r.count.Bold = true
	r.Refresh()
	return r
}

type buttonRenderer struct {
	button             *Button
	ground, over, ring *canvas.Rectangle
	icon               *Icon
	label, count       *Text
	badge              *Fill
}

func (r *buttonRenderer) Destroy() {}

func (r *buttonRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ground, r.over, r.icon, r.label, r.badge, r.count, r.ring}
}

func (r *buttonRenderer) MinSize() fyne.Size {
	if r.button.label == "" {
		return fyne.NewSquareSize(buttonHeight)
	}
	width := r.label.MinSize().Width + 2*look.Space16
	if r.button.icon != "" {
		width += r.icon.side + look.Space8
	}
	return fyne.NewSize(width+r.badgeWidth(), buttonHeight)
}

func (r *buttonRenderer) Layout(size fyne.Size) {
	for _, rect := range []*canvas.Rectangle{r.ground, r.over} {
		rect.Resize(size)
	}
	r.ring.Resize(size.AddWidthHeight(4, 4))
	r.ring.Move(fyne.NewPos(-2, -2))
	content := r.label.MinSize().Width
	if r.button.icon != "" && r.button.label != "" {
		content += r.icon.side + look.Space8
	} else if r.button.icon != "" {
		content = r.icon.side
	}
	content += r.badgeWidth()
	x := (size.Width - content) / 2
	if r.button.icon != "" {
		r.icon.Resize(r.icon.MinSize())
		r.icon.Move(fyne.NewPos(x, (size.Height-r.icon.side)/2))
		x += r.icon.side + look.Space8
	}
	text := r.label.MinSize()
	put(r.label, x, (size.Height-text.Height)/2, text.Width, text.Height)
	if width := r.badgeWidth(); width > 0 {
		x += text.Width + look.Space8
		put(r.badge, x, (size.Height-18)/2, width-look.Space8, 18)
		count := r.count.MinSize()
		put(r.count, x+(width-look.Space8-count.Width)/2, (size.Height-count.Height)/2, count.Width, count.Height)
	}
}

// badgeWidth is what the count takes, with the gap before it.
func (r *buttonRenderer) badgeWidth() float32 {
	if r.button.badge == "" {
		return 0
	}
	return max(18, r.count.MinSize().Width+10) + look.Space8
}

func (r *buttonRenderer) Refresh() {
	b := r.button
	ground, ink := b.colors()
	r.ground.FillColor, r.over.FillColor = color.Transparent, color.Transparent
	if ground != "" {
		r.ground.FillColor = look.Of(ground)
	}
	if b.hovered && !b.disabled {
		r.over.FillColor = look.Of(look.Hover)
	}
	r.ring.StrokeColor, r.ring.StrokeWidth = look.Of(look.Focus), 2
	r.ring.Hidden = !b.focused
	for _, rect := range []*canvas.Rectangle{r.ground, r.over} {
		rect.CornerRadius = look.Corner
	}
	r.ring.CornerRadius = look.Corner + 2
	r.icon.Set(b.icon, ink)
	r.icon.Hidden = b.icon == ""
	r.count.Content = b.badge
	r.badge.Hidden, r.count.Hidden = b.badge == "", b.badge == ""
	r.label.Content, r.label.Color, r.label.Bold = b.label, ink, b.style == Primary || b.style == Danger || b.on
	for _, o := range r.Objects() {
		o.Refresh()
	}
	r.Layout(b.Size())
}

// colors returns what the button stands on ("" for nothing) and its ink.
func (b *Button) colors() (ground, ink fyne.ThemeColorName) {
	switch {
	case b.disabled && b.style == Plain:
		return "", look.OnOff
	case b.disabled:
		return look.Off, look.OnOff
	case b.on:
		return look.Tint, look.Accent
	}
	switch b.style {
	case Soft:
		return look.Ease, look.Text
	case Primary:
		return look.Accent, look.OnAccent
	case Danger:
		return look.HangUp, look.OnHangUp
	case Plain:
	}
	return "", look.Text
}
