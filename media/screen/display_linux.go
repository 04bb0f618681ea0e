package screen

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"parley/media/screen/x11"
)

// dial connects to the display.
func dial(ctx context.Context) (*x11.Conn, error) {
	conn, err := x11.Dial(ctx, os.Getenv("DISPLAY"))
	if err != nil {
		return nil, errors.Join(ErrNoDriver, err)
	}
	if !conn.PlainPixels(conn.Depth) {
		return nil, errors.Join(fmt.Errorf("%w: its pixels have %d bits", ErrNoDriver, conn.Depth), conn.Close())
	}
	return conn, nil
}

// listDisplay lists the screens and windows of an X server.
func listDisplay(ctx context.Context) ([]Item, error) {
	conn, err := dial(ctx)
	if err != nil {
		return nil, err
	}
	items, err := itemsOf(ctx, conn)
	if err := errors.Join(err, conn.Close()); err != nil {
		return nil, fmt.Errorf("listing what can be shared: %w", err)
	}
	return items, nil
}

func itemsOf(ctx context.Context, conn *x11.Conn) ([]Item, error) {
	monitors, err := conn.Monitors()
	if err != nil {
		return nil, err
	}
	var items []Item
	for i, m := range monitors {
		item := Item{ID: m.Name, Kind: Screen, Title: m.Name, Size: m.Area.Size(), Default: i == primary(monitors)}
		if item.Default {
			items = append([]Item{item}, items...)
		} else {
			items = append(items, item)
		}
	}
	if !conn.HasComposite() {
		return items, nil
	}
	windows, err := listWindows(ctx, conn)
	return append(items, windows...), err
}

// primary returns the index of the main screen: the first that says so, or just the first.
func primary(monitors []x11.Monitor) int {
	for i, m := range monitors {
		if m.Primary {
			return i
		}
	}
	return 0
}

// names are the properties in which window managers and programs describe windows.
type names struct {
	clients, kind, dock, desktop, title, oldTitle, class, state x11.Atom
}

func findNames(conn *x11.Conn) (n names, err error) {
	for name, into := range map[string]*x11.Atom{
		"_NET_CLIENT_LIST": &n.clients, "_NET_WM_WINDOW_TYPE": &n.kind, "_NET_WM_WINDOW_TYPE_DOCK": &n.dock,
		"_NET_WM_WINDOW_TYPE_DESKTOP": &n.desktop, "_NET_WM_NAME": &n.title, "WM_NAME": &n.oldTitle, "WM_CLASS": &n.class,
		"WM_STATE": &n.state,
	} {
		if *into, err = conn.Atom(name); err != nil {
			return names{}, err
		}
	}
	return n, nil
}

// listWindows lists the windows of programs. One that is closed meanwhile is left out.
func listWindows(ctx context.Context, conn *x11.Conn) (items []Item, err error) {
	n, err := findNames(conn)
	if err != nil {
		return nil, err
	}
	windows, err := clients(conn, n)
	if err != nil {
		return nil, err
	}
	for _, w := range windows {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		item, ok, err := describe(conn, n, w)
		if err != nil && !refused(err) {
			return nil, err
		}
		if ok {
			items = append(items, item)
		}
	}
	return items, nil
}

// refused tells whether an error is only about what was asked, such as a window
// that is not there any more.
func refused(err error) bool {
	var x *x11.Error
	return errors.As(err, &x)
}

// describe returns the item of a window, unless it is the desktop, or a panel.
func describe(conn *x11.Conn, n names, w x11.ID) (item Item, ok bool, err error) {
	kinds, err := conn.IDs(w, n.kind)
	if err != nil {
		return Item{}, false, err
	}
	for _, k := range kinds {
		if k != 0 && (k == x11.ID(n.dock) || k == x11.ID(n.desktop)) {
			return Item{}, false, nil
		}
	}
	g, err := conn.Geometry(w)
	if err != nil || !conn.PlainPixels(g.Depth) {
		return Item{}, false, err
	}
	title, err := titleOf(conn, n, w)
	return Item{ID: windowID(w), Kind: Window, Title: title, Size: g.Area.Size()}, err == nil, err
}

// titleOf returns what a window calls itself, or else what its program does.
func titleOf(conn *x11.Conn, n names, w x11.ID) (string, error) {
	for _, name := range []x11.Atom{n.title, n.oldTitle, n.class} {
		_, value, err := conn.Property(w, name)
		if err != nil {
			return "", err
		}
		text := string(value)
		switch name {
		case n.oldTitle:
			text = fromLatin1(value)
		case n.class:
			text = strings.ReplaceAll(strings.TrimRight(text, "\x00"), "\x00", " ")
		}
		if text = strings.TrimSpace(strings.ToValidUTF8(text, "")); text != "" {
			return text, nil
		}
	}
	return "", nil
}

// fromLatin1 reads ISO 8859-1, in which the old property is.
func fromLatin1(b []byte) string {
	var text strings.Builder
	for _, c := range b {
		text.WriteRune(rune(c))
	}
	return text.String()
}

func windowID(w x11.ID) string { return fmt.Sprintf("%#x", uint32(w)) }

// parseWindowID reads what windowID writes.
func parseWindowID(text string) (x11.ID, bool) {
	digits, has := strings.CutPrefix(text, "0x")
	id, err := strconv.ParseUint(digits, 16, 32)
	return x11.ID(id), has && err == nil && id != 0
}
