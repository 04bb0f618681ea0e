package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"parley/assets/words"
	"parley/call/session"
	"parley/media"
	"parley/ui/look"
	"parley/ui/screen"
	"parley/ui/widget"
)

// settingsView is the page of settings.
type settingsView struct {
	w        *Window
	root     fyne.CanvasObject
	name     *widget.Field
	later    *widget.Text
	language *widget.Picker
	theme    *widget.Picker
	servers  *widget.List
	devices  map[media.DeviceKind]*widget.Picker
	sound    *soundSection
	folder   *widget.Field // of recordings
	preview  *widget.VideoTile
	open     bool
}

func newSettingsView(w *Window) *settingsView {
	s := &settingsView{w: w, devices: map[media.DeviceKind]*widget.Picker{}}
	t := w.words
	s.name = widget.NewField("settings.name", t.Text("settings.nameHint"))
	s.name.SetText(w.prefs.Name)
	s.name.OnChanged = s.rename
	s.later = widget.NewText(t.Text("settings.nameLater"), look.Hint, look.Quiet)
	s.language = widget.NewPicker("settings.language", t.Text("settings.language"), func(v string) {
		w.setPreferences(func(p *Preferences) { p.Language = words.Language(v) })
	})
	s.theme = widget.NewPicker("settings.theme", t.Text("settings.theme"), func(v string) {
		w.setPreferences(func(p *Preferences) { p.Theme = look.Mode(v) })
	})
	s.folder = widget.NewField("settings.recordings", t.Text("settings.recordingsHint"))
	s.folder.SetText(w.prefs.Recordings)
	s.folder.OnChanged = func(folder string) {
		w.setPreferences(func(p *Preferences) { p.Recordings = strings.TrimSpace(folder) })
	}
	back := widget.Centered(widget.NewIcon("camera-off", 40, look.QuietOn))
	s.preview = widget.NewVideoTile("settings.preview", t.Text("settings.preview"), look.Corner, back)
	s.root, _ = newPane(w, t.Text("settings.title"), widget.Column(look.Space24,
		s.w.section("settings.you", s.line("settings.name", s.name), s.later),
		s.serverSection(),
		s.w.section("settings.look", s.line("settings.language", s.language), s.line("settings.theme", s.theme)),
		s.cameraSection(), s.soundSection(),
		s.w.section("settings.recordings", s.line("settings.recordingsFolder", s.folder)), s.keySection(), s.about()))
	return s
}

// section is a heading over a card.
func (w *Window) section(key string, lines ...fyne.CanvasObject) *fyne.Container {
	return widget.Column(look.Space8, widget.Heading(w.words.Text(key), look.Body),
		widget.Card(widget.Inset(look.Space16, widget.Column(look.Space12, lines...))))
}

// line is a label with what it is about at the right.
func (s *settingsView) line(key string, control fyne.CanvasObject) fyne.CanvasObject {
	label := widget.NewText(s.w.words.Text(key), look.Body, look.Text)
	return container.New(formLine{}, container.NewVBox(fyneSpacer(), label, fyneSpacer()), control)
}

func (s *settingsView) cameraSection() fyne.CanvasObject {
	preview := container.New(aspect{16, 9}, s.preview)
	caption := widget.NewText(s.w.words.Text("settings.preview"), look.Hint, look.Quiet)
	return s.w.section("settings.camera", s.device(media.Camera), widget.Column(look.Space4, preview, caption))
}

// serverSection lists the servers; one can be added.
func (s *settingsView) serverSection() fyne.CanvasObject {
	s.servers = widget.NewRows()
	lines := []fyne.CanvasObject{s.servers.Object()}
	if s.w.deps.Servers != nil {
		lines = append(lines, widget.Line(0, widget.NewButton("settings.addServer", "add", s.w.words.Text("button.addServer"), widget.Soft, func() { s.w.openAdding("") })))
	}
	return s.w.section("settings.servers", lines...)
}

func (s *settingsView) applyServers(lines []screen.ServerLine) {
	rows := make([]widget.RowData, len(lines))
	for i, l := range lines {
		rows[i] = widget.RowData{ID: "server:" + l.URL, Name: l.Name, Sub: l.Sub, Icon: "server", Presence: presence(l.Up, true)}
	}
	s.servers.Set(rows, func(i int) { s.w.openServer(lines[i].URL) })
}

// keySection lists the keys that keys.go and ring.go know.
func (s *settingsView) keySection() fyne.CanvasObject {
	t := s.w.words
	lines := []fyne.CanvasObject{
		keyLine("Ctrl K", t.Text("keys.search")),
		keyLine("Ctrl I", t.Text("keys.invite")),
		keyLine("Ctrl ,", t.Text("keys.settings")),
	}
	for _, k := range s.w.callKeys() {
		lines = append(lines, keyLine(k.label, k.text))
	}
	lines = append(lines, keyLine("Enter", t.Text("keys.answer")), keyLine("Esc", t.Text("keys.decline")))
	return s.w.section("settings.keys", lines...)
}

func keyLine(label, text string) fyne.CanvasObject {
	name := widget.Framed(widget.Padded(2, 2, look.Space8, look.Space8, widget.NewText(label, look.Hint, look.Quiet)))
	return container.New(formLine{}, widget.NewText(text, look.Body, look.Text), widget.Line(0, name))
}

func (s *settingsView) about() fyne.CanvasObject {
	t := s.w.words
	return s.w.section("settings.about",
		widget.NewText(t.Text("settings.version", words.Args{"version": s.w.deps.Version}), look.Body, look.Text),
		widget.Flowing(t.Text("settings.aboutText"), look.Body, look.Quiet),
		widget.Flowing(t.Text("settings.licences"), look.Hint, look.Quiet))
}

func (s *settingsView) rename(name string) {
	s.w.setPreferences(func(p *Preferences) { p.Name = name })
}

func (s *settingsView) apply(m screen.Model) {
	open := m.Home.Pane == screen.SettingsPane && m.Stage != screen.InCall
	if open != s.open {
		s.open = open
		s.preview.Clear()
		s.w.post(session.Preview{On: open})
		if !open && s.sound.now.On {
			s.w.post(session.TestSound{})
		}
	}
	if !open {
		return
	}
	s.applyServers(m.Home.Servers)
	s.sound.apply(m.Sound)
	t := s.w.words
	languages := []widget.Option{{Value: "", Text: t.Text("settings.system")}}
	for _, l := range words.Languages() {
		languages = append(languages, widget.Option{Value: string(l), Text: t.Text("language." + string(l))})
	}
	s.language.Set(t.Text("settings.language"), string(s.w.prefs.Language), languages)
	theme := s.w.prefs.Theme
	if theme == "" {
		theme = look.System
	}
	s.theme.Set(t.Text("settings.theme"), string(theme), []widget.Option{
		{Value: string(look.System), Text: t.Text("settings.system")},
		{Value: string(look.Light), Text: t.Text("settings.light")},
		{Value: string(look.Dark), Text: t.Text("settings.dark")},
	})
	for _, g := range m.Devices {
		options := make([]widget.Option, len(g.Options))
		for i, o := range g.Options {
			options[i] = widget.Option{Value: o.Value, Text: o.Text}
		}
		s.devices[g.Kind].Set(g.Label, g.Value, options)
	}
}

// choose tells the session of another device.
func (w *Window) choose(kind media.DeviceKind, value string) {
	choice, err := media.ParseChoice(kind, value)
	if err != nil {
		return // the menu offers only what can be chosen
	}
	w.post(session.Choose{Kind: kind, Choice: choice})
}
