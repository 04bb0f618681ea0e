package ui

import (
	"cmp"
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"parley/assets/words"
	"parley/signaling"
	"parley/signaling/dialect/probe"
	"parley/ui/look"
	"parley/ui/screen"
	"parley/ui/widget"
)

// addSheet asks for a new server: its address, then what it wants to know.
type addSheet struct {
	overlay *widget.Overlay
	content *fyne.Container
	width   float32
	cancel  context.CancelFunc // of a look that is under way; nil if none is

	address  *widget.Field
	looked   string // the address that was looked at
	known    NewServer
	fields   map[string]*widget.Field
	defaults map[string]string // that the fields were filled with
	first    []*widget.Field   // those in view, from the top
	kind     *widget.Picker
	add      *widget.Button
	shown    screen.AddServer
}

// The parameters that the program knows itself.
const nameField, roomField = "name", "room"

// openAdding asks for a server, and looks at once at an address that is known.
func (w *Window) openAdding(address string) {
	if w.adding != nil || w.deps.Servers == nil {
		return
	}
	w.showAdding(screen.Adding{})
	w.main.Canvas().Focus(w.adding.address)
	if address != "" {
		w.adding.address.SetText(address)
		w.adding.address.CursorColumn = len([]rune(address))
		w.lookAtServer()
	}
}

// openChanging lets the user change what was said of a server.
func (w *Window) openChanging(url string) {
	if w.adding != nil || w.deps.Servers == nil {
		return
	}
	known := w.told(url)
	if known.Profile == "" { // it was not found out yet
		w.openAdding(url)
		return
	}
	w.showAdding(screen.Adding{
		Looked: true, Change: true, Dialect: known.Profile, Found: screen.Found{URL: url, Fingerprint: known.Fingerprint},
	})
	w.focusMissing()
}

// told is what a server was told, as far as it is known.
func (w *Window) told(url string) NewServer {
	for _, n := range w.deps.Servers.All() {
		if n.URL == url {
			return n
		}
	}
	return NewServer{}
}

func (w *Window) showAdding(a screen.Adding) {
	room := w.main.Canvas().Size().Width - 2*look.Space24 - 2*look.Space16
	s := &addSheet{content: widget.Column(0), width: min(widestSheet+40, room), fields: map[string]*widget.Field{}, defaults: map[string]string{}}
	if a.Change {
		s.known = w.told(a.Found.URL)
	}
	s.address = widget.NewField("add.address", w.words.Text("add.address"))
	s.address.OnSubmitted = func(string) { w.lookAtServer() }
	w.adding = s
	w.look(func(v *screen.View) { v.Adding = a })
	w.fillAdding()
	s.overlay = widget.ShowSheet(w.main.Canvas(), widget.Sized(s.width, 0, s.content), w.endAdding)
}

func (w *Window) endAdding() {
	if w.adding.cancel != nil {
		w.adding.cancel()
	}
	w.adding = nil
	w.view.Adding = screen.Adding{}
}

