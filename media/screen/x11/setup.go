package x11

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
)

// ID names a window, a pixmap or anything else that a server keeps.
type ID uint32

// Format tells how the pixels of a depth lie in memory.
type Format struct {
	Depth, BitsPerPixel, Pad byte // bits
}

// Setup is what a server says of itself when a connection begins.
type Setup struct {
	Root         ID
	Size         image.Point // of the root window, at that time
	Depth        byte        // of the root window
	Formats      []Format
	LittleEndian bool // the order of the bytes of a pixel
	// Red, Green and Blue are the masks of the root window's pixels.
	Red, Green, Blue uint32

	idBase, idMask uint32
}

// ErrSetup is returned for a server whose greeting makes no sense.
var ErrSetup = errors.New("the display's greeting is not understood")

// greeting is what a client says first: little-endian, version 11.0.
func greeting(secret string) []byte {
	var name string
	if secret != "" {
		name = magicCookie
	}
	out := []byte{'l', 0}
	for _, n := range []int{11, 0, len(name), len(secret), 0} {
		out = binary.LittleEndian.AppendUint16(out, uint16(n)) //nolint:gosec // both are short
	}
	out = append(append(out, name...), padding(len(name))...)
	return append(append(out, secret...), padding(len(secret))...)
}

func padding(n int) []byte { return make([]byte, -n&3) }

// cursor reads numbers from bytes; past the end it reads zeros and fails.
type cursor struct {
	data   []byte
	failed bool
}

func (c *cursor) bytes(n int) []byte {
	if n > len(c.data) {
		c.failed = true
		return make([]byte, min(n, 64))
	}
	b := c.data[:n:n]
	c.data = c.data[n:]
	return b
}

func (c *cursor) u8() byte    { return c.bytes(1)[0] }
func (c *cursor) u16() uint16 { return binary.LittleEndian.Uint16(c.bytes(2)) }
func (c *cursor) u32() uint32 { return binary.LittleEndian.Uint32(c.bytes(4)) }

// skip leaves out n bytes, of which there may be many.
func (c *cursor) skip(n int) {
	if n > len(c.data) {
		c.failed = true
		n = len(c.data)
	}
	c.data = c.data[n:]
}

// parseSetup reads a server's answer after its first eight bytes, and takes the
// screen of this number.
func parseSetup(body []byte, screen int) (Setup, error) {
	var s Setup
	c := cursor{data: body}
	c.skip(4) // the server's release
	s.idBase, s.idMask = c.u32(), c.u32()
	c.skip(4) // the size of the motion buffer
	vendor := int(c.u16())
	c.skip(2) // the longest request; ours are short
	roots, formats := int(c.u8()), int(c.u8())
	s.LittleEndian = c.u8() == 0
	c.skip(3 + 2 + 4) // of bitmaps; key codes; unused
	c.skip(vendor + -vendor&3)
	for range formats {
		s.Formats = append(s.Formats, Format{c.u8(), c.u8(), c.u8()})
		c.skip(5)
	}
	for i := range roots {
		s.root(&c)
		if i == screen {
			break
		}
	}
	if c.failed || s.Root == 0 || s.idMask == 0 || screen >= roots {
		return Setup{}, ErrSetup
	}
	return s, nil
}

// root reads one screen with its depths and their visuals.
func (s *Setup) root(c *cursor) {
	s.Root = ID(c.u32())
	c.skip(4 * 4) // colormap, white, black, input masks
	s.Size = image.Pt(int(c.u16()), int(c.u16()))
	c.skip(2*2 + 2*2) // millimetres; installed maps
	visual := c.u32()
	c.skip(2) // backing stores, save unders
	s.Depth = c.u8()
	for range int(c.u8()) {
		c.skip(2) // the depth and a pad
		visuals := int(c.u16())
		c.skip(4)
		for range visuals {
			id := c.u32()
			c.skip(4) // class, bits per value, entries
			red, green, blue := c.u32(), c.u32(), c.u32()
			c.skip(4)
			if id == visual {
				s.Red, s.Green, s.Blue = red, green, blue
			}
		}
	}
}

// PlainPixels tells whether pixels of this depth are four bytes each: blue,
// green, red and one that is alpha or nothing.
func (s *Setup) PlainPixels(depth byte) bool {
	masks := s.Red == 0xff0000 && s.Green == 0xff00 && s.Blue == 0xff
	for _, f := range s.Formats {
		if f.Depth == depth {
			return (depth == 24 || depth == 32) && masks && s.LittleEndian && f.BitsPerPixel == 32 && f.Pad <= 32
		}
	}
	return false
}

// refusal makes an error of the reason that a server gives for not letting us in.
func refusal(body []byte, length byte) error {
	text := bytes.TrimRight(body[:min(int(length), len(body))], "\x00\n ")
	return fmt.Errorf("%w: it refused: %s", ErrDisplay, text)
}
