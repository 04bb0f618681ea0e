package station

import (
	"context"
	"log/slog"
	"sync"
	"testing"

	"parley/call/session"
	"parley/media"
	"parley/media/camera"
)

// desktop is a screen on which nothing moves, of a desktop that asks whether it may
// be shown.
type desktop struct {
	pool   media.Pool
	asking chan struct{} // a token for every question
	slow   chan struct{} // if not nil: the first question is left unanswered, and goes away when this is closed

	mu                  sync.Mutex
	asked, open, atOnce int
}

func newDesktop() *desktop { return &desktop{asking: make(chan struct{}, 9)} }

func (d *desktop) show(ctx context.Context, _ media.Choice) (camera.Source, error) {
	d.mu.Lock()
	d.asked++
	d.open++
	d.atOnce = max(d.atOnce, d.open)
	unanswered := d.slow != nil && d.asked == 1
	d.mu.Unlock()
	d.asking <- struct{}{}
	still := &shownDesktop{desktop: d}
	if unanswered {
		<-ctx.Done()
		<-d.slow
		_ = still.Close()
		return nil, ctx.Err()
	}
	return still, nil
}

func (d *desktop) counted() (asked, open, atOnce int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.asked, d.open, d.atOnce
}

// shownDesktop is a source of one picture.
type shownDesktop struct {
	*desktop
	sent bool
}

func (s *shownDesktop) Name() string { return "desktop" }

func (s *shownDesktop) Next(ctx context.Context, number uint64) (*media.Frame, error) {
	if s.sent {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	s.sent = true
	f := s.pool.Get(desktopWidth, desktopWidth/2)
	f.Number = number
	return f, nil
}

func (s *shownDesktop) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open--
	return nil
}

const desktopWidth = 64

// pictured waits for a picture of the desktop.
func pictured(t *testing.T, r *media.Reader) {
	t.Helper()
	for {
		f, err := r.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		width := f.Width()
		f.Release()
		if width == desktopWidth {
			return
		}
	}
}

// newFilm are devices that show a desktop, with readers of both places.
func newFilm(t *testing.T, on *desktop) (d *devices, place, beside *media.Reader) {
	t.Helper()
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	d = newDevices(func(session.Input) {}, slog.New(slog.DiscardHandler))
	d.choice, d.openScreen = media.Pattern, on.show
	place, beside = d.picture.Read(), d.beside.from.Read()
	t.Cleanup(func() {
		d.film(session.Wanted{})
		place.Close()
		beside.Close()
		if _, open, _ := on.counted(); open != 0 {
			t.Errorf("%d are left open", open)
		}
	})
	return d, place, beside
}

// What was shown before the other side answered goes on beside the camera: nobody
// is asked again, and nothing has to move on it.
func TestDevices_WhatIsShownMovesBesideTheCamera(t *testing.T) {
	on := newDesktop()
	d, place, beside := newFilm(t, on)
	d.film(session.Wanted{Camera: true, Sharing: true, Target: "desktop"})
	pictured(t, place)
	d.film(session.Wanted{Camera: true, Sharing: true, Target: "desktop", Beside: true})
	pictured(t, beside)
	if asked, _, atOnce := on.counted(); asked != 1 || atOnce != 1 {
		t.Errorf("asked %d times, %d were open at once", asked, atOnce)
	}
	d.film(session.Wanted{Camera: true, Sharing: true, Target: "desktop"}) // and back, where it has to be opened
	pictured(t, place)
	if _, _, atOnce := on.counted(); atOnce != 1 {
		t.Errorf("%d were open at once", atOnce)
	}
}

// A question that is not answered yet goes away before it is asked anew.
func TestDevices_AsksOneQuestionAtATime(t *testing.T) {
	on := newDesktop()
	on.slow = make(chan struct{})
	d, _, beside := newFilm(t, on)
	d.film(session.Wanted{Camera: true, Sharing: true, Target: "desktop"})
	<-on.asking
	d.film(session.Wanted{Camera: true, Sharing: true, Target: "desktop", Beside: true})
	close(on.slow)
	pictured(t, beside)
	if asked, _, atOnce := on.counted(); asked != 2 || atOnce != 1 {
		t.Errorf("asked %d times, %d at once", asked, atOnce)
	}
}

// The camera's choice can be the very screen that is shown: then both are open.
func TestDevices_ScreenInPlaceAndBeside(t *testing.T) {
	on := newDesktop()
	d, place, beside := newFilm(t, on)
	d.choice = session.ShareChoice("")
	d.film(session.Wanted{Camera: true, Sharing: true})
	pictured(t, place)
	d.film(session.Wanted{Camera: true, Sharing: true, Beside: true})
	pictured(t, beside)
}

// Whatever is passed on and not taken is closed.
func TestPassing_LeavesNothingOpen(t *testing.T) {
	one, other := session.ShareChoice("one"), session.ShareChoice("other")
	for name, leave := range map[string]func(p *passing) error{
		"it ended meanwhile": func(p *passing) error { return p.end() },
		"another is wanted": func(p *passing) error {
			s, err := p.take(t.Context(), other)
			if s != nil {
				t.Error("took what it did not ask for")
			}
			return err
		},
		"it is taken": func(p *passing) error {
			s, err := p.take(t.Context(), one)
			if err != nil {
				return err
			}
			return s.Close()
		},
	} {
		t.Run(name, func(t *testing.T) {
			on, p := newDesktop(), &passing{}
			src, err := p.lend(one, func() (camera.Source, error) { return on.show(t.Context(), one) })
			if err != nil {
				t.Fatal(err)
			}
			p.begin(other) // which is not open
			p.begin(one)
			if err := src.Close(); err != nil {
				t.Fatal(err)
			}
			if _, open, _ := on.counted(); open != 1 {
				t.Fatalf("%d are open while it is passed on", open)
			}
			if err := leave(p); err != nil {
				t.Fatal(err)
			}
			if _, open, _ := on.counted(); open != 0 {
				t.Errorf("%d are open", open)
			}
		})
	}
}
