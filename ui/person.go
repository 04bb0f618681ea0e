package ui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"parley/assets/words"
	"parley/call"
	"parley/call/session"
	"parley/media"
	"parley/signaling"
	"parley/ui/look"
	"parley/ui/screen"
	"parley/ui/widget"
)

// paneWidth is the most that a column of the pane takes.
const paneWidth float32 = 520

// personView is one person's page.
type personView struct {
	w    *Window
	root fyne.CanvasObject
	back fyne.CanvasObject
	page screen.PersonPage

	avatar  *widget.Avatar
	name    *widget.Text
	where   *widget.Text
	hint    *widget.Text
	video   *widget.Button
	voice   *widget.Button
	star    *widget.Button
	add     *widget.Button
	remove  *widget.Button
	history *fyne.Container
}

func newPersonView(w *Window) *personView {
	p := &personView{w: w, avatar: widget.NewAvatar("", 96)}
	t := w.words
	p.name = widget.Heading("", look.Caller)
	p.name.Shrink, p.name.Align = true, fyne.TextAlignCenter
	p.where = widget.NewText("", look.Body, look.Quiet)
	p.where.Shrink, p.where.Align = true, fyne.TextAlignCenter
	p.hint = widget.Flowing("", look.Body, look.Quiet)
	p.hint.Align = fyne.TextAlignCenter
	p.video = widget.NewButton("person.video", "camera", t.Text("button.video"), widget.Primary, func() { w.dial(p.page.Address, media.Video) })
	p.voice = widget.NewButton("person.voice", "phone", t.Text("button.voice"), widget.Soft, func() { w.dial(p.page.Address, media.Audio) })
	p.star = widget.NewIconButton("person.star", "star", t.Text("button.star"), p.toggleStar)
	p.add = widget.NewButton("person.add", "add", t.Text("button.add"), widget.Plain, p.save)
	p.remove = widget.NewIconButton("person.remove", "trash", t.Text("button.remove"), p.askRemove)
	p.history = widget.Column(0)
	calls := widget.Column(look.Space8, widget.Heading(t.Text("home.history"), look.Body), widget.Card(widget.Inset(look.Space8, p.history)))
	column := widget.Column(0,
		widget.Centered(p.avatar), gap(look.Space16), p.name, gap(look.Space4), p.where, gap(look.Space24),
		widget.Centered(widget.Line(look.Space12, p.video, p.voice)), gap(look.Space16),
		p.hint, gap(look.Space24),
		calls,
	)
	p.root, p.back = newPane(w, "", column, p.add, p.star, p.remove)
	return p
}

func gap(height float32) fyne.CanvasObject { return widget.Sized(0, height, layout.NewSpacer()) }

// newPane is a scrolling column under a bar with a way back, a title and actions.
func newPane(w *Window, title string, column fyne.CanvasObject, actions ...fyne.CanvasObject) (pane, back fyne.CanvasObject) {
	back = widget.NewIconButton("back", "back", w.words.Text("button.back"), func() { w.home.closePane() })
	line := widget.Line(look.Space8, back, widget.Centered(widget.Heading(title, look.Title)), layout.NewSpacer())
	for _, action := range actions {
		line.Add(action)
	}
	bar := widget.Padded(look.Space12, 0, look.Space12, look.Space16, line)
	middle := container.New(columnLayout{paneWidth}, column)
	scroll := container.NewVScroll(widget.Padded(look.Space16, look.Space32, look.Space24, look.Space24, middle))
	return container.NewBorder(widget.Sized(0, look.Space12+40, bar), nil, nil, nil, scroll), back
}

// columnLayout centres a column of at most width.
type columnLayout struct{ width float32 }

func (c columnLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(min(c.width, o[0].MinSize().Width), o[0].MinSize().Height)
}

func (c columnLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	width := min(c.width, size.Width)
	o[0].Resize(fyne.NewSize(width, size.Height)) // flowing text finds its height
	o[0].Resize(fyne.NewSize(width, max(size.Height, o[0].MinSize().Height)))
	o[0].Move(fyne.NewPos((size.Width-width)/2, 0))
}

func (p *personView) apply(page screen.PersonPage) {
	p.avatar.Set(page.Name, kindIcon(page.Kind), presence(page.Here, page.Known))
	p.name.Set(page.Name)
	p.where.Set(strings.Trim(page.Presence+" · "+page.Where, " ·"))
	p.hint.Set(page.Hint)
	show(p.hint, page.Hint != "")
	enable(p.video, page.CanCall)
	enable(p.voice, page.CanCall)
	show(p.voice, page.Voice)
	t := p.w.words
	if page.Starred {
		p.star.SetIcon("star-full", t.Text("button.unstar"))
	} else {
		p.star.SetIcon("star", t.Text("button.star"))
	}
	show(p.star, page.Contact)
	show(p.remove, page.Contact)
	show(p.add, !page.Contact && page.Kind != signaling.Guest) // a guest is gone with its page
	if p.history.Objects == nil || page.Empty != p.page.Empty || !slices.Equal(page.History, p.page.History) {
		p.fillHistory(page)
	}
	p.page = page
}

type switchable interface {
	Enable()
	Disable()
}

func enable(s switchable, on bool) {
	if on {
		s.Enable()
	} else {
		s.Disable()
	}
}

func (p *personView) fillHistory(page screen.PersonPage) {
	p.history.Objects = nil
	if page.Empty != "" {
		p.history.Add(widget.Inset(look.Space8, widget.NewText(page.Empty, look.Body, look.Quiet)))
	}
	for _, c := range page.History {
		p.history.Add(historyLine(c))
	}
	p.history.Refresh()
}

func historyLine(c screen.CallLine) fyne.CanvasObject {
	ink := look.Quiet
	if c.Direction == screen.MissedCall {
		ink = look.HangUp
	}
	kind := "phone"
	if c.Video {
		kind = "camera"
	}
	when := widget.NewText(c.When, look.Body, look.Quiet)
	return widget.Inset(look.Space8, widget.Line(look.Space12,
		widget.NewIcon(directionIcon(c.Direction), 18, ink), widget.NewText(c.What, look.Body, ink),
		layout.NewSpacer(), when, widget.NewIcon(kind, 18, look.Quiet)))
}

func (p *personView) toggleStar() { p.saveAs(!p.page.Starred) }

func (p *personView) save() { p.saveAs(false) }

func (p *personView) saveAs(starred bool) {
	c := call.Contact{Address: p.page.Address, Name: p.page.Name, Starred: starred, Added: p.w.deps.Now()}
	for _, known := range p.w.snapshot.Contacts {
		if known.Address == c.Address {
			c.Added = known.Added
		}
	}
	p.w.post(session.SaveContact{Contact: c})
}

func (p *personView) askRemove() {
	t := p.w.words
	page := p.page
	var sheet *widget.Overlay
	buttons := widget.Line(look.Space8, layout.NewSpacer(),
		widget.NewButton("remove.cancel", "", t.Text("button.cancel"), widget.Soft, func() { sheet.Close() }),
		widget.NewButton("remove.confirm", "", t.Text("button.remove"), widget.Danger, func() {
			sheet.Close()
			p.w.post(session.RemoveContact{Address: page.Address})
		}))
	sheet = widget.ShowSheet(p.w.main.Canvas(), widget.Column(look.Space16,
		widget.Paragraph(t.Text("remove.question", words.Args{"name": page.Name}), look.Name, look.Text, 320),
		widget.Paragraph(t.Text("remove.detail"), look.Body, look.Quiet, 320), buttons), nil)
}
