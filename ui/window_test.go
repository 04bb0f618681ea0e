package ui

import (
	"fmt"
	"image"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"parley/assets/words"
	"parley/call"
	"parley/call/session"
	"parley/media"
	"parley/signaling"
	"parley/ui/look"
	"parley/ui/screen"
	"parley/ui/widget"
)

const hub = "wss://hub.example/ws"

var start = time.Date(2026, 11, 21, 10, 24, 0, 0, time.UTC)

func at(name string) signaling.Address { return signaling.Address{Server: hub, Name: name} }

// bench is a window under test with what it sent.
type bench struct {
	*Window
	t                    testing.TB
	posted               []session.Input
	saved                []Preferences
	now                  time.Time
	local, remote, share media.Screen
	stage                media.Screen // of the other side's screen

	mu    sync.Mutex
	queue []func() // for the window's goroutine, which is the test's
}

// do takes what the window wants done on its goroutine.
func (b *bench) do(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.queue = append(b.queue, f)
}

// Show shows s at once.
func (b *bench) Show(s session.Snapshot) {
	b.Window.Show(s)
	b.drain()
}

func (b *bench) drain() {
	b.mu.Lock()
	queue := b.queue
	b.queue = nil
	b.mu.Unlock()
	for _, f := range queue {
		f()
	}
}

// open makes a window in a test app, of a size that shows everything.
func open(t testing.TB, change ...func(*Deps)) *bench {
	t.Helper()
	b := &bench{t: t, now: start}
	deps := Deps{
		App:  test.NewTempApp(t),
		Post: func(in session.Input) { b.posted = append(b.posted, in) },
		Do:   b.do,
		Now:  func() time.Time { return b.now },
		Save: func(p Preferences) { b.saved = append(b.saved, p) },

		Local: &b.local, Remote: &b.remote, LocalShare: &b.share, RemoteShare: &b.stage,
		Preferences: Preferences{Language: words.English, Theme: look.Light},
	}
	for _, c := range change {
		c(&deps)
	}
	b.Window = New(deps)
	b.Open()
	b.main.Resize(fyne.NewSize(1000, 700))
	t.Cleanup(b.gone)
	return b
}

// tall makes the window high enough for all settings.
func (b *bench) tall() { b.main.Resize(fyne.NewSize(1000, 2400)) }

// expect checks what was sent since the last time.
func (b *bench) expect(want ...session.Input) {
	b.t.Helper()
	if !reflect.DeepEqual(b.posted, want) {
		b.t.Errorf("sent %+v, want %+v", b.posted, want)
	}
	b.posted = nil
}

func (b *bench) use(id string) {
	b.t.Helper()
	if !b.Use(id) {
		b.t.Fatalf("there is no %q to use; there are %v", id, b.ids())
	}
}

func (b *bench) ids() []string {
	var ids []string
	for _, w := range b.walk() {
		ids = append(ids, w.ID)
	}
	return ids
}

func (b *bench) find(id string) (WidgetInfo, bool) {
	all := b.walk()
	i := slices.IndexFunc(all, func(w WidgetInfo) bool { return w.ID == id })
	if i < 0 {
		return WidgetInfo{}, false
	}
	return all[i], true
}

func (b *bench) press(c fyne.Canvas, key fyne.KeyName) {
	if f := c.Focused(); f != nil {
		f.TypedKey(&fyne.KeyEvent{Name: key})
		return
	}
	c.OnTypedKey()(&fyne.KeyEvent{Name: key})
}

// typeIn types into whatever has the focus.
func (b *bench) typeIn(c fyne.Canvas, text string) {
	b.t.Helper()
	if c.Focused() == nil {
		b.t.Fatal("nothing has the focus")
	}
	for _, r := range text {
		c.Focused().TypedRune(r)
	}
}

func (b *bench) pass(d time.Duration) { b.now = b.now.Add(d) }

// rest is a snapshot with somebody to call.
func rest() session.Snapshot {
	return session.Snapshot{
		Servers: []session.Server{{URL: hub, Up: true, Capabilities: signaling.Capabilities{Decline: true, Bye: true, Presence: true, InviteLinks: true, Kinds: true}}},
		Roster: []signaling.Member{
			{Address: at("echo"), Name: "Echo", Kind: signaling.Robot},
			{Address: at("maya"), Name: "Maya", Kind: signaling.Person},
		},
	}
}

