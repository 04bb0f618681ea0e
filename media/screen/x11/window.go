package x11

import (
	"encoding/binary"
	"image"
)

// Requests of the core protocol, by their numbers.
const (
	opChangeWindowAttributes = 2
	opGetWindowAttributes    = 3
	opGetGeometry            = 14
	opQueryTree              = 15
	opInternAtom             = 16
	opGetProperty            = 20
	opQueryPointer           = 38
	opTranslateCoordinates   = 40
	opGetInputFocus          = 43
	opFreePixmap             = 54
	opGetImage               = 73
	opQueryExtension         = 98
)

// Atom is a name that the server has numbered; 0 is none.
type Atom uint32

// Atom returns the number of a name, 0 if the server has not heard of it.
func (c *Conn) Atom(name string) (Atom, error) {
	const onlyIfExists = 1
	c.sendText(opInternAtom, onlyIfExists, name, uint32(len(name))) //nolint:gosec // names are short
	if err := c.answer(); err != nil {
		return 0, err
	}
	return Atom(binary.LittleEndian.Uint32(c.head[8:])), nil
}

// AtomName returns the name of a number.
func (c *Conn) AtomName(a Atom) (string, error) {
	const opGetAtomName = 17
	c.Send(opGetAtomName, 0, uint32(a))
	if err := c.answer(); err != nil {
		return "", err
	}
	n := int(binary.LittleEndian.Uint16(c.head[8:]))
	return string(c.body[:min(n, len(c.body))]), nil
}

// maxProperty bounds what is read of a property, in words.
const maxProperty = 1 << 14

// Property returns what another client has written at a window under a name:
// its type, and at most 64 KiB that are valid until the next call. A window
// without it has an empty one of type 0.
func (c *Conn) Property(w ID, name Atom) (kind Atom, value []byte, err error) {
	if name == 0 {
		return 0, nil, nil
	}
	c.Send(opGetProperty, 0, uint32(w), uint32(name), 0, 0, maxProperty)
	if err := c.answer(); err != nil {
		return 0, nil, err
	}
	unit := int(c.head[1]) / 8 // 0, 1, 2 or 4 bytes
	size := unit * int(binary.LittleEndian.Uint32(c.head[16:]))
	return Atom(binary.LittleEndian.Uint32(c.head[8:])), c.body[:max(0, min(size, len(c.body)))], nil
}

// IDs returns a property that lists windows or atoms.
func (c *Conn) IDs(w ID, name Atom) ([]ID, error) {
	_, value, err := c.Property(w, name)
	if err != nil {
		return nil, err
	}
	return ids(value), nil
}

func ids(b []byte) []ID {
	list := make([]ID, 0, len(b)/4)
	for ; len(b) >= 4; b = b[4:] {
		list = append(list, ID(binary.LittleEndian.Uint32(b)))
	}
	return list
}

// Tree returns the windows around one: what it is in, 0 for the root, and what
// is in it, the lowest first.
func (c *Conn) Tree(w ID) (parent ID, children []ID, err error) {
	c.Send(opQueryTree, 0, uint32(w))
	if err := c.answer(); err != nil {
		return 0, nil, err
	}
	return ID(binary.LittleEndian.Uint32(c.head[12:])), ids(c.body), nil
}

// Attributes is what a window is.
type Attributes struct {
	Visible  bool // it and all that it is in are shown
	Pictured bool // it has a picture, and does not only take input
	Override bool // window managers leave it alone, as menus are
}

// Attributes returns what a window is.
func (c *Conn) Attributes(w ID) (Attributes, error) {
	c.Send(opGetWindowAttributes, 0, uint32(w))
	if err := c.answer(); err != nil {
		return Attributes{}, err
	}
	if len(c.body) < 12 {
		return Attributes{}, ErrSetup
	}
	const inputOutput, viewable = 1, 2
	return Attributes{
		Pictured: binary.LittleEndian.Uint16(c.head[12:]) == inputOutput,
		Visible:  c.head[26] == viewable, Override: c.head[27] != 0,
	}, nil
}

// Geometry is where a drawable is.
type Geometry struct {
	Area   image.Rectangle // in what it is in, without its border, in pixels
	Border int             // pixels around it
	Depth  byte            // bits per pixel that have a meaning
}

// Geometry returns where a drawable is.
func (c *Conn) Geometry(w ID) (Geometry, error) {
	c.Send(opGetGeometry, 0, uint32(w))
	if err := c.answer(); err != nil {
		return Geometry{}, err
	}
	h := c.head[12:]
	at := image.Pt(signed(h), signed(h[2:]))
	size := image.Pt(int(binary.LittleEndian.Uint16(h[4:])), int(binary.LittleEndian.Uint16(h[6:])))
	return Geometry{
		Area: image.Rectangle{at, at.Add(size)}, Border: int(binary.LittleEndian.Uint16(h[8:])), Depth: c.head[1],
	}, nil
}

// Watch lets events of a window come: whether it is shown, where, and its end.
func (c *Conn) Watch(w ID) {
	const eventMask, structureNotify = 1 << 11, 1 << 17
	c.Send(opChangeWindowAttributes, 0, uint32(w), eventMask, structureNotify)
}

// Pointer is where the pointer is.
type Pointer struct {
	Child  ID          // the window under it, of those that are directly in the one asked for; 0: none
	Root   image.Point // in the root window
	Window image.Point // in the one that was asked for
	Same   bool        // it is on the screen of the window that was asked for
}

// Pointer returns where the pointer is, as a window sees it.
func (c *Conn) Pointer(w ID) (Pointer, error) {
	c.Send(opQueryPointer, 0, uint32(w))
	if err := c.answer(); err != nil {
		return Pointer{}, err
	}
	h := c.head[12:]
	return Pointer{
		Child: ID(binary.LittleEndian.Uint32(h)), Root: image.Pt(signed(h[4:]), signed(h[6:])),
		Window: image.Pt(signed(h[8:]), signed(h[10:])), Same: c.head[1] != 0,
	}, nil
}

// OnRoot returns where the upper left corner of a window is in the root window.
func (c *Conn) OnRoot(w ID) (image.Point, error) {
	c.Send(opTranslateCoordinates, 0, uint32(w), uint32(c.Root), 0)
	if err := c.answer(); err != nil {
		return image.Point{}, err
	}
	return image.Pt(signed(c.head[12:]), signed(c.head[14:])), nil
}

// FreePixmap lets go of a pixmap.
func (c *Conn) FreePixmap(p ID) { c.Send(opFreePixmap, 0, uint32(p)) }
