// Package gallery shows every face of the window with made-up data and writes a
// picture of each, for the documentation and for the eye of whoever changes the
// look. It is started by the program itself: it needs a real window.
package gallery

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"

	"parley/assets/words"
	"parley/call"
	"parley/call/session"
	"parley/media"
	"parley/signaling"
	"parley/ui"
	"parley/ui/look"
)

// scene is one picture.
type scene struct {
	name     string
	snapshot func(names) session.Snapshot
	then     []string // ids of controls to be used, in order
	size     fyne.Size
	ring     bool // the picture is of the ringing window
	picture  bool // video runs
	screen   bool // a text is shown beside the camera
	theirs   bool // and so the other side does
	page     bool // a text is shown in the camera's place
	own      bool // the server is our own
	always   bool // belongs to every variant, not to the full ones alone
}

// settle is how long a scene may take to come to rest before its picture.
const settle = 450 * time.Millisecond

var (
	wide   = fyne.NewSize(980, 680)
	narrow = fyne.NewSize(400, 680)
)

func scenes() []scene {
	home := everybody
	video := func(n names) session.Snapshot { return live(n, call.Active, media.Video) }
	return []scene{
		{name: "home", snapshot: home, then: []string{"person:maya"}, always: true},
		{name: "first-start", snapshot: func(names) session.Snapshot { return alone() }},
		{name: "calls", snapshot: home, then: []string{"tab.calls"}},
		{name: "search", snapshot: home, then: []string{"type:search:ma"}},
		{name: "narrow", snapshot: home, size: narrow},
		{name: "narrow-person", snapshot: home, size: narrow, then: []string{"person:echo"}},
		{name: "narrow-settings", snapshot: withRooms, size: narrow, then: []string{"settings"}},
		{name: "narrow-invite", snapshot: invited, size: narrow, then: []string{"invite"}},
		{name: "narrow-call", snapshot: muted, size: narrow, picture: true},
		{name: "settings", snapshot: withRooms, then: []string{"settings"}, size: fyne.NewSize(980, 2280), picture: true},
		{name: "sound-test", snapshot: tryingSound, then: []string{"settings"}, size: fyne.NewSize(980, 2280)},
		{name: "server", snapshot: withRooms, then: []string{"settings", "server:" + roomServer}},
		{name: "server-add", snapshot: home, then: []string{"settings", "settings.addServer", "type:add.address:rooms.example", "add.look"}},
		{name: "server-puzzle", snapshot: puzzled},
		{name: "narrow-server", snapshot: withRooms, size: narrow, then: []string{"settings", "server:" + roomServer}},
		{name: "narrow-server-add", snapshot: home, size: narrow, then: []string{"settings", "settings.addServer", "type:add.address:rooms.example", "add.look"}},
		{name: "incoming-room", snapshot: ringingRoom, ring: true},
		{name: "invite", snapshot: invited, then: []string{"invite"}},
		{name: "invite-own", snapshot: invitedHere, then: []string{"invite"}, own: true},
		{name: "server-down", snapshot: serverDown, then: []string{"person:maya"}},
		{name: "no-answer", snapshot: noAnswer, then: []string{"person:maya"}},
		{name: "outgoing", snapshot: outgoing, picture: true},
		{name: "incoming", snapshot: func(n names) session.Snapshot { return ringing(n, at("maya"), n.friend, media.Video) }, ring: true, always: true},
		{name: "incoming-stranger", snapshot: func(n names) session.Snapshot { return ringing(n, at("jonas"), n.stranger, media.Video) }, ring: true},
		{name: "in-call", snapshot: video, picture: true, always: true},
		{name: "in-call-muted", snapshot: muted, picture: true},
		{name: "in-call-speaking-muted", snapshot: speakingMuted, picture: true},
		{name: "in-call-devices", snapshot: video, then: []string{"devices"}, picture: true},
		{name: "share", snapshot: video, then: []string{"share"}, picture: true, always: true},
		{name: "sharing", snapshot: sharing, picture: true, screen: true, always: true},
		{name: "shown", snapshot: shownTo, picture: true, theirs: true, always: true},
		{name: "narrow-shown", snapshot: shownTo, size: narrow, picture: true, theirs: true},
		{name: "sharing-only", snapshot: sharingOnly, picture: true, page: true},
		{name: "recording", snapshot: recording, picture: true, screen: true},
		{name: "recorded", snapshot: recorded, picture: true},
		{name: "narrow-recording", snapshot: recording, size: narrow, picture: true, screen: true},
		{name: "share-gone", snapshot: shareGone, picture: true},
		{name: "narrow-share", snapshot: video, size: narrow, then: []string{"share"}, picture: true},
		{name: "narrow-sharing", snapshot: sharing, size: narrow, picture: true, screen: true},
		{name: "reconnecting", snapshot: reconnecting, picture: true},
		{name: "voice", snapshot: voice},
	}
}

