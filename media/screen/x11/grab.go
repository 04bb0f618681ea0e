package x11

import (
	"encoding/binary"
	"image"
)

// Requests that take the pointer and the keyboard for a while.
const (
	opGrabPointer       = 26
	opUngrabPointer     = 27
	opGrabKeyboard      = 31
	opUngrabKeyboard    = 32
	opQueryKeymap       = 44
	opOpenFont          = 45
	opCloseFont         = 46
	opCreateGlyphCursor = 94
)

// Grab takes pointer and keyboard, and lets the pointer be a cross; it reports
// whether both could be had, which another program may be in the way of.
func (c *Conn) Grab() (bool, error) {
	const now, asynchronous, ownerEvents = 0, 1, 0
	const noEvents = 0
	cross := c.crosshair()
	c.Send(opGrabPointer, ownerEvents, uint32(c.Root), noEvents|asynchronous<<16|asynchronous<<24, 0, uint32(cross), now)
	if err := c.answer(); err != nil || c.head[1] != 0 {
		return false, err
	}
	c.Send(opGrabKeyboard, ownerEvents, uint32(c.Root), now, asynchronous|asynchronous<<8)
	if err := c.answer(); err != nil || c.head[1] != 0 {
		c.Send(opUngrabPointer, 0, now)
		return false, err
	}
	return true, nil
}

// Ungrab gives both back.
func (c *Conn) Ungrab() error {
	const now = 0
	c.Send(opUngrabPointer, 0, now)
	c.Send(opUngrabKeyboard, 0, now)
	return c.Check()
}

// crosshair makes the cursor of that name (X11 protocol, appendix B of Xlib).
func (c *Conn) crosshair() ID {
	const font, glyph = "cursor", 34
	f, cursor := c.NewID(), c.NewID()
	c.sendText(opOpenFont, 0, font, uint32(f), uint32(len(font)))
	c.Send(opCreateGlyphCursor, 0, uint32(cursor), uint32(f), uint32(f), pair(glyph, glyph+1), 0, 0xffff<<16, 0xffff|0xffff<<16)
	c.Send(opCloseFont, 0, uint32(f))
	return cursor
}

// Hand is what the user's hand does.
type Hand struct {
	At           image.Point // the pointer, in the root window
	First, Other bool        // which buttons are down
}

// Hand returns what the user's hand does now.
func (c *Conn) Hand() (Hand, error) {
	p, err := c.Pointer(c.Root)
	const first, second, third = 1 << 8, 1 << 9, 1 << 10
	buttons := binary.LittleEndian.Uint16(c.head[24:])
	return Hand{At: p.Root, First: buttons&first != 0, Other: buttons&(second|third) != 0}, err
}

// Keys returns which keys are down, one bit for each.
func (c *Conn) Keys() (keys [32]byte, err error) {
	c.Send(opQueryKeymap, 0)
	if err := c.answer(); err != nil {
		return keys, err
	}
	copy(keys[:], c.head[8:])
	copy(keys[24:], c.body)
	return keys, nil
}
