package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	fynewidget "fyne.io/fyne/v2/widget"
)

// Control is something that a person can act on.
type Control interface {
	fyne.CanvasObject
	ID() string                 // the same in every language
	AccessibilityLabel() string // what a screen reader says
	Disabled() bool
}

// Group is a widget with widgets inside that are not in a Fyne container.
type Group interface {
	fyne.CanvasObject
	Parts() []fyne.CanvasObject
}

// tappable is the common half of buttons and rows: pointer, focus and keys.
type tappable struct {
	fynewidget.BaseWidget
	self     fyne.Widget // what is on the canvas
	id, name string
	tapped   func()

	hovered, focused, disabled bool
}

// ExtendBaseWidget is for Fyne; it must be called with what is on the canvas.
func (t *tappable) ExtendBaseWidget(self fyne.Widget) {
	t.self = self
	t.BaseWidget.ExtendBaseWidget(self)
}

// ID returns the name that never changes.
func (t *tappable) ID() string { return t.id }

// AccessibilityLabel returns the name in the user's language.
func (t *tappable) AccessibilityLabel() string { return t.name }

// AccessibilityRole says what it is.
func (t *tappable) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// Disabled reports whether it cannot be used at the moment.
func (t *tappable) Disabled() bool { return t.disabled }

// Disable makes it unusable.
func (t *tappable) Disable() { t.setDisabled(true) }

// Enable makes it usable.
func (t *tappable) Enable() { t.setDisabled(false) }

func (t *tappable) setDisabled(disabled bool) {
	if t.disabled == disabled {
		return
	}
	t.disabled = disabled
	t.Refresh()
}

// OnTapped sets what happens when it is used.
func (t *tappable) OnTapped(do func()) { t.tapped = do }

// Tapped acts.
func (t *tappable) Tapped(*fyne.PointEvent) { t.act() }

func (t *tappable) act() {
	if !t.disabled && t.tapped != nil {
		t.tapped()
	}
}

// Cursor shows that it can be used.
func (t *tappable) Cursor() desktop.Cursor {
	if t.disabled {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// MouseIn marks it as pointed at.
func (t *tappable) MouseIn(*desktop.MouseEvent) { t.hover(true) }

// MouseMoved does nothing.
func (t *tappable) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends what MouseIn began.
func (t *tappable) MouseOut() { t.hover(false) }

func (t *tappable) hover(on bool) {
	t.hovered = on
	t.Refresh()
}

// FocusGained shows the focus, and brings into view what has it.
func (t *tappable) FocusGained() {
	t.focus(true)
	if t.self != nil {
		reveal(t.self)
	}
}

// FocusLost hides it.
func (t *tappable) FocusLost() { t.focus(false) }

func (t *tappable) focus(on bool) {
	t.focused = on
	t.Refresh()
}

// Focused reports whether keys go here.
func (t *tappable) Focused() bool { return t.focused }

// TypedKey acts on Enter and Space, and hands every other key to the window.
func (t *tappable) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		t.act()
	default:
		bubbleKey(t.self, ev)
	}
}

// keyedInList also moves the focus up and down.
func (t *tappable) keyedInList(ev *fyne.KeyEvent) {
	c := canvasOf(t.self)
	switch {
	case ev.Name == fyne.KeyDown && c != nil:
		c.FocusNext()
	case ev.Name == fyne.KeyUp && c != nil:
		c.FocusPrevious()
	default:
		t.TypedKey(ev)
	}
}

// TypedRune hands the rune to the window.
func (t *tappable) TypedRune(r rune) { bubbleRune(t.self, r) }

// bubbleKey gives a key to the window: Fyne sends keys to the focused widget only.
func bubbleKey(self fyne.CanvasObject, ev *fyne.KeyEvent) {
	if c := canvasOf(self); c != nil && c.OnTypedKey() != nil {
		c.OnTypedKey()(ev)
	}
}

func bubbleRune(self fyne.CanvasObject, r rune) {
	if r == ' ' {
		return // the Space that acted
	}
	if c := canvasOf(self); c != nil && c.OnTypedRune() != nil {
		c.OnTypedRune()(r)
	}
}

func canvasOf(o fyne.CanvasObject) fyne.Canvas {
	return fyne.CurrentApp().Driver().CanvasForObject(o)
}

// Hovered reports whether the pointer is over it.
func (t *tappable) Hovered() bool { return t.hovered }
