package widget

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"parley/ui/look"
)

// Shareable is something on the screen that can be shown to others: a small
// picture of it, and its title.
type Shareable struct {
	tappable
	icon    string // stands in for the picture
	width   float32
	picture *canvas.Image
}

// titleHeight is the line under the picture.
const titleHeight float32 = 36

// NewShareable returns one as wide as that, without a picture.
func NewShareable(id, icon, title string, width float32, do func()) *Shareable {
	s := &Shareable{
		icon: icon, width: width,
		picture: &canvas.Image{FillMode: canvas.ImageFillContain, ScaleMode: canvas.ImageScaleFastest, CornerRadius: look.Space8},
	}
	s.id, s.name, s.tapped = id, title, do
	s.picture.Hide()
	s.ExtendBaseWidget(s)
	return s
}

// Rename shows another title.
func (s *Shareable) Rename(title string) {
	if s.name != title {
		s.name = title
		s.Refresh()
	}
}

// ShowPicture puts up a picture, which must not change any more.
func (s *Shareable) ShowPicture(picture *image.RGBA) {
	s.picture.Image = picture
	s.picture.Show()
	s.Refresh()
}

// HasPicture reports whether a picture is up.
func (s *Shareable) HasPicture() bool { return s.picture.Image != nil }

// TypedKey acts on Enter and Space, and moves the focus by arrows.
func (s *Shareable) TypedKey(ev *fyne.KeyEvent) {
	along := map[fyne.KeyName]fyne.KeyName{fyne.KeyRight: fyne.KeyDown, fyne.KeyLeft: fyne.KeyUp}
	if name, ok := along[ev.Name]; ok {
		ev = &fyne.KeyEvent{Name: name}
	}
	s.keyedInList(ev)
}

// CreateRenderer is for Fyne.
func (s *Shareable) CreateRenderer() fyne.WidgetRenderer {
	r := &shareableRenderer{
		s: s, ground: canvas.NewRectangle(color.Transparent), back: canvas.NewRectangle(color.Transparent), ring: canvas.NewRectangle(color.Transparent),
		stand: NewIcon(s.icon, 32, look.Quiet), icon: NewIcon(s.icon, 16, look.Quiet), title: NewText("", look.Body, look.Text),
	}
	r.title.Shrink = true
	r.Refresh()
	return r
}

type shareableRenderer struct {
	s                  *Shareable
	ground, back, ring *canvas.Rectangle
	stand, icon        *Icon
	title              *Text
}

func (r *shareableRenderer) Destroy() {}

func (r *shareableRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ground, r.back, r.stand, r.s.picture, r.icon, r.title, r.ring}
}

func (r *shareableRenderer) MinSize() fyne.Size {
	return fyne.NewSize(r.s.width, r.s.width*9/16+titleHeight)
}

func (r *shareableRenderer) Layout(size fyne.Size) {
	high := size.Height - titleHeight
	put(r.ground, 0, 0, size.Width, size.Height)
	put(r.ring, 0, 0, size.Width, size.Height)
	inner := fyne.NewSize(size.Width-2*look.Space4, high-look.Space4)
	put(r.back, look.Space4, look.Space4, inner.Width, inner.Height)
	put(r.s.picture, look.Space4, look.Space4, inner.Width, inner.Height)
	put(r.stand, (size.Width-32)/2, (high-32)/2, 32, 32)
	text := r.title.MinSize().Height
	put(r.icon, look.Space12, high+(titleHeight-16)/2, 16, 16)
	left := look.Space12 + 16 + look.Space8
	put(r.title, left, high+(titleHeight-text)/2, size.Width-left-look.Space8, text)
}

func (r *shareableRenderer) Refresh() {
	s := r.s
	r.ground.FillColor, r.ground.CornerRadius = look.Of(look.Ground), look.Corner
	r.ground.StrokeColor, r.ground.StrokeWidth = look.Of(look.Line), 1
	if s.hovered {
		r.ground.FillColor, r.ground.StrokeColor = look.Of(look.Tint), look.Of(look.Accent)
	}
	r.back.FillColor, r.back.CornerRadius = look.Of(look.Ease), look.Space8
	r.ring.StrokeColor, r.ring.StrokeWidth, r.ring.CornerRadius = look.Of(look.Focus), 2, look.Corner
	r.ring.Hidden = !s.focused
	r.stand.Hidden = s.HasPicture()
	r.title.Content = s.name
	for _, o := range r.Objects() {
		o.Refresh()
	}
	r.Layout(s.Size())
}
