package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
)

// List is a scrolling column of rows. Rows are kept and filled anew, so that an
// update moves neither focus nor scroll position.
type List struct {
	rows   []*Row
	column *fyne.Container
	scroll *container.Scroll
	shown  []RowData
}

// NewList returns an empty list.
func NewList() *List {
	l := &List{column: container.New(layout.NewCustomPaddedVBoxLayout(2))}
	l.scroll = container.NewVScroll(l.column)
	return l
}

// NewRows returns an empty list that does not scroll: part of a page that does.
func NewRows() *List {
	return &List{column: container.New(layout.NewCustomPaddedVBoxLayout(2))}
}

// Object returns what goes into the window.
func (l *List) Object() fyne.CanvasObject {
	if l.scroll == nil {
		return l.column
	}
	return l.scroll
}

// Set shows rows; do is told which one was used.
func (l *List) Set(rows []RowData, do func(index int)) {
	for i, data := range rows {
		act := func() { do(i) }
		if i < len(l.rows) {
			l.rows[i].Set(data, act)
			continue
		}
		l.rows = append(l.rows, NewRow(data, act))
	}
	if len(rows) == len(l.shown) {
		return
	}
	l.shown = rows
	objects := make([]fyne.CanvasObject, len(rows))
	for i := range rows {
		objects[i] = l.rows[i]
	}
	l.column.Objects = objects
	l.column.Refresh()
	if l.scroll != nil {
		l.scroll.Refresh()
	}
}
