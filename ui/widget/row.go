package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"parley/ui/look"
)

// RowData is what a row of a list shows. Equal rows look alike.
type RowData struct {
	ID       string // of the control
	Name     string
	Sub      string // the quiet second line
	Icon     string // in the avatar, instead of initials
	Presence Presence
	Mark     string // icon before the second line
	Alarm    bool   // the second line is in the colour of trouble
	Side     string // at the right, quiet
	SideIcon string // at the right
	Selected bool
}

const rowHeight float32 = 60

// Row is one person or call in a list.
type Row struct {
	tappable
	data RowData
}

// NewRow returns a row.
func NewRow(data RowData, do func()) *Row {
	r := &Row{}
	r.tapped = do
	r.set(data)
	r.ExtendBaseWidget(r)
	return r
}

// Set shows something else and acts otherwise.
func (r *Row) Set(data RowData, do func()) {
	r.tapped = do
	if r.data != data {
		r.set(data)
		r.Refresh()
	}
}

func (r *Row) set(data RowData) {
	r.data = data
	r.id, r.name = data.ID, data.Name
	if data.Sub != "" {
		r.name += ", " + data.Sub
	}
}

// TypedKey acts on Enter and Space, and moves the focus up and down.
func (r *Row) TypedKey(ev *fyne.KeyEvent) { r.keyedInList(ev) }

// CreateRenderer is for Fyne.
func (r *Row) CreateRenderer() fyne.WidgetRenderer {
	v := &rowRenderer{
		row: r, ground: canvas.NewRectangle(color.Transparent), ring: canvas.NewRectangle(color.Transparent),
		avatar: NewAvatar("", 40), name: NewText("", look.Name, look.Text), sub: NewText("", look.Hint, look.Quiet),
		mark: NewIcon("", 14, look.Quiet), side: NewText("", look.Hint, look.Quiet), sideIcon: NewIcon("", 16, look.Warning),
	}
	v.name.Shrink, v.sub.Shrink = true, true
	v.Refresh()
	return v
}

type rowRenderer struct {
	row             *Row
	ground, ring    *canvas.Rectangle
	avatar          *Avatar
	name, sub, side *Text
	mark, sideIcon  *Icon
}

func (v *rowRenderer) Destroy() {}

func (v *rowRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{v.ground, v.avatar, v.name, v.mark, v.sub, v.side, v.sideIcon, v.ring}
}

func (v *rowRenderer) MinSize() fyne.Size { return fyne.NewSize(200, rowHeight) }

func (v *rowRenderer) Layout(size fyne.Size) {
	v.ground.Resize(size)
	v.ring.Resize(size.SubtractWidthHeight(2, 2))
	v.ring.Move(fyne.NewPos(1, 1))
	v.avatar.Resize(v.avatar.MinSize())
	v.avatar.Move(fyne.NewPos(look.Space12, (size.Height-40)/2))
	right := size.Width - look.Space12
	if v.row.data.SideIcon != "" {
		right -= 16
		put(v.sideIcon, right, (size.Height-16)/2, 16, 16)
		right -= look.Space8
	}
	if v.row.data.Side != "" {
		text := v.side.MinSize()
		right -= text.Width
		put(v.side, right, (size.Height-text.Height)/2, text.Width, text.Height)
		right -= look.Space8
	}
	left := look.Space12 + 40 + look.Space12
	name, sub := v.name.MinSize().Height, v.sub.MinSize().Height
	top := (size.Height - name - sub - 2) / 2
	if v.row.data.Sub == "" {
		top = (size.Height - name) / 2
	}
	put(v.name, left, top, right-left, name)
	subLeft := left
	if v.row.data.Mark != "" {
		put(v.mark, left, top+name+2+(sub-14)/2, 14, 14)
		subLeft += 14 + look.Space4
	}
	put(v.sub, subLeft, top+name+2, right-subLeft, sub)
}

func put(o fyne.CanvasObject, x, y, width, height float32) {
	o.Resize(fyne.NewSize(width, height))
	o.Move(fyne.NewPos(x, y))
}

func (v *rowRenderer) Refresh() {
	r := v.row
	v.ground.FillColor, v.ground.CornerRadius = color.Transparent, look.Corner
	switch {
	case r.data.Selected:
		v.ground.FillColor = look.Of(look.Selected)
	case r.hovered:
		v.ground.FillColor = look.Of(look.Hover)
	}
	v.ring.StrokeColor, v.ring.StrokeWidth, v.ring.CornerRadius = look.Of(look.Focus), 2, look.Corner
	v.ring.Hidden = !r.focused
	v.avatar.Set(r.data.Name, r.data.Icon, r.data.Presence)
	v.name.Content, v.sub.Content, v.side.Content = r.data.Name, r.data.Sub, r.data.Side
	ink := look.Quiet
	if r.data.Alarm {
		ink = look.HangUp
	}
	v.sub.Color = ink
	v.mark.Set(r.data.Mark, ink)
	v.mark.Hidden = r.data.Mark == ""
	v.sideIcon.Set(r.data.SideIcon, look.Warning)
	v.sideIcon.Hidden = r.data.SideIcon == ""
	for _, o := range v.Objects() {
		o.Refresh()
	}
	v.Layout(r.Size())
}
