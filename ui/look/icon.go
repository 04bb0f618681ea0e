package look

import (
	"bytes"
	"fmt"
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"parley/assets"
	"parley/assets/icons"
)

// stroke is the width of the lines of every icon, whatever its size.
const stroke = 1.8

// Icon returns one of the program's icons in a colour. scale is how many pixels a
// line of width one takes: Fyne's SVG painter scales shapes but not the width of
// lines. An icon that is not there is drawn as nothing.
func Icon(name string, c color.Color, scale float32) fyne.Resource {
	svg, err := icons.SVG(name)
	if err != nil {
		svg = []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24"/>`)
	}
	r, g, b, _ := c.RGBA()
	hex := fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
	width := fmt.Sprintf("%.2f", stroke*scale)
	svg = bytes.ReplaceAll(svg, []byte("#000000"), []byte(hex))
	svg = bytes.ReplaceAll(svg, []byte(`stroke-width="1.8"`), []byte(`stroke-width="`+width+`"`))
	return fyne.NewStaticResource(name+hex+"-"+width+".svg", svg)
}

// DrawIcon returns an icon of side pixels.
func DrawIcon(name string, c color.Color, side int, scale float32) image.Image {
	drawing := canvas.NewImageFromResource(Icon(name, c, scale))
	size := fyne.NewSquareSize(float32(side))
	if fyne.CurrentApp().Driver().CanvasForObject(drawing) == nil {
		size = fyne.NewSquareSize(float32(side) / 2) // Fyne draws twice as large what is on no canvas
	}
	drawing.Resize(size)
	drawing.Refresh()
	if drawing.Image == nil {
		return image.NewRGBA(image.Rect(0, 0, max(side, 1), max(side, 1)))
	}
	return drawing.Image
}

// AppIcon returns the program's icon.
func AppIcon() fyne.Resource { return fyne.NewStaticResource("icon.png", assets.Icon()) }
