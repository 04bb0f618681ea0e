package ui

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/layout"

	"parley/assets/words"
	"parley/signaling/dialect/probe"
	"parley/signaling/dialect/profile"
	"parley/ui/look"
	"parley/ui/screen"
	"parley/ui/widget"
)

// Servers adds and removes servers. Its methods may be called from any goroutine.
type Servers interface {
	// Profiles are the dialects that a server can speak, the hub's left out.
	Profiles() []*profile.Profile
	// Probe looks at what is at an address. It takes some seconds.
	Probe(ctx context.Context, address string) (probe.Report, error)
	Add(NewServer) error
	Remove(url string) error
}

// NewServer is a server to be added.
type NewServer struct {
	URL, Profile string
	Name         string            // as whom; "" leaves it to the program
	Params       map[string]string // by profile.Param.Key, without name and room
	Rooms        []string
	Fingerprint  string // of a certificate that the user trusts
}

// hubProfile is how the program's own kind of server is called among profiles.
const hubProfile = "hub"

// addSheet asks for a new server: its address, then what it wants to know.
type addSheet struct {
	overlay *widget.Overlay
	content *fyne.Container
	width   float32
	cancel  context.CancelFunc // of a look that is under way; nil if none is

	address *widget.Field
	looked  string // the address that was looked at
	fields  map[string]*widget.Field
	shown   screen.AddServer
}

const roomField = "room"

func (w *Window) allDialects() []screen.Dialect {
	if w.deps.Servers == nil {
		return nil
	}
	all := []screen.Dialect{{Name: hubProfile, Title: w.words.Text("add.hub"), Params: []screen.Param{{Key: "name", Label: w.words.Text("add.name")}}}}
	for _, p := range w.deps.Servers.Profiles() {
		all = append(all, dialectOf(p, string(w.language())))
	}
	return all
}

func dialectOf(p *profile.Profile, language string) screen.Dialect {
	d := screen.Dialect{Name: p.Name, Title: p.Title.In(language), Note: p.Note.In(language), Rooms: p.Peers.Kind == profile.Room}
	for _, param := range p.Params {
		if param.Key != roomField {
			d.Params = append(d.Params, screen.Param{
				Key: param.Key, Label: param.Label.In(language), Default: param.Default, Required: param.Required, Secret: param.Secret,
			})
		}
	}
	return d
}

// openAdding asks for a server, and looks at once at an address that is known.
func (w *Window) openAdding(address string) {
	if w.adding != nil || w.deps.Servers == nil {
		return
	}
	room := w.main.Canvas().Size().Width - 2*look.Space24 - 2*look.Space16
	s := &addSheet{content: widget.Column(0), width: min(widestSheet+40, room), fields: map[string]*widget.Field{}}
	s.address = widget.NewField("add.address", w.words.Text("add.address"))
	s.address.OnSubmitted = func(string) { w.lookAtServer() }
	w.adding = s
	w.view.Adding = screen.Adding{}
	w.model.Add = screen.AddServer{}
	w.fillAdding()
	s.overlay = widget.ShowSheet(w.main.Canvas(), widget.Sized(s.width, 0, s.content), w.endAdding)
	w.main.Canvas().Focus(s.address)
	if address != "" {
		s.address.SetText(address)
		w.lookAtServer()
	}
	w.render()
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
		found.Sentences = append(found.Sentences, w.words.Text("probe."+f.Code, words.Args(f.Args)))
	}
	if err != nil && len(found.Sentences) == 0 {
		found.Sentences = []string{w.words.Text("add.failed")}
	}
	w.look(func(v *screen.View) { v.Adding = screen.Adding{Looked: true, Found: found, Dialect: r.Profile} })
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
	head := widget.Line(0, widget.Centered(widget.Heading(t.Text("add.title"), look.Title)), layout.NewSpacer(),
		widget.NewIconButton("add.close", "close", t.Text("button.close"), func() { s.overlay.Close() }))
	lookAt := widget.NewButton("add.look", "search", t.Text("add.look"), lookStyle(m), w.lookAtServer)
	body := []fyne.CanvasObject{head, widget.Beside(s.address, widget.Padded(0, 0, look.Space8, 0, lookAt))}
	status := widget.Column(look.Space8)
	for _, sentence := range m.Status {
		status.Add(widget.Paragraph(sentence, look.Body, look.Quiet, s.width))
	}
	body = append(body, status)
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
	kind := widget.NewPicker("add.dialect", t.Text("add.dialect"), func(v string) {
		w.look(func(view *screen.View) { view.Adding.Dialect = v })
	})
	options := make([]widget.Option, len(m.Choices))
	for i, c := range m.Choices {
		options[i] = widget.Option{Value: c.Value, Text: c.Text}
	}
	kind.Set(t.Text("add.dialect"), m.Dialect, options)
	lines := []fyne.CanvasObject{kind}
	if m.Note != "" {
		lines = append(lines, widget.Paragraph(m.Note, look.Hint, look.Quiet, s.width))
	}
	for _, p := range m.Fields {
		lines = append(lines, s.field(p))
	}
	if m.Room {
		lines = append(lines, s.field(screen.Param{Key: roomField, Label: t.Text("add.room"), Required: true}))
	}
	add := widget.NewButton("add.add", "add", t.Text("button.addServer"), widget.Primary, w.addServer)
	enable(add, m.Possible)
	return append(lines, add)
}

// field returns the field of a parameter, the same one while the sheet is open.
func (s *addSheet) field(p screen.Param) fyne.CanvasObject {
	f := s.fields[p.Key]
	if f == nil {
		f = widget.NewField("add.param."+p.Key, p.Label)
		f.SetText(p.Default)
		s.fields[p.Key] = f
	}
	f.Password = p.Secret
	f.Rename(p.Label)
	return widget.Column(look.Space4, widget.NewText(p.Label, look.Hint, look.Quiet), f)
}

// addServer adds what was found, if all that it must know is there.
func (w *Window) addServer() {
	s, m, found := w.adding, w.model.Add, w.view.Adding.Found
	n := NewServer{URL: found.URL, Profile: m.Dialect, Params: map[string]string{}, Fingerprint: found.Fingerprint}
	for _, p := range m.Fields {
		text := strings.TrimSpace(s.fields[p.Key].Text)
		switch {
		case text == "" && p.Required:
			w.main.Canvas().Focus(s.fields[p.Key])
			return
		case p.Key == "name":
			n.Name = text
		case text != "":
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
		w.look(func(v *screen.View) {
			v.Adding.Found.Sentences = []string{w.words.Text("add.refused", words.Args{"detail": err.Error()})}
		})
		return
	}
	s.overlay.Close()
	w.openServer(n.URL)
}
