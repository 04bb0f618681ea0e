package look

import (
	"bytes"
	"fmt"
	"image/color"

	"fyne.io/fyne/v2"

	"parley/assets"
	"parley/assets/icons"
)

// Icon returns one of the program's icons in a colour, for canvas.Image. An icon
// that is not there is drawn as nothing.
func Icon(name string, c color.Color) fyne.Resource {
	svg, err := icons.SVG(name)
	if err != nil {
		svg = []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24"/>`)
	}
	r, g, b, _ := c.RGBA()
	hex := fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
	return fyne.NewStaticResource(name+hex+".svg", bytes.ReplaceAll(svg, []byte("#000000"), []byte(hex)))
}

// AppIcon returns the program's icon.
func AppIcon() fyne.Resource { return fyne.NewStaticResource("icon.png", assets.Icon()) }
