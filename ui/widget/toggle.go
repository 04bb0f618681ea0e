package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"parley/ui/look"
)

// A toggle's track, in which the knob moves.
const (
	trackWidth  float32 = 44
	trackHeight float32 = 24
	knobSide    float32 = 18
)

// Toggle is something that is on or off. On is shown by the place of the knob
// and by a tick, not by colour alone.
type Toggle struct {
	tappable
	on        bool
	OnChanged func(on bool)
}

// NewToggle returns a toggle that is off.
func NewToggle(id, name string, onChanged func(on bool)) *Toggle {
	t := &Toggle{OnChanged: onChanged}
	t.id, t.name = id, name
	t.tapped = func() {
		t.on = !t.on
		t.Refresh()
		t.OnChanged(t.on)
	}
	t.ExtendBaseWidget(t)
	return t
}

// Set shows a value. It tells nobody.
func (t *Toggle) Set(on bool) {
	if t.on != on {
		t.on = on
		t.Refresh()
	}
}

// On returns what is shown.
func (t *Toggle) On() bool { return t.on }

// CreateRenderer is for Fyne.
func (t *Toggle) CreateRenderer() fyne.WidgetRenderer {
	r := &toggleRenderer{
		toggle: t, track: canvas.NewRectangle(color.Transparent), ring: canvas.NewRectangle(color.Transparent),
		knob: canvas.NewCircle(color.Transparent), tick: NewIcon("check", 14, look.Accent),
	}
	r.Refresh()
	return r
}

type toggleRenderer struct {
	toggle      *Toggle
	track, ring *canvas.Rectangle
	knob        *canvas.Circle
	tick        *Icon
}

func (r *toggleRenderer) Destroy()           {}
func (r *toggleRenderer) MinSize() fyne.Size { return fyne.NewSize(trackWidth, buttonHeight) }

func (r *toggleRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ring, r.track, r.knob, r.tick}
}

func (r *toggleRenderer) Layout(size fyne.Size) {
	const inside = (trackHeight - knobSide) / 2
	x, y := size.Width-trackWidth, (size.Height-trackHeight)/2
	put(r.track, x, y, trackWidth, trackHeight)
	put(r.ring, x-3, y-3, trackWidth+6, trackHeight+6)
	at := x + inside
	if r.toggle.on {
		at = x + trackWidth - inside - knobSide
	}
	put(r.knob, at, y+inside, knobSide, knobSide)
	put(r.tick, at+(knobSide-14)/2, y+inside+(knobSide-14)/2, 14, 14)
}

func (r *toggleRenderer) Refresh() {
	t := r.toggle
	r.track.CornerRadius, r.ring.CornerRadius = trackHeight/2, trackHeight/2+3
	r.track.FillColor, r.track.StrokeColor, r.track.StrokeWidth = look.Of(look.Input), look.Of(look.Edge), 1
	r.knob.FillColor = look.Of(look.Edge)
	switch {
	case t.disabled:
		r.track.FillColor, r.knob.FillColor = look.Of(look.Off), look.Of(look.OnOff)
	case t.on:
		r.track.FillColor, r.track.StrokeColor = look.Of(look.Accent), look.Of(look.Accent)
		r.knob.FillColor = look.Of(look.OnAccent)
	case t.hovered:
		r.track.StrokeColor = look.Of(look.Text)
	}
	r.tick.Hidden = !t.on
	r.ring.FillColor, r.ring.StrokeColor, r.ring.StrokeWidth = color.Transparent, look.Of(look.Focus), 2
	r.ring.Hidden = !t.focused
	for _, o := range r.Objects() {
		o.Refresh()
	}
	r.Layout(t.Size())
}