func invited(n names) session.Snapshot {
	s := everybody(n)
	s.Invite = signaling.InviteLink{Server: otherServer, URL: "https://hub.example/i/q7Xw2mB0Tn6dKc1sYv9hRA", Expires: now.Add(24 * time.Hour)}
	return s
}

func invitedHere(names) session.Snapshot {
	s := alone()
	s.Invite = signaling.InviteLink{Server: ownServer, URL: "http://127.0.0.1:7310/i/q7Xw2mB0Tn6dKc1sYv9hRA", Expires: now.Add(24 * time.Hour)}
	return s
}

func serverDown(n names) session.Snapshot {
	s := everybody(n)
	s.Servers[0].Up, s.Servers[0].Cause, s.Servers[0].RetryAt = false, "refused", now.Add(4*time.Second)
	s.Roster = nil
	s.Notices = []session.Notice{{Code: "cameraBusy", Since: now}}
	return s
}

func noAnswer(n names) session.Snapshot {
	s := everybody(n)
	s.LastEnd = session.Ending{ID: "end", Remote: at("maya"), Name: n.friend, Kind: media.Video, Role: call.Caller, Reason: call.NoAnswer, At: now}
	return s
}

func outgoing(n names) session.Snapshot {
	s := live(n, call.Calling, media.Video)
	s.Call.Alerted = true
	return s
}

func muted(n names) session.Snapshot {
	s := live(n, call.Active, media.Video)
	s.Muted = map[media.Kind]bool{media.Audio: true, media.Video: true}
	s.Notices = []session.Notice{{Code: "slowUpload", Since: now}}
	return s
}

func reconnecting(n names) session.Snapshot {
	s := live(n, call.Recovering, media.Video)
	s.Deadline = now.Add(12 * time.Second)
	return s
}

func speakingMuted(n names) session.Snapshot {
	s := live(n, call.Active, media.Video)
	s.Muted = map[media.Kind]bool{media.Audio: true}
	s.Sound.SpeakingMuted = true
	return s
}

func tryingSound(n names) session.Snapshot {
	s := everybody(n)
	s.Sound.Testing, s.Sound.Test = true, session.SoundTest{Recorded: true, Verdict: session.WellHeard}
	s.Sound.Volume = map[media.DeviceKind]float64{media.Speaker: 0.8, media.Ringer: 0.5}
	s.Sound.Switches = map[session.Stage]bool{session.HighPass: false}
	return s
}

func voice(n names) session.Snapshot {
	s := live(n, call.Active, media.Audio)
	s.Stats.Inbound.Audio.AudioLevel = 0.6
	return s
}

// Variant is a language and a theme.
type Variant struct {
	Language words.Language
	Theme    look.Mode
	Full     bool // every scene, not the most important alone
}

// Variants returns what make screenshots shows.
func Variants() []Variant {
	return []Variant{
		{words.English, look.Light, true},
		{words.English, look.Dark, false},
		{words.Chinese, look.Light, false},
		{words.Chinese, look.Dark, true},
	}
}

// show is one run through all scenes.
type show struct {
	app   fyne.App
	out   string
	queue []func(next func())
	last  *ui.Window
	err   error
	done  func(error)
}

// Start takes the pictures once app runs, writes them into the folder out as
// SCENE-LANGUAGE-THEME.png, and calls done on Fyne's goroutine. only names the
// scenes to be taken; none means all. It needs an X server and ImageMagick.
func Start(app fyne.App, out string, variants []Variant, only []string, done func(error)) {
	s := &show{app: app, out: out, done: done}
	for _, v := range variants {
		for _, sc := range scenes() {
			if wanted(sc, v, only) {
				s.queue = append(s.queue, func(next func()) { s.stage(sc, v, next) })
			}
		}
	}
	if s.err = os.MkdirAll(out, 0o755); s.err != nil {
		s.err = fmt.Errorf("folder for screenshots: %w", s.err)
	}
	s.step()
}

