package ui

import (
	"reflect"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"parley/call/session"
	"parley/media"
	"parley/signaling"
	"parley/ui/look"
	"parley/ui/screen"
	"parley/ui/widget"
)

// narrow is the width under which the list stands alone.
const (
	narrow       float32 = 700
	sidebarWidth float32 = 320
)

// homeView is the window at rest: the list at the left, a person or the settings
// at the right.
type homeView struct {
	w    *Window
	root *fyne.Container

	shown bool
	home  screen.Home // as shown
	told  []screen.Banner

	banners *widget.Banners
	top     *fyne.Container // the banners with space around
	status  *widget.Text
	search  *widget.Field
	list    *widget.List
	people  *widget.Button
	calls   *widget.Button
	hint    *widget.Text
	offers  *fyne.Container
	echoes  []*widget.Button // that try Echo, where it is
	empty   *fyne.Container

	split      *splitLayout
	person     *personView
	settings   *settingsView
	server     *serverView
	nobody     fyne.CanvasObject
	invitation *widget.Text // in it
	statusAt   *fyne.Container
}

func newHomeView(w *Window) *homeView {
	h := &homeView{w: w, banners: w.banners, person: newPersonView(w), settings: newSettingsView(w), server: newServerView(w)}
	h.nobody = h.newNobody()
	pane := container.NewStack(h.nobody, h.person.root, h.settings.root, h.server.root)
	h.split = &splitLayout{back: h.person.back}
	divider := widget.NewFill(look.Line, 0)
	split := container.New(h.split, h.newSidebar(), divider, pane)
	h.top = widget.Inset(look.Space12, h.banners)
	h.top.Hide()
	h.root = container.NewStack(widget.NewFill(look.Ground, 0), container.New(underneath{}, h.top, split))
	return h
}

func (h *homeView) newSidebar() fyne.CanvasObject {
	t := h.w.words
	h.status = widget.NewText("", look.Hint, look.Quiet)
	h.status.Shrink = true
	h.statusAt = widget.Padded(0, look.Space12, look.Space4, look.Space4,
		container.NewBorder(nil, nil, widget.NewIcon("offline", 14, look.Quiet), nil, h.status))
	h.search = widget.NewField("search", t.Text("search.hint"))
	h.search.OnChanged = func(s string) { h.w.look(func(v *screen.View) { v.Search = s }) }
	h.search.OnEscape = h.leaveSearch
	h.search.OnDown = func() { h.w.main.Canvas().FocusNext() }
	h.search.OnSubmitted = func(string) { h.openFirst() }

	h.list = widget.NewList()
	h.hint = widget.Paragraph("", look.Body, look.Quiet, sidebarWidth-4*look.Space16)
	h.hint.Align = fyne.TextAlignCenter
	h.offers = widget.Column(look.Space8,
		h.newEcho("list.echo"),
		widget.NewButton("list.invite", "link", t.Text("button.inviteSomeone"), widget.Soft, h.w.openInvite),
	)
	h.empty = widget.Centered(widget.Column(look.Space16, h.hint, widget.Centered(h.offers)))

	h.people = widget.NewButton("tab.people", "people", t.Text("tab.people"), widget.Plain, func() { h.open(screen.People) })
	h.calls = widget.NewButton("tab.calls", "clock", t.Text("tab.calls"), widget.Plain, func() { h.open(screen.Calls) })
	tabs := container.New(layout.NewGridLayoutWithColumns(2), h.people, h.calls)
	foot := container.NewBorder(nil, nil, nil,
		widget.NewIconButton("settings", "settings", t.Text("button.settings"), h.w.openSettings),
		widget.NewButton("invite", "invite", t.Text("button.invite"), widget.Soft, h.w.openInvite))
	top := widget.Padded(look.Space16, look.Space8, look.Space16, look.Space16, widget.Column(0, h.statusAt, h.search))
	bottom := widget.Column(0, widget.Rule(), widget.Padded(look.Space8, look.Space16, look.Space16, look.Space16, widget.Column(look.Space8, tabs, foot)))
	lists := container.NewStack(widget.Padded(0, 0, look.Space8, look.Space8, h.list.Object()), h.empty)
	return container.NewStack(widget.NewFill(look.Surface, 0), container.NewBorder(top, bottom, nil, nil, lists))
}

