package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/layout"

	"parley/assets/words"
	"parley/call/session"
	"parley/media"
	"parley/signaling"
	"parley/ui/look"
	"parley/ui/screen"
	"parley/ui/widget"
)

// Size of the window that rings.
const (
	ringWidth, ringHeight float32 = 360, 440
)

// ringView asks whether to answer a call, in a window of its own.
type ringView struct {
	call   signaling.CallID
	window fyne.Window     // nil when it rings inside the main window
	sheet  *widget.Overlay // nil when it has a window
	root   *fyne.Container // what changes between asking and writing
	with   fyne.CanvasObject
}

// renderRing opens and closes the ringing window.
func (w *Window) renderRing() {
	id := w.snapshot.Call.ID
	rings := w.model.Stage == screen.Incoming
	if w.ring != nil && (!rings || w.ring.call != id) {
		w.closeRing()
	}
	if rings && w.ring == nil {
		w.openRing(id)
	}
}

func (w *Window) openRing(id signaling.CallID) {
	r := &ringView{call: id, root: container.NewStack()}
	w.ring = r
	w.fillRing()
	body := widget.Sized(ringWidth, ringHeight, r.root)
	if w.deps.OneWindow {
		r.sheet = widget.ShowSheet(w.main.Canvas(), widget.Sized(ringWidth-2*look.Space24, ringHeight-2*look.Space24, r.root), func() {
			if w.ring == r {
				w.reject("")
			}
		})
		return
	}
	r.window = w.deps.App.NewWindow(w.model.Ring.Title)
	r.window.SetPadded(false)
	r.window.SetIcon(look.AppIcon())
	r.window.SetContent(widget.NewRoot(container.NewStack(widget.NewFill(look.Surface, 0), body)))
	r.window.Resize(fyne.NewSize(ringWidth, ringHeight))
	r.window.SetFixedSize(true)
	r.window.Canvas().SetOnTypedKey(w.ringKey)
	r.window.SetCloseIntercept(func() { w.reject("") })
	if d, ok := r.window.(desktop.Window); ok {
		d.RequestAlwaysOnTop()
	}
	r.window.CenterOnScreen()
	r.window.Show()
	r.window.RequestFocus()
}

func (w *Window) closeRing() {
	r := w.ring
	w.ring = nil
	if r.sheet != nil {
		r.sheet.Close()
	}
	if r.window != nil {
		r.window.Close()
	}
}

func (r *ringView) canvas(w *Window) fyne.Canvas {
	if r.window != nil {
		return r.window.Canvas()
	}
	return w.main.Canvas()
}

func (w *Window) fillRing() {
	m, t, r := w.model.Ring, w.words, w.ring
	avatar := widget.NewAvatar(m.Name, 112)
	avatar.Set(m.Name, kindIcon(m.Kind), widget.NoPresence)
	name := widget.Heading(m.Name, look.Caller)
	name.Shrink, name.Align = true, fyne.TextAlignCenter
	inner := ringWidth - 2*look.Space24
	what := widget.Paragraph(m.What, look.Body, look.Quiet, inner)
	what.Align = fyne.TextAlignCenter
	top := []fyne.CanvasObject{gap(look.Space8), widget.Centered(avatar), gap(look.Space8), name, widget.Centered(what)}
	if m.Stranger != "" {
		stranger := widget.NewText(m.Stranger, look.Body, look.Warning)
		stranger.Bold = true
		learn := widget.Paragraph(m.Learn, look.Hint, look.Quiet, inner)
		learn.Align = fyne.TextAlignCenter
		top = append(top, widget.Centered(stranger), widget.Centered(learn))
	}
	with := widget.NewButton("ring.with", "message", t.Text("ring.declineWith"), widget.Plain, w.openDeclineMenu)
	r.with = with
	under := fyne.CanvasObject(with)
	if m.Limit != "" {
		limit := widget.Paragraph(m.Limit, look.Hint, look.Quiet, inner)
		limit.Align = fyne.TextAlignCenter
		under = limit
	}
	bottom := widget.Column(look.Space8, w.answerButtons(m), widget.Centered(under))
	r.root.Objects = []fyne.CanvasObject{widget.Padded(look.Space16, look.Space16, look.Space24, look.Space24,
		container.NewBorder(widget.Column(look.Space4, top...), bottom, nil, nil))}
	r.root.Refresh()
}

// answerButtons are Decline, Voice and, for a call with picture, Video.
func (w *Window) answerButtons(m screen.Ring) fyne.CanvasObject {
	t := w.words
	row := widget.Line(0, layout.NewSpacer(),
		widget.NewAnswerButton("ring.decline", "hang-up", t.Text("ring.decline"), widget.Hanging, func() { w.reject("") }), layout.NewSpacer(),
		widget.NewAnswerButton("ring.voice", "phone", t.Text("ring.voiceAnswer"), widget.Taking, func() { w.accept(media.Audio) }), layout.NewSpacer())
	if m.Video {
		row.Add(widget.NewAnswerButton("ring.video", "camera", t.Text("ring.videoAnswer"), widget.Taking, func() { w.accept(media.Video) }))
		row.Add(layout.NewSpacer())
	}
	return row
}

func (w *Window) accept(kind media.Kind) { w.post(session.Accept{Kind: kind}) }

func (w *Window) reject(text string) { w.post(session.Reject{Text: text}) }

// ringKey answers by Enter and declines by Escape.
func (w *Window) ringKey(ev *fyne.KeyEvent) {
	if w.ring == nil {
		return
	}
	if top, ok := w.ring.canvas(w).Overlays().Top().(*widget.Overlay); ok && top != w.ring.sheet {
		if ev.Name == fyne.KeyEscape {
			top.Close()
		}
		return
	}
	switch ev.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		if w.model.Ring.Video {
			w.accept(media.Video)
		} else {
			w.accept(media.Audio)
		}
	case fyne.KeyEscape:
		w.reject("")
	default: // means nothing here
	}
}

func (w *Window) openDeclineMenu() {
	var items []widget.MenuItem
	for i, text := range w.model.Ring.Texts {
		items = append(items, widget.MenuItem{ID: "ring.text:" + string(rune('1'+i)), Text: text, Icon: "message", Do: func() { w.reject(text) }})
	}
	items = append(items, widget.MenuItem{ID: "ring.text:own", Text: w.words.Text("ring.text.own"), Icon: "message", Do: w.writeDecline})
	widget.ShowMenu(w.ring.canvas(w), w.ring.with, items)
}

// longestDecline is what a hub relays (docs/protocol.md).
const longestDecline = 200

// writeDecline asks for the user's own words.
func (w *Window) writeDecline() {
	t, r := w.words, w.ring
	if r == nil {
		return
	}
	field := widget.NewField("ring.ownText", t.Text("ring.text.hint", words.Args{"name": w.model.Ring.Name}))
	send := func() { w.reject(firstRunes(field.Text, longestDecline)) }
	field.OnSubmitted = func(string) { send() }
	field.OnEscape = w.fillRing
	r.root.Objects = []fyne.CanvasObject{widget.Inset(look.Space24, widget.Column(look.Space16,
		widget.Paragraph(t.Text("ring.declineWith"), look.Title, look.Text, ringWidth-2*look.Space24), field,
		widget.NewButton("ring.send", "hang-up", t.Text("ring.text.send"), widget.Danger, send),
		widget.NewButton("ring.back", "", t.Text("button.back"), widget.Soft, w.fillRing)))}
	r.root.Refresh()
	r.canvas(w).Focus(field)
}

func firstRunes(s string, n int) string {
	runes := []rune(s)
	return string(runes[:min(n, len(runes))])
}
