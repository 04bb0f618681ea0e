package x11

import (
	"encoding/binary"
	"image"
)

// extension is how a server numbers one.
type extension struct{ major, event byte }

// What extensions can be asked for.
const (
	shmQueryVersion = 0
	shmDetach       = 2
	shmGetImage     = 4
	shmAttachFD     = 6

	damageQueryVersion = 0
	damageCreate       = 1
	damageSubtract     = 3

	compositeQueryVersion = 0
	compositeRedirect     = 1
	compositeNamePixmap   = 6

	fixesQueryVersion   = 0
	fixesSelectCursor   = 3
	fixesGetCursorImage = 4

	randrQueryVersion = 0
	randrSelectInput  = 4
	randrGetMonitors  = 42
)

// version is the newest of an extension that we speak.
type version struct{ major, minor uint32 }

// findExtensions asks what the server has, and in which version. What it lacks
// keeps a zero opcode.
func (c *Conn) findExtensions() error {
	for _, e := range []struct {
		name string
		into *extension
		ask  version
		min  version
	}{
		{"XFIXES", &c.fixes, version{2, 0}, version{2, 0}},
		{"DAMAGE", &c.damage, version{1, 1}, version{1, 0}},
		{"Composite", &c.composite, version{0, 4}, version{0, 2}},
		{"RANDR", &c.randr, version{1, 5}, version{1, 5}},
	} {
		if err := c.find(e.name, e.into); err != nil {
			return err
		}
		if err := c.agree(e.into, e.ask, e.min); err != nil {
			return err
		}
	}
	return c.findShared()
}

func (c *Conn) find(name string, into *extension) error {
	c.sendText(opQueryExtension, 0, name, uint32(len(name))) //nolint:gosec // names are short
	if err := c.answer(); err != nil {
		return err
	}
	if present := c.head[8] != 0; present {
		*into = extension{c.head[9], c.head[10]}
	}
	return nil
}

// agree on a version. All these extensions ask in the same way.
func (c *Conn) agree(e *extension, ask, least version) error {
	const queryVersion = damageQueryVersion | compositeQueryVersion | fixesQueryVersion | randrQueryVersion
	if e.major == 0 {
		return nil
	}
	c.Send(e.major, queryVersion, ask.major, ask.minor)
	if err := c.answer(); err != nil {
		return err
	}
	got := version{binary.LittleEndian.Uint32(c.head[8:]), binary.LittleEndian.Uint32(c.head[12:])}
	if got.major < least.major || got.major == least.major && got.minor < least.minor {
		*e = extension{}
	}
	return nil
}

// findShared asks for shared memory, and whether it can be passed as a file,
// which no sandbox is in the way of.
func (c *Conn) findShared() error {
	if err := c.find("MIT-SHM", &c.shm); err != nil || c.shm.major == 0 {
		return err
	}
	c.Send(c.shm.major, shmQueryVersion)
	if err := c.answer(); err != nil {
		return err
	}
	major, minor := binary.LittleEndian.Uint16(c.head[8:]), binary.LittleEndian.Uint16(c.head[10:])
	c.canPassFD = major > 1 || major == 1 && minor >= 2
	return nil
}

// HasDamage tells whether the server can say what was painted.
func (c *Conn) HasDamage() bool { return c.damage.major != 0 }

// TrackDamage makes Damaged events come for a drawable and all that is in it:
// one whenever the box around what was painted since the last Forget grows.
func (c *Conn) TrackDamage(drawable ID) (damage ID) {
	const boundingBox = 2
	damage = c.NewID()
	c.Send(c.damage.major, damageCreate, uint32(damage), uint32(drawable), boundingBox)
	return damage
}

// Forget begins to gather damage anew.
func (c *Conn) Forget(damage ID) { c.Send(c.damage.major, damageSubtract, uint32(damage), 0, 0) }

// HasComposite tells whether windows can have pixels of their own.
func (c *Conn) HasComposite() bool { return c.composite.major != 0 }

// Redirect gives a window pixels of its own, wherever it is covered.
func (c *Conn) Redirect(w ID) {
	const automatic = 0
	c.Send(c.composite.major, compositeRedirect, uint32(w), automatic)
}

