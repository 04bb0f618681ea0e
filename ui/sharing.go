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
	icon *widget.Icon
	// preview is what is shown, where that is beside the camera; else the own
	// picture is of it.
	preview *widget.VideoTile
}

// The modes of the picker.
const sharpText, smoothMotion = "sharp", "smooth"

func newSharingBar(w *Window) *sharingBar {
	t := w.words
	b := &sharingBar{w: w, text: widget.NewText("", look.Body, look.Text)}
	b.text.Bold, b.text.Shrink = true, true
	b.mode = widget.NewPicker("sharing.mode", t.Text("sharing.mode"), b.choose)
	b.icon = widget.NewIcon("screen", 20, look.HangUp)
	b.preview = widget.NewVideoTile("sharing.preview", t.Text("sharing.preview"), look.Space8, widget.Centered(widget.NewIcon("screen", 20, look.QuietOn)))
	stop := widget.NewButton("sharing.stop", "", t.Text("sharing.stop"), widget.Danger, w.stopSharing)
	ground := widget.NewFill(look.Surface, look.Corner)
	ground.Edge, ground.Raised = look.Line, true
	b.root = container.New(&sharingLayout{text: b.text}, ground, b.icon, b.text, b.mode, stop, b.preview)
	b.root.Hide()
	return b
}

func (b *sharingBar) apply(s screen.Sharing) {
	show(b.root, s.On)
	show(b.preview, s.Beside)
	show(b.icon, !s.Beside)
	if !s.On || !s.Beside {
		b.preview.Clear()
	}
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

// Sizes of the picker and the preview.
const (
	modeWidth                   float32 = 156
	previewWidth, previewHeight float32 = 100, 56
)

// sharingLayout puts an icon, a text, a picker and a button into a line as long as
// they need, in the middle on a ground; where that is not there, the last two go
// below.
type sharingLayout struct {
	text  *widget.Text
	width float32 // that there was last
}

// parts are the objects, ground first, and what leads: an icon, or the preview.
func (l *sharingLayout) parts(o []fyne.CanvasObject) (ground, mode, stop fyne.CanvasObject, lead fyne.CanvasObject, side fyne.Size) {
	ground, mode, stop = o[0], o[3], o[4]
	if preview := o[5]; preview.Visible() {
		return ground, mode, stop, preview, fyne.NewSize(previewWidth, previewHeight)
	}
	return ground, mode, stop, o[1], o[1].MinSize()
}

// natural is how wide it is when all is in one line.
func (l *sharingLayout) natural(o []fyne.CanvasObject) float32 {
	_, _, stop, _, side := l.parts(o)
	text := fyne.MeasureText(l.text.Content, l.text.Points, fyne.TextStyle{Bold: true}).Width + 1
	return look.Space16 + side.Width + look.Space8 + text + look.Space24 + modeWidth + look.Space8 + stop.MinSize().Width + look.Space8
}

func (l *sharingLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	_, _, stop, _, side := l.parts(o)
	button := stop.MinSize().Height
	height := max(button, side.Height) + 2*look.Space8
	if l.width > 0 && l.width < l.natural(o) {
		height = max(l.text.MinSize().Height, side.Height) + button + 3*look.Space8
	}
	return fyne.NewSize(240, height)
}

func (l *sharingLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	l.width = size.Width
	ground, mode, stop, lead, side := l.parts(o)
	natural, button, text := l.natural(o), stop.MinSize(), l.text.MinSize().Height
	width := min(size.Width, natural)
	left := (size.Width - width) / 2
	place(ground, left, 0, width, size.Height)
	line, room := size.Height/2, natural-look.Space24-modeWidth-button.Width // where the text is, and how much
	below := line - button.Height/2
	if width < natural {
		line, room = look.Space8+max(text, side.Height)/2, width
		below = size.Height - look.Space8 - button.Height
	}
	place(lead, left+look.Space16, line-side.Height/2, side.Width, side.Height)
	before := look.Space16 + side.Width + look.Space8
	place(l.text, left+before, line-text/2, max(0, room-before-look.Space16), text)
	right := left + width - look.Space8 - button.Width
	place(stop, right, below, button.Width, button.Height)
	place(mode, right-look.Space8-modeWidth, below, modeWidth, button.Height)
}