// lookAtServer finds out what is at the address.
func (w *Window) lookAtServer() {
	s := w.adding
	address := strings.TrimSpace(s.address.Text)
	if address == "" {
		return
	}
	if s.cancel != nil {
		s.cancel()
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	s.cancel, s.looked = cancel, address
	w.look(func(v *screen.View) { v.Adding = screen.Adding{Looking: true} })
	go func() {
		defer cancel()
		report, err := w.deps.Servers.Probe(ctx, address)
		if errors.Is(ctx.Err(), context.Canceled) || w.isClosed() {
			return
		}
		w.deps.Do(func() { w.lookedAtServer(s, address, report, err) })
	}()
}

func (w *Window) lookedAtServer(s *addSheet, address string, r probe.Report, err error) {
	if w.adding != s || s.looked != address {
		return
	}
	found := screen.Found{URL: r.URL, Dialects: r.Candidates, Fingerprint: r.Fingerprint}
	for _, f := range r.Findings {
		found.Sentences = append(found.Sentences, w.finding(f))
	}
	s.known = w.told(r.URL)
	if err != nil && len(found.Sentences) == 0 {
		found.Sentences = []string{w.words.Text("add.failed")}
	}
	w.look(func(v *screen.View) { v.Adding = screen.Adding{Looked: true, Found: found, Dialect: r.Profile} })
	w.focusMissing()
}

// finding is a sentence of what was found, with a dialect by its title.
func (w *Window) finding(f probe.Finding) string {
	args := words.Args{}
	for k, v := range f.Args {
		args[k] = v
	}
	if i := slices.IndexFunc(w.dialects, func(d screen.Dialect) bool { return d.Name == f.Args["profile"] }); i >= 0 {
		args["profile"] = w.dialects[i].Title
	}
	return w.words.Text("probe."+f.Code, args)
}

// focusMissing goes to what is to be chosen, filled in or changed, or else to
// the button that adds.
func (w *Window) focusMissing() {
	s := w.adding
	if s == nil || len(w.model.Add.Choices) == 0 {
		return
	}
	if w.model.Add.Dialect == "" {
		w.main.Canvas().Focus(s.kind)
		return
	}
	for _, f := range s.first {
		if w.model.Add.Change || f.Text == "" {
			w.main.Canvas().Focus(f)
			return
		}
	}
	w.main.Canvas().Focus(s.add)
}

func (w *Window) renderAdding() {
	s := w.adding
	if s == nil || s.overlay == nil {
		return
	}
	if w.model.Stage != screen.AtHome {
		s.overlay.Close() // a call matters more
		return
	}
	if !reflect.DeepEqual(s.shown, w.model.Add) {
		w.fillAdding()
		s.overlay.Refresh()
	}
}

// fillAdding shows the model in the sheet.
func (w *Window) fillAdding() {
	s, t, m := w.adding, w.words, w.model.Add
	s.shown = m
	name := widget.Heading(m.Title, look.Title)
	name.Shrink = true
	closing := widget.NewIconButton("add.close", "close", t.Text("button.close"), func() { s.overlay.Close() })
	body := []fyne.CanvasObject{container.NewBorder(nil, nil, nil, closing, container.NewVBox(layout.NewSpacer(), name, layout.NewSpacer()))}
	if !m.Change {
		lookAt := widget.NewButton("add.look", "search", t.Text("add.look"), lookStyle(m), w.lookAtServer)
		body = append(body, widget.Beside(s.address, widget.Padded(0, 0, look.Space8, 0, lookAt)))
	}
	status := widget.Column(look.Space8)
	for i, sentence := range m.Status {
		if i == 0 {
			status.Add(widget.Paragraph(sentence, look.Body, look.Text, s.width))
			continue
		}
		status.Add(widget.Paragraph(sentence, look.Hint, look.Quiet, s.width))
	}
	if len(m.Status) > 0 {
		body = append(body, status)
	}
	s.first = nil
	if len(m.Choices) > 0 {
		body = append(body, w.addForm(m)...)
	}
	s.content.Objects = []fyne.CanvasObject{widget.Column(look.Space16, body...)}
	s.content.Refresh()
}

// lookStyle lets the next step stand out: looking, until there is something to add.
func lookStyle(m screen.AddServer) widget.Style {
	if m.Possible {
		return widget.Soft
	}
	return widget.Primary
}

// addForm asks what the server wants to know.
func (w *Window) addForm(m screen.AddServer) []fyne.CanvasObject {
	s, t := w.adding, w.words
	s.kind = widget.NewPicker("add.dialect", t.Text("add.dialect"), func(v string) {
		w.look(func(view *screen.View) { view.Adding.Dialect = v })
		w.focusMissing()
	})
	s.kind.Unset = t.Text("add.choose")
	options := make([]widget.Option, len(m.Choices))
	for i, c := range m.Choices {
		options[i] = widget.Option{Value: c.Value, Text: c.Text}
	}
	s.kind.Set(t.Text("add.dialect"), m.Dialect, options)
	lines := []fyne.CanvasObject{s.kind}
	if m.Note != "" {
		lines = append(lines, widget.Paragraph(m.Note, look.Hint, look.Quiet, s.width))
	}
	for _, p := range m.Fields {
		lines = append(lines, w.addField(p))
	}
	if m.Room {
		lines = append(lines, w.addField(screen.Param{Key: roomField, Label: t.Text("add.room"), Required: true}))
	}
	s.add = widget.NewButton("add.add", doIcon(m), m.Do, widget.Primary, w.addServer)
	enable(s.add, m.Possible)
	return append(lines, s.add)
}

func doIcon(m screen.AddServer) string {
	if m.Change {
		return "check"
	}
	return "add"
}

// addField returns the field of a parameter, the same one while the sheet is open.
func (w *Window) addField(p screen.Param) fyne.CanvasObject {
	s := w.adding
	f := s.fields[p.Key]
	if f == nil {
		f = widget.NewField("add.param."+p.Key, p.Label)
		f.OnSubmitted = func(string) { w.addServer() }
		s.fields[p.Key] = f
	}
	if f.Text == s.defaults[p.Key] { // nobody has typed
		s.defaults[p.Key] = cmp.Or(s.known.value(p.Key), p.Default)
		f.SetText(s.defaults[p.Key])
	}
	f.Password = p.Secret
	f.Rename(p.Label)
	hint := ""
	if !p.Required {
		hint = w.words.Text("add.optional")
	}
	f.Hint(hint)
	s.first = append(s.first, f)
	return widget.Column(look.Space4, widget.NewText(p.Label, look.Hint, look.Quiet), f)
}

// value is what is known of a server under a key.
func (n NewServer) value(key string) string {
	if key == nameField {
		return n.Name
	}
	return n.Params[key]
}

// addServer adds what was found, if all that it must know is there.
func (w *Window) addServer() {
	s, m, found := w.adding, w.model.Add, w.view.Adding.Found
	if !m.Possible {
		return
	}
	n := NewServer{URL: found.URL, Profile: m.Dialect, Params: map[string]string{}, Fingerprint: found.Fingerprint}
	for _, p := range m.Fields {
		text := strings.TrimSpace(s.fields[p.Key].Text)
		switch {
		case text == "" && p.Required:
			w.main.Canvas().Focus(s.fields[p.Key])
			return
		case p.Number && strings.Trim(text, "0123456789") != "":
			w.refuseServer(w.words.Text("add.number", words.Args{"label": p.Label}))
			w.main.Canvas().Focus(s.fields[p.Key])
			return
		case p.Key == nameField:
			n.Name = text
		case text != "" && text != p.Default:
			n.Params[p.Key] = text
		}
	}
	if m.Room {
		room := strings.TrimSpace(s.fields[roomField].Text)
		if room == "" {
			w.main.Canvas().Focus(s.fields[roomField])
			return
		}
		n.Rooms = []string{room}
	}
	if err := w.deps.Servers.Add(n); err != nil {
		w.refuseServer(err.Error())
		return
	}
	s.overlay.Close()
	w.added(n)
}

// refuseServer says in the sheet why a server cannot be added.
func (w *Window) refuseServer(sentence string) {
	w.look(func(v *screen.View) { v.Adding.Found.Sentences = []string{sentence} })
}

// added opens what was added: the room, or else the server's page.
func (w *Window) added(n NewServer) {
	w.home.search.SetText("")
	w.tried = ""
	if len(n.Rooms) > 0 {
		w.home.openPerson(signaling.Address{Server: n.URL, Name: n.Rooms[0]})
		w.main.Canvas().Focus(w.home.person.video)
		return
	}
	w.openServer(n.URL)
}
