package widget

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"parley/ui/look"
)

// How long the pointer rests before a tooltip appears, and how long it stays:
// Fyne does not tell when the pointer leaves the window.
const (
	tipDelay = 500 * time.Millisecond
	tipStay  = 5 * time.Second
)

// Root is the outermost object of a window. Tooltips are drawn in it, above
// everything, without taking the pointer away as an overlay would.
type Root struct {
	fynewidget.BaseWidget
	content fyne.CanvasObject
	tips    *fyne.Container
	bubble  *Text
}

// NewRoot returns a root around content.
func NewRoot(content fyne.CanvasObject) *Root {
	r := &Root{content: content, bubble: NewText("", look.Hint, look.OnTip)}
	r.tips = container.NewStack(NewFill(look.Tip, 6), Padded(4, 4, 8, 8, r.bubble))
	r.tips.Hide()
	r.ExtendBaseWidget(r)
	return r
}

// Parts returns the content.
func (r *Root) Parts() []fyne.CanvasObject { return []fyne.CanvasObject{r.content} }

// CreateRenderer is for Fyne.
func (r *Root) CreateRenderer() fyne.WidgetRenderer {
	return fynewidget.NewSimpleRenderer(container.NewStack(r.content, container.NewWithoutLayout(r.tips)))
}

// showTip puts text above or below what is at pos, inside the window.
func (r *Root) showTip(text string, pos fyne.Position, size fyne.Size) {
	r.bubble.Set(text)
	bubble := r.tips.MinSize()
	r.tips.Resize(bubble)
	x := pos.X + (size.Width-bubble.Width)/2
	x = max(look.Space4, min(x, r.Size().Width-bubble.Width-look.Space4))
	y := pos.Y - bubble.Height - look.Space8
	if y < look.Space4 {
		y = pos.Y + size.Height + look.Space8
	}
	r.tips.Move(fyne.NewPos(x, y))
	r.tips.Show()
	canvas.Refresh(r) // Fyne does not know yet on which canvas the hidden one was
}

// tip is the tooltip of one control.
type tip struct {
	wait *fyne.Animation
	root *Root
}

// hinted is a control whose name is its tooltip where nobody can read it.
type hinted struct {
	tappable
	tip tip
}

// pointed is MouseIn, of a control whose name can be read or not.
func (h *hinted) pointed(readable bool) {
	h.hover(true)
	if !readable {
		h.tip.show(h.self, h.name)
	}
}

// MouseOut ends what MouseIn began.
func (h *hinted) MouseOut() {
	h.hover(false)
	h.tip.hide()
}

// Tapped acts.
func (h *hinted) Tapped(*fyne.PointEvent) {
	h.tip.hide()
	h.act()
}

// show lets the tooltip appear once the pointer has rested. The animation is a
// timer that ticks on the window's goroutine.
func (t *tip) show(on fyne.CanvasObject, text string) {
	t.hide()
	c := canvasOf(on)
	if c == nil {
		return
	}
	root, ok := c.Content().(*Root)
	if !ok || text == "" || c.Overlays().Top() != nil {
		return
	}
	t.root = root
	t.wait = fyne.NewAnimation(tipDelay, func(done float32) {
		if done == 1 && t.root == root {
			root.showTip(text, fyne.CurrentApp().Driver().AbsolutePositionForObject(on), on.Size())
			t.leave()
		}
	})
	t.wait.Start()
}

func (t *tip) leave() {
	t.wait = fyne.NewAnimation(tipStay, func(done float32) {
		if done == 1 {
			t.hide()
		}
	})
	t.wait.Start()
}

func (t *tip) hide() {
	if t.wait != nil {
		t.wait.Stop()
		t.wait = nil
	}
	if t.root != nil {
		t.root.tips.Hide()
		t.root = nil
	}
}
