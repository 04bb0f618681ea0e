package x11

import (
	"encoding/binary"
	"image"
)

// EventKind tells what an event says.
type EventKind uint8

// The kinds of events. Those of windows come for windows that are watched.
const (
	Damaged    EventKind = iota // Area of a drawable was painted
	Pointed                     // the pointer has another shape
	Configured                  // a window was moved or has another size
	Mapped                      // a window is shown
	Unmapped                    // a window is hidden, or minimised
	Reparented                  // a window is in another
	Destroyed                   // a window is no more
	Rearranged                  // screens came, went or changed their size
)

// Event is something that happened at the server.
type Event struct {
	Kind EventKind
	ID   ID              // the window or drawable; 0 for Pointed and Rearranged
	Area image.Rectangle // of Damaged: in the drawable, in pixels
}

// The codes of the core protocol's events about windows. In all of them the
// second word is the window that hears of it, and the third the one it is about.
const (
	codeDestroy   = 17
	codeUnmap     = 18
	codeMap       = 19
	codeReparent  = 21
	codeConfigure = 22
)

// event reads the event in head.
func (c *Conn) event() (e Event, known bool) {
	code := c.head[0] & 0x7f
	switch code {
	case codeDestroy:
		e.Kind = Destroyed
	case codeUnmap:
		e.Kind = Unmapped
	case codeMap:
		e.Kind = Mapped
	case codeReparent:
		e.Kind = Reparented
	case codeConfigure:
		e.Kind = Configured
	default:
		return c.extensionEvent(code)
	}
	e.ID = ID(binary.LittleEndian.Uint32(c.head[8:]))
	return e, true
}

func (c *Conn) extensionEvent(code byte) (e Event, known bool) {
	switch {
	case c.damage.major != 0 && code == c.damage.event:
		area := c.head[16:]
		corner := image.Pt(signed(area), signed(area[2:]))
		size := image.Pt(int(binary.LittleEndian.Uint16(area[4:])), int(binary.LittleEndian.Uint16(area[6:])))
		return Event{
			Kind: Damaged, ID: ID(binary.LittleEndian.Uint32(c.head[4:])),
			Area: image.Rectangle{corner, corner.Add(size)},
		}, true
	case c.fixes.major != 0 && code == c.fixes.event+1: // the first is of selections
		return Event{Kind: Pointed}, true
	case c.randr.major != 0 && (code == c.randr.event || code == c.randr.event+1):
		return Event{Kind: Rearranged}, true
	}
	return Event{}, false
}

func signed(b []byte) int { return int(int16(binary.LittleEndian.Uint16(b))) } //nolint:gosec // meant so
