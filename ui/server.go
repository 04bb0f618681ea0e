package ui

import (
	"strings"

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
	solve   *widget.Button
	repair  *widget.Button
	limits  *fyne.Container
	limited *fyne.Container // limits with their heading
	heading *widget.Text    // over who is there
	people  *widget.List
	there   *fyne.Container // all that
	who     *widget.Field
	join    *widget.Button
	change  *widget.Button
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
	v.solve = widget.NewButton("server.puzzle", "", t.Text("puzzle.solve"), widget.Primary, w.solvePuzzle)
	v.repair = widget.NewButton("server.repair", "edit", t.Text("button.change"), widget.Primary, func() { w.openChanging(v.page.URL) })
	v.limits = widget.Column(look.Space12)
	v.limited = w.section("server.limits", v.limits)
	v.newThere()
	v.change = widget.NewIconButton("server.change", "edit", t.Text("server.change"), func() { w.openChanging(v.page.URL) })
	v.remove = widget.NewIconButton("server.remove", "trash", t.Text("server.remove"), v.askRemove)
	mark := widget.NewAvatar("", 96)
	mark.Set("", "server", widget.NoPresence)
	column := widget.Column(look.Space24,
		widget.Column(look.Space8, widget.Centered(mark), gap(look.Space4), v.name, v.state, v.self, widget.Centered(v.solve), widget.Centered(v.repair)),
		v.there, v.limited, v.unknown)
	v.root, _ = newPane(w, "", column, v.change, v.remove)
	return v
}

// newThere makes the list of who is on the server, and where a name can be typed.
func (v *serverView) newThere() {
	v.heading = widget.Heading("", look.Body)
	v.people = widget.NewRows()
	v.who = widget.NewField("server.who", "")
	v.who.OnSubmitted = func(string) { v.open() }
	v.join = widget.NewButton("server.open", "add", "", widget.Primary, v.open)
	typing := widget.Beside(v.who, widget.Padded(0, 0, look.Space8, 0, v.join))
	v.there = widget.Column(look.Space8, v.heading,
		widget.Card(widget.Inset(look.Space16, widget.Column(look.Space12, v.people.Object(), typing))))
}

func (v *serverView) apply(p screen.ServerPage) {
	v.name.Set(p.Name)
	v.state.Set(p.State)
	v.self.Set("")
	if p.Self != "" {
		v.self.Set(v.w.words.Text("server.self", words.Args{"name": p.Self}))
	}
	show(v.self, p.Self != "")
	show(v.solve, p.Puzzle)
	v.unknown.Set(p.Unknown)
	show(v.unknown, p.Unknown != "")
	show(v.there, p.Open)
	v.applyThere(p)
	show(v.limited, len(p.Limits) > 0)
	changeable := p.Removable && v.w.deps.Servers != nil
	show(v.change, changeable)
	show(v.repair, changeable && p.Refused)
	show(v.remove, changeable)
	v.limits.Objects = nil
	for _, limit := range p.Limits {
		v.limits.Add(widget.Flowing(limit, look.Body, look.Text))
	}
	v.limits.Refresh()
	v.page = p
}

func (v *serverView) applyThere(p screen.ServerPage) {
	v.heading.Set(p.Heading)
	v.who.Rename(p.Hint)
	v.join.SetLabel(p.Go)
	v.join.SetIcon(goIcon(p), p.Go)
	if v.page.URL != p.URL {
		v.who.SetText("")
	}
	rows := personRows(p.People)
	for i := range rows {
		rows[i].ID = "there:" + p.People[i].Address.Name
	}
	v.people.Set(rows, func(i int) { v.w.home.openPerson(v.page.People[i].Address) })
	show(v.people.Object(), len(rows) > 0)
}

func goIcon(p screen.ServerPage) string {
	if p.Rooms {
		return "add"
	}
	return "search"
}

// open opens who, or the room that, was typed, ready to be called by Enter. A
// room is added as a contact, which the program then joins.
func (v *serverView) open() {
	name := strings.TrimSpace(v.who.Text)
	if name == "" {
		v.w.main.Canvas().Focus(v.who)
		return
	}
	a := signaling.Address{Server: v.page.URL, Name: name}
	v.who.SetText("")
	if v.page.Rooms {
		v.w.post(session.SaveContact{Contact: call.Contact{Address: a, Name: a.Name, Added: v.w.deps.Now()}})
	}
	v.w.home.openPerson(a)
	v.w.main.Canvas().Focus(v.w.home.person.video)
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
		w.post(session.Noticed{Notice: session.Notice{Code: "notRemoved", Args: map[string]string{"reason": err.Error()}, Since: w.deps.Now()}})
		return
	}
	w.home.closePane()
}

func (w *Window) openServer(url string) { w.look(func(v *screen.View) { v.Server = url }) }
