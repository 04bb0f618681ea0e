package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Crop lets the picture fill the tile (true) or be seen whole, and ends zooming.
func (v *VideoTile) Crop(on bool) {
	if on {
		v.see(Sight{scaling: filling})
	} else {
		v.see(Sight{})
	}
}

// Cropped reports whether the picture fills the tile.
func (v *VideoTile) Cropped() bool { return v.sight.scaling == filling }

// Zoomed reports whether the picture has another size than at rest.
func (v *VideoTile) Zoomed() bool { return v.sight.scaling == exact || v.sight.scaling == freely }

// Zoom makes the picture factor times as large around a point of the tile, from
// whole to eight times that, or its own size.
func (v *VideoTile) Zoom(factor float32, around fyne.Position) {
	if r := v.room(); v.zooms(r) {
		v.see(v.sight.zoomed(r, factor, around))
	}
}

// ZoomExactly shows every pixel of the picture as one of the screen, with what is
// at a point of the tile staying there.
func (v *VideoTile) ZoomExactly(around fyne.Position) {
	if r := v.room(); v.zooms(r) {
		v.see(v.sight.look(r, 1, v.sight.under(r, around), around))
	}
}

// Pan moves a picture that is larger than the tile, as far as its edges.
func (v *VideoTile) Pan(by fyne.Delta) {
	if r := v.room(); v.zooms(r) && v.sight.movable(r) {
		v.see(v.sight.moved(r, by))
	}
}

// Movable reports whether there is more of the picture than the tile shows.
func (v *VideoTile) Movable() bool {
	r := v.room()
	return v.zooms(r) && v.sight.movable(r)
}

// Percent is how large the picture is shown: 100 is one pixel of the screen for
// each of its own, 0 says that there is none.
func (v *VideoTile) Percent() int {
	r := v.room()
	if r.empty() {
		return 0
	}
	return v.sight.percent(r)
}

// zooms reports whether there is a picture, and one that can be zoomed.
func (v *VideoTile) zooms(r room) bool {
	return v.HasPicture() && v.image.CornerRadius == 0 && !r.empty()
}

// see looks at the picture in another way.
func (v *VideoTile) see(s Sight) {
	if s != v.sight {
		v.sight = s
		v.place()
	}
}

// place puts the picture where it belongs. With round corners it takes the tile,
// so that the corners are the tile's, and the graphics card crops it.
func (v *VideoTile) place() {
	if v.image.CornerRadius > 0 {
		v.fit()
		return
	}
	r := v.room()
	if r.empty() {
		v.bare(fyne.Position{}, fyne.Size{})
		return
	}
	at, size := v.sight.place(r)
	put(v.image, at.X, at.Y, size.Width, size.Height)
	v.bare(at, size)
}

// bare lays the ground where the picture is not: on both sides of it, below and above,
// or everywhere. Under a picture that covers the tile there is none: without a graphics
// card every layer takes as long as the picture.
func (v *VideoTile) bare(at fyne.Position, size fyne.Size) {
	const seam = 1 // points that the picture overlaps, so that rounding leaves no gap
	whole := v.Size()
	switch right, below := at.X+size.Width-seam, at.Y+size.Height-seam; {
	case at.X > 0 && at.Y > 0 || size.IsZero():
		v.lay(0, fyne.Position{}, whole)
		v.lay(1, fyne.Position{}, fyne.Size{})
	case at.X > 0:
		v.lay(0, fyne.Position{}, fyne.NewSize(at.X+seam, whole.Height))
		v.lay(1, fyne.NewPos(right, 0), fyne.NewSize(whole.Width-right, whole.Height))
	case at.Y > 0:
		v.lay(0, fyne.Position{}, fyne.NewSize(whole.Width, at.Y+seam))
		v.lay(1, fyne.NewPos(0, below), fyne.NewSize(whole.Width, whole.Height-below))
	default:
		v.lay(0, fyne.Position{}, fyne.Size{})
		v.lay(1, fyne.Position{}, fyne.Size{})
	}
}

// lay puts one half of the ground somewhere, or hides it where that has no size.
func (v *VideoTile) lay(half int, at fyne.Position, size fyne.Size) {
	ground := v.ground[half]
	if size.IsZero() {
		ground.Hide()
		return
	}
	put(ground, at.X, at.Y, size.Width, size.Height)
	ground.Show()
}

func (v *VideoTile) fit() {
	mode := canvas.ImageFillContain
	if v.Cropped() {
		mode = canvas.ImageFillCover
	}
	if v.image.FillMode != mode {
		v.image.FillMode = mode
		v.image.Refresh()
	}
	put(v.image, 0, 0, v.Size().Width, v.Size().Height)
}

// room is what the picture is looked at in.
func (v *VideoTile) room() room {
	perPoint := pixelsPerPoint(v)
	return room{v.Size(), fyne.NewSize(float32(v.size.X)/perPoint, float32(v.size.Y)/perPoint)}
}

// pixelsPerPoint is how many pixels of the screen a point of the toolkit has
// where an object is.
func pixelsPerPoint(o fyne.CanvasObject) float32 {
	const far = 1000 // points, so that rounding does not matter
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil {
		if x, _ := c.PixelCoordinateForPosition(fyne.NewPos(far, 0)); x > 0 {
			return float32(x) / far
		}
	}
	return 1
}
