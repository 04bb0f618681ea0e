package ui

import (
	"math"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"parley/call"
	"parley/call/session"
	"parley/media"
	"parley/ui/widget"
)

func TestCallControls(t *testing.T) {
	b := open(t)
	s := inPhase(call.Active, media.Video)
	b.Show(s)
	for _, c := range []struct {
		id, name string
		key      fyne.KeyName
		want     session.Input
	}{
		{"mute", "Mute", fyne.KeyM, session.Mute{Kind: media.Audio, On: true}},
		{"camera", "Turn camera off", fyne.KeyV, session.Mute{Kind: media.Video, On: true}},
		{"hangup", "Hang up", "", session.Hangup{}},
	} {
		w, ok := b.find(c.id)
		if !ok || w.Name != c.name || !w.Enabled {
			t.Errorf("%s: %+v %v", c.id, w, ok)
		}
		b.use(c.id)
		b.expect(c.want)
		if c.key != "" {
			b.press(b.main.Canvas(), c.key)
			b.expect(c.want)
		}
	}
	s.Muted = map[media.Kind]bool{media.Audio: true, media.Video: true}
	b.Show(s)
	b.use("mute")
	b.press(b.main.Canvas(), fyne.KeyV)
	b.expect(session.Mute{Kind: media.Audio}, session.Mute{Kind: media.Video})
	if w, _ := b.find("mute"); w.Name != "Unmute" {
		t.Errorf("when muted the button is called %q", w.Name)
	}
}

func TestVoiceCallHasNoCamera(t *testing.T) {
	b := open(t)
	b.Show(inPhase(call.Active, media.Audio))
	if _, ok := b.find("camera"); ok {
		t.Error("a voice call has a camera button")
	}
	b.press(b.main.Canvas(), fyne.KeyV)
	b.expect()
	if b.call.pane.Visible() {
		t.Error("a voice call shows one's own picture")
	}
}

func TestOutgoingCallCanBeCancelled(t *testing.T) {
	b := open(t)
	b.Show(inPhase(call.Calling, media.Video))
	if w, _ := b.find("hangup"); w.Name != "Cancel the call" {
		t.Errorf("the button is called %q", w.Name)
	}
	if got := b.call.status.Content; got != "Calling" {
		t.Errorf("says %q", got)
	}
	b.use("hangup")
	b.expect(session.Hangup{})
}

func TestFocusedButtonTakesEnterAndGivesTheRestToTheWindow(t *testing.T) {
	b := open(t)
	b.Show(inPhase(call.Active, media.Video))
	b.main.Canvas().Focus(b.call.hangup)
	if !b.call.hangup.Focused() {
		t.Fatal("the focus does not show")
	}
	b.press(b.main.Canvas(), fyne.KeyReturn)
	b.press(b.main.Canvas(), fyne.KeyM)
	b.expect(session.Hangup{}, session.Mute{Kind: media.Audio, On: true})
}

func TestTabWalksTheControls(t *testing.T) {
	b := open(t, func(d *Deps) { d.Desktop = &desktopOf{} })
	b.Show(inPhase(call.Active, media.Video))
	var order []string
	for range 6 {
		b.main.Canvas().FocusNext()
		order = append(order, b.main.Canvas().Focused().(widget.Control).ID())
	}
	want := []string{"fullscreen", "mute", "camera", "share", "devices", "hangup"}
	for i := range want {
		if order[i] != want[i] {
			t.Fatalf("Tab walks %v, want %v", order, want)
		}
	}
}

func TestFullScreen(t *testing.T) {
	b := open(t)
	b.Show(inPhase(call.Active, media.Video))
	b.press(b.main.Canvas(), fyne.KeyF)
	if !b.main.FullScreen() {
		t.Fatal("F does not fill the screen")
	}
	if w, _ := b.find("fullscreen"); w.Name != "Leave full screen" {
		t.Errorf("the button is called %q", w.Name)
	}
	b.press(b.main.Canvas(), fyne.KeyEscape)
	if b.main.FullScreen() {
		t.Error("Escape does not leave")
	}
	b.use("fullscreen")
	b.Show(rest())
	if b.main.FullScreen() {
		t.Error("the end of a call leaves the screen filled")
	}
	b.expect()
}

func TestPicturesArePulled(t *testing.T) {
	b := open(t)
	stale := picture(&b.remote, 320, 180)
	if b.pull.running {
		t.Error("the animation runs with nothing to show")
	}
	b.Show(inPhase(call.Active, media.Video))
	if !b.pull.running {
		t.Fatal("the animation does not run in a call")
	}
	if b.call.remote.Picture() == stale {
		t.Fatal("the last picture of the call before is shown")
	}
	local, remote := picture(&b.local, 64, 36), picture(&b.remote, 1280, 720)
	b.pull.tick()
	if b.call.remote.Picture() != remote || b.call.local.Picture() != local {
		t.Fatal("the tiles do not show the very pictures of the rings")
	}
	b.pull.tick()
	if b.call.remote.Picture() != remote {
		t.Error("without a new picture the last one goes")
	}

	muted := inPhase(call.Active, media.Video)
	muted.Muted = map[media.Kind]bool{media.Video: true}
	b.Show(muted)
	picture(&b.local, 64, 36)
	b.pull.tick()
	if b.call.local.HasPicture() {
		t.Error("one's own picture shows although the camera is off")
	}

	b.Show(rest())
	if b.pull.running || b.call.remote.HasPicture() {
		t.Error("after the call the animation or the picture stays")
	}
}

