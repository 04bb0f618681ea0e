package ui

import (
	"image/color"

	"fyne.io/fyne/v2"

	"parley/ui/look"
	"parley/ui/widget"
)

// Sizes on the call's stage.
const (
	barBottom    = look.Space24 // below the controls
	headerHeight = float32(52)
	shadeHeight  = float32(120)
)

// stageLayout places the parts of a call: the picture over everything, the
// controls at the bottom, the own picture in its corner.
type stageLayout struct{ c *callView }

func (s *stageLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(leastWidth, leastHeight)
}

func (s *stageLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	c := s.c
	surface, shade, over, header, bar, banners, zoom := o[0], o[1], o[2], o[4], o[5], o[6], o[7]
	place(surface, 0, 0, size.Width, size.Height)
	place(shade, 0, 0, size.Width, shadeHeight)
	text := over.MinSize()
	place(over, (size.Width-text.Width)/2, (size.Height-text.Height)/2, text.Width, text.Height)
	place(header, look.Space16, look.Space16, size.Width-2*look.Space16, headerHeight)
	controls := bar.MinSize()
	place(bar, (size.Width-controls.Width)/2, size.Height-controls.Height-barBottom, controls.Width, controls.Height)
	sign := zoom.MinSize()
	place(zoom, (size.Width-sign.Width)/2, size.Height-controls.Height-barBottom-look.Space16-sign.Height, sign.Width, sign.Height)
	top := look.Space16
	if !c.rested {
		top += headerHeight
	}
	place(banners, look.Space16, top, size.Width-2*look.Space16, banners.MinSize().Height)
	width := max(140, min(256, size.Width/4))
	c.pane.Resize(fyne.NewSize(width, width*9/16))
	c.pane.Rest()
	c.face.pane.Resize(c.pane.Size())
	c.face.pane.Rest()
}

// headerLayout puts a name at the left, the clock and a meter after it, and a button
// at the right. Where there is no room for all of name and clock, both are cut, the
// name to no less than a third.
type headerLayout struct{}

func (headerLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(leastWidth-2*look.Space16, o[2].MinSize().Height)
}

func (headerLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	name, clock, button, meter := o[0].(*widget.Text), o[1].(*widget.Text), o[2].MinSize(), o[3].MinSize()
	place(o[2], size.Width-button.Width, 0, button.Width, button.Height)
	room := size.Width - button.Width - meter.Width - 3*look.Space12
	time := fyne.MeasureText(clock.Content, look.Name, fyne.TextStyle{}).Width + 1
	width := min(fyne.MeasureText(name.Content, look.Name, fyne.TextStyle{Bold: true}).Width+1, max(room-time, room/3))
	time = min(time, room-width)
	height := name.MinSize().Height
	place(name, 0, (size.Height-height)/2, width, height)
	place(clock, width+look.Space12, (size.Height-height)/2, time, height)
	place(o[3], width+time+2*look.Space12, (size.Height-meter.Height)/2, meter.Width, meter.Height)
}

// barLayout puts the controls beside each other. A control that rests keeps its
// place, so that hang-up stays where it is.
type barLayout struct{ c *callView }

// absent tells what this call has not, as opposed to what rests.
func (b *barLayout) absent(o fyne.CanvasObject) bool {
	c := b.c
	return !c.w.model.Call.Video && (o == fyne.CanvasObject(c.camera) || o == fyne.CanvasObject(c.share)) ||
		c.w.deps.Desktop == nil && o == fyne.CanvasObject(c.share)
}

// gap is what is between two of them: less where there is little room.
func (b *barLayout) gap() float32 {
	if b.c.root != nil && b.c.root.Size().Width < narrow {
		return look.Space8
	}
	return look.Space16
}

func (b *barLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(-b.gap(), 0)
	for _, o := range objects {
		if !b.absent(o) {
			size = fyne.NewSize(size.Width+b.gap()+o.MinSize().Width, max(size.Height, o.MinSize().Height))
		}
	}
	return size
}

func (b *barLayout) Layout(objects []fyne.CanvasObject, _ fyne.Size) {
	x := float32(0)
	for _, o := range objects {
		if b.absent(o) {
			continue
		}
		width := o.MinSize().Width
		place(o, x, 0, width, o.MinSize().Height)
		x += width + b.gap()
	}
}

func place(o fyne.CanvasObject, x, y, width, height float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(width, height))
}

// paneRoom is where the own picture may rest: clear of header and controls.
func (c *callView) paneRoom() (fyne.Position, fyne.Size) {
	size := c.root.Size()
	top, bottom := look.Space16, barBottom
	if !c.rested {
		top += headerHeight
	}
	if size.Width < narrow {
		bottom += headerHeight + look.Space16
	}
	return fyne.NewPos(look.Space16, top), fyne.NewSize(size.Width-2*look.Space16, size.Height-top-bottom)
}

func transparent(c color.Color) color.Color {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	n.A = 0
	return n
}