func inPhase(phase call.Phase, kind media.Kind) session.Snapshot {
	s := rest()
	s.PeerName = "Maya"
	s.Call = call.State{Phase: phase, ID: "c1", Remote: at("maya"), Kind: kind}
	if s.Call.Live() {
		s.LiveSince = start
		s.FirstFrame = map[media.Kind]time.Time{media.Audio: start, media.Video: start}
	}
	return s
}

func TestShowQueuesAtMostOneUpdate(t *testing.T) {
	b := open(t)
	var wait sync.WaitGroup
	for range 50 {
		wait.Go(func() { b.Window.Show(rest()) })
	}
	wait.Wait()
	b.Window.Show(inPhase(call.Calling, media.Video))
	if len(b.queue) != 1 {
		t.Fatalf("%d updates are queued, want 1", len(b.queue))
	}
	b.drain()
	if b.model.Stage != screen.InCall {
		t.Error("the newest snapshot is not the one shown")
	}
	b.Window.Show(rest())
	if len(b.queue) != 1 {
		t.Errorf("after an update %d are queued, want 1", len(b.queue))
	}
	b.Close()
	b.drain()
	if b.model.Stage != screen.InCall {
		t.Error("a closed window still changed")
	}
	b.Window.Show(rest())
	if len(b.queue) != 0 || b.Widgets() != nil {
		t.Error("a closed window still queues")
	}
}

func TestWidgets(t *testing.T) {
	b := open(t)
	s := rest()
	for i := range 30 {
		s.Roster = append(s.Roster, signaling.Member{Address: at(fmt.Sprintf("p%02d", i)), Name: fmt.Sprintf("Person %02d", i), Kind: signaling.Person})
	}
	b.Show(s)
	all := b.walk()
	seen := map[string]bool{}
	for _, w := range all {
		if w.ID == "" || w.Name == "" || seen[w.ID] {
			t.Errorf("%+v has no id, no name, or the id of another", w)
		}
		seen[w.ID] = true
		if w.W < 1 || w.H < 1 || w.X < 0 || w.Y < 0 || w.X+w.W > 1000 || w.Y+w.H > 700 {
			t.Errorf("%+v is not inside the window", w)
		}
		if w.Window != "Parley" {
			t.Errorf("%+v is in another window", w)
		}
	}
	if seen["person:p29"] || !seen["person:p00"] {
		t.Error("what is scrolled out of view is listed")
	}
	for _, id := range []string{"search", "person:echo", "tab.people", "tab.calls", "invite", "settings", "home.echo", "home.invite"} {
		if !seen[id] {
			t.Errorf("%s is missing", id)
		}
	}
	row, _ := b.find("person:maya")
	test.TapCanvas(b.main.Canvas(), fyne.NewPos(float32(row.X+row.W/2), float32(row.Y+row.H/2)))
	if b.view.Selected != at("maya") {
		t.Error("a tap in the middle of a widget does not reach it")
	}
	b.use("invite")
	if _, ok := b.find("search"); ok {
		t.Error("what lies under a sheet is listed")
	}
}

func TestWidgetsFromAnotherGoroutine(t *testing.T) {
	queued := make(chan func(), 1)
	b := open(t, func(d *Deps) { d.Do = func(f func()) { queued <- f } })
	got := make(chan []WidgetInfo)
	go func() { got <- b.Widgets() }()
	(<-queued)()
	if len(<-got) == 0 {
		t.Error("there are none")
	}
}

func TestWidgetsCountInPixels(t *testing.T) {
	b := open(t)
	b.Show(rest())
	one, _ := b.find("search")
	b.main.Canvas().(interface{ SetScale(float32) }).SetScale(2)
	two, _ := b.find("search")
	if two.X != 2*one.X || two.W != 2*one.W || two.H != 2*one.H {
		t.Errorf("at scale 2: %+v, at 1: %+v", two, one)
	}
}

// picture makes the next picture of a screen.
func picture(s *media.Screen, width, height int) *image.RGBA {
	p := s.Frames.Back(width, height)
	s.Frames.Publish()
	return p
}

var _ widget.Control = (*widget.VideoTile)(nil)
