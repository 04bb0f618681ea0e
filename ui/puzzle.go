package ui

import (
	"bytes"
	"image"
	_ "image/jpeg" // the formats in which servers send their puzzles
	_ "image/png"
	"slices"

	"fyne.io/fyne/v2/layout"

	"parley/assets/words"
	"parley/call/session"
	"parley/ui/look"
	"parley/ui/screen"
	"parley/ui/widget"
)

// puzzleSheet lets the user move a piece to where it fits, which a server wants
// to see before it lets a person in.
type puzzleSheet struct {
	overlay *widget.Overlay
	id      string
	done    bool // answered: closing says nothing
}

func (w *Window) renderPuzzle() {
	asked := w.model.Puzzle
	if w.tried != "" && slices.ContainsFunc(w.snapshot.Servers, func(s session.Server) bool { return s.URL == w.tried && s.Up }) {
		w.tried = ""
	}
	if s := w.puzzle; s != nil && (s.id != asked.ID || w.model.Stage != screen.AtHome) {
		s.done = true
		s.overlay.Close()
	}
	if w.puzzle == nil && asked.ID != "" && asked.ID != w.waved && w.model.Stage == screen.AtHome && w.adding == nil {
		w.openPuzzle()
	}
}

func (w *Window) openPuzzle() {
	t, asked := w.words, w.model.Puzzle
	picture, _, errPicture := image.Decode(bytes.NewReader(asked.Image))
	piece, _, errPiece := image.Decode(bytes.NewReader(asked.Piece))
	if errPicture != nil || errPiece != nil {
		w.waved = asked.ID
		w.post(session.Noticed{Notice: session.Notice{Code: "badPuzzle", Args: map[string]string{"server": asked.Server}, Since: w.deps.Now()}})
		return
	}
	s := &puzzleSheet{id: asked.ID}
	w.puzzle = s
	width := min(widestSheet, w.main.Canvas().Size().Width-2*look.Space24-2*look.Space16)
	puzzle := widget.NewPuzzle("puzzle", t.Text("puzzle.name"), picture, piece, width)
	how := t.Text("puzzle.how")
	if w.tried == asked.Server {
		how = t.Text("puzzle.again")
	}
	puzzle.OnDone = func() {
		s.done = true
		s.overlay.Close()
		w.waved, w.tried = s.id, asked.Server
		w.post(session.Solve{Server: asked.Server, ID: asked.ID, X: puzzle.X()})
	}
	fits := widget.NewButton("puzzle.done", "check", t.Text("puzzle.done"), widget.Primary, puzzle.OnDone)
	later := widget.NewButton("puzzle.later", "", t.Text("puzzle.later"), widget.Plain, func() { s.overlay.Close() })
	s.overlay = widget.ShowSheet(w.main.Canvas(), widget.Column(look.Space16,
		bold(widget.Paragraph(t.Text("puzzle.title", words.Args{"server": screen.ServerName(t, asked.Server)}), look.Name, look.Text, width)),
		widget.Paragraph(how, look.Body, look.Quiet, width),
		widget.Centered(puzzle),
		widget.Line(look.Space8, later, layout.NewSpacer(), fits)), func() {
		if !s.done {
			w.waved = s.id
		}
		w.puzzle = nil
	})
	w.main.Canvas().Focus(puzzle)
}

// solvePuzzle asks again for what was put off.
func (w *Window) solvePuzzle() {
	w.waved = ""
	w.render()
}

func bold(t *widget.Text) *widget.Text {
	t.Bold = true
	return t
}
