package ui

import (
	"context"
	"errors"
	"fmt"
	"image"
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"parley/call"
	"parley/call/session"
	"parley/media"
	"parley/ui/widget"
)

// desktopOf is a desktop with things on it.
type desktopOf struct {
	list   []session.Shareable
	drawn  chan string // what the user drags; closed: it cannot be drawn here
	looked chan string // tells what was looked at
	whole  bool        // only whole screens and windows can be shown
}

func (d *desktopOf) Shareables(context.Context) ([]session.Shareable, error) { return d.list, nil }

func (d *desktopOf) Thumbnail(ctx context.Context, id string, size image.Point) (*image.RGBA, error) {
	if id == "0x9" {
		return nil, errors.New("gone")
	}
	select {
	case d.looked <- id:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return image.NewRGBA(image.Rectangle{Max: size}), nil
}

func (d *desktopOf) Regions() bool { return !d.whole }

func (d *desktopOf) PickRegion(ctx context.Context) (string, error) {
	select {
	case target, ok := <-d.drawn:
		if !ok {
			return "", errors.New("no X server")
		}
		return target, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// withDesktop opens a window in a call beside a screen and two windows.
func withDesktop(t *testing.T) (*bench, *desktopOf) {
	t.Helper()
	d := &desktopOf{
		list: []session.Shareable{
			{ID: "DP-1", Kind: session.ScreenShare, Title: "DP-1", Default: true},
			{ID: "0x9", Kind: session.WindowShare, Title: "Closed just now"},
			{ID: "0x2", Kind: session.WindowShare, Title: "Minutes"},
		},
		drawn: make(chan string), looked: make(chan string),
	}
	b := open(t, func(deps *Deps) { deps.Desktop = d })
	b.Show(inPhase(call.Active, media.Video))
	return b, d
}

// until lets the window work until it shows what it should.
func (b *bench) until(what string, ok func() bool) {
	b.t.Helper()
	for b.t.Context().Err() == nil {
		b.drain()
		if ok() {
			return
		}
	}
	b.t.Fatal("never: " + what)
}

func (b *bench) shown(id string) func() bool {
	return func() bool { _, ok := b.find(id); return ok }
}

func TestShare_PickerOffersWhatThereIs(t *testing.T) {
	b, d := withDesktop(t)
	b.use("share")
	b.until("the window is offered", b.shown("share:0x2"))
	for id, name := range map[string]string{"share:DP-1": "Whole screen", "share:0x2": "Minutes", "share.draw": "Draw it", "share.geometry": "or type 1280x720+0+0"} {
		if w, ok := b.find(id); !ok || w.Name != name {
			t.Errorf("%s: %+v", id, w)
		}
	}
	if <-d.looked != "DP-1" || <-d.looked != "0x2" {
		t.Error("something else was looked at")
	}
	card := b.sharing.cards["0x2"]
	b.until("the small picture", card.HasPicture)
	if b.sharing.cards["0x9"].HasPicture() {
		t.Error("what is gone has a picture")
	}
	b.use("share:0x2")
	b.expect(session.Share{On: true, Target: "0x2"})
	if b.sharing != nil || b.main.Canvas().Overlays().Top() != nil {
		t.Error("the picker stays open")
	}
}

func TestShare_ByKeyboard(t *testing.T) {
	b, _ := withDesktop(t)
	b.press(b.main.Canvas(), fyne.KeyS)
	b.until("the screen is offered", b.shown("share:DP-1"))
	focused := func() string { return b.main.Canvas().Focused().(widget.Control).ID() }
	if got := focused(); got != "share:DP-1" {
		t.Fatalf("%s has the focus", got)
	}
	var order []string
	for range 5 {
		b.main.Canvas().FocusNext()
		order = append(order, focused())
	}
	want := []string{"share.geometry", "share.draw", "share.start", "share:0x9", "share:0x2"}
	for _, id := range want {
		found := false
		for _, got := range order {
			found = found || got == id
		}
		if !found {
			t.Errorf("Tab reaches %v, not %s", order, id)
		}
	}
	b.main.Canvas().Focus(b.sharing.cards["0x9"])
	b.press(b.main.Canvas(), fyne.KeyRight)
	if got := focused(); got != "share:0x2" {
		t.Errorf("an arrow leads to %s", got)
	}
	b.press(b.main.Canvas(), fyne.KeyReturn)
	b.expect(session.Share{On: true, Target: "0x2"})
	b.press(b.main.Canvas(), fyne.KeyS)
	b.press(b.main.Canvas(), fyne.KeyEscape)
	b.expect()
	if b.sharing != nil {
		t.Error("Escape leaves the picker open")
	}
}

// A window's title changes all the time.
func TestShare_FocusStaysWhenTheListChanges(t *testing.T) {
	b, d := withDesktop(t)
	b.use("share")
	b.until("the window is offered", b.shown("share:0x2"))
	list := slices.Clone(d.list) // the sheet's goroutine has the other
	for i, id := range []string{"share.close", "share.draw", "share.geometry", "share.start", "share:0x2"} {
		find := func() fyne.Focusable {
			for _, c := range b.controls() {
				if c.ID() == id {
					return c.(fyne.Focusable)
				}
			}
			return nil
		}
		b.main.Canvas().Focus(find())
		list[2].Title = fmt.Sprintf("Minutes, %d lines", i)
		b.sharing.take(list)
		b.render()
		if focused := b.main.Canvas().Focused(); focused == nil || focused != find() {
			t.Errorf("%s has lost the focus", id)
		}
	}
}

func TestShare_TheDesktopAsksItself(t *testing.T) {
	b, d := withDesktop(t)
	d.list = []session.Shareable{{ID: "desktop", Kind: session.AskedShare, Default: true}}
	b.use("share")
	b.until("the desktop asks", func() bool { return b.sharing == nil })
	b.expect(session.Share{On: true, Target: "desktop"})
}

func TestShare_NothingToShare(t *testing.T) {
	b, d := withDesktop(t)
	d.list = nil
	b.use("share")
	b.until("it is known", func() bool { return b.sharing.known })
	if _, ok := b.find("share.draw"); ok {
		t.Error("a region of nothing is offered")
	}
	b.Show(rest())
	if b.sharing != nil {
		t.Error("the picker outlives the call")
	}
}

func TestShare_RegionIsOfferedWhereItCanBeShown(t *testing.T) {
	b, d := withDesktop(t)
	d.whole = true
	b.use("share")
	b.until("the screen is offered", b.shown("share:DP-1"))
	for _, id := range []string{"share.draw", "share.geometry", "share.start"} {
		if _, ok := b.find(id); ok {
			t.Errorf("%s is there", id)
		}
	}
}

func TestShare_RegionIsTyped(t *testing.T) {
	b, _ := withDesktop(t)
	b.use("share")
	b.until("a region is offered", b.shown("share.geometry"))
	b.use("type:share.geometry:wide")
	b.use("share.start")
	b.expect()
	if got := b.sharing.hint.Content; got != "Write width x height + left + top, in pixels: 1280x720+0+0." {
		t.Errorf("says %q", got)
	}
	b.use("type:share.geometry:640x480")
	b.use("share.start")
	b.expect(session.Share{On: true, Target: "@640x480+0+0"})
}

func TestShare_RegionIsDrawn(t *testing.T) {
	b, d := withDesktop(t)
	b.use("share")
	b.until("a region is offered", b.shown("share.draw"))
	b.use("share.draw")
	if got := b.sharing.hint.Content; got != "Drag a rectangle on the screen. Any key gives up." {
		t.Errorf("says %q", got)
	}
	d.drawn <- "" // given up
	b.until("it is known that the user gave up", func() bool { return b.sharing.hint.Content == "" })
	b.use("share.draw")
	d.drawn <- "DP-1@30x20+1+2"
	b.until("it is shown", func() bool { return b.sharing == nil })
	b.expect(session.Share{On: true, Target: "DP-1@30x20+1+2"})
	b.use("share")
	b.until("a region is offered", b.shown("share.draw"))
	close(d.drawn)
	b.use("share.draw")
	b.until("it is known that it cannot be drawn", func() bool { return b.sharing.hint.Content == "It cannot be drawn here. Type it instead." })
}

func TestShare_WindowClosesWithThePickerOpen(t *testing.T) {
	b, _ := withDesktop(t)
	b.use("share")
	b.use("share.close")
	b.use("share")
	b.gone() // and waits for whoever looks at the desktop
}

func TestShare_PickerClosesWithTheCall(t *testing.T) {
	b, _ := withDesktop(t)
	b.use("share")
	b.Show(rest())
	if b.sharing != nil {
		t.Error("the picker stays after the call")
	}
}

func TestSharing_BesideTheCameraHasAPreview(t *testing.T) {
	b, _ := withDesktop(t)
	s := inPhase(call.Active, media.Video)
	s.Sharing = session.Sharing{On: true, Target: "0x2", Name: "Minutes"}
	s.Muted = map[media.Kind]bool{media.Video: true}
	b.Show(s)
	if _, ok := b.find("sharing.preview"); ok || b.call.local.Cropped() || !b.model.Call.ShowLocal {
		t.Error("in the camera's place it is not the own picture")
	}
	s.Sharing.Beside = true
	b.Show(s)
	if _, ok := b.find("sharing.preview"); !ok || !b.call.local.Cropped() || b.model.Call.ShowLocal {
		t.Error("beside the camera it has no place of its own")
	}
	shown := picture(&b.share, 64, 36)
	b.pull.tick()
	if b.call.sharing.preview.Picture() != shown {
		t.Error("the preview does not show it")
	}
	b.Show(inPhase(call.Active, media.Video))
	if b.call.sharing.preview.HasPicture() {
		t.Error("the last picture stays")
	}
}

func TestSharing_IsToldAndEnded(t *testing.T) {
	b, _ := withDesktop(t)
	s := inPhase(call.Active, media.Video)
	s.Sharing = session.Sharing{On: true, Target: "0x2", Name: "Minutes"}
	b.Show(s)
	if got := b.call.sharing.text.Content; got != "You are sharing “Minutes”" || !b.call.sharing.root.Visible() {
		t.Errorf("says %q", got)
	}
	if b.call.local.Cropped() {
		t.Error("what is shown is cropped")
	}
	b.use("sharing.mode")
	b.use("sharing.mode:smooth")
	b.use("sharing.stop")
	b.use("share")
	b.press(b.main.Canvas(), fyne.KeyS)
	b.expect(session.Share{On: true, Target: "0x2", Smooth: true}, session.Share{}, session.Share{}, session.Share{})
	if w, _ := b.find("share"); w.Name != "Stop sharing" {
		t.Errorf("the button is called %q", w.Name)
	}
	b.Show(inPhase(call.Active, media.Video))
	if _, ok := b.find("sharing.stop"); ok || !b.call.local.Cropped() {
		t.Error("it seems to go on")
	}
	b.Show(inPhase(call.Active, media.Audio))
	if _, ok := b.find("share"); ok {
		t.Error("a voice call has a picture to share")
	}
}
