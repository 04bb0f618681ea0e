package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"parley/call/session"
	"parley/ui/look"
	"parley/ui/screen"
	"parley/ui/widget"
)

// sharingBar tells for as long as it lasts that the screen is shown, and ends it.
type sharingBar struct {
	w    *Window
	root *fyne.Container
	text *widget.Text
	mode *widget.Picker
}

// The modes of the picker.
const sharpText, smoothMotion = "sharp", "smooth"

func newSharingBar(w *Window) *sharingBar {
	t := w.words
	b := &sharingBar{w: w, text: widget.NewText("", look.Body, look.Text)}
	b.text.Bold, b.text.Shrink = true, true
	b.mode = widget.NewPicker("sharing.mode", t.Text("sharing.mode"), b.choose)
	stop := widget.NewButton("sharing.stop", "", t.Text("sharing.stop"), widget.Danger, w.stopSharing)
	ground := widget.NewFill(look.Surface, look.Corner)
	ground.Edge, ground.Raised = look.Line, true
	line := container.New(sharingLayout{}, widget.NewIcon("screen", 20, look.HangUp), b.text, b.mode, stop)
	b.root = container.New(middle{}, container.NewStack(ground, widget.Padded(look.Space8, look.Space8, look.Space12, look.Space8, line)))
	b.root.Hide()
	return b
}

func (b *sharingBar) apply(s screen.Sharing) {
	show(b.root, s.On)
	if !s.On {
		return
	}
	t, mode := b.w.words, sharpText
	if s.Smooth {
		mode = smoothMotion
	}
	b.text.Set(s.Text)
	b.mode.Set(t.Text("sharing.mode"), mode, []widget.Option{
		{Value: sharpText, Text: t.Text("sharing.sharp")}, {Value: smoothMotion, Text: t.Text("sharing.smooth")},
	})
	b.root.Refresh()
}

func (b *sharingBar) choose(mode string) {
	s := b.w.model.Call.Sharing
	b.w.post(session.Share{On: true, Target: s.Target, Smooth: mode == smoothMotion})
}

// Sizes of the bar.
const (
	widestSharing float32 = 600
	modeWidth     float32 = 156
	oneLine       float32 = 420 // under which picker and button take a line of their own
)

// middle keeps a bar in the middle, no wider than is read with ease.
type middle struct{}

func (middle) MinSize(o []fyne.CanvasObject) fyne.Size { return o[0].MinSize() }

func (middle) Layout(o []fyne.CanvasObject, size fyne.Size) {
	width := min(size.Width, widestSharing)
	place(o[0], (size.Width-width)/2, 0, width, size.Height)
}

// sharingLayout puts an icon, a text, a picker and a button into one line.
type sharingLayout struct{}

func (sharingLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	button := o[3].MinSize()
	return fyne.NewSize(o[0].MinSize().Width+look.Space8+120+look.Space8+button.Width, max(o[1].MinSize().Height, button.Height))
}

func (sharingLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	icon, text, button := o[0].MinSize(), o[1].MinSize(), o[3].MinSize()
	place(o[0], 0, (size.Height-icon.Height)/2, icon.Width, icon.Height)
	right := size.Width - button.Width
	place(o[3], right, (size.Height-button.Height)/2, button.Width, button.Height)
	width := modeWidth
	if size.Width < oneLine {
		width = 116
	}
	right -= look.Space8 + width
	place(o[2], right, (size.Height-button.Height)/2, width, button.Height)
	left := icon.Width + look.Space8
	place(o[1], left, (size.Height-text.Height)/2, max(0, right-look.Space8-left), text.Height)
}
