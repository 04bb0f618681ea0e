package screen

import (
	"image"

	"parley/media/screen/x11"
)

// outline is a border on an X server's screen around what is recorded. The zero
// outline draws nothing.
type outline struct {
	marks  []x11.ID
	placed [4]image.Rectangle
}

// newOutline makes a border that is not shown yet.
func newOutline(conn *x11.Conn) outline {
	if !conn.HasMarks() {
		return outline{}
	}
	var o outline
	for range o.placed {
		o.marks = append(o.marks, conn.NewMark(outlineColor))
	}
	if conn.Check() != nil { // such as without the extension Shape
		return outline{}
	}
	return o
}

// show puts the border there; four empty sides hide it.
func (o *outline) show(conn *x11.Conn, sides [4]image.Rectangle) {
	if sides == o.placed {
		return
	}
	o.placed = sides
	for i, mark := range o.marks {
		conn.Place(mark, sides[i])
	}
}

// sides returns where the border around a screen, or a region of it, belongs. The
// pixels of a region are copied with all that is on the screen there.
func (m *monitor) sides(conn *x11.Conn) ([4]image.Rectangle, error) {
	monitors, err := conn.Monitors()
	if err != nil {
		return [4]image.Rectangle{}, err
	}
	for _, x := range monitors {
		if x.Name == m.id {
			area, err := m.target.part(x.Area)
			if m.target.Region.Empty() {
				return around(area, x.Area), err
			}
			return beside(area, x.Area), err
		}
	}
	return [4]image.Rectangle{}, ErrGone
}

// sides returns where the border around a window, or a region of it, belongs:
// nowhere while it is minimised.
func (w *window) sides(conn *x11.Conn) (s [4]image.Rectangle, err error) {
	a, err := conn.Attributes(w.id)
	if err != nil || !a.Visible {
		return s, gone(err)
	}
	root, err := conn.Geometry(conn.Root)
	if err != nil {
		return s, err
	}
	area, err := w.onScreen(conn)
	return around(area, root.Area), gone(err)
}

// onScreen returns where the window is on the screen, with what its manager put
// around it, or where the region of it is.
func (w *window) onScreen(conn *x11.Conn) (image.Rectangle, error) {
	if w.target.Region.Empty() {
		g, err := conn.Geometry(w.frame)
		if err != nil {
			return image.Rectangle{}, err
		}
		g.Area.Max = g.Area.Max.Add(image.Pt(2*g.Border, 2*g.Border))
		return w.withoutShadow(conn, g.Area)
	}
	corner, err := conn.OnRoot(w.id)
	if err != nil {
		return image.Rectangle{}, err
	}
	g, err := conn.Geometry(w.id)
	if err != nil {
		return image.Rectangle{}, err
	}
	return w.target.part(image.Rectangle{Max: g.Area.Size()}.Add(corner))
}

// withoutShadow takes away what a window that draws its own frame has around that, as
// those of GTK say: left, right, top and bottom, in pixels.
func (w *window) withoutShadow(conn *x11.Conn, area image.Rectangle) (image.Rectangle, error) {
	name, err := conn.Atom("_GTK_FRAME_EXTENTS")
	if err != nil {
		return image.Rectangle{}, err
	}
	sides, err := conn.IDs(w.id, name)
	if err != nil || len(sides) != 4 {
		return area, err
	}
	const most = 512 // more than any shadow
	for _, s := range sides {
		if s > most {
			return area, nil
		}
	}
	inner := area
	inner.Min = inner.Min.Add(image.Pt(int(sides[0]), int(sides[2])))
	inner.Max = inner.Max.Sub(image.Pt(int(sides[1]), int(sides[3])))
	if inner.Empty() {
		return area, nil
	}
	return inner, nil
}
