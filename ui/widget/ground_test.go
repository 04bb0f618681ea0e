package widget

import (
	"image"
	"testing"

	"fyne.io/fyne/v2"

	"parley/ui/look"
)

// The ground of a tile lies where the picture leaves it bare, and hardly under it:
// without a graphics card a layer that nobody sees takes as long as one that is seen.
func TestTileGroundIsBesideThePicture(t *testing.T) {
	tile := NewVideoTile("remote", "Picture", 0, NewText("nobody", look.Body, look.OnStage))
	putInWindow(t, tile)
	whole := tile.Size()
	check := func(when string, bare float32, none bool) {
		t.Helper()
		at, size := tile.PictureArea()
		covered, under := float32(0), float32(0)
		for _, g := range tile.ground {
			if !g.Visible() {
				continue
			}
			area := g.Size().Width * g.Size().Height
			seen := common(g.Position(), g.Size(), at, size)
			covered, under = covered+area-seen, under+seen
		}
		most := 2 * (whole.Width + whole.Height) // a seam
		if none != (covered+under == 0) || covered < bare-1 || covered > bare+1 || size.Width > 0 && under > most {
			t.Errorf("%s: %v of ground are seen and %v are not, want %v to be seen", when, covered, under, bare)
		}
	}
	show := func(width, height int) { tile.ShowPicture(image.NewRGBA(image.Rect(0, 0, width, height))) }
	all := whole.Width * whole.Height
	check("without a picture", all, false)
	show(300, 100)
	check("with bars above and below", all-whole.Width*whole.Width/3, false)
	show(100, 100)
	check("with bars at the sides", all-whole.Height*whole.Height, false)
	tile.Crop(true)
	check("filled", 0, true)
	tile.Crop(false)
	check("whole again", all-whole.Height*whole.Height, false)
	show(int(whole.Width), int(whole.Height))
	check("of its own shape", 0, true)
	tile.Zoom(2, fyne.NewPos(10, 10))
	check("zoomed", 0, true)
	tile.Clear()
	check("cleared", all, false)
}

// common is the area that two rectangles have in common.
func common(at fyne.Position, size fyne.Size, other fyne.Position, otherSize fyne.Size) float32 {
	width := min(at.X+size.Width, other.X+otherSize.Width) - max(at.X, other.X)
	height := min(at.Y+size.Height, other.Y+otherSize.Height) - max(at.Y, other.Y)
	return max(0, width) * max(0, height)
}
