package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/layout"

	"parley/assets/words"
	"parley/call"
	"parley/call/session"
	"parley/signaling"
	"parley/ui/look"
	"parley/ui/screen"
	"parley/ui/widget"
)

// serverView is one server's page: what it is, what it cannot do, its rooms.
type serverView struct {
	w    *Window
	root fyne.CanvasObject
	page screen.ServerPage

	name    *widget.Text
	state   *widget.Text
	self    *widget.Text
	unknown *widget.Text
	limits  *fyne.Container
	limited *fyne.Container // limits with their heading
	rooms   fyne.CanvasObject
	room    *widget.Field
	remove  *widget.Button
}

func newServerView(w *Window) *serverView {
	v := &serverView{w: w}
	t := w.words
	v.name = widget.Heading("", look.Caller)
	v.name.Shrink, v.name.Align = true, fyne.TextAlignCenter
	v.state = widget.Flowing("", look.Body, look.Quiet)
	v.state.Align = fyne.TextAlignCenter
	v.self = widget.Flowing("", look.Body, look.Quiet)
	v.self.Align = fyne.TextAlignCenter
	v.unknown = widget.Flowing("", look.Hint, look.Quiet)
	v.limits = widget.Column(look.Space12)
	v.limited = w.section("server.limits", v.limits)
	v.room = widget.NewField("server.room", t.Text("server.roomHint"))
	v.room.OnSubmitted = func(string) { v.join() }
	join := widget.NewButton("server.join", "add", t.Text("server.join"), widget.Primary, v.join)
	v.rooms = w.section("server.rooms", widget.Beside(v.room, join))
	v.remove = widget.NewIconButton("server.remove", "trash", t.Text("server.remove"), v.askRemove)
	mark := widget.NewAvatar("", 96)
	mark.Set("", "server", widget.NoPresence)
	column := widget.Column(look.Space24,
		widget.Column(look.Space8, widget.Centered(mark), v.name, v.state, v.self), v.rooms, v.limited, v.unknown)
	v.root, _ = newPane(w, "", column, v.remove)
	return v
}

func (v *serverView) apply(p screen.ServerPage) {
	v.name.Set(p.Name)
	v.state.Set(p.State)
	v.self.Set("")
	if p.Self != "" {
		v.self.Set(v.w.words.Text("server.self", words.Args{"name": p.Self}))
	}
	show(v.self, p.Self != "")
	v.unknown.Set(p.Unknown)
	show(v.unknown, p.Unknown != "")
	show(v.rooms, p.Rooms)
	show(v.limited, len(p.Limits) > 0)
	show(v.remove, p.Removable && v.w.deps.Servers != nil)
	if v.page.URL != p.URL {
		v.room.SetText("")
	}
	v.limits.Objects = nil
	for _, limit := range p.Limits {
		v.limits.Add(widget.Flowing(limit, look.Body, look.Text))
	}
	v.limits.Refresh()
	v.page = p
}

// join adds a room as a contact, which the program then joins, and opens it.
func (v *serverView) join() {
	if v.room.Text == "" {
		return
	}
	a := signaling.Address{Server: v.page.URL, Name: v.room.Text}
	v.room.SetText("")
	v.w.post(session.SaveContact{Contact: call.Contact{Address: a, Name: a.Name, Added: v.w.deps.Now()}})
	v.w.home.openPerson(a)
}

func (v *serverView) askRemove() {
	t, page := v.w.words, v.page
	var sheet *widget.Overlay
	buttons := widget.Line(look.Space8, layout.NewSpacer(),
		widget.NewButton("remove.cancel", "", t.Text("button.cancel"), widget.Soft, func() { sheet.Close() }),
		widget.NewButton("remove.confirm", "", t.Text("button.remove"), widget.Danger, func() {
			sheet.Close()
			v.w.removeServer(page.URL)
		}))
	sheet = widget.ShowSheet(v.w.main.Canvas(), widget.Column(look.Space16,
		widget.Paragraph(t.Text("server.removeQuestion", words.Args{"server": page.Name}), look.Name, look.Text, 320),
		widget.Paragraph(t.Text("server.removeDetail"), look.Body, look.Quiet, 320), buttons), nil)
}

func (w *Window) removeServer(url string) {
	if err := w.deps.Servers.Remove(url); err != nil {
		w.post(session.Noticed{Notice: session.Notice{Code: "settingsFailed", Err: err, Since: w.deps.Now()}})
		return
	}
	w.home.closePane()
}

func (w *Window) openServer(url string) { w.look(func(v *screen.View) { v.Server = url }) }
