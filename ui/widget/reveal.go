package widget

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"parley/ui/look"
)

// reveal scrolls so that o, which got the focus, can be seen: Fyne moves the
// focus by Tab wherever it leads.
func reveal(o fyne.CanvasObject) {
	c := canvasOf(o)
	if c == nil {
		return
	}
	root := c.Content()
	if top := c.Overlays().Top(); top != nil {
		root = top
	}
	scroll := around(root, o, nil)
	if scroll == nil {
		return
	}
	driver := fyne.CurrentApp().Driver()
	top := driver.AbsolutePositionForObject(o).Y - driver.AbsolutePositionForObject(scroll).Y
	switch below := top + o.Size().Height - scroll.Size().Height; {
	case top < 0:
		scroll.ScrollToOffset(scroll.Offset.AddXY(0, top-look.Space24))
	case below > 0:
		scroll.ScrollToOffset(scroll.Offset.AddXY(0, below+look.Space24))
	}
}

// around returns the innermost scroll of o somewhere in at, or nil. scroll is the
// one that at is in.
func around(at, o fyne.CanvasObject, scroll *container.Scroll) *container.Scroll {
	if s, ok := at.(*container.Scroll); ok {
		scroll = s
	}
	for _, child := range inside(at) {
		if child == o {
			return scroll
		}
		if found := around(child, o, scroll); found != nil {
			return found
		}
	}
	return nil
}

// InView tells whether o is somewhere in at, with nothing around it hidden. What was
// scrolled away counts.
func InView(at, o fyne.CanvasObject) bool {
	if at == nil || !at.Visible() {
		return false
	}
	return at == o || slices.ContainsFunc(inside(at), func(child fyne.CanvasObject) bool { return InView(child, o) })
}

// inside returns what is directly in an object.
func inside(o fyne.CanvasObject) []fyne.CanvasObject {
	switch o := o.(type) {
	case *container.Scroll:
		return []fyne.CanvasObject{o.Content}
	case *fyne.Container:
		return o.Objects
	case Group:
		return o.Parts()
	}
	return nil
}
