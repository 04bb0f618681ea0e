package screen

import (
	"slices"

	"parley/media/screen/x11"
)

// deepestFrame is how deep in what window managers put around it a window of a program
// is, at most.
const deepestFrame = 3

// clients returns the windows of programs: those that the window manager lists (EWMH),
// and those that are on the screen without being on its list. It shows a window before
// it lists it, so that one that has just come would be missing; where there is no
// window manager, there is no list.
func clients(conn *x11.Conn, n names) ([]x11.ID, error) {
	list, err := conn.IDs(conn.Root, n.clients)
	if err != nil {
		return nil, err
	}
	_, onScreen, err := conn.Tree(conn.Root)
	if err != nil {
		return nil, err
	}
	s := search{conn: conn, names: n, managed: len(list) > 0, list: list}
	for _, w := range onScreen {
		if err := s.look(w, 0); err != nil {
			return nil, err
		}
	}
	return s.list, nil
}

// search looks for windows of programs.
type search struct {
	conn    *x11.Conn
	names   names
	managed bool // there is a list
	list    []x11.ID
}

// look adds a window, or what is in it. One that is closed meanwhile is left out.
func (s *search) look(w x11.ID, depth int) error {
	if slices.Contains(s.list, w) {
		return nil
	}
	a, err := s.conn.Attributes(w)
	if err != nil || !a.Visible || !a.Pictured {
		return known(err)
	}
	if !a.Override {
		ours, err := s.isProgram(w, depth)
		if ours {
			s.list = append(s.list, w)
		}
		if err != nil || ours {
			return known(err)
		}
	}
	if depth == deepestFrame {
		return nil
	}
	_, inner, err := s.conn.Tree(w)
	if err != nil {
		return known(err)
	}
	for _, w := range inner {
		if err := s.look(w, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// isProgram reports whether a window says of what program it is, as programs do before
// they show one, or is managed (ICCCM sections 4.1.2.5 and 4.1.3.1). What is directly on
// a screen that nobody manages is one in any case.
func (s *search) isProgram(w x11.ID, depth int) (bool, error) {
	if depth == 0 && !s.managed {
		return true, nil
	}
	for _, name := range []x11.Atom{s.names.class, s.names.state} {
		if kind, _, err := s.conn.Property(w, name); err != nil || kind != 0 {
			return err == nil, err
		}
	}
	return false, nil
}

// known leaves out what a server says of one window.
func known(err error) error {
	if refused(err) {
		return nil
	}
	return err
}
