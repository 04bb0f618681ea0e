package widget

import (
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"parley/ui/look"
)

// sliderStep is what an arrow key changes.
const sliderStep = 0.05

// Slider is a value from 0 to 1, set by pointer or arrow keys.
type Slider struct {
	tappable
	value     float64
	OnChanged func(value float64)
}

// NewSlider returns a slider at 0.
func NewSlider(id, name string, onChanged func(value float64)) *Slider {
	s := &Slider{OnChanged: onChanged}
	s.id, s.name = id, name
	s.ExtendBaseWidget(s)
	return s
}

// Set shows a value. It tells nobody.
func (s *Slider) Set(value float64) {
	if value = min(max(value, 0), 1); !math.IsNaN(value) && s.value != value {
		s.value = value
		s.Refresh()
	}
}

// Value returns what is shown.
func (s *Slider) Value() float64 { return s.value }

// change is Set by the user, in whole hundredths.
func (s *Slider) change(value float64) {
	value = math.Round(100*min(max(value, 0), 1)) / 100
	if s.disabled || s.value == value {
		return
	}
	s.value = value
	s.Refresh()
	s.OnChanged(value)
}

// Tapped sets the value that is pointed at.
func (s *Slider) Tapped(ev *fyne.PointEvent) { s.point(ev.Position.X) }

// Dragged follows the pointer.
func (s *Slider) Dragged(ev *fyne.DragEvent) { s.point(ev.Position.X) }

// DragEnd does nothing.
func (s *Slider) DragEnd() {}

func (s *Slider) point(x float32) {
	if room := s.Size().Width - knobSide; room > 0 {
		s.change(float64((x - knobSide/2) / room))
	}
}

// TypedKey changes the value by arrows, Home and End.
func (s *Slider) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyLeft, fyne.KeyDown:
		s.change(s.value - sliderStep)
	case fyne.KeyRight, fyne.KeyUp:
		s.change(s.value + sliderStep)
	case fyne.KeyHome:
		s.change(0)
	case fyne.KeyEnd:
		s.change(1)
	default:
		bubbleKey(s, ev)
	}
}

// CreateRenderer is for Fyne.
func (s *Slider) CreateRenderer() fyne.WidgetRenderer {
	r := &sliderRenderer{
		slider: s, track: NewFill(look.Edge, 2), done: NewFill(look.Accent, 2),
		knob: canvas.NewCircle(color.Transparent), ring: canvas.NewCircle(color.Transparent),
	}
	r.Refresh()
	return r
}

type sliderRenderer struct {
	slider      *Slider
	track, done *Fill
	knob, ring  *canvas.Circle
}

func (r *sliderRenderer) Destroy()           {}
func (r *sliderRenderer) MinSize() fyne.Size { return fyne.NewSize(160, buttonHeight) }

func (r *sliderRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.track, r.done, r.ring, r.knob}
}

func (r *sliderRenderer) Layout(size fyne.Size) {
	at := float32(r.slider.value) * (size.Width - knobSide)
	middle := size.Height / 2
	put(r.track, knobSide/2, middle-2, size.Width-knobSide, 4)
	put(r.done, knobSide/2, middle-2, at, 4)
	put(r.knob, at, middle-knobSide/2, knobSide, knobSide)
	put(r.ring, at-4, middle-knobSide/2-4, knobSide+8, knobSide+8)
}

func (r *sliderRenderer) Refresh() {
	s := r.slider
	ink := look.Accent
	if s.disabled {
		ink = look.OnOff
	}
	r.done.Paint(ink)
	r.knob.FillColor = look.Of(ink)
	r.knob.StrokeColor, r.knob.StrokeWidth = look.Of(look.Surface), 2
	r.ring.FillColor, r.ring.StrokeColor, r.ring.StrokeWidth = color.Transparent, look.Of(look.Focus), 2
	r.ring.Hidden = !s.focused
	for _, o := range r.Objects() {
		o.Refresh()
	}
	r.Layout(s.Size())
}
