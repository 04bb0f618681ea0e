package widget

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynewidget "fyne.io/fyne/v2/widget"

	"parley/ui/look"
)

// VideoTile shows the pictures it is given, whole (with black beside them) or
// filling. Scaling, cropping and corners are left to the graphics card: the image
// has its own size, ImageScaleFastest keeps Fyne from scaling it in software, and
// a tight RGBA is uploaded as it is.
type VideoTile struct {
	fynewidget.BaseWidget
	id, name string
	image    *canvas.Image
	ground   *Fill
	veil     *Fill
	back     fyne.CanvasObject // shown until there is a picture
	size     image.Point
}

// NewVideoTile returns a tile without a picture; back is what it shows meanwhile.
func NewVideoTile(id, name string, corner float32, back fyne.CanvasObject) *VideoTile {
	v := &VideoTile{
		id: id, name: name, back: back,
		image:  &canvas.Image{FillMode: canvas.ImageFillContain, ScaleMode: canvas.ImageScaleFastest, CornerRadius: corner},
		ground: NewFill(look.Stage, corner), veil: NewFill(look.Veil, corner),
	}
	v.image.Hide()
	v.veil.Hide()
	v.ExtendBaseWidget(v)
	return v
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
	if size := picture.Rect.Size(); size != v.size {
		v.size = size
		v.image.Refresh() // reads the aspect anew
	} else {
		canvas.Refresh(v.image)
	}
	if v.image.Hidden {
		v.back.Hide()
		v.image.Show()
	}
}

// Clear takes the picture away, so that what is behind it shows.
func (v *VideoTile) Clear() {
	if v.image.Hidden {
		return
	}
	v.image.Hide()
	v.image.Image, v.size = nil, image.Point{}
	v.back.Show()
}

// HasPicture reports whether a picture is up.
func (v *VideoTile) HasPicture() bool { return !v.image.Hidden }

// Picture returns the picture that is up, or nil.
func (v *VideoTile) Picture() image.Image { return v.image.Image }

// Crop lets the picture fill the tile (true) or be seen whole.
func (v *VideoTile) Crop(on bool) {
	mode := canvas.ImageFillContain
	if on {
		mode = canvas.ImageFillCover
	}
	if v.image.FillMode != mode {
		v.image.FillMode = mode
		v.image.Refresh()
	}
}

// Cropped reports whether the picture fills the tile.
func (v *VideoTile) Cropped() bool { return v.image.FillMode == canvas.ImageFillCover }

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
func (r *tileRenderer) Refresh()           { r.tile.ground.Refresh(); r.tile.veil.Refresh() }

func (r *tileRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.tile.ground, r.tile.back, r.tile.image, r.tile.veil}
}

func (r *tileRenderer) Layout(size fyne.Size) {
	for _, o := range r.Objects() {
		o.Resize(size)
		o.Move(fyne.Position{})
	}
}
