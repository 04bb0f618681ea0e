package widget

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	fynewidget "fyne.io/fyne/v2/widget"

	"parley/ui/look"
)

// Puzzle is a picture with a hole and the piece that fits into it, to be moved
// with the pointer or the arrow keys.
type Puzzle struct {
	fynewidget.BaseWidget
	id, name       string
	picture, piece *canvas.Image
	ring           *canvas.Rectangle
	width, height  float32 // of the picture, in its own pixels
	pieceWidth     float32
	room           float32 // that there is for the picture
	x              float32 // in pixels of the picture
	OnDone         func()  // on Enter
}

// NewPuzzle returns a puzzle with the piece at the left. A picture that is wider
// than room is made smaller.
func NewPuzzle(id, name string, picture, piece image.Image, room float32) *Puzzle {
	p := &Puzzle{
		id: id, name: name, room: room, picture: canvas.NewImageFromImage(picture), piece: canvas.NewImageFromImage(piece),
		ring:  &canvas.Rectangle{StrokeWidth: 2, CornerRadius: look.Space4},
		width: float32(picture.Bounds().Dx()), height: float32(picture.Bounds().Dy()), pieceWidth: float32(piece.Bounds().Dx()),
	}
	p.ring.StrokeColor = look.Of(look.Focus)
	p.ring.Hide()
	p.ExtendBaseWidget(p)
	return p
}

// X is how far the piece was moved, in pixels of the picture.
func (p *Puzzle) X() int { return int(p.x + 0.5) }

// ID returns the name that never changes.
func (p *Puzzle) ID() string { return p.id }

// AccessibilityLabel returns the name in the user's language.
func (p *Puzzle) AccessibilityLabel() string { return p.name }

// Disabled is never the case.
func (p *Puzzle) Disabled() bool { return false }

// MinSize is that of the picture.
func (p *Puzzle) MinSize() fyne.Size {
	scale := min(1, p.room/p.width)
	return fyne.NewSize(p.width*scale, p.height*scale)
}

// scale is how large a pixel of the picture is shown.
func (p *Puzzle) scale() float32 {
	if size := p.Size(); size.Width > 0 {
		return size.Width / p.width
	}
	return 1
}

func (p *Puzzle) move(x float32) {
	p.x = max(0, min(x, p.width-p.pieceWidth))
	p.Refresh()
}

// Dragged moves the piece along.
func (p *Puzzle) Dragged(ev *fyne.DragEvent) { p.move(p.x + ev.Dragged.DX/p.scale()) }

// DragEnd does nothing.
func (p *Puzzle) DragEnd() {}

// Tapped moves the piece under the pointer.
func (p *Puzzle) Tapped(ev *fyne.PointEvent) { p.move(ev.Position.X/p.scale() - p.pieceWidth/2) }

// Cursor shows that it can be moved.
func (p *Puzzle) Cursor() desktop.Cursor { return desktop.PointerCursor }

// FocusGained shows the focus.
func (p *Puzzle) FocusGained() { p.ring.Show(); p.Refresh() }

// FocusLost hides it.
func (p *Puzzle) FocusLost() { p.ring.Hide(); p.Refresh() }

// TypedRune hands the rune to the window.
func (p *Puzzle) TypedRune(r rune) { bubbleRune(p, r) }

// TypedKey moves the piece by one pixel, or a page by ten.
func (p *Puzzle) TypedKey(ev *fyne.KeyEvent) {
	if ev.Name == fyne.KeyReturn || ev.Name == fyne.KeyEnter {
		p.OnDone()
		return
	}
	step := map[fyne.KeyName]float32{
		fyne.KeyLeft: -1, fyne.KeyRight: 1, fyne.KeyPageDown: 10, fyne.KeyPageUp: -10, fyne.KeyDown: -10, fyne.KeyUp: 10,
	}[ev.Name]
	if step == 0 {
		bubbleKey(p, ev)
		return
	}
	p.move(p.x + step)
}

// CreateRenderer is for Fyne.
func (p *Puzzle) CreateRenderer() fyne.WidgetRenderer {
	box := container.New(puzzleLayout{p}, p.picture, p.piece, p.ring)
	return fynewidget.NewSimpleRenderer(box)
}

// puzzleLayout puts the piece where it was moved to.
type puzzleLayout struct{ puzzle *Puzzle }

func (l puzzleLayout) MinSize([]fyne.CanvasObject) fyne.Size { return l.puzzle.MinSize() }

func (l puzzleLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	p := l.puzzle
	scale := p.scale()
	put(o[0], 0, 0, size.Width, size.Height)
	put(o[1], p.x*scale, 0, p.pieceWidth*scale, size.Height)
	put(o[2], 0, 0, size.Width, size.Height)
}

// Refresh moves the piece.
func (p *Puzzle) Refresh() {
	p.piece.Move(fyne.NewPos(p.x*p.scale(), 0))
	p.BaseWidget.Refresh()
}
