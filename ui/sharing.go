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
	b.root = container.New(&sharingLayout{text: b.text}, ground, widget.NewIcon("screen", 20, look.HangUp), b.text, b.mode, stop)
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

// modeWidth is how wide the picker is.
const modeWidth float32 = 156

// sharingLayout puts an icon, a text, a picker and a button into a line as long as
// they need, in the middle on a ground; where that is not there, the last two go
// below.
type sharingLayout struct {
	text  *widget.Text
	width float32 // that there was last
}

// parts are the objects, ground first.
func (l *sharingLayout) parts(o []fyne.CanvasObject) (ground, icon, mode, stop fyne.CanvasObject) {
	return o[0], o[1], o[3], o[4]
}

// natural is how wide it is when all is in one line.
func (l *sharingLayout) natural(o []fyne.CanvasObject) float32 {
	_, icon, _, stop := l.parts(o)
	text := fyne.MeasureText(l.text.Content, l.text.Points, fyne.TextStyle{Bold: true}).Width + 1
	return look.Space16 + icon.MinSize().Width + look.Space8 + text + look.Space24 + modeWidth + look.Space8 + stop.MinSize().Width + look.Space8
}

func (l *sharingLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	_, _, _, stop := l.parts(o)
	height := stop.MinSize().Height + 2*look.Space8
	if l.width > 0 && l.width < l.natural(o) {
		height += l.text.MinSize().Height + look.Space8
	}
	return fyne.NewSize(240, height)
}

func (l *sharingLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	l.width = size.Width
	ground, icon, mode, stop := l.parts(o)
	natural, button, text := l.natural(o), stop.MinSize(), l.text.MinSize().Height
	width := min(size.Width, natural)
	left := (size.Width - width) / 2
	place(ground, left, 0, width, size.Height)
	below := size.Height - look.Space8 - button.Height
	line, room := below+button.Height/2, natural-look.Space24-modeWidth-button.Width // where the text is, and how much
	if width < natural {
		line, room = look.Space8+text/2, width
	}
	side := icon.MinSize()
	place(icon, left+look.Space16, line-side.Height/2, side.Width, side.Height)
	before := look.Space16 + side.Width + look.Space8
	place(l.text, left+before, line-text/2, max(0, room-before-look.Space16), text)
	right := left + width - look.Space8 - button.Width
	place(stop, right, below, button.Width, button.Height)
	place(mode, right-look.Space8-modeWidth, below, modeWidth, button.Height)
}
