package widget

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	qrcode "github.com/skip2/go-qrcode"
)

// NewQR returns text as a QR code (ISO/IEC 18004) of side by side, always dark on
// white with its quiet zone, because scanners want it so. It is empty for a text
// that does not fit (about 2300 bytes).
func NewQR(text string, side float32) fyne.CanvasObject {
	ground := canvas.NewRectangle(color.White)
	ground.CornerRadius = 8
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return Sized(side, side, ground)
	}
	picture := canvas.NewImageFromImage(qrPicture(code.Bitmap()))
	picture.ScaleMode = canvas.ImageScalePixels
	picture.FillMode = canvas.ImageFillContain
	return Sized(side, side, container.NewStack(ground, picture))
}

// qrPicture draws one pixel per module.
func qrPicture(modules [][]bool) *image.RGBA {
	picture := image.NewRGBA(image.Rect(0, 0, len(modules), len(modules)))
	for y, row := range modules {
		for x, on := range row {
			ink := color.RGBA{0xff, 0xff, 0xff, 0xff}
			if on {
				ink = color.RGBA{0x1c, 0x1c, 0x1a, 0xff}
			}
			picture.SetRGBA(x, y, ink)
		}
	}
	return picture
}
