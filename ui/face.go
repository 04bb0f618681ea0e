package ui

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"parley/ui/look"
	"parley/ui/screen"
	"parley/ui/widget"
)

// face is the other side's camera in a corner, while its screen has the stage.
type face struct {
	tile *widget.VideoTile
	pane *widget.Floating
	on   bool
	last *image.RGBA // the newest picture of the camera, wherever it is shown
}

func (c *callView) newFace() {
	back := container.NewStack(widget.NewFill(look.Control, look.Corner), widget.Centered(widget.NewIcon("person", 28, look.QuietOn)))
	c.face.tile = widget.NewVideoTile("remote.camera", "", look.Corner, back)
	c.face.tile.Crop(true)
	c.face.pane = widget.NewFloating(c.face.tile, c.faceRoom)
	c.face.pane.Settle(widget.BottomLeft)
	c.face.pane.Hide()
}

// cameraTile is where the other side's camera is shown.
func (c *callView) cameraTile(s screen.Call) *widget.VideoTile {
	if s.SeesShare {
		return c.face.tile
	}
	return c.remote
}

// applyFace follows a screen that comes or goes: the camera makes room, or takes it
// back.
func (c *callView) applyFace(s screen.Call) {
	f := &c.face
	f.tile.Dim(s.Dim && f.tile.HasPicture())
	show(f.pane, s.SeesShare)
	if f.on == s.SeesShare {
		return
	}
	f.on = s.SeesShare
	c.remote.Crop(false)
	f.tile.Clear()
	c.remote.Clear()
	if f.last != nil && s.ShowRemote {
		c.cameraTile(s).ShowPicture(f.last)
	}
}

// leaveFace forgets the last call's.
func (c *callView) leaveFace() {
	c.face.on, c.face.last = false, nil
	c.face.tile.Clear()
	c.face.pane.Hide()
}

// faceRoom is where the camera may rest: above or below our own where that is.
func (c *callView) faceRoom() (fyne.Position, fyne.Size) {
	at, size := c.paneRoom()
	corner := c.face.pane.Corner()
	if corner == c.pane.Corner() && c.pane.Visible() {
		taken := c.pane.Size().Height + look.Space12
		size.Height -= taken
		if corner == widget.TopLeft || corner == widget.TopRight {
			at.Y += taken
		}
	}
	return at, size
}

// showCamera puts up a new picture of the other side's camera.
func (c *callView) showCamera(picture *image.RGBA) {
	c.face.last = picture
	if tile := c.cameraTile(c.w.model.Call); tile != c.remote {
		tile.ShowPicture(picture)
	} else {
		c.showLarge(picture)
	}
}

// showShared puts up a new picture of the other side's screen.
func (c *callView) showShared(picture *image.RGBA) {
	if c.w.model.Call.SeesShare {
		c.showLarge(picture)
	}
}

// showLarge puts up a picture on the stage.
func (c *callView) showLarge(picture *image.RGBA) {
	first := !c.remote.HasPicture()
	c.remote.ShowPicture(picture)
	if first {
		c.showControls()
		c.root.Refresh()
	}
}
