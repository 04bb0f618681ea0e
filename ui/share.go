package ui

import (
	"context"
	"image"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"parley/call/session"
	"parley/ui/look"
	"parley/ui/screen"
	"parley/ui/widget"
)

// Desktop is where something can be chosen to be shown. Its methods take a while
// and are called from goroutines of the window.
type Desktop interface {
	// Shareables lists what can be shown; nothing where nothing can be.
	Shareables(ctx context.Context) ([]session.Shareable, error)
	// Thumbnail returns how a Shareable looks now, no larger than size in pixels.
	Thumbnail(ctx context.Context, id string, size image.Point) (*image.RGBA, error)
	// Regions tells whether a part of the screen can be shown, too. It takes no while.
	Regions() bool
	// PickRegion lets the user drag a rectangle on the screen, and returns what
	// session.Share takes as its target: "" when they gave up.
	PickRegion(ctx context.Context) (target string, err error)
}

const (
	widestPicker float32 = 720
	leastCard    float32 = 196
	oneLine      float32 = 480 // from this width on a region is chosen in one line
	// againEvery is how often the small pictures are taken anew.
	againEvery = 2 * time.Second
)

// shareSheet is where the user chooses what to show.
type shareSheet struct {
	w       *Window
	overlay *widget.Overlay
	begin   func(do func(context.Context)) // on a goroutine, until the sheet is closed
	content *fyne.Container
	width   float32
	card    float32 // its width

	known bool // what can be shown
	offer screen.Offer
	cards map[string]*widget.Shareable
	typed *widget.Field
	hint  *widget.Text // about the region

	closing, drawing, starting *widget.Button
}

// share is what the button does: it opens the picker, or ends what is shown.
func (w *Window) share() {
	switch s := w.model.Call.Sharing; {
	case s.On:
		w.stopSharing()
	case s.Can && w.deps.Desktop != nil && w.sharing == nil:
		w.openShare()
	}
}

func (w *Window) stopSharing() { w.post(session.Share{}) }

func (w *Window) openShare() {
	room := w.main.Canvas().Size().Width - 2*look.Space24 - 2*look.Space16
	s := &shareSheet{w: w, content: widget.Column(0), width: min(widestPicker, room), cards: map[string]*widget.Shareable{}}
	columns := max(2, int((s.width+look.Space12)/(leastCard+look.Space12)))
	s.card = (s.width - float32(columns-1)*look.Space12) / float32(columns)
	s.newControls()
	ctx, cancel := context.WithCancel(context.Background())
	s.begin = func(do func(context.Context)) { w.work.Go(func() { do(ctx) }) }
	w.sharing = s
	s.fill()
	s.overlay = widget.ShowSheet(w.main.Canvas(), widget.Sized(s.width, 0, s.content), func() {
		cancel()
		w.sharing = nil
	})
	pixels := s.card * w.main.Canvas().Scale()
	size := image.Pt(int(pixels), int(pixels*9/16))
	s.begin(func(ctx context.Context) { s.watch(ctx, size) })
}

// newControls makes what stays whatever there is to be shown, and so keeps the focus.
func (s *shareSheet) newControls() {
	t := s.w.words
	s.typed = widget.NewField("share.geometry", t.Text("share.typed"))
	s.typed.OnSubmitted = func(string) { s.startTyped() }
	s.hint = widget.Paragraph("", look.Hint, look.Quiet, s.width)
	s.closing = widget.NewIconButton("share.close", "close", t.Text("button.close"), func() { s.overlay.Close() })
	s.drawing = widget.NewButton("share.draw", "region", t.Text("share.draw"), widget.Soft, s.draw)
	s.starting = widget.NewButton("share.start", "", t.Text("share.start"), widget.Soft, s.startTyped)
}

// renderShare closes the picker when there is nothing any more to show things to.
func (w *Window) renderShare() {
	if s := w.sharing; s != nil && (w.model.Stage != screen.InCall || !w.model.Call.Sharing.Can) {
		s.overlay.Close()
	}
}

// watch lists what there is and how it looks, again and again, until ctx is done.
func (s *shareSheet) watch(ctx context.Context, size image.Point) {
	again := time.NewTicker(againEvery)
	defer again.Stop()
	for ctx.Err() == nil {
		list, err := s.w.deps.Desktop.Shareables(ctx)
		if err != nil {
			list = nil // there is nothing to offer, which the sheet says
		}
		s.later(ctx, func() { s.take(list) })
		s.look(ctx, list, size)
		select {
		case <-ctx.Done():
		case <-again.C:
		}
	}
}

// look takes the small pictures.
func (s *shareSheet) look(ctx context.Context, list []session.Shareable, size image.Point) {
	for _, item := range list {
		if item.Kind == session.AskedShare || ctx.Err() != nil {
			continue
		}
		if picture, err := s.w.deps.Desktop.Thumbnail(ctx, item.ID, size); err == nil { // else it keeps its icon
			s.later(ctx, func() { s.show(item.ID, picture) })
		}
	}
}

