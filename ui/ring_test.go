package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"parley/call"
	"parley/call/session"
	"parley/media"
)

func TestRingHasAWindowOfItsOwn(t *testing.T) {
	b := open(t)
	b.Show(inPhase(call.Ringing, media.Video))
	for id, name := range map[string]string{"ring.decline": "Decline", "ring.voice": "Voice", "ring.video": "Video"} {
		w, ok := b.find(id)
		if !ok || w.Window != "Maya is calling" || w.Name != name {
			t.Errorf("%s: %+v %v", id, w, ok)
		}
	}
	if _, ok := b.find("search"); !ok {
		t.Error("the main window shows something else")
	}
	if size := b.ring.window.Canvas().Size(); size != fyne.NewSize(ringWidth, ringHeight) {
		t.Errorf("its size is %v", size)
	}
	windows := len(b.deps.App.Driver().AllWindows())
	b.Show(inPhase(call.Ringing, media.Video))
	if len(b.deps.App.Driver().AllWindows()) != windows {
		t.Error("another snapshot opens another window")
	}
	b.Show(inPhase(call.Active, media.Video))
	if b.ring != nil || len(b.deps.App.Driver().AllWindows()) != windows-1 {
		t.Error("it stays after the answer")
	}
	b.expect()
}

func TestAnswer(t *testing.T) {
	cases := map[string]struct {
		kind media.Kind
		do   func(b *bench)
		want session.Input
	}{
		"video":         {media.Video, func(b *bench) { b.use("ring.video") }, session.Accept{Kind: media.Video}},
		"voice":         {media.Video, func(b *bench) { b.use("ring.voice") }, session.Accept{Kind: media.Audio}},
		"decline":       {media.Video, func(b *bench) { b.use("ring.decline") }, session.Reject{}},
		"enter":         {media.Video, func(b *bench) { b.press(b.ring.canvas(b.Window), fyne.KeyReturn) }, session.Accept{Kind: media.Video}},
		"enter, voice":  {media.Audio, func(b *bench) { b.press(b.ring.canvas(b.Window), fyne.KeyEnter) }, session.Accept{Kind: media.Audio}},
		"escape":        {media.Video, func(b *bench) { b.press(b.ring.canvas(b.Window), fyne.KeyEscape) }, session.Reject{}},
		"later":         {media.Video, func(b *bench) { b.use("ring.with"); b.use("ring.text:1") }, session.Reject{Text: "Can't talk now"}},
		"in 10 minutes": {media.Video, func(b *bench) { b.use("ring.with"); b.use("ring.text:2") }, session.Reject{Text: "Call you back in 10 minutes"}},
		"own words": {media.Video, func(b *bench) {
			b.use("ring.with")
			b.use("ring.text:own")
			b.typeIn(b.ring.canvas(b.Window), "at lunch")
			b.use("ring.send")
		}, session.Reject{Text: "at lunch"}},
		"own words by enter": {media.Video, func(b *bench) {
			b.use("ring.with")
			b.use("ring.text:own")
			b.typeIn(b.ring.canvas(b.Window), "soon")
			b.press(b.ring.canvas(b.Window), fyne.KeyReturn)
		}, session.Reject{Text: "soon"}},
		"own words, then answers": {media.Video, func(b *bench) {
			b.use("ring.with")
			b.use("ring.text:own")
			b.use("ring.back")
			b.use("ring.video")
		}, session.Accept{Kind: media.Video}},
		"menu left by escape": {media.Video, func(b *bench) {
			b.use("ring.with")
			b.press(b.ring.canvas(b.Window), fyne.KeyEscape)
			b.use("ring.voice")
		}, session.Accept{Kind: media.Audio}},
	}
	for _, one := range []bool{false, true} {
		b := open(t, func(d *Deps) { d.OneWindow = one })
		for name, c := range cases {
			b.Show(inPhase(call.Ringing, c.kind))
			c.do(b)
			if !slices.Equal(b.posted, []session.Input{c.want}) {
				t.Errorf("%s (in one window: %v): sent %+v, want %+v", name, one, b.posted, c.want)
			}
			b.posted = nil
			b.Show(rest())
			if b.ring != nil || len(b.posted) > 0 {
				t.Errorf("%s (in one window: %v): it stays when the ringing is over, or sent %+v", name, one, b.posted)
			}
		}
	}
}

func TestVoiceCallCannotBeAnsweredWithPicture(t *testing.T) {
	b := open(t)
	b.Show(inPhase(call.Ringing, media.Audio))
	if _, ok := b.find("ring.video"); ok {
		t.Error("it offers video")
	}
}

func TestTabWalksTheAnswers(t *testing.T) {
	b := open(t)
	b.Show(inPhase(call.Ringing, media.Video))
	c := b.ring.window.Canvas()
	for _, want := range []session.Input{session.Reject{}, session.Accept{Kind: media.Audio}, session.Accept{Kind: media.Video}} {
		c.FocusNext()
		b.press(c, fyne.KeySpace)
		b.expect(want)
	}
}

func TestSecondCallRingsAnew(t *testing.T) {
	b := open(t)
	b.Show(inPhase(call.Ringing, media.Video))
	first := b.ring
	s := inPhase(call.Ringing, media.Video)
	s.Call.ID, s.PeerName = "c2", "Tom"
	b.Show(s)
	if b.ring == first || b.ring.window.Title() != "Tom is calling" {
		t.Error("the window still shows the first")
	}
}

func TestLongDeclineIsCut(t *testing.T) {
	if got := firstRunes("ééé", 2); got != "éé" {
		t.Error(got)
	}
	if got := firstRunes("short", 200); got != "short" {
		t.Error(got)
	}
}
