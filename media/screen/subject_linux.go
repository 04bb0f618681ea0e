package screen

import (
	"errors"
	"fmt"
	"image"
	"slices"

	"parley/media/screen/x11"
)

// subject is what a capture looks at.
type subject interface {
	// source is the drawable whose damage, events and coordinates matter.
	source() x11.ID
	// locate finds out where the picture is now. It is asked again after events
	// that may have changed that, and now and then.
	locate(*x11.Conn) (place, error)
	// pointer returns where the pointer is, in the source's coordinates, and
	// whether it is over the subject.
	pointer(*x11.Conn) (at image.Point, over bool, err error)
	// sides returns where the four sides of a border around it belong on the
	// screen, once it is located.
	sides(*x11.Conn) ([4]image.Rectangle, error)
	name() string
}

// place is where the pixels of a picture are.
type place struct {
	drawable x11.ID          // to copy from; 0: there is nothing to see now
	area     image.Rectangle // of the drawable
	origin   image.Point     // the upper left corner in the source's coordinates
}

// monitor is a subject that is a screen, or a region of one.
type monitor struct {
	id     string // of the screen; never ""
	root   x11.ID
	target Target
}

func (m *monitor) source() x11.ID { return m.root }
func (m *monitor) name() string   { return m.id }

func (m *monitor) locate(conn *x11.Conn) (place, error) {
	monitors, err := conn.Monitors()
	if err != nil {
		return place{}, err
	}
	i := slices.IndexFunc(monitors, func(x x11.Monitor) bool { return x.Name == m.id })
	if i < 0 {
		return place{}, ErrGone
	}
	root, err := conn.Geometry(m.root)
	if err != nil {
		return place{}, err
	}
	area, err := m.target.part(monitors[i].Area.Intersect(root.Area))
	return place{m.root, area, area.Min}, err
}

func (m *monitor) pointer(conn *x11.Conn) (image.Point, bool, error) {
	p, err := conn.Pointer(m.root)
	return p.Root, p.Same, err
}

// window is a subject that is a window, or a region of one. Its pixels are in a
// pixmap, where nothing covers them.
type window struct {
	id     x11.ID
	title  string
	target Target
	pixmap x11.ID // 0 before it was ever visible
	border int
	frame  x11.ID // the window directly on the screen that it is in
}

func (w *window) source() x11.ID { return w.id }
func (w *window) name() string   { return w.title }

func (w *window) locate(conn *x11.Conn) (place, error) {
	if err := w.findFrame(conn); err != nil {
		return place{}, gone(err)
	}
	g, err := conn.Geometry(w.id)
	if err != nil {
		return place{}, gone(err)
	}
	if err := w.takePixmap(conn, g.Border); err != nil {
		return place{}, err
	}
	if w.pixmap == 0 { // it has never been visible
		area, err := w.target.part(image.Rectangle{Max: g.Area.Size()})
		return place{0, area, area.Min}, err
	}
	p, err := conn.Geometry(w.pixmap)
	if err != nil {
		return place{}, err
	}
	inner := image.Rectangle{Max: p.Area.Size()}.Inset(w.border)
	area, err := w.target.part(inner)
	return place{w.pixmap, area, area.Min.Sub(inner.Min)}, err
}

// takePixmap takes the pixels that the window has now. One that is hidden has
// none, and keeps those that it had.
func (w *window) takePixmap(conn *x11.Conn, border int) error {
	pixmap := conn.NamePixmap(w.id)
	err := conn.Check()
	var x *x11.Error
	if errors.As(err, &x) && x.Code == x11.BadMatch {
		return nil
	}
	if err != nil {
		return gone(err)
	}
	if w.pixmap != 0 {
		conn.FreePixmap(w.pixmap)
	}
	w.pixmap, w.border = pixmap, border
	return nil
}

// findFrame finds the window directly on the screen: most window managers put a
// frame around others' windows.
func (w *window) findFrame(conn *x11.Conn) error {
	const deepest = 16
	frame := w.id
	for range deepest {
		parent, _, err := conn.Tree(frame)
		if err != nil {
			return err
		}
		if parent == conn.Root || parent == 0 {
			break
		}
		frame = parent
	}
	if frame != w.frame && frame != w.id {
		conn.Watch(frame) // where it is moved to, some managers tell of it alone
	}
	w.frame = frame
	return nil
}

func (w *window) pointer(conn *x11.Conn) (image.Point, bool, error) {
	p, err := conn.Pointer(conn.Root)
	if err != nil || !p.Same || p.Child != w.frame {
		return image.Point{}, false, err
	}
	p, err = conn.Pointer(w.id)
	return p.Window, p.Same, gone(err)
}

// gone makes ErrGone of what a server says about a window that is not there.
func gone(err error) error {
	var x *x11.Error
	if errors.As(err, &x) && (x.Code == x11.BadWindow || x.Code == x11.BadDrawable) {
		return fmt.Errorf("%w: %w", ErrGone, err)
	}
	return err
}

// subjectOf finds what a target means, and lets its events come.
func subjectOf(conn *x11.Conn, items []Item, t Target) (subject, error) {
	if i, found := find(items, t.ID); found {
		if i.Kind == Screen {
			conn.WatchMonitors()
			return &monitor{i.ID, conn.Root, t}, nil
		}
		id, _ := parseWindowID(i.ID)
		return newWindow(conn, id, i.Title, t)
	}
	if id, ok := parseWindowID(t.ID); ok { // one that no list has
		return newWindow(conn, id, t.ID, t)
	}
	return nil, ErrNoScreen
}

func newWindow(conn *x11.Conn, id x11.ID, title string, t Target) (subject, error) {
	if !conn.HasComposite() {
		return nil, fmt.Errorf("%w: the display keeps no windows apart", ErrNoDriver)
	}
	conn.Watch(id)
	conn.Redirect(id)
	err := conn.Check()
	if refused(err) {
		return nil, fmt.Errorf("%w: %w", ErrNoScreen, err)
	}
	if err != nil {
		return nil, err
	}
	return &window{id: id, title: title, target: t}, nil
}