func TestPicturesArePaintedTogether(t *testing.T) {
	b := open(t)
	b.Show(inPhase(call.Active, media.Video))
	picture(&b.remote, 64, 36)
	b.pull.tick()
	local := picture(&b.local, 64, 36)
	b.pull.tick()
	if b.call.local.Picture() == local {
		t.Error("one's own picture does not wait for the other side's")
	}
	picture(&b.remote, 64, 36)
	b.pull.tick()
	if b.call.local.Picture() != local {
		t.Error("it does not come with the other side's")
	}
	late := picture(&b.local, 64, 36)
	b.pass(together)
	b.pull.tick()
	if b.call.local.Picture() != late {
		t.Error("it waits for ever when the other side sends nothing")
	}
}

func TestPreviewPullsToo(t *testing.T) {
	b := open(t)
	b.Show(rest())
	b.use("settings")
	if !b.pull.running {
		t.Fatal("the animation does not run for the preview")
	}
	local := picture(&b.local, 64, 36)
	b.pull.tick()
	if b.home.settings.preview.Picture() != local {
		t.Error("the preview does not show the camera")
	}
	b.use("back")
	if b.pull.running {
		t.Error("the animation goes on after the preview")
	}
}

// A frame must cost the window's goroutine next to nothing: no copy, no scaling,
// no conversion, whatever its size.
func TestPictureIsNotCopied(t *testing.T) {
	b := open(t)
	b.Show(inPhase(call.Active, media.Video))
	big, tile := picture(&b.remote, 1280, 720), b.call.remote
	b.pull.tick()
	bytes := testing.Benchmark(func(b *testing.B) {
		b.Helper()
		b.ReportAllocs()
		for b.Loop() {
			tile.ShowPicture(big)
		}
	}).AllocedBytesPerOp()
	if bytes > 512 {
		t.Errorf("a picture costs %d bytes, so something of it is copied", bytes)
	}
}

func TestReconnectingKeepsTheLastPicture(t *testing.T) {
	b := open(t)
	b.Show(inPhase(call.Active, media.Video))
	last := picture(&b.remote, 64, 36)
	b.pull.tick()
	s := inPhase(call.Recovering, media.Video)
	s.Deadline = start.Add(12 * time.Second)
	b.Show(s)
	if b.call.remote.Picture() != last || !b.call.overText.Visible() || b.call.overText.Content != "Reconnecting, 12 seconds left" {
		t.Errorf("picture kept: %v, says %q", b.call.remote.Picture() == last, b.call.overText.Content)
	}
	b.Show(inPhase(call.Active, media.Video))
	if b.call.overText.Visible() {
		t.Error("the text stays when the path is back")
	}
}

func TestControlsRest(t *testing.T) {
	b := open(t)
	b.Show(inPhase(call.Active, media.Video))
	shown := func() bool { _, ok := b.find("mute"); return ok }
	before, _ := b.find("hangup")
	b.pass(10 * time.Second)
	b.pull.tick()
	if !shown() {
		t.Fatal("the controls rest although there is no picture")
	}
	picture(&b.remote, 64, 36)
	b.pull.tick()
	b.pull.tick()
	if shown() {
		t.Fatal("the controls do not rest")
	}
	if there, ok := b.find("hangup"); !ok || there != before {
		t.Errorf("hang-up was at %+v and is at %+v", before, there)
	}
	test.MoveMouse(b.main.Canvas(), fyne.NewPos(500, 300))
	if !shown() {
		t.Fatal("a movement does not bring them back")
	}
	b.pass(2 * time.Second)
	b.pull.tick()
	if !shown() {
		t.Error("they rest too early")
	}
	b.pass(2 * time.Second)
	b.pull.tick()
	if shown() {
		t.Fatal("they do not rest again")
	}
	b.press(b.main.Canvas(), desktop.KeyShiftLeft)
	if !shown() {
		t.Error("a key does not bring them back")
	}
	b.use("devices")
	b.pass(time.Minute)
	b.pull.tick()
	if !b.call.mute.Visible() {
		t.Error("they rest under an open menu")
	}
}

