package widget

import (
	"cmp"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"parley/ui/look"
)

// Option is one value of a Picker.
type Option struct {
	Value string // what OnChanged is told; part of the id
	Text  string
}

// Picker is a value out of a few, changed by a menu.
type Picker struct {
	tappable
	options   []Option
	value     string
	Unset     string // shown while the value is none of the options
	OnChanged func(value string)
}

// NewPicker returns a picker without options.
func NewPicker(id, name string, onChanged func(value string)) *Picker {
	p := &Picker{OnChanged: onChanged}
	p.id, p.name = id, name
	p.tapped = p.open
	p.ExtendBaseWidget(p)
	return p
}

// Set shows a value and offers options. It tells nobody.
func (p *Picker) Set(name, value string, options []Option) {
	p.name, p.options = name, options
	p.value = value
	p.Refresh()
}

func (p *Picker) text() string {
	for _, o := range p.options {
		if o.Value == p.value {
			return o.Text
		}
	}
	return cmp.Or(p.Unset, p.value)
}

func (p *Picker) open() {
	c := canvasOf(p)
	if c == nil {
		return
	}
	items := make([]MenuItem, len(p.options))
	for i, o := range p.options {
		items[i] = MenuItem{ID: p.id + ":" + o.Value, Text: o.Text, Checked: o.Value == p.value, Do: func() { p.choose(o.Value) }}
	}
	ShowMenu(c, p, items)
}

func (p *Picker) choose(value string) {
	if p.value == value {
		return
	}
	p.value = value
	p.Refresh()
	p.OnChanged(value)
}

// CreateRenderer is for Fyne.
func (p *Picker) CreateRenderer() fyne.WidgetRenderer {
	r := &pickerRenderer{
		picker: p, ground: canvas.NewRectangle(color.Transparent),
		text: NewText("", look.Body, look.Text), arrow: NewIcon("down", 18, look.Quiet),
	}
	r.text.Shrink = true
	r.Refresh()
	return r
}

type pickerRenderer struct {
	picker *Picker
	ground *canvas.Rectangle
	text   *Text
	arrow  *Icon
}

func (r *pickerRenderer) Destroy()           {}
func (r *pickerRenderer) MinSize() fyne.Size { return fyne.NewSize(160, buttonHeight) }

func (r *pickerRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ground, r.text, r.arrow}
}

func (r *pickerRenderer) Layout(size fyne.Size) {
	r.ground.Resize(size)
	text := r.text.MinSize().Height
	put(r.text, look.Space12, (size.Height-text)/2, size.Width-18-3*look.Space12, text)
	put(r.arrow, size.Width-look.Space12-18, (size.Height-18)/2, 18, 18)
}

func (r *pickerRenderer) Refresh() {
	r.ground.FillColor, r.ground.CornerRadius = look.Of(look.Input), look.Corner
	r.ground.StrokeColor, r.ground.StrokeWidth = look.Of(look.Edge), 1
	if r.picker.focused {
		r.ground.StrokeColor, r.ground.StrokeWidth = look.Of(look.Focus), 2
	} else if r.picker.hovered {
		r.ground.StrokeColor = look.Of(look.Text)
	}
	r.text.Content = r.picker.text()
	for _, o := range r.Objects() {
		o.Refresh()
	}
	r.Layout(r.picker.Size())
}