// NamePixmap names the pixels that a redirected window has now, its border
// included: until it changes its size or is shown anew. They stay when it is
// hidden. The caller frees the pixmap.
func (c *Conn) NamePixmap(w ID) (pixmap ID) {
	pixmap = c.NewID()
	c.Send(c.composite.major, compositeNamePixmap, uint32(w), uint32(pixmap))
	return pixmap
}

// HasCursor tells whether the pointer's picture can be had.
func (c *Conn) HasCursor() bool { return c.fixes.major != 0 }

// WatchCursor makes Pointed events come.
func (c *Conn) WatchCursor() {
	const displayCursor = 1
	c.Send(c.fixes.major, fixesSelectCursor, uint32(c.Root), displayCursor)
}

// Cursor is the picture of the pointer.
type Cursor struct {
	Size image.Point
	Hot  image.Point // the pixel that points
	// Pixels are ARGB, with colours multiplied by alpha, one word each; they are
	// used again by the next ReadCursor.
	Pixels []uint32
}

// ReadCursor reads how the pointer looks now.
func (c *Conn) ReadCursor(into *Cursor) error {
	c.Send(c.fixes.major, fixesGetCursorImage)
	if err := c.answer(); err != nil {
		return err
	}
	h := c.head[12:]
	into.Size = image.Pt(int(binary.LittleEndian.Uint16(h)), int(binary.LittleEndian.Uint16(h[2:])))
	into.Hot = image.Pt(int(binary.LittleEndian.Uint16(h[4:])), int(binary.LittleEndian.Uint16(h[6:])))
	into.Pixels = into.Pixels[:0]
	for b := c.body; len(b) >= 4; b = b[4:] {
		into.Pixels = append(into.Pixels, binary.LittleEndian.Uint32(b))
	}
	if len(into.Pixels) < into.Size.X*into.Size.Y {
		*into = Cursor{Pixels: into.Pixels[:0]} // a lie: no pointer
	}
	return nil
}

// Monitor is a screen as people see it: part of the root window.
type Monitor struct {
	Name    string // of the output, such as HDMI-1
	Area    image.Rectangle
	Primary bool
}

// Monitors returns the screens that show something, without their names if
// there are none. A server that knows none has one that is all of the root window.
func (c *Conn) Monitors() ([]Monitor, error) {
	if c.randr.major == 0 {
		return c.wholeRoot()
	}
	const active = 1
	c.Send(c.randr.major, randrGetMonitors, uint32(c.Root), active)
	if err := c.answer(); err != nil {
		return nil, err
	}
	list, names := parseMonitors(c.body)
	for i := range list {
		name, err := c.AtomName(names[i])
		if err != nil {
			return nil, err
		}
		list[i].Name = name
	}
	if len(list) == 0 {
		return c.wholeRoot()
	}
	return list, nil
}

// WatchMonitors makes Rearranged events come.
func (c *Conn) WatchMonitors() {
	const screenChange, crtcChange = 1, 2
	if c.randr.major != 0 {
		c.Send(c.randr.major, randrSelectInput, uint32(c.Root), screenChange|crtcChange)
	}
}

func parseMonitors(body []byte) (list []Monitor, names []Atom) {
	cur := cursor{data: body}
	for len(cur.data) > 0 {
		name, primary := Atom(cur.u32()), cur.u8() != 0
		cur.skip(1)
		outputs := int(cur.u16())
		corner := image.Pt(signed(cur.bytes(2)), signed(cur.bytes(2)))
		size := image.Pt(int(cur.u16()), int(cur.u16()))
		cur.skip(2*4 + 4*outputs) // millimetres, outputs
		area := image.Rectangle{corner, corner.Add(size)}
		if !cur.failed && !area.Empty() {
			list, names = append(list, Monitor{Area: area, Primary: primary}), append(names, name)
		}
	}
	return list, names
}

func (c *Conn) wholeRoot() ([]Monitor, error) {
	g, err := c.Geometry(c.Root)
	return []Monitor{{Name: "screen", Area: g.Area, Primary: true}}, err
}