func TestDoubleTapCrops(t *testing.T) {
	b := open(t)
	b.Show(inPhase(call.Active, media.Video))
	b.call.surface.DoubleTapped(nil)
	if !b.call.remote.Cropped() {
		t.Error("a double tap does not crop")
	}
	b.call.surface.DoubleTapped(nil)
	if b.call.remote.Cropped() {
		t.Error("another does not show the whole again")
	}
}

func TestOwnPictureGoesToTheNearestCorner(t *testing.T) {
	b := open(t)
	b.Show(inPhase(call.Active, media.Video))
	pane := b.call.pane
	room := b.main.Canvas().Size()
	for _, c := range []struct {
		name   string
		x, y   float32 // where it is dragged to
		corner widget.Corner
	}{
		{"top left", 10, 10, widget.TopLeft},
		{"top right", room.Width - 100, 10, widget.TopRight},
		{"bottom left", 10, room.Height - 100, widget.BottomLeft},
		{"bottom right", room.Width - 100, room.Height - 100, widget.BottomRight},
	} {
		from := pane.Position()
		pane.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(c.x-from.X, c.y-from.Y)})
		b.Show(inPhase(call.Active, media.Video)) // an update meanwhile moves nothing
		if pane.Position() != fyne.NewPos(c.x, c.y) {
			t.Errorf("%s: it does not follow the pointer", c.name)
		}
		pane.DragEnd()
		if pane.Corner() != c.corner {
			t.Errorf("%s: it went to corner %d", c.name, pane.Corner())
		}
		end := pane.Position().AddXY(pane.Size().Width, pane.Size().Height)
		if pane.Position().X < 16 || pane.Position().Y < 16 || end.X > room.Width-16 || end.Y > room.Height-16 {
			t.Errorf("%s: it came to rest at %v to %v", c.name, pane.Position(), end)
		}
	}
}

func TestClockGoesOnByItself(t *testing.T) {
	queued := make(chan func(), 8)
	b := open(t, func(d *Deps) { d.Do = func(f func()) { queued <- f } })
	b.Window.Show(inPhase(call.Active, media.Audio))
	(<-queued)()
	if got := b.call.status.Content; got != "0:00" {
		t.Fatalf("the clock begins at %q", got)
	}
	b.pass(time.Second)
	(<-queued)() // comes without another snapshot
	if got := b.call.status.Content; got != "0:01" {
		t.Errorf("after a second the clock says %q", got)
	}
}

func TestLevelsAreShownAsTheyAre(t *testing.T) {
	levels := Levels{Microphone: 0.1, Speaker: 1, Remote: 0.01} // of us -20 and of them -40 dB of 60, beside a tone
	b := open(t, func(d *Deps) { d.Levels = func() Levels { return levels } })
	voice := inPhase(call.Active, media.Audio)
	b.Show(voice)
	b.pull.tick()
	near := func(got float32, want float64) bool { return math.Abs(float64(got)-want) < 0.02 }
	if ring, mic := b.call.avatar.Level(), b.call.mute.Level(); !near(ring, 1./3) || !near(mic, 2./3) {
		t.Errorf("the rings show %v of them and %v of us", ring, mic)
	}
	if lit := b.call.loud.Lit(); lit != 4 {
		t.Errorf("the meter of 12 bars lights %d", lit)
	}
	voice.Muted = map[media.Kind]bool{media.Audio: true}
	b.Show(voice)
	b.pull.tick()
	if mic := b.call.mute.Level(); mic != 0 {
		t.Errorf("muted, the ring shows %v as if somebody heard it", mic)
	}
}

func TestSpeakingWhileMuted_OffersToUnmute(t *testing.T) {
	b := open(t)
	s := inPhase(call.Active, media.Audio)
	s.Muted = map[media.Kind]bool{media.Audio: true}
	b.Show(s)
	if len(b.model.Banners) != 0 {
		t.Errorf("banners %v of who is silent", b.model.Banners)
	}
	s.Sound.SpeakingMuted = true
	b.Show(s)
	b.use("banner.act:speakingMuted")
	b.expect(session.Mute{Kind: media.Audio, On: false})
}

// What limits the picture is said after the clock; in a narrow window it is cut,
// and nothing lies over something else.
func TestHeaderIsCutWhereItIsNarrow(t *testing.T) {
	b := open(t)
	s := inPhase(call.Active, media.Video)
	s.Stats.Outbound.Video.QualityLimitationReason = "cpu"
	b.Show(s)
	picture(&b.remote, 1280, 720)
	b.pull.tick()
	for _, width := range []float32{leastWidth, 520, 1000} {
		b.main.Resize(fyne.NewSize(width, leastHeight))
		edge := float32(0)
		for i, o := range []fyne.CanvasObject{b.call.name, b.call.clock, b.call.full} {
			if o.Position().X < edge || o.Size().Width <= 0 {
				t.Errorf("at %v part %d lies at %v, %v wide, after %v", width, i, o.Position().X, o.Size().Width, edge)
			}
			edge = o.Position().X + o.Size().Width
		}
	}
}
