// Package ui is the window. It shows what screen.Of says and sends what the user
// does to the session as inputs; it keeps no state of a call. It may import Fyne
// (not fyne/v2/app), look, widget, screen, the words, the roots and the types of
// call/session.
//
// All of Window is used from Fyne's goroutine, except Show, Widgets and Close.
package ui

import (
	"sync"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"parley/assets/words"
	"parley/call/session"
	"parley/media"
	"parley/signaling"
	"parley/ui/look"
	"parley/ui/screen"
	"parley/ui/widget"
)

// Preferences are what the user set about the window itself.
type Preferences struct {
	Name     string         // shown to others; "" leaves it to the program
	Language words.Language // "" follows the system
	Theme    look.Mode      // "" follows the system
	Share    bool           // the program's own hub lets people on this network in
	// Recordings is the folder of recordings; "" for the user's videos.
	Recordings string
}

// Deps is what a window needs. Post and Save must not block.
type Deps struct {
	App  fyne.App
	Post func(session.Input) // to the session
	Do   func(func())        // runs a function on Fyne's goroutine, later: Loop.Do

	// Local and Remote hold our own and the other side's newest picture. The
	// window is the one reader of both.
	Local, Remote *media.Screen
	// RemoteShare has what the other side shows of its screen beside its camera.
	RemoteShare *media.Screen
	// LocalShare holds what is shown of our screen beside the camera.
	LocalShare *media.Screen
	// Levels returns how loud it is now; nil to take what is known from the
	// readings. It is called up to 60 times a second.
	Levels func() Levels

	// Minimised returns an object to be carried by the window, which tells on Fyne's
	// goroutine when it is minimised and when it is back; nil where nothing tells.
	Minimised func(tell func(bool)) fyne.CanvasObject

	// Desktop is where something on the screen can be chosen to be shown; nil
	// where nothing can.
	Desktop Desktop

	// Servers are where they are added and removed; nil where they cannot be.
	Servers Servers

	Preferences Preferences
	Save        func(Preferences) // nil when they cannot be kept
	OwnHub      bool              // the server is the program's own, so that Preferences.Share means something
	Locale      string            // of the system, for Preferences.Language ""
	Version     string
	Now         func() time.Time // nil for time.Now
	OneWindow   bool             // ring inside the main window instead of in one of its own

	rememberEvery time.Duration // 0 for the usual
}

// Size of the main window at first, and its least.
const (
	firstWidth, firstHeight float32 = 980, 680
	leastWidth, leastHeight float32 = 380, 520
)

// Window is the program's window, and the one that rings.
type Window struct {
	deps  Deps
	prefs Preferences
	words *words.Words
	main  fyne.Window

	onClosed func()

	latest  atomic.Pointer[session.Snapshot]
	pending atomic.Bool // an update is queued
	closed  chan struct{}
	closing sync.Once

	view     screen.View
	dialects []screen.Dialect
	snapshot session.Snapshot
	model    screen.Model
	wake     *time.Timer // fires when the model changes by itself

	banners *widget.Banners
	home    *homeView
	call    *callView
	ring    *ringView // nil unless it rings
	invite  *inviteSheet
	sharing *shareSheet  // nil unless the user chooses what to show
	adding  *addSheet    // nil unless a server is being added
	puzzle  *puzzleSheet // nil unless a server asks
	waved   string       // the puzzle that was answered or put off
	tried   string       // the server whose puzzle was answered, until it lets us in
	outside outside
	work    sync.WaitGroup // goroutines that look at the desktop, and one that looks at the toolkit
	pull    *puller

	watcher   fyne.CanvasObject // notices when the window is minimised
	minimised bool
}

// New builds the window without showing it.
func New(deps Deps) *Window {
	if deps.Now == nil {
		deps.Now = time.Now
	}
	w := &Window{deps: deps, prefs: deps.Preferences, closed: make(chan struct{})}
	w.pull = newPuller(w)
	w.watcher = &fyne.Container{}
	if deps.Minimised != nil {
		w.watcher = deps.Minimised(w.setMinimised)
	}
	w.main = deps.App.NewWindow("Parley")
	w.main.SetIcon(look.AppIcon())
	w.main.SetPadded(false)
	w.main.SetOnClosed(w.gone)
	w.applyTheme()
	w.build()
	w.main.Resize(fyne.NewSize(firstWidth, firstHeight))
	w.keys()
	return w
}

// Open shows the window as the program's main one: closing it ends the program.
func (w *Window) Open() {
	w.main.SetMaster()
	w.main.Show()
	w.main.CenterOnScreen()
	w.work.Go(w.remembering)
}

// Main returns Fyne's window, for capture and for close handlers.
func (w *Window) Main() fyne.Window { return w.main }

// OnClosed sets what happens when the main window has been closed.
func (w *Window) OnClosed(do func()) { w.onClosed = do }

// Close stops updates from any goroutine: Show does nothing afterwards. Call it
// before the toolkit stops. It may be called twice.
func (w *Window) Close() { w.closing.Do(func() { close(w.closed) }) }

func (w *Window) isClosed() bool {
	select {
	case <-w.closed:
		return true
	default:
		return false
	}
}

// gone runs when the main window is closed.
func (w *Window) gone() {
	w.Close()
	w.pull.stop()
	if w.wake != nil {
		w.wake.Stop()
	}
	if w.ring != nil {
		w.closeRing()
	}
	if w.sharing != nil {
		w.sharing.overlay.Close()
	}
	w.work.Wait()
	if w.onClosed != nil {
		w.onClosed()
	}
}

// Show makes s the truth to be shown. It never blocks and may be called from any
// goroutine; however often it is called, at most one update is queued.
func (w *Window) Show(s session.Snapshot) {
	w.latest.Store(&s)
	if w.isClosed() || !w.pending.CompareAndSwap(false, true) {
		return
	}
	w.deps.Do(w.update)
}