// later runs a function on Fyne's goroutine, unless the sheet is closed by then.
func (s *shareSheet) later(ctx context.Context, do func()) {
	if s.w.isClosed() {
		return
	}
	s.w.deps.Do(func() {
		if ctx.Err() == nil && s.w.sharing == s {
			do()
		}
	})
}

// take shows what can be shown now.
func (s *shareSheet) take(list []session.Shareable) {
	offer := screen.OfferOf(s.w.words, list)
	if offer.Asked != "" {
		s.start(offer.Asked)
		return
	}
	same := slices.Equal(offer.Screens, s.offer.Screens) && slices.Equal(offer.Windows, s.offer.Windows)
	if s.known && same {
		return
	}
	first := !s.known
	s.known, s.offer = true, offer
	s.fill()
	s.overlay.Refresh()
	if first && len(offer.Screens) > 0 {
		s.w.main.Canvas().Focus(s.cards[offer.Screens[0].ID])
	}
}

func (s *shareSheet) show(id string, picture *image.RGBA) {
	if card := s.cards[id]; card != nil {
		card.ShowPicture(picture)
	}
}

// fill builds the sheet. Cards and controls are kept, with their pictures and the focus.
func (s *shareSheet) fill() {
	t := s.w.words
	head := widget.Line(0, widget.Centered(widget.Heading(t.Text("share.title"), look.Title)), layout.NewSpacer(), s.closing)
	body := []fyne.CanvasObject{head}
	switch {
	case !s.known:
		body = append(body, widget.Paragraph(t.Text("share.looking"), look.Body, look.Quiet, s.width))
	case len(s.offer.Screens)+len(s.offer.Windows) == 0:
		body = append(body, widget.Paragraph(t.Text("share.none"), look.Body, look.Quiet, s.width))
	default:
		body = append(body, s.section("share.screens", "screen", s.offer.Screens))
		if s.w.deps.Desktop.Regions() {
			body = append(body, s.region())
		}
		if len(s.offer.Windows) > 0 {
			body = append(body, s.section("share.windows", "window", s.offer.Windows))
		}
	}
	s.content.Objects = []fyne.CanvasObject{widget.Column(look.Space16, body...)}
	s.content.Refresh()
}

// section is a heading and cards in as many lines as they take.
func (s *shareSheet) section(title, icon string, items []screen.Shareable) fyne.CanvasObject {
	cards := make([]fyne.CanvasObject, len(items))
	for i, item := range items {
		card := s.cards[item.ID]
		if card == nil {
			card = widget.NewShareable("share:"+item.ID, icon, item.Title, s.card, func() { s.start(item.ID) })
			s.cards[item.ID] = card
		}
		card.Rename(item.Title)
		cards[i] = card
	}
	return widget.Column(look.Space8, widget.NewText(s.w.words.Text(title), look.Hint, look.Quiet),
		container.New(&flow{gap: look.Space12, width: s.width}, cards...))
}

// region is where a part of the screen is chosen: drawn, or typed.
func (s *shareSheet) region() fyne.CanvasObject {
	typed := container.NewBorder(nil, nil, nil, widget.Padded(0, 0, look.Space8, 0, s.starting), s.typed)
	column := widget.Column(look.Space8, widget.NewText(s.w.words.Text("share.region"), look.Hint, look.Quiet))
	if s.width < oneLine {
		column.Objects = append(column.Objects, s.drawing, typed)
	} else {
		column.Add(container.NewBorder(nil, nil, widget.Padded(0, 0, 0, look.Space8, s.drawing), nil, typed))
	}
	if s.hint.Content != "" {
		column.Add(s.hint)
	}
	return column
}

// say tells something about the region.
func (s *shareSheet) say(text string, color fyne.ThemeColorName) {
	s.hint.Set(text)
	s.hint.Paint(color)
	s.fill()
	s.overlay.Refresh()
}

// draw lets the user drag a rectangle on the screen, and shows it.
func (s *shareSheet) draw() {
	t := s.w.words
	s.say(t.Text("share.drawing"), look.Text)
	s.begin(func(ctx context.Context) {
		target, err := s.w.deps.Desktop.PickRegion(ctx)
		s.later(ctx, func() {
			switch {
			case err != nil:
				s.say(t.Text("share.noDrawing"), look.HangUp)
			case target == "":
				s.say("", look.Quiet)
			default:
				s.start(target)
			}
		})
	})
}

func (s *shareSheet) startTyped() {
	target, ok := screen.Region(s.typed.Text)
	if !ok {
		s.say(s.w.words.Text("share.wrong"), look.HangUp)
		s.w.main.Canvas().Focus(s.typed)
		return
	}
	s.start(target)
}

// start shows a target, and closes the sheet.
func (s *shareSheet) start(target string) {
	s.overlay.Close()
	s.w.post(session.Share{On: true, Target: target})
}
