package widget

import (
	"image"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// A picture that is wider than the window is made smaller; where the piece is
// counts in the picture's own pixels.
func TestPuzzleInLittleRoom(t *testing.T) {
	p := NewPuzzle("p", "Piece", image.NewGray(image.Rect(0, 0, 600, 300)), image.NewGray(image.Rect(0, 0, 100, 300)), 300)
	if size := p.MinSize(); size != fyne.NewSize(300, 150) {
		t.Fatalf("wants %v", size)
	}
	putInWindow(t, container.NewCenter(p))
	p.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(60, 5)})
	p.DragEnd()
	if p.X() != 120 {
		t.Errorf("dragged to %d, want 120", p.X())
	}
	p.Tapped(&fyne.PointEvent{Position: fyne.NewPos(200, 20)})
	if p.X() != 350 || p.piece.Position().X != 175 {
		t.Errorf("tapped to %d, shown at %v", p.X(), p.piece.Position().X)
	}
	p.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	if p.X() != 351 {
		t.Errorf("moved to %d", p.X())
	}
	p.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(900, 0)})
	done := 0
	p.OnDone = func() { done = p.X() }
	p.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if done != 500 {
		t.Errorf("done at %d, want the end", done)
	}
}

// What gets the focus scrolls into view, in a sheet, too.
func TestFocusScrolls(t *testing.T) {
	column := container.NewVBox()
	var fields []*Field
	for range 20 {
		fields = append(fields, NewField("f", "Field"))
		column.Add(fields[len(fields)-1])
	}
	last := NewButton("b", "", "Button", Soft, func() {})
	column.Add(last)
	c := putInWindow(t, container.NewStack())
	sheet := ShowSheet(c, column, nil)
	defer sheet.Close()
	seen := func(o fyne.CanvasObject) bool {
		y := fyne.CurrentApp().Driver().AbsolutePositionForObject(o).Y
		return y >= 0 && y+o.Size().Height <= c.Size().Height
	}
	if seen(last) {
		t.Fatal("everything fits: nothing to scroll")
	}
	for _, o := range []fyne.Focusable{last, fields[0], fields[15]} {
		c.Focus(o)
		if !seen(o.(fyne.CanvasObject)) {
			t.Errorf("%T has the focus out of sight", o)
		}
	}
}
