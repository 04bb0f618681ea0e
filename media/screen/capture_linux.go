package screen

import (
	"context"
	"errors"
	"fmt"
	"image"
	"time"

	"parley/media"
	"parley/media/camera"
	"parley/media/screen/x11"
)

// strikes is how many times in a row copying may fail, as it can while a screen
// is set up anew.
const strikes = 30

// capture is a source that copies from an X server what has changed.
type capture struct {
	conn    *x11.Conn
	subject subject
	canvas  canvas
	beat    *beat
	segment *x11.Segment // nil before the first size

	place  place
	stale  bool // where the picture is may have changed
	gone   bool
	failed int
	dirty  rows   // of the picture
	damage x11.ID // 0: the server does not tell

	outlined bool
	outline  outline

	pointer   sprite
	cursor    x11.Cursor
	reshaped  bool        // the pointer looks different
	pointed   image.Point // in the picture, as it was drawn last
	pointedIn bool        // whether it was
}

// openDisplay records a target of an X server.
func openDisplay(ctx context.Context, t Target, want camera.Format) (camera.Source, error) {
	conn, err := dial(ctx)
	if err != nil {
		return nil, err
	}
	c := &capture{conn: conn, canvas: canvas{want: want}, beat: newBeat(want.Rate)}
	if err := c.begin(ctx, t); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// begin finds the subject and lets the server tell of it.
func (c *capture) begin(ctx context.Context, t Target) error {
	items, err := itemsOf(ctx, c.conn)
	if err != nil {
		return err
	}
	if c.subject, err = subjectOf(c.conn, items, t); err != nil {
		return err
	}
	if t.Outlined {
		c.outlined, c.outline = true, newOutline(c.conn)
	}
	if c.conn.HasDamage() {
		c.damage = c.conn.TrackDamage(c.subject.source())
	}
	if c.conn.HasCursor() {
		c.conn.WatchCursor()
		c.reshaped = true
	}
	c.conn.OnEvent = c.hear
	if err := gone(c.conn.Check()); err != nil {
		return err
	}
	return c.relocate()
}

// Name implements camera.Source.
func (c *capture) Name() string { return c.subject.name() }

// Close implements camera.Source.
func (c *capture) Close() error {
	var err error
	if c.segment != nil {
		err = c.segment.Close()
	}
	return errors.Join(err, c.conn.Close())
}

// Next implements camera.Source.
func (c *capture) Next(ctx context.Context, number uint64) (*media.Frame, error) {
	for {
		if err := c.beat.wait(ctx); err != nil {
			return nil, err
		}
		f, err := c.look()
		if err != nil {
			return nil, fmt.Errorf("recording %q: %w", c.Name(), err)
		}
		if f != nil {
			f.Number = number
			return f, nil
		}
	}
}

// look finds out what has changed, and returns a picture if there is reason to.
func (c *capture) look() (*media.Frame, error) {
	now := time.Now()
	moved, err := c.follow()
	if err != nil {
		return nil, err
	}
	send, anew := c.beat.again(now)
	changed := moved || !c.dirty.empty()
	if !changed && !send {
		return nil, nil
	}
	if !changed && anew || c.damage == 0 {
		c.soil()
	}
	if err := c.copy(); err != nil {
		c.failed++
		c.stale = true
		c.soil()
		if c.failed < strikes && refused(err) {
			return nil, nil
		}
		return nil, err
	}
	c.failed = 0
	f, err := c.canvas.frame()
	if err != nil {
		return nil, err
	}
	c.beat.sends(now, changed)
	f.Captured = now
	return f, nil
}

// hear notes what the server tells. It is called while an answer is waited for.
func (c *capture) hear(e x11.Event) {
	switch e.Kind {
	case x11.Damaged:
		area := e.Area.Sub(c.place.origin)
		if !area.Intersect(image.Rectangle{Max: c.place.area.Size()}).Empty() {
			c.dirty = c.dirty.add(rows{area.Min.Y, area.Max.Y}.within(c.place.area.Dy()))
		}
	case x11.Pointed:
		c.reshaped = true
	case x11.Destroyed:
		c.gone = c.gone || e.ID == c.subject.source() // and not its frame
	case x11.Configured, x11.Mapped, x11.Unmapped, x11.Reparented, x11.Rearranged:
		c.stale = true
	}
}

// follow asks for the pointer, with which come all events; it does what they
// ask for, and reports whether the pointer is drawn differently now.
func (c *capture) follow() (moved bool, err error) {
	at, over, err := c.subject.pointer(c.conn)
	if c.gone || errors.Is(err, ErrGone) {
		return false, ErrGone
	}
	if err != nil {
		return false, err
	}
	if c.stale {
		if err := c.relocate(); err != nil {
			return false, err
		}
	}
	return c.point(at.Sub(c.place.origin), over)
}

// point notes where the pointer is, and how it looks.
func (c *capture) point(at image.Point, over bool) (moved bool, err error) {
	picture := image.Rectangle{Max: c.place.area.Size()}
	over = over && at.In(picture)
	if !c.reshaped && over == c.pointedIn && (!over || at == c.pointed) {
		return false, nil
	}
	moved = over || c.pointedIn
	c.lift()
	if c.reshaped {
		if err := c.conn.ReadCursor(&c.cursor); err != nil {
			return false, err
		}
		c.reshaped = false
		c.pointer.size, c.pointer.hot, c.pointer.argb = c.cursor.Size, c.cursor.Hot, c.cursor.Pixels
	}
	c.pointed, c.pointedIn = at, over
	c.lift()
	return moved, nil
}

// lift makes the place where the pointer is drawn one that has changed.
func (c *capture) lift() {
	if c.pointedIn {
		where := c.pointer.at(c.pointed)
		c.dirty = c.dirty.add(rows{where.Min.Y, where.Max.Y}.within(c.place.area.Dy()))
	}
}

// soil makes all of the picture one that has changed.
func (c *capture) soil() { c.dirty = rows{0, c.place.area.Dy()} }

// relocate finds out where the picture is.
func (c *capture) relocate() error {
	c.stale = false
	p, err := c.subject.locate(c.conn)
	if err != nil {
		return err
	}
	if err := c.surround(); err != nil {
		return err
	}
	if p == c.place {
		return nil
	}
	c.place = p
	c.soil()
	if err := c.canvas.resize(p.area.Size()); err != nil {
		return err
	}
	return c.makeRoom(4 * p.area.Dx() * p.area.Dy())
}

// surround puts the border where the subject is now.
func (c *capture) surround() error {
	if !c.outlined {
		return nil
	}
	sides, err := c.subject.sides(c.conn)
	if err == nil {
		c.outline.show(c.conn, sides)
	}
	return err
}

// makeRoom provides for this many bytes of pixels.
func (c *capture) makeRoom(size int) error {
	if c.segment != nil && size <= len(c.segment.Pixels) {
		return nil
	}
	if c.segment != nil {
		if err := c.segment.Close(); err != nil {
			return err
		}
	}
	var err error
	c.segment, err = c.conn.NewSegment(size)
	return err
}

// copy takes over what has changed. What changes meanwhile is told again.
func (c *capture) copy() error {
	changed, size := c.dirty, c.place.area.Size()
	if changed.empty() || c.place.drawable == 0 {
		c.dirty = rows{}
		return nil
	}
	if c.damage != 0 {
		c.conn.Forget(c.damage)
	}
	changed = rows{changed.from &^ 1, min(changed.to+changed.to&1, size.Y)} // as colours come in pairs
	area := c.place.area
	area.Max.Y = area.Min.Y + changed.to
	area.Min.Y += changed.from
	c.dirty = rows{}
	stride := 4 * size.X
	if err := c.segment.Copy(c.place.drawable, area, changed.from*stride); err != nil {
		return err
	}
	pixels := c.segment.Pixels
	if c.pointedIn {
		c.pointer.draw(pixels, size, c.pointed)
		defer c.pointer.undo(pixels, size, c.pointed)
	}
	return c.canvas.convert(pixels, stride, changed)
}