func (h *homeView) newNobody() fyne.CanvasObject {
	t := h.w.words
	mark := widget.NewPicture(look.AppIcon(), 88)
	h.invitation = widget.Paragraph(t.Text("home.pick"), look.Name, look.Quiet, 360)
	h.invitation.Align = fyne.TextAlignCenter
	buttons := widget.Line(look.Space12,
		h.newEcho("home.echo"),
		widget.NewButton("home.invite", "link", t.Text("button.inviteSomeone"), widget.Soft, h.w.openInvite),
	)
	column := widget.Column(look.Space24, widget.Centered(mark), widget.Centered(h.invitation), widget.Centered(buttons))
	if h.w.deps.Servers != nil {
		column.Add(widget.Centered(widget.NewButton("home.server", "server", t.Text("button.addServer"), widget.Plain, func() { h.w.openAdding("") })))
	}
	return widget.Centered(column)
}

func (h *homeView) newEcho(id string) *widget.Button {
	b := widget.NewButton(id, "camera", h.w.words.Text("button.tryEcho"), widget.Primary, h.tryEcho)
	h.echoes = append(h.echoes, b)
	return b
}

// apply shows a model. One that looks like the last costs nothing.
func (h *homeView) apply(m screen.Model) {
	h.search.SetLeading("search", h.w.main.Canvas().Scale())
	if h.shown && reflect.DeepEqual(m.Home, h.home) && slices.Equal(m.Banners, h.told) {
		return
	}
	h.shown, h.home, h.told = true, m.Home, m.Banners
	home := m.Home
	h.status.Set(home.Status)
	show(h.statusAt, home.Status != "")
	h.banners.Set(h.w.bannerData(m.Banners))
	show(h.top, len(m.Banners) > 0)
	h.people.SetOn(home.Page == screen.People)
	h.calls.SetOn(home.Page == screen.Calls)
	h.calls.SetBadge(home.Missed, home.CallsTab)
	if home.Page == screen.Calls && h.w.view.Search == "" {
		h.list.Set(callRows(home.Calls), func(i int) { h.openPerson(h.w.model.Home.Calls[i].Address) })
	} else {
		h.list.Set(personRows(home.People), func(i int) { h.use(h.w.model.Home.People[i]) })
	}
	h.hint.Set(home.Hint)
	show(h.empty, home.Hint != "")
	show(h.offers, home.Hint != "" && home.Welcome)
	for _, b := range h.echoes {
		show(b, home.Echo != (signaling.Address{}))
	}
	h.invitation.Set(home.Invitation)
	show(h.nobody, home.Pane == screen.NoPane)
	show(h.person.root, home.Pane == screen.PersonPane)
	show(h.settings.root, home.Pane == screen.SettingsPane)
	show(h.server.root, home.Pane == screen.ServerPane)
	if home.Pane == screen.ServerPane {
		h.server.apply(home.Server)
	}
	if home.Pane == screen.PersonPane {
		h.person.apply(home.Person)
	}
	h.split.pane = home.Pane != screen.NoPane
	h.root.Refresh()
}

func (h *homeView) open(p screen.Page) {
	if p == screen.Calls && h.w.model.Home.Missed > 0 {
		h.w.post(session.SeeMissed{})
	}
	if h.search.Text != "" {
		h.search.SetText("")
	}
	h.w.look(func(v *screen.View) { v.Page = p })
}

// use opens a line of the list.
func (h *homeView) use(p screen.Person) {
	if p.Server != "" {
		h.w.openAdding(p.Server)
		return
	}
	h.openPerson(p.Address)
}

