package widget

import (
	"hash/fnv"
	"image/color"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynewidget "fyne.io/fyne/v2/widget"

	"parley/ui/look"
)

// Presence is what is known of somebody's being there.
type Presence uint8

// The presences.
const (
	NoPresence Presence = iota // not known, or not to be shown
	Here
	Away
)

// Avatar stands for somebody who is not seen: initials on a disc whose colour
// belongs to the name, with a dot for presence. Here is a full dot, Away a ring.
type Avatar struct {
	fynewidget.BaseWidget
	name     string
	icon     string // instead of initials
	side     float32
	presence Presence
	level    float32 // 0 to 1, draws a ring around
	ringed   bool
}

// NewAvatar returns an avatar of side by side.
func NewAvatar(name string, side float32) *Avatar {
	a := &Avatar{name: name, side: side}
	a.ExtendBaseWidget(a)
	return a
}

// NewRingedAvatar returns an avatar that keeps room for a level ring.
func NewRingedAvatar(name string, side float32) *Avatar {
	a := NewAvatar(name, side)
	a.ringed = true
	return a
}

// Set shows somebody else. icon, if any, replaces the initials.
func (a *Avatar) Set(name, icon string, presence Presence) {
	if a.name != name || a.icon != icon || a.presence != presence {
		a.name, a.icon, a.presence = name, icon, presence
		a.Refresh()
	}
}

// SetLevel draws a ring as wide as a sound is loud, 0 to 1.
func (a *Avatar) SetLevel(level float32) {
	level = max(0, min(1, level))
	if abs(level-a.level) > 0.01 {
		a.level = level
		a.Refresh()
	}
}

// Level returns what the ring shows.
func (a *Avatar) Level() float32 { return a.level }

func abs(v float32) float32 { return max(v, -v) }

// Initials returns the letters that stand for a name: the first of its first and
// last word, or the last two characters of a Chinese name.
func Initials(name string) string {
	fields := strings.FieldsFunc(name, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	if len(fields) == 0 {
		return "?"
	}
	first, last := []rune(fields[0]), []rune(fields[len(fields)-1])
	if unicode.Is(unicode.Han, first[0]) {
		return string(first[max(0, len(first)-2):])
	}
	if len(fields) == 1 {
		return strings.ToUpper(string(first[:1]))
	}
	return strings.ToUpper(string(first[0]) + string(last[0]))
}

// avatarColors carry white letters at 4.5:1 or more, on light and dark alike.
func avatarColor(name string) color.Color {
	colors := [...]color.NRGBA{
		{0x0B, 0x6E, 0x63, 0xff},
		{0x2F, 0x5D, 0x9B, 0xff},
		{0x7A, 0x3E, 0x79, 0xff},
		{0x9A, 0x4B, 0x1E, 0xff},
		{0x5C, 0x6B, 0x1A, 0xff},
		{0x4A, 0x58, 0x66, 0xff},
	}
	h := fnv.New32a()
	h.Write([]byte(name))
	return colors[h.Sum32()%uint32(len(colors))]
}

// CreateRenderer is for Fyne.
func (a *Avatar) CreateRenderer() fyne.WidgetRenderer {
	r := &avatarRenderer{
		avatar: a, disc: canvas.NewCircle(color.Transparent), ring: canvas.NewCircle(color.Transparent),
		back: canvas.NewCircle(color.Transparent), dot: canvas.NewCircle(color.Transparent),
		letters: canvas.NewText("", color.White), icon: NewIcon("", a.side*0.5, look.OnStage),
	}
	r.Refresh()
	return r
}

type avatarRenderer struct {
	avatar                *Avatar
	disc, ring, back, dot *canvas.Circle
	letters               *canvas.Text
	icon                  *Icon
}

func (r *avatarRenderer) Destroy() {}

func (r *avatarRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ring, r.disc, r.letters, r.icon, r.back, r.dot}
}

func (r *avatarRenderer) MinSize() fyne.Size { return fyne.NewSquareSize(r.avatar.side + 2*r.room()) }

// room is what is kept free around the disc for the level ring.
func (r *avatarRenderer) room() float32 {
	if r.avatar.ringed {
		return r.avatar.side / 8
	}
	return 0
}

func (r *avatarRenderer) Layout(size fyne.Size) {
	side, room := r.avatar.side, r.room()
	at := fyne.NewPos((size.Width-side)/2, (size.Height-side)/2)
	r.disc.Resize(fyne.NewSquareSize(side))
	r.disc.Move(at)
	grown := room * r.avatar.level
	r.ring.Resize(fyne.NewSquareSize(side + 2*grown))
	r.ring.Move(at.SubtractXY(grown, grown))
	text := r.letters.MinSize()
	r.letters.Resize(text)
	r.letters.Move(fyne.NewPos((size.Width-text.Width)/2, (size.Height-text.Height)/2))
	r.icon.Resize(r.icon.MinSize())
	r.icon.Move(fyne.NewPos((size.Width-r.icon.side)/2, (size.Height-r.icon.side)/2))
	dot := max(10, side*0.22)
	corner := at.AddXY(side-dot, side-dot)
	r.back.Resize(fyne.NewSquareSize(dot + 4))
	r.back.Move(corner.SubtractXY(1, 1))
	r.dot.Resize(fyne.NewSquareSize(dot))
	r.dot.Move(corner.AddXY(1, 1))
}

func (r *avatarRenderer) Refresh() {
	a := r.avatar
	r.disc.FillColor = avatarColor(a.name)
	r.ring.FillColor = translucent(avatarColor(a.name), 0x90)
	r.ring.Hidden = a.level == 0
	r.letters.Text, r.letters.TextSize, r.letters.TextStyle = Initials(a.name), a.letterSize(), fyne.TextStyle{Bold: true}
	r.letters.Hidden = a.icon != ""
	r.icon.Hidden = a.icon == ""
	r.icon.Set(a.icon, look.OnStage)
	r.back.FillColor = look.Of(look.Surface)
	r.dot.FillColor, r.dot.StrokeColor, r.dot.StrokeWidth = look.Of(look.Accept), color.Transparent, 0
	if a.presence == Away {
		r.dot.FillColor, r.dot.StrokeColor, r.dot.StrokeWidth = look.Of(look.Surface), look.Of(look.Quiet), 2
	}
	r.back.Hidden, r.dot.Hidden = a.presence == NoPresence, a.presence == NoPresence
	for _, o := range r.Objects() {
		o.Refresh()
	}
	r.Layout(a.Size())
}

func translucent(c color.Color, alpha uint8) color.Color {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	n.A = alpha
	return n
}

// letterSize leaves room around two Chinese characters, which are wider than letters.
func (a *Avatar) letterSize() float32 {
	if first := []rune(Initials(a.name))[0]; unicode.Is(unicode.Han, first) {
		return a.side * 0.33
	}
	return a.side * 0.38
}
