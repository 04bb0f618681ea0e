package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"parley/call/session"
	"parley/media"
	"parley/ui/screen"
	"parley/ui/widget"
)

// keys connects the keyboard: what no focused widget takes comes here.
func (w *Window) keys() {
	c := w.main.Canvas()
	c.SetOnTypedKey(w.key)
	for key, do := range map[fyne.KeyName]func(){
		fyne.KeyK:     w.focusSearch,
		fyne.KeyI:     w.openInvite,
		fyne.KeyComma: w.openSettings,
	} {
		shortcut := &desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault}
		c.AddShortcut(shortcut, func(fyne.Shortcut) { w.atHome(do) })
	}
}

func (w *Window) atHome(do func()) {
	if w.model.Stage == screen.AtHome {
		do()
	}
}

func (w *Window) focusSearch() {
	w.look(func(v *screen.View) { v.Page = screen.People })
	w.main.Canvas().Focus(w.home.search)
}

// unfocusHidden takes the keys from what has gone out of view. Fyne goes on giving
// them to it: those of a call would be typed into the search behind it.
func (w *Window) unfocusHidden() {
	c := w.main.Canvas()
	root := c.Content()
	if top := c.Overlays().Top(); top != nil {
		root = top
	}
	if focused, ok := c.Focused().(fyne.CanvasObject); ok && !widget.InView(root, focused) {
		c.Unfocus()
	}
}

func (w *Window) key(ev *fyne.KeyEvent) {
	if w.model.Stage == screen.Incoming && w.deps.OneWindow {
		w.ringKey(ev)
		return
	}
	if top, ok := w.main.Canvas().Overlays().Top().(*widget.Overlay); ok {
		if ev.Name == fyne.KeyEscape {
			top.Close()
		}
		return
	}
	switch w.model.Stage {
	case screen.InCall:
		w.call.stir()
		w.callKey(ev)
	case screen.AtHome:
		if ev.Name == fyne.KeyEscape && w.model.Home.Pane != screen.NoPane {
			w.home.closePane()
		}
	case screen.Incoming: // has a window of its own
	}
}

// callKey does what a key does in a call.
func (w *Window) callKey(ev *fyne.KeyEvent) {
	if ev.Name == fyne.KeyEscape && w.main.FullScreen() {
		w.call.toggleFullScreen()
		return
	}
	for _, k := range w.callKeys() {
		if slices.Contains(k.keys, ev.Name) {
			k.do(ev.Name)
			return
		}
	}
}

// binding is what keys do, and its line in the settings.
type binding struct {
	label string // as it stands on keyboards
	text  string
	keys  []fyne.KeyName
	do    func(key fyne.KeyName)
}

// callKeys are the keys of a call, in the order in which they are listed.
func (w *Window) callKeys() []binding {
	t := w.words
	zoom := func(key fyne.KeyName) { w.call.zoomKey(key) }
	one := func(key fyne.KeyName, text string, do func()) binding {
		return binding{string(key), text, []fyne.KeyName{key}, func(fyne.KeyName) { do() }}
	}
	return []binding{
		one(fyne.KeyM, t.Text("keys.mute"), func() { w.toggleMute(media.Audio) }),
		one(fyne.KeyV, t.Text("keys.camera"), func() { w.toggleMute(media.Video) }),
		one(fyne.KeyS, t.Text("keys.share"), w.share),
		one(fyne.KeyD, t.Text("keys.devices"), func() { w.call.openDevices() }),
		one(fyne.KeyP, t.Text("keys.snapshot"), w.savePicture),
		one(fyne.KeyR, t.Text("keys.record"), w.toggleRecording),
		one(fyne.KeyF, t.Text("keys.full"), func() { w.call.toggleFullScreen() }),
		{"+ −", t.Text("keys.zoom"), []fyne.KeyName{fyne.KeyPlus, fyne.KeyEqual, fyne.KeyMinus}, zoom}, // = is + on some keyboards
		{"0", t.Text("keys.whole"), []fyne.KeyName{fyne.Key0}, zoom},
		{"1", t.Text("keys.exact"), []fyne.KeyName{fyne.Key1}, zoom},
		{"← ↑ → ↓", t.Text("keys.move"), []fyne.KeyName{fyne.KeyLeft, fyne.KeyUp, fyne.KeyRight, fyne.KeyDown}, zoom},
	}
}

// toggleMute mutes or unmutes. It is the session that knows which.
func (w *Window) toggleMute(kind media.Kind) {
	if w.model.Stage != screen.InCall || kind == media.Video && !w.model.Call.Video {
		return
	}
	w.post(session.Mute{Kind: kind, On: !w.snapshot.Muted[kind]})
}
