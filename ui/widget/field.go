package widget

import (
	"fyne.io/fyne/v2"
	fynewidget "fyne.io/fyne/v2/widget"
)

// Field is a line of text to be typed.
type Field struct {
	fynewidget.Entry
	id, name string
	OnEscape func() // instead of giving the key to the window
	OnDown   func()
}

// NewField returns an empty field. Its name is shown while it is empty.
func NewField(id, name string) *Field {
	f := &Field{id: id, name: name}
	f.ExtendBaseWidget(f)
	f.PlaceHolder = name
	return f
}

// ID returns the name that never changes.
func (f *Field) ID() string { return f.id }

// AccessibilityLabel returns the name in the user's language.
func (f *Field) AccessibilityLabel() string { return f.name }

// AccessibilityRole says what it is.
func (f *Field) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// Rename changes name and placeholder.
func (f *Field) Rename(name string) {
	if f.name != name {
		f.name = name
		f.SetPlaceHolder(name)
	}
}

// TypedKey gives Escape and Down to whoever asked for them.
func (f *Field) TypedKey(ev *fyne.KeyEvent) {
	switch {
	case ev.Name == fyne.KeyEscape && f.OnEscape != nil:
		f.OnEscape()
	case ev.Name == fyne.KeyEscape:
		bubbleKey(f, ev)
	case ev.Name == fyne.KeyDown && f.OnDown != nil:
		f.OnDown()
	default:
		f.Entry.TypedKey(ev)
	}
}
