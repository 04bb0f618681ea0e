package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/layout"
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
