package ui

import (
	"fyne.io/fyne/v2"

	"parley/call"
	"parley/signaling"
	"parley/ui/screen"
)

// outside is what the rest of the desktop has been told.
type outside struct {
	awake  bool             // the screen is kept from going dark
	missed signaling.CallID // the last missed call that was notified
}

// renderOutside keeps the screen on in a call, and tells of a missed call even
// while the window is out of sight.
func (w *Window) renderOutside() {
	if live := w.snapshot.Call.Live(); live != w.outside.awake {
		w.outside.awake = live
		w.deps.App.Driver().SetDisableScreenBlanking(live)
	}
	if e := w.snapshot.LastEnd; e.Reason == call.Missed && e.ID != w.outside.missed {
		w.outside.missed = e.ID
		w.deps.App.SendNotification(fyne.NewNotification("Parley", screen.Reason(w.words, e)))
	}
}
