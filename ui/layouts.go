package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/layout"

	"parley/ui/look"
)

func fyneSpacer() fyne.CanvasObject { return layout.NewSpacer() }

// underneath puts the first object on top, as high as it wants, and the second
// under it.
type underneath struct{}

func (underneath) MinSize(o []fyne.CanvasObject) fyne.Size {
	size := o[1].MinSize()
	if o[0].Visible() {
		size.Height += o[0].MinSize().Height
	}
	return size
}

func (underneath) Layout(o []fyne.CanvasObject, size fyne.Size) {
	top := float32(0)
	if o[0].Visible() {
		top = o[0].MinSize().Height
		place(o[0], 0, 0, size.Width, top)
	}
	place(o[1], 0, top, size.Width, size.Height-top)
}

// formLine puts a label at the left and a control over the right three fifths.
type formLine struct{}

func (formLine) MinSize(o []fyne.CanvasObject) fyne.Size {
	label, control := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(label.Width+control.Width, max(label.Height, control.Height))
}

func (formLine) Layout(o []fyne.CanvasObject, size fyne.Size) {
	left := size.Width * 2 / 5
	o[0].Move(fyne.Position{})
	o[0].Resize(fyne.NewSize(left, size.Height))
	o[1].Move(fyne.NewPos(left, 0))
	o[1].Resize(fyne.NewSize(size.Width-left, size.Height))
}

// aspect keeps a picture's shape at the full width.
type aspect struct{ width, height float32 }

func (a aspect) MinSize(o []fyne.CanvasObject) fyne.Size {
	width := max(240, o[0].Size().Width)
	return fyne.NewSize(240, width*a.height/a.width)
}

func (a aspect) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Move(fyne.Position{})
	o[0].Resize(fyne.NewSize(size.Width, size.Width*a.height/a.width))
}

// iconLine puts an icon at the left and gives the rest to what is beside it.
type iconLine struct{}

func (iconLine) MinSize(o []fyne.CanvasObject) fyne.Size {
	icon, rest := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(icon.Width+look.Space8+rest.Width, max(icon.Height, rest.Height))
}

func (iconLine) Layout(o []fyne.CanvasObject, size fyne.Size) {
	icon, rest := o[0].MinSize(), o[1].MinSize()
	place(o[0], 0, (size.Height-icon.Height)/2, icon.Width, icon.Height)
	left := icon.Width + look.Space8
	place(o[1], left, (size.Height-rest.Height)/2, size.Width-left, rest.Height)
}

// flow puts objects beside each other, and what finds no room into a next line.
type flow struct {
	gap   float32
	width float32 // that was laid out last
}

func (f *flow) MinSize(o []fyne.CanvasObject) fyne.Size {
	least := float32(0)
	for _, object := range o {
		least = max(least, object.MinSize().Width)
	}
	return fyne.NewSize(least, f.arrange(o, max(f.width, least), func(fyne.CanvasObject, float32, float32, fyne.Size) {}))
}

func (f *flow) Layout(o []fyne.CanvasObject, size fyne.Size) {
	f.width = size.Width
	f.arrange(o, size.Width, func(object fyne.CanvasObject, x, y float32, s fyne.Size) { place(object, x, y, s.Width, s.Height) })
}

// arrange finds the place of every object and returns the height of all.
func (f *flow) arrange(o []fyne.CanvasObject, width float32, put func(fyne.CanvasObject, float32, float32, fyne.Size)) float32 {
	var x, y, high float32
	for _, object := range o {
		size := object.MinSize()
		if x > 0 && x+size.Width > width {
			x, y, high = 0, y+high+f.gap, 0
		}
		put(object, x, y, size)
		x, high = x+size.Width+f.gap, max(high, size.Height)
	}
	return y + high
}