func (h *homeView) openPerson(a signaling.Address) {
	h.w.look(func(v *screen.View) { v.Selected, v.Settings, v.Server = a, false, "" })
}

// openFirst opens the first of what was found, ready to be called by Enter.
func (h *homeView) openFirst() {
	people := h.w.model.Home.People
	if h.w.view.Search == "" || len(people) == 0 {
		return
	}
	h.use(people[0])
	if people[0].Server == "" {
		h.w.main.Canvas().Focus(h.person.video)
	}
}

func (h *homeView) leaveSearch() {
	h.search.SetText("")
	h.w.main.Canvas().Unfocus()
}

func (h *homeView) tryEcho() {
	if echo := h.w.model.Home.Echo; echo != (signaling.Address{}) {
		h.w.dial(echo, media.Video)
	}
}

func (h *homeView) closePane() {
	h.w.look(func(v *screen.View) {
		if v.Server != "" {
			v.Server = "" // back to the settings, or whatever was there
			return
		}
		v.Selected, v.Settings = signaling.Address{}, false
	})
}

func personRows(people []screen.Person) []widget.RowData {
	rows := make([]widget.RowData, len(people))
	for i, p := range people {
		rows[i] = widget.RowData{
			ID: "person:" + p.Address.Name, Name: p.Name, Sub: p.Sub, Icon: kindIcon(p.Kind),
			Presence: presence(p.Here, p.Known), Selected: p.Selected,
		}
		if p.Typed {
			rows[i].ID, rows[i].Icon = "typed:"+p.Address.Server, typedIcon(p)
		}
		if p.Starred {
			rows[i].SideIcon = "star-full"
		}
	}
	return rows
}

func typedIcon(p screen.Person) string {
	switch {
	case p.Server != "":
		return "server"
	case p.Kind == signaling.Room:
		return "room"
	}
	return "person"
}

func callRows(calls []screen.CallLine) []widget.RowData {
	rows := make([]widget.RowData, len(calls))
	for i, c := range calls {
		rows[i] = widget.RowData{
			ID: "call:" + string(c.ID), Name: c.Name, Sub: c.What, Mark: directionIcon(c.Direction),
			Alarm: c.Direction == screen.MissedCall, Side: c.Day, Selected: c.Selected,
		}
	}
	return rows
}

func directionIcon(d screen.Direction) string {
	switch d {
	case screen.IncomingCall:
		return "incoming"
	case screen.MissedCall:
		return "missed"
	case screen.Outgoing:
	}
	return "outgoing"
}

func kindIcon(k signaling.MemberKind) string {
	switch k {
	case signaling.Robot:
		return "robot"
	case signaling.Room:
		return "room"
	case signaling.Person, signaling.Guest:
	}
	return ""
}

func presence(here, known bool) widget.Presence {
	switch {
	case here:
		return widget.Here
	case known:
		return widget.Away
	}
	return widget.NoPresence
}

// splitLayout puts list and pane beside each other, or under narrow shows one.
type splitLayout struct {
	pane bool
	back fyne.CanvasObject // the way back, needed where the list is out of view
}

func (s *splitLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(leastWidth, 300) }

func (s *splitLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	list, divider, pane := o[0], o[1], o[2]
	show(s.back, size.Width < narrow)
	if size.Width < narrow {
		show(list, !s.pane)
		show(divider, false)
		show(pane, s.pane)
		for _, one := range []fyne.CanvasObject{list, pane} {
			one.Move(fyne.Position{})
			one.Resize(size)
		}
		return
	}
	for _, one := range o {
		show(one, true)
	}
	list.Move(fyne.Position{})
	list.Resize(fyne.NewSize(sidebarWidth, size.Height))
	divider.Move(fyne.NewPos(sidebarWidth, 0))
	divider.Resize(fyne.NewSize(1, size.Height))
	pane.Move(fyne.NewPos(sidebarWidth+1, 0))
	pane.Resize(fyne.NewSize(size.Width-sidebarWidth-1, size.Height))
}