func (w *Window) update() {
	w.pending.Store(false)
	if s := w.latest.Load(); s != nil && !w.isClosed() {
		w.snapshot = *s
		w.render()
	}
}

// build makes everything that carries words, anew after a change of language.
func (w *Window) build() {
	w.words = words.In(w.language())
	w.dialects = w.allDialects()
	w.banners = widget.NewBanners(w.actOnBanner, w.dismissBanner)
	w.home = newHomeView(w)
	w.call = newCallView(w)
	body := container.NewStack(container.NewWithoutLayout(w.watcher), w.home.root, w.call.root)
	w.main.SetContent(widget.NewRoot(widget.Sized(0, 0, container.New(least{leastWidth, leastHeight}, body))))
	w.render()
}

func (w *Window) language() words.Language {
	if w.prefs.Language != "" {
		return w.prefs.Language
	}
	return words.Match(w.deps.Locale)
}

func (w *Window) applyTheme() { w.deps.App.Settings().SetTheme(look.New(w.prefs.Theme)) }

// setPreferences keeps and applies a change.
func (w *Window) setPreferences(change func(*Preferences)) {
	before := w.prefs
	change(&w.prefs)
	if w.prefs == before {
		return
	}
	if w.deps.Save != nil {
		w.deps.Save(w.prefs)
	}
	if w.prefs.Theme != before.Theme {
		w.applyTheme()
	}
	if w.prefs.Language != before.Language {
		w.build()
	}
}

// look changes what the user looks at.
func (w *Window) look(change func(*screen.View)) {
	change(&w.view)
	w.render()
}

// render brings the widgets in line with the model.
func (w *Window) render() {
	now, before := w.deps.Now(), w.model.Stage
	w.model = screen.Of(screen.Input{
		Session: w.snapshot, View: w.view, Words: w.words, Now: now, Dialects: w.dialects, Servers: w.serverURLs(),
	})
	w.main.SetTitle(w.model.Title)
	if !w.minimised || w.model.Stage != before { // else a clock would draw it every second for nobody
		w.apply()
	}
	w.renderShare()
	w.renderRing()
	w.unfocusHidden()
	w.renderOutside()
	w.pull.want(w.model)
	w.wakeAt(w.model.Next, now)
}

// apply brings what is in the main window in line with the model.
func (w *Window) apply() {
	inCall := w.model.Stage == screen.InCall
	if !inCall {
		w.home.apply(w.model)
	}
	w.home.settings.apply(w.model)
	w.call.apply(w.model)
	show(w.home.root, !inCall)
	show(w.call.root, inCall)
	w.renderInvite() // first: closing an overlay closes those above it
	w.renderShare()
	w.renderAdding()
	w.renderPuzzle()
}

// serverURLs are the servers that there are to be.
func (w *Window) serverURLs() []string {
	if w.deps.Servers == nil {
		return nil
	}
	var urls []string
	for _, n := range w.deps.Servers.All() {
		urls = append(urls, n.URL)
	}
	return urls
}

// wakeAt arranges the next rendering that no snapshot brings.
func (w *Window) wakeAt(at, now time.Time) {
	if w.wake != nil {
		w.wake.Stop()
	}
	if at.IsZero() {
		return
	}
	w.wake = time.AfterFunc(at.Sub(now), func() {
		if !w.isClosed() {
			w.deps.Do(w.render)
		}
	})
}

func show(o fyne.CanvasObject, visible bool) {
	switch {
	case visible && !o.Visible():
		o.Show()
	case !visible && o.Visible():
		o.Hide()
	}
}

func (w *Window) post(in session.Input) { w.deps.Post(in) }

func (w *Window) dial(to signaling.Address, kind media.Kind) {
	w.post(session.Dial{To: to, Kind: kind})
}

func (w *Window) actOnBanner(key string) {
	for _, b := range w.model.Banners {
		if b.Key != key {
			continue
		}
		switch b.Action {
		case screen.CallAgain:
			w.post(b.Retry)
			w.dismissBanner(key)
		case screen.ChooseDevice:
			if w.model.Stage == screen.InCall {
				w.call.openDevices()
			} else {
				w.openSettings()
			}
		case screen.RecordAnyway:
			w.post(session.RecordCall{On: true, Untold: true})
		case screen.Unmute:
			w.toggleMute(media.Audio)
		case screen.OpenServer:
			w.dismissBanner(key)
			w.openServer(b.Server)
		case screen.NoAction:
		}
	}
}

func (w *Window) dismissBanner(key string) {
	if string(w.snapshot.LastEnd.ID) == key {
		w.look(func(v *screen.View) { v.Dismissed = signaling.CallID(key) })
		return
	}
	w.post(session.Dismiss{Code: key})
}

// bannerData is what the widget needs of the model's banners.
func (w *Window) bannerData(banners []screen.Banner) []widget.BannerData {
	data := make([]widget.BannerData, len(banners))
	for i, b := range banners {
		icon := "warning"
		switch {
		case b.Ending:
			icon = "hang-up"
		case b.Key == session.SavedNotice:
			icon = "check"
		}
		data[i] = widget.BannerData{Key: b.Key, Text: b.Text, Detail: b.Detail, Icon: icon, Action: b.Label, Dismiss: w.words.Text("button.dismiss")}
	}
	return data
}

func (w *Window) openSettings() {
	w.look(func(v *screen.View) { v.Settings, v.Server = true, "" })
}

// least is a layout with a minimum size.
type least struct{ width, height float32 }

func (l least) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(l.width, l.height) }

func (l least) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Move(fyne.Position{})
		o.Resize(size)
	}
}
