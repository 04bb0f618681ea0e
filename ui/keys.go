package ui

import (
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

func (w *Window) callKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyM:
		w.toggleMute(media.Audio)
	case fyne.KeyV:
		w.toggleMute(media.Video)
	case fyne.KeyF:
		w.call.toggleFullScreen()
	case fyne.KeyS:
		w.share()
	case fyne.KeyD:
		w.call.openDevices()
	case fyne.KeyP:
		w.savePicture()
	case fyne.KeyR:
		w.toggleRecording()
	case fyne.KeyEscape:
		if w.main.FullScreen() {
			w.call.toggleFullScreen()
		}
	default:
		w.call.zoomKey(ev.Name)
	}
}

// toggleMute mutes or unmutes. It is the session that knows which.
func (w *Window) toggleMute(kind media.Kind) {
	if w.model.Stage != screen.InCall || kind == media.Video && !w.model.Call.Video {
		return
	}
	w.post(session.Mute{Kind: kind, On: !w.snapshot.Muted[kind]})
}
