package widget

import (
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
	var inside []fyne.CanvasObject
	switch at := at.(type) {
	case *container.Scroll:
		scroll, inside = at, []fyne.CanvasObject{at.Content}
	case *fyne.Container:
		inside = at.Objects
	case Group:
		inside = at.Parts()
	}
	for _, child := range inside {
		if child == o {
			return scroll
		}
		if found := around(child, o, scroll); found != nil {
			return found
		}
	}
	return nil
}
