// Package iconified tells when a window is minimised, which Fyne does not: it goes
// on drawing for nobody, on every desktop but Wayland, where the compositor asks
// for no more frames. It asks GLFW, the library under Fyne, so it needs the same
// version of it; with another one it stays silent.
package iconified

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"github.com/go-gl/glfw/v3.4/glfw"
)

// Watch returns an object that nobody sees. Once it was painted, tell is called on
// Fyne's goroutine whenever the window that carries it is minimised (true) or back
// again (false). It is one point large, and has to stay so: software would fill a
// larger one with nothing, as slowly as with something.
func Watch(tell func(minimised bool)) fyne.CanvasObject {
	nothing := image.NewRGBA(image.Rect(0, 0, 1, 1))
	asked := false
	object := canvas.NewRaster(func(int, int) image.Image {
		if !asked {
			asked = true
			listen(tell)
		}
		return nothing
	})
	object.Resize(fyne.NewSquareSize(1))
	return object
}

// listen is called while a window is painted, when its context is the current one.
func listen(tell func(minimised bool)) {
	if w := glfw.GetCurrentContext(); w != nil {
		w.SetIconifyCallback(func(_ *glfw.Window, minimised bool) { tell(minimised) })
	}
}
