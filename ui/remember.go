package ui

import (
	"cmp"
	"time"
)

// rememberEvery is how often it is asked whether the toolkit knows what it shows.
const rememberEvery = 2 * time.Second

// remembering has windows drawn that the toolkit has forgotten, until the main one is closed.
func (w *Window) remembering() {
	ticker := time.NewTicker(cmp.Or(w.deps.rememberEvery, rememberEvery))
	defer ticker.Stop()
	for {
		select {
		case <-w.closed:
			return
		case <-ticker.C:
			w.deps.Do(w.remember)
		}
	}
}

// remember has windows drawn whose content the toolkit does not know any more. Fyne
// (2.8.1) forgets what it has not drawn for a minute, by a clock that it reads once a
// frame. So where more than that passes between two frames, as the program or the whole
// machine stood still, it forgets everything, and draws no change of it ever after.
func (w *Window) remember() {
	driver := w.deps.App.Driver()
	for _, window := range driver.AllWindows() {
		canvas, ok := window.Canvas().(interface{ SetDirty() })
		if ok && window.Content() != nil && driver.CanvasForObject(window.Content()) == nil {
			canvas.SetDirty() // what is drawn is known again
		}
	}
}
