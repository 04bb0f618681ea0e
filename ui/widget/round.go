package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"parley/ui/look"
)

// Tone is what a round button means.
type Tone uint8

// The tones.
const (
	Neutral  Tone = iota // a control on video
	Hanging              // hang up, decline
	Taking               // answer
	Switched             // a control in its unusual state, like muted
)

// roundSide is the diameter on video; large ones are for answering.
const (
	roundSide      float32 = 52
	roundLargeSide float32 = 64
	loudRing       float32 = 8 // width of the ring at full level
)

// RoundButton is an icon on a disc, for use on video and to answer a call.
type RoundButton struct {
	hinted
	icon    string
	tone    Tone
	caption string
	large   bool
	level   float32 // 0 to 1, draws a ring around
}

// NewRoundButton returns a round button. Its name is its tooltip.
func NewRoundButton(id, icon, name string, tone Tone, do func()) *RoundButton {
	b := &RoundButton{icon: icon, tone: tone}
	b.id, b.name, b.tapped = id, name, do
	b.ExtendBaseWidget(b)
	return b
}

// NewAnswerButton returns a large round button with its name below it.
func NewAnswerButton(id, icon, name string, tone Tone, do func()) *RoundButton {
	b := NewRoundButton(id, icon, name, tone, do)
	b.large, b.caption = true, name
	return b
}

// Set changes icon, name and tone.
func (b *RoundButton) Set(icon, name string, tone Tone) {
	if b.icon == icon && b.name == name && b.tone == tone {
		return
	}
	b.icon, b.name, b.tone = icon, name, tone
	if b.large {
		b.caption = name
	}
	b.Refresh()
}

// SetLevel draws a ring as wide as a sound is loud, 0 to 1.
func (b *RoundButton) SetLevel(level float32) {
	if level = max(0, min(1, level)); abs(level-b.level) > 0.04 || level == 0 && b.level != 0 {
		b.level = level
		b.Refresh()
	}
}

// Level returns what the ring shows.
func (b *RoundButton) Level() float32 { return b.level }

// MouseIn shows the tooltip after a moment.
func (b *RoundButton) MouseIn(*desktop.MouseEvent) { b.pointed(b.caption != "") }

// CreateRenderer is for Fyne.
func (b *RoundButton) CreateRenderer() fyne.WidgetRenderer {
	r := &roundRenderer{
		button: b, loud: canvas.NewCircle(color.Transparent), disc: canvas.NewCircle(color.Transparent), over: canvas.NewCircle(color.Transparent), ring: canvas.NewCircle(color.Transparent),
		icon: NewIcon("", 24, look.OnStage), caption: NewText("", look.Body, look.Text),
	}
	if b.large {
		r.icon.side = 28
	}
	r.Refresh()
	return r
}

type roundRenderer struct {
	button                 *RoundButton
	loud, disc, over, ring *canvas.Circle
	icon                   *Icon
	caption                *Text
}

func (r *roundRenderer) Destroy() {}

func (r *roundRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.loud, r.disc, r.over, r.icon, r.caption, r.ring}
}

func (r *roundRenderer) side() float32 {
	if r.button.large {
		return roundLargeSide
	}
	return roundSide
}

func (r *roundRenderer) MinSize() fyne.Size {
	size := fyne.NewSquareSize(r.side())
	if r.button.caption != "" {
		text := r.caption.MinSize()
		size = fyne.NewSize(max(size.Width, text.Width), size.Height+look.Space8+text.Height)
	}
	return size
}

func (r *roundRenderer) Layout(size fyne.Size) {
	side := r.side()
	x := (size.Width - side) / 2
	for _, c := range []*canvas.Circle{r.disc, r.over} {
		c.Resize(fyne.NewSquareSize(side))
		c.Move(fyne.NewPos(x, 0))
	}
	grown := loudRing * r.button.level
	r.loud.Resize(fyne.NewSquareSize(side + 2*grown))
	r.loud.Move(fyne.NewPos(x-grown, -grown))
	r.ring.Resize(fyne.NewSquareSize(side + 8))
	r.ring.Move(fyne.NewPos(x-4, -4))
	r.icon.Resize(r.icon.MinSize())
	r.icon.Move(fyne.NewPos((size.Width-r.icon.side)/2, (side-r.icon.side)/2))
	text := r.caption.MinSize()
	r.caption.Resize(text)
	r.caption.Move(fyne.NewPos((size.Width-text.Width)/2, side+look.Space8))
}

func (r *roundRenderer) Refresh() {
	b := r.button
	ground, ink := b.colors()
	r.disc.FillColor = look.Of(ground)
	r.loud.FillColor, r.loud.Hidden = look.Of(look.Accept), b.level == 0
	r.over.FillColor = look.Of(look.Hover)
	r.over.Hidden = !b.hovered || b.disabled
	r.ring.StrokeColor, r.ring.StrokeWidth = look.Of(r.ringColor()), 2
	r.ring.Hidden = !b.focused
	r.icon.Set(b.icon, ink)
	r.caption.Content = b.caption
	for _, o := range r.Objects() {
		o.Refresh()
	}
	r.Layout(b.Size())
}

// ringColor is white on video, where the accent could vanish.
func (r *roundRenderer) ringColor() fyne.ThemeColorName {
	if r.button.large {
		return look.Focus
	}
	return look.OnStage
}

func (b *RoundButton) colors() (ground, ink fyne.ThemeColorName) {
	switch b.tone {
	case Hanging:
		if b.large {
			return look.HangUp, look.OnHangUp
		}
		return look.StageHang, look.OnStage
	case Taking:
		return look.Accept, look.OnAccept
	case Switched:
		return look.Toggled, look.OnToggled
	case Neutral:
	}
	if b.hovered && !b.disabled {
		return look.ControlIn, look.OnStage
	}
	return look.Control, look.OnStage
}
