package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"parley/call/session"
	"parley/ui/look"
	"parley/ui/screen"
	"parley/ui/widget"
)

// recordingBar tells, for as long as it is so, that the call is recorded, and by
// whom; and ends ours.
type recordingBar struct {
	root *fyne.Container
	text *widget.Text
	stop *widget.Button
}

func newRecordingBar(w *Window) *recordingBar {
	b := &recordingBar{text: widget.NewText("", look.Body, look.Text)}
	b.text.Bold, b.text.Shrink = true, true
	b.stop = widget.NewButton("recording.stop", "", w.words.Text("recording.stop"), widget.Danger, func() { w.post(session.RecordCall{}) })
	ground := widget.NewFill(look.Surface, look.Corner)
	ground.Edge, ground.Raised = look.Line, true
	b.root = container.New(&recordingLayout{b}, ground, widget.NewFill(look.HangUp, dotSize/2), b.text, b.stop)
	b.root.Hide()
	return b
}

func (b *recordingBar) apply(r screen.Recording) {
	show(b.root, r.Text != "")
	show(b.stop, r.On)
	b.text.Set(r.Text)
	b.root.Refresh()
}

// dotSize is the diameter of the red dot.
const dotSize float32 = 12

// recordingLayout puts a dot, a text and perhaps a button into a line as long as
// they need, in the middle on a ground.
type recordingLayout struct{ b *recordingBar }

func (l *recordingLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(240, l.b.stop.MinSize().Height+2*look.Space8)
}

func (l *recordingLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	text := fyne.MeasureText(l.b.text.Content, l.b.text.Points, fyne.TextStyle{Bold: true}).Width + 1
	button := fyne.Size{}
	if l.b.stop.Visible() {
		button = l.b.stop.MinSize()
	}
	before, after := look.Space16+dotSize+look.Space8, look.Space16+button.Width+look.Space8
	width := min(size.Width, before+text+after)
	left := (size.Width - width) / 2
	place(o[0], left, 0, width, size.Height)
	place(o[1], left+look.Space16, (size.Height-dotSize)/2, dotSize, dotSize)
	height := l.b.text.MinSize().Height
	place(l.b.text, left+before, (size.Height-height)/2, max(0, width-before-after), height)
	place(l.b.stop, left+width-look.Space8-button.Width, (size.Height-button.Height)/2, button.Width, button.Height)
}

// recordingItems are what the call's menu offers beside devices.
func (c *callView) recordingItems() []widget.MenuItem {
	t, s := c.w.words, c.w.model.Call
	var items []widget.MenuItem
	if s.HasPicture() {
		items = append(items, widget.MenuItem{ID: "snapshot", Text: t.Text("incall.snapshot"), Do: c.w.savePicture})
	}
	if s.Live {
		text := t.Text("incall.record")
		if s.Recording.On {
			text = t.Text("recording.stop")
		}
		items = append(items, widget.MenuItem{ID: "record", Text: text, Do: c.w.toggleRecording})
	}
	return items
}

// savePicture saves the other side's picture: of its screen while that is shown.
func (w *Window) savePicture() {
	if w.model.Stage == screen.InCall && w.model.Call.HasPicture() {
		w.post(session.SavePicture{})
	}
}

// toggleRecording begins to record, or ends that. It is the session that knows which.
func (w *Window) toggleRecording() {
	if w.model.Stage == screen.InCall && w.model.Call.Live {
		w.post(session.RecordCall{On: !w.snapshot.Recording.On})
	}
}
