package widget

import (
	"fyne.io/fyne/v2"
	fynewidget "fyne.io/fyne/v2/widget"

	"parley/ui/look"
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

// Hint changes what an empty field says, where its name stands beside it.
func (f *Field) Hint(text string) {
	if f.PlaceHolder != text {
		f.SetPlaceHolder(text)
	}
}

// FocusGained shows the focus, and brings into view what has it.
func (f *Field) FocusGained() {
	f.Entry.FocusGained()
	reveal(f)
}

// SetLeading shows an icon before the text, drawn for a canvas of that scale.
func (f *Field) SetLeading(name string, scale float32) {
	if icon := look.Icon(name, look.Of(look.Quiet), scale); f.Icon == nil || f.Icon.Name() != icon.Name() {
		f.SetIcon(icon)
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
