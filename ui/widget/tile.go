package widget

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"parley/ui/look"
)

// VideoTile shows the pictures it is given: whole (with black beside them),
// filling, at their own size, or as the user zoomed. Scaling, cropping and corners
// are left to the graphics card: the image has its own size, ImageScaleFastest
// keeps Fyne from scaling it in software, and a tight RGBA is uploaded as it is.
type VideoTile struct {
	fynewidget.BaseWidget
	id, name string
	image    *canvas.Image
	witness  *canvas.Raster
	frame    *container.Clip // cuts off what of the picture is outside the tile
	ground   [2]*Fill        // what the picture leaves of the tile: all of it, or two sides
	veil     *Fill
	back     fyne.CanvasObject // shown until there is a picture
	size     image.Point       // of the picture
	sight    Sight
	shown    uint64 // how many pictures there were
	painted  uint64 // which of them was painted last
}

// NewVideoTile returns a tile without a picture; back is what it shows meanwhile.
// One with round corners shows its pictures whole or filling, never zoomed.
func NewVideoTile(id, name string, corner float32, back fyne.CanvasObject) *VideoTile {
	v := &VideoTile{
		id: id, name: name, back: back,
		image:  &canvas.Image{ScaleMode: canvas.ImageScaleFastest, CornerRadius: corner},
		ground: [2]*Fill{NewFill(look.Stage, corner), NewFill(look.Stage, corner)}, veil: NewFill(look.Veil, corner),
	}
	v.witness = v.newWitness()
	v.frame = container.NewClip(container.NewWithoutLayout(v.image, v.witness))
	v.frame.Hide()
	v.veil.Hide()
	v.ground[1].Hide()
	v.ExtendBaseWidget(v)
	return v
}

// newWitness returns a line that nobody sees. Fyne asks for its pixel when it
// paints the tile, and does not where the tile is hidden, scrolled out of view, or
// in a window that Wayland does not show: that is how a tile knows it is seen.
func (v *VideoTile) newWitness() *canvas.Raster {
	nothing := image.NewRGBA(image.Rect(0, 0, 1, 1))
	return canvas.NewRaster(func(int, int) image.Image {
		v.painted = v.shown
		return nothing
	})
}

// ID returns the name that never changes.
func (v *VideoTile) ID() string { return v.id }

// AccessibilityLabel returns the name in the user's language.
func (v *VideoTile) AccessibilityLabel() string { return v.name }

// AccessibilityRole says what it is.
func (v *VideoTile) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleContainer }

// Disabled is false: a picture has no such state.
func (v *VideoTile) Disabled() bool { return false }

// Rename changes the accessible name.
func (v *VideoTile) Rename(name string) { v.name = name }

// ShowPicture puts up the next picture, which must not change until the next call. It
// costs an assignment and a repaint, whatever the picture's size.
func (v *VideoTile) ShowPicture(picture *image.RGBA) {
	v.image.Image = picture
	v.shown++
	if size := picture.Rect.Size(); size != v.size {
		v.size = size
		v.place()
		v.image.Refresh() // reads the aspect anew
	} else {
		canvas.Refresh(v.image)
	}
	canvas.Refresh(v.witness)
	if !v.HasPicture() {
		v.back.Hide()
		v.frame.Show()
	}
}

// Shown returns how many pictures were put up so far.
func (v *VideoTile) Shown() uint64 { return v.shown }

// Painted reports whether the picture that is up was painted, and so may have
// been seen.
func (v *VideoTile) Painted() bool { return v.painted == v.shown }

// Clear takes the picture away, so that what is behind it shows, and looks at the
// next one whole, or filling where the last was.
func (v *VideoTile) Clear() {
	v.Crop(v.Cropped())
	if !v.HasPicture() {
		return
	}
	v.frame.Hide()
	v.image.Image, v.size, v.painted = nil, image.Point{}, v.shown
	v.place()
	v.back.Show()
}

// HasPicture reports whether a picture is up.
func (v *VideoTile) HasPicture() bool { return v.frame.Visible() }

// Picture returns the picture that is up, or nil.
func (v *VideoTile) Picture() image.Image { return v.image.Image }

// PictureArea is where the picture lies in the tile; it is larger than the tile
// where it is cropped or zoomed, and empty where there is none.
func (v *VideoTile) PictureArea() (fyne.Position, fyne.Size) {
	r := v.room()
	if r.empty() {
		return fyne.Position{}, fyne.Size{}
	}
	return v.sight.place(r)
}

// Dim lays a veil over the picture.
func (v *VideoTile) Dim(on bool) {
	if on != v.veil.Visible() {
		if on {
			v.veil.Show()
		} else {
			v.veil.Hide()
		}
	}
}

// Parts returns what stands in for the picture.
func (v *VideoTile) Parts() []fyne.CanvasObject { return []fyne.CanvasObject{v.back} }

// CreateRenderer is for Fyne.
func (v *VideoTile) CreateRenderer() fyne.WidgetRenderer { return &tileRenderer{v} }

type tileRenderer struct{ tile *VideoTile }

func (r *tileRenderer) Destroy()           {}
func (r *tileRenderer) MinSize() fyne.Size { return r.tile.back.MinSize() }

func (r *tileRenderer) Refresh() {
	for _, f := range append(r.tile.ground[:], r.tile.veil) {
		f.Refresh()
	}
}

func (r *tileRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.tile.ground[0], r.tile.ground[1], r.tile.back, r.tile.frame, r.tile.veil}
}

func (r *tileRenderer) Layout(size fyne.Size) {
	for _, o := range r.Objects() {
		o.Resize(size)
		o.Move(fyne.Position{})
	}
	put(r.tile.witness, size.Width/2, 0, 1, size.Height)
	r.tile.place()
}
