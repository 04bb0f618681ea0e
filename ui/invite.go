package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/layout"

	"parley/call/session"
	"parley/ui/look"
	"parley/ui/screen"
	"parley/ui/widget"
)

const (
	widestSheet float32 = 400
	qrSide      float32 = 200
)

// inviteSheet shows a link to give away.
type inviteSheet struct {
	overlay *widget.Overlay
	content *fyne.Container
	width   float32
	shown   screen.Invite
	copied  bool
}

// openInvite asks for a link and shows it once it is there.
func (w *Window) openInvite() {
	if w.invite != nil {
		return
	}
	room := w.main.Canvas().Size().Width - 2*look.Space24 - 2*look.Space16
	s := &inviteSheet{content: widget.Column(0), width: min(widestSheet, room)}
	w.invite = s
	w.fillInvite()
	s.overlay = widget.ShowSheet(w.main.Canvas(), widget.Sized(s.width, 0, s.content), func() { w.invite = nil })
	w.askInvite()
}

// askInvite asks for a link where one can be had.
func (w *Window) askInvite() {
	if w.model.Invite.Server != "" {
		w.post(session.Invite{Server: w.model.Invite.Server})
	}
}

func (w *Window) renderInvite() {
	s := w.invite
	if s == nil || s.overlay == nil {
		return
	}
	if w.model.Stage != screen.AtHome {
		s.overlay.Close() // a call matters more
		return
	}
	if s.shown != w.model.Invite {
		s.copied = false
		if w.model.Invite.URL == "" {
			w.askInvite() // the server is back, or another
		}
		w.fillInvite()
		s.overlay.Refresh()
	}
}

func (w *Window) fillInvite() {
	s, t, m := w.invite, w.words, w.model.Invite
	s.shown = m
	head := widget.Line(0, widget.Centered(widget.Heading(t.Text("invite.title"), look.Title)), layout.NewSpacer(),
		widget.NewIconButton("invite.close", "close", t.Text("button.close"), func() { s.overlay.Close() }))
	body := []fyne.CanvasObject{head}
	if m.URL == "" {
		body = append(body, widget.Paragraph(m.Note, look.Body, look.Quiet, s.width))
	} else {
		body = append(body, w.inviteBody(m)...)
	}
	s.content.Objects = []fyne.CanvasObject{widget.Column(look.Space16, body...)}
	s.content.Refresh()
}

func (w *Window) inviteBody(m screen.Invite) []fyne.CanvasObject {
	t, width := w.words, w.invite.width
	link := widget.NewText(m.URL, look.Body, look.Text)
	link.Shrink = true
	label := t.Text("invite.copy")
	icon := "copy"
	if w.invite.copied {
		label, icon = t.Text("invite.copied"), "check"
	}
	copyLink := widget.NewButton("invite.copy", icon, label, widget.Primary, w.copyInvite)
	body := []fyne.CanvasObject{
		widget.Paragraph(t.Text("invite.text"), look.Body, look.Text, width),
		widget.Centered(widget.NewQR(m.URL, qrSide)),
		widget.Framed(widget.Inset(look.Space12, link)),
		copyLink,
	}
	if w.deps.OwnHub {
		body = append(body, w.shareButton())
	}
	return append(body, widget.Column(look.Space4,
		widget.Paragraph(m.Expires, look.Hint, look.Quiet, width),
		widget.Paragraph(m.Note, look.Hint, look.Quiet, width)))
}

// shareButton lets people on this network in, or out again. The link changes
// with it.
func (w *Window) shareButton() fyne.CanvasObject {
	label, icon := w.words.Text("invite.share"), "invite"
	if w.prefs.Share {
		label, icon = w.words.Text("invite.unshare"), "close"
	}
	return widget.NewButton("invite.share", icon, label, widget.Soft, func() {
		w.setPreferences(func(p *Preferences) { p.Share = !p.Share })
		w.fillInvite()
		w.invite.overlay.Refresh()
	})
}

func (w *Window) copyInvite() {
	w.deps.App.Clipboard().SetContent(w.model.Invite.URL)
	if w.invite != nil {
		w.invite.copied = true
		w.fillInvite()
		w.invite.overlay.Refresh()
	}
}