func wanted(sc scene, v Variant, only []string) bool {
	if len(only) > 0 {
		return slices.Contains(only, sc.name)
	}
	return v.Full || sc.always
}

func (s *show) step() {
	if s.err != nil || len(s.queue) == 0 {
		s.done(s.err)
		return
	}
	do := s.queue[0]
	s.queue = s.queue[1:]
	do(s.step)
}

// after runs do on Fyne's goroutine once d has passed.
func after(d time.Duration, do func()) {
	over := false
	wait := fyne.NewAnimation(d, func(part float32) {
		if part == 1 && !over {
			over = true
			do()
		}
	})
	wait.Start()
}

// stage builds the window for a scene, lets it come to rest, uses the controls,
// and takes the picture.
func (s *show) stage(sc scene, v Variant, next func()) {
	local, remote, share, stage := &media.Screen{}, &media.Screen{}, &media.Screen{}, &media.Screen{}
	w := ui.New(ui.Deps{
		App: s.app, Post: func(session.Input) {}, Do: fyne.Do, Local: local, Remote: remote, LocalShare: share, RemoteShare: stage,
		Preferences: ui.Preferences{Name: "Ada", Language: v.Language, Theme: v.Theme},
		Version:     "0.1", Now: func() time.Time { return now }, OwnHub: sc.own, Servers: catalogue{}, Desktop: desktop{namesIn(string(v.Language))},
		Levels: func() ui.Levels { return ui.Levels{Microphone: 0.12, Speaker: 0.06, Remote: 0.06} },
	})
	if sc.size == (fyne.Size{}) {
		sc.size = wide
	}
	w.Main().Resize(sc.size)
	w.Main().Show()
	s.leave(w)
	w.Show(sc.snapshot(namesIn(string(v.Language))))
	after(settle, func() {
		if sc.picture {
			portrait(&remote.Frames, 1280, 720, 0)
			portrait(&local.Frames, 640, 360, 1)
		}
		if sc.screen {
			shown(&share.Frames)
		}
		if sc.theirs {
			shown(&stage.Frames)
		}
		if sc.page {
			shown(&local.Frames)
		}
		s.err = play(w, sc)
		after(settle, func() {
			path := filepath.Join(s.out, fmt.Sprintf("%s-%s-%s.png", sc.name, v.Language, v.Theme))
			if s.err == nil {
				s.err = capture(s.window(w, sc), path)
			}
			next()
		})
	})
}

// play uses the controls of a scene.
func play(w *ui.Window, sc scene) error {
	for _, id := range sc.then {
		if !w.Use(id) {
			return fmt.Errorf("scene %s: there is no %q to use", sc.name, id)
		}
	}
	return nil
}

// leave closes the window of the scene before; there is always one, so that the
// program goes on.
func (s *show) leave(next *ui.Window) {
	if s.last != nil {
		s.last.Main().Close()
	}
	s.last = next
}

func (s *show) window(w *ui.Window, sc scene) fyne.Window {
	for _, other := range s.app.Driver().AllWindows() {
		if sc.ring && other != w.Main() {
			return other
		}
	}
	return w.Main()
}

// capture asks ImageMagick for the picture as the X server has it, because what
// Fyne reads back of a window is black once its buffers are swapped.
func capture(w fyne.Window, path string) error {
	native, ok := w.(driver.NativeWindow)
	if !ok {
		return errors.New("screenshots need a real window")
	}
	err := errors.New("screenshots need an X server")
	native.RunNative(func(context any) {
		x11, ok := context.(driver.X11WindowContext)
		if !ok {
			return
		}
		id := fmt.Sprintf("0x%x", x11.WindowHandle)
		if out, failed := exec.Command("import", "-window", id, path).CombinedOutput(); failed != nil {
			err = fmt.Errorf("import of %s: %w: %s", path, failed, out)
			return
		}
		err = nil
	})
	return err
}
