package x11

import "image"

// Requests about windows of our own.
const (
	opCreateWindow    = 1
	opMapWindow       = 8
	opUnmapWindow     = 10
	opConfigureWindow = 12

	fixesCreateRegion   = 5
	fixesDestroyRegion  = 10
	fixesSetWindowShape = 21
)

// HasMarks tells whether NewMark can be used: without XFixes a mark would take
// clicks.
func (c *Conn) HasMarks() bool { return c.fixes.major != 0 }

// NewMark makes a window of one colour, as a pixel of the root window has it, that
// is not shown yet. Window managers leave it alone, and no click finds it.
func (c *Conn) NewMark(pixel uint32) ID {
	const inputOutput = 1
	const backPixel, borderPixel, overrideRedirect = 1 << 1, 1 << 3, 1 << 9
	w := c.NewID()
	c.Send(opCreateWindow, 0, uint32(w), uint32(c.Root), 0, pair(1, 1), pair(0, inputOutput), 0,
		backPixel|borderPixel|overrideRedirect, pixel, 0, 1)
	const inputShape = 2
	region := uint32(c.NewID())
	c.Send(c.fixes.major, fixesCreateRegion, region) // of no rectangles
	c.Send(c.fixes.major, fixesSetWindowShape, uint32(w), inputShape, 0, region)
	c.Send(c.fixes.major, fixesDestroyRegion, region)
	return w
}

// Place puts a mark somewhere in the root window, above all others, and shows it;
// an empty place hides it.
func (c *Conn) Place(mark ID, at image.Rectangle) {
	const x, y, width, height, stackMode = 1, 2, 4, 8, 64
	const above = 0
	if at.Empty() {
		c.Send(opUnmapWindow, 0, uint32(mark))
		return
	}
	c.Send(opConfigureWindow, 0, uint32(mark), x|y|width|height|stackMode,
		signedWord(at.Min.X), signedWord(at.Min.Y), signedWord(at.Dx()), signedWord(at.Dy()), above)
	c.Send(opMapWindow, 0, uint32(mark))
}

func signedWord(n int) uint32 { return uint32(int32(n)) } //nolint:gosec // as the protocol has them
