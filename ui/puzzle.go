package ui

import (
	"bytes"
	"image"
	_ "image/jpeg" // the formats in which servers send their puzzles
	_ "image/png"

	"fyne.io/fyne/v2"
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
	puzzle := widget.NewPuzzle("puzzle", t.Text("puzzle.name"), picture, piece)
	width := puzzle.MinSize().Width
	fits := widget.NewButton("puzzle.done", "check", t.Text("puzzle.done"), widget.Primary, func() {
		s.done = true
		s.overlay.Close()
		w.waved = s.id
		w.post(session.Solve{Server: asked.Server, ID: asked.ID, X: puzzle.X()})
	})
	later := widget.NewButton("puzzle.later", "", t.Text("puzzle.later"), widget.Plain, func() { s.overlay.Close() })
	s.overlay = widget.ShowSheet(w.main.Canvas(), widget.Column(look.Space16,
		widget.Heading(t.Text("puzzle.title", words.Args{"server": screen.ServerName(t, asked.Server)}), look.Name),
		widget.Paragraph(t.Text("puzzle.how"), look.Body, look.Quiet, width),
		fyne.CanvasObject(puzzle),
		widget.Line(look.Space8, later, layout.NewSpacer(), fits)), func() {
		if !s.done {
			w.waved = s.id
		}
		w.puzzle = nil
	})
	w.main.Canvas().Focus(puzzle)
}
