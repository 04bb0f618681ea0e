package ui

import (
	"math"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"parley/assets/words"
	"parley/ui/look"
	"parley/ui/widget"
)

// How far one step goes. Fyne tells a notch of a wheel as 25 points (as 10 on
// macOS, where wheels tell more of them), and as more where it is turned quickly.
const (
	keyZoom   = 1.25
	notchZoom = 1.2
	notch     = 25
	keyPan    = 60 // points
)

// newSurface puts the remote picture where pointers are noticed: the wheel zooms
// around the pointer, as pinching does where it is told as the wheel with ctrl, a
// wheel's other axis and dragging move what is larger than the window.
func (c *callView) newSurface() {
	c.zoom.build(c.w)
	c.surface = widget.NewSurface(c.remote, c.stir, func() {
		c.remote.Crop(!c.remote.Zoomed() && !c.remote.Cropped())
	})
	c.surface.OnScrolled = func(at fyne.Position, by fyne.Delta) {
		if by.DX != 0 {
			c.remote.Pan(fyne.NewDelta(by.DX, 0))
		}
		if by.DY != 0 {
			c.zoomBy(float32(math.Pow(notchZoom, float64(by.DY)/notch)), at)
		}
	}
	c.surface.OnDragged = func(by fyne.Delta) {
		c.stir()
		c.remote.Pan(by)
	}
}

// zoomKey does what keys do to the remote picture.
func (c *callView) zoomKey(key fyne.KeyName) {
	size := c.remote.Size()
	middle := fyne.NewPos(size.Width/2, size.Height/2)
	switch key {
	case fyne.KeyPlus, fyne.KeyEqual:
		c.zoomBy(keyZoom, middle)
	case fyne.KeyMinus:
		c.zoomBy(1/keyZoom, middle)
	case fyne.Key0:
		c.remote.Crop(false)
		c.showZoom()
	case fyne.Key1:
		c.remote.ZoomExactly(middle)
		c.showZoom()
	case fyne.KeyLeft:
		c.remote.Pan(fyne.NewDelta(keyPan, 0))
	case fyne.KeyRight:
		c.remote.Pan(fyne.NewDelta(-keyPan, 0))
	case fyne.KeyUp:
		c.remote.Pan(fyne.NewDelta(0, keyPan))
	case fyne.KeyDown:
		c.remote.Pan(fyne.NewDelta(0, -keyPan))
	default: // means nothing in a call
	}
}

func (c *callView) zoomBy(factor float32, around fyne.Position) {
	c.remote.Zoom(factor, around)
	c.showZoom()
}

func (c *callView) showZoom() {
	if c.remote.HasPicture() {
		c.zoom.show(c.remote.Percent())
		c.root.Layout.Layout(c.root.Objects, c.root.Size())
	}
}

// zoomSign says for a moment how large the picture is.
type zoomSign struct {
	w     *Window
	sign  *fyne.Container
	text  *widget.Text
	until time.Time
}

// signTime is how long the sign stays.
const signTime = 1200 * time.Millisecond

func (z *zoomSign) build(w *Window) {
	z.w = w
	z.text = widget.NewText("", look.Body, look.OnStage)
	z.sign = container.NewStack(widget.NewFill(look.Control, look.Corner),
		widget.Padded(look.Space4, look.Space4, look.Space12, look.Space12, z.text))
	z.sign.Hide()
}

func (z *zoomSign) show(percent int) {
	z.text.Set(z.w.words.Text("incall.zoom", words.Args{"percent": strconv.Itoa(percent)}))
	z.until = z.w.deps.Now().Add(signTime)
	show(z.sign, true)
}

// fade takes the sign away when its time is over.
func (z *zoomSign) fade(now time.Time) {
	if !now.Before(z.until) {
		z.hide()
	}
}

func (z *zoomSign) hide() { show(z.sign, false) }
