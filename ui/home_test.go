package ui

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"parley/assets/words"
	"parley/call"
	"parley/call/session"
	"parley/media"
	"parley/signaling"
	"parley/ui/look"
	"parley/ui/widget"
)

func TestCallSomebody(t *testing.T) {
	b := open(t)
	b.Show(rest())
	b.use("person:maya")
	b.use("person.video")
	b.expect(session.Dial{To: at("maya"), Kind: media.Video})
	b.use("person.voice")
	b.expect(session.Dial{To: at("maya"), Kind: media.Audio})
	b.press(b.main.Canvas(), fyne.KeyEscape)
	if b.Use("person.video") {
		t.Error("Escape did not close the page")
	}
	b.use("home.echo")
	b.expect(session.Dial{To: at("echo"), Kind: media.Video})
}

func TestEchoIsOfferedWhereItIs(t *testing.T) {
	b := open(t)
	b.Show(rest())
	if _, ok := b.find("home.echo"); !ok {
		t.Fatal("Echo is here and not offered")
	}
	away := rest()
	away.Roster = away.Roster[1:]
	b.Show(away)
	if _, ok := b.find("home.echo"); ok {
		t.Error("Echo is offered and not here")
	}
	b.Show(rest())
	b.use("home.echo")
	b.expect(session.Dial{To: at("echo"), Kind: media.Video})
}

func TestCallSomebodyByKeys(t *testing.T) {
	b := open(t)
	b.Show(rest())
	b.focusSearch()
	b.typeIn(b.main.Canvas(), "zoe")
	b.press(b.main.Canvas(), fyne.KeyReturn)
	b.press(b.main.Canvas(), fyne.KeyReturn)
	b.expect(session.Dial{To: at("zoe"), Kind: media.Video})
	b.Show(inPhase(call.Active, media.Video))
	b.press(b.main.Canvas(), fyne.KeyReturn) // once more than was needed
	b.press(b.main.Canvas(), fyne.KeyM)
	b.expect(session.Mute{Kind: media.Audio, On: true})
	picture(&b.remote, 64, 36)
	b.pull.tick()
	b.pass(10 * time.Second)
	b.pull.tick()
	if b.call.mute.Visible() {
		t.Error("the controls do not rest in a call that keys began")
	}
	b.Show(rest())
	b.focusSearch()
	b.press(b.main.Canvas(), fyne.KeyEscape)
	if b.view.Search != "" || b.main.Canvas().Focused() != nil {
		t.Error("Escape does not leave the search")
	}
}

// Fyne leaves the focus where it is when that is hidden.
func TestKeysOfACallAreNotTypedBehindIt(t *testing.T) {
	for name, c := range map[string]struct {
		oneWindow bool
		focus     func(b *bench)
	}{
		"in the search":          {false, func(b *bench) { b.focusSearch() }},
		"in the settings":        {false, func(b *bench) { b.openSettings(); b.main.Canvas().Focus(b.home.settings.name) }},
		"where it rings over it": {true, func(b *bench) { b.focusSearch() }},
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t, func(d *Deps) { d.OneWindow = c.oneWindow })
			b.Show(rest())
			c.focus(b)
			typed := b.main.Canvas().Focused()
			if typed == nil {
				t.Fatal("nothing has the focus")
			}
			b.Show(inPhase(call.Ringing, media.Video))
			b.Show(inPhase(call.Active, media.Video))
			b.posted = nil
			b.press(b.main.Canvas(), fyne.KeyM)
			b.expect(session.Mute{Kind: media.Audio, On: true})
			b.main.Canvas().Focus(b.call.hangup)
			b.Show(rest())
			if left := b.main.Canvas().Focused(); left != nil {
				t.Errorf("after the call %T has the focus", left)
			}
		})
	}
}

// Whatever Tab leads to keeps the focus when the window is brought up to date.
func TestFocusStaysOnWhatIsInView(t *testing.T) {
	for name, bring := range map[string]func(b *bench){
		"home":     func(b *bench) { b.Show(rest()) },
		"settings": func(b *bench) { b.Show(rest()); b.openSettings() },
		"a person": func(b *bench) { b.Show(rest()); b.home.openPerson(at("maya")) },
		"a sheet":  func(b *bench) { b.Show(rest()); b.openInvite() },
		"a call":   func(b *bench) { b.Show(inPhase(call.Active, media.Video)) },
		"a menu":   func(b *bench) { b.Show(inPhase(call.Active, media.Video)); b.call.openDevices() },
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t, func(d *Deps) { d.Desktop, d.Servers = &desktopOf{}, &registry{} })
			bring(b)
			for range 40 {
				b.main.Canvas().FocusNext()
				was := b.main.Canvas().Focused()
				b.render()
				if is := b.main.Canvas().Focused(); was == nil || is != was {
					t.Fatalf("the focus went from %T to %v", was, is)
				}
			}
		})
	}
}

func TestContacts(t *testing.T) {
	b := open(t)
	s := rest()
	b.Show(s)
	b.use("person:maya")
	b.use("person.add")
	ann := call.Contact{Address: at("maya"), Name: "Maya", Added: start}
	b.expect(session.SaveContact{Contact: ann})
	s.Contacts = []call.Contact{ann}
	b.Show(s)
	b.pass(time.Hour)
	b.use("person.star")
	ann.Starred = true
	b.expect(session.SaveContact{Contact: ann})
	b.use("person.remove")
	b.use("remove.cancel")
	b.expect()
	b.use("person.remove")
	b.use("remove.confirm")
	b.expect(session.RemoveContact{Address: at("maya")})
	if b.main.Canvas().Overlays().Top() != nil {
		t.Error("the question stays")
	}
}

func TestMissedCallsAreSeenWhenLookedAt(t *testing.T) {
	b := open(t)
	s := rest()
	s.History = []call.Record{{ID: "r1", Remote: at("maya"), Name: "Maya", Role: call.Callee, End: call.Missed, Started: start}}
	b.Show(s)
	if tab, _ := b.find("tab.calls"); tab.Name != "Calls, 1 missed" {
		t.Errorf("the tab is called %q", tab.Name)
	}
	b.use("tab.calls")
	b.expect(session.SeeMissed{})
	b.use("call:r1")
	if b.model.Home.Person.Address != at("maya") {
		t.Error("a call does not open its person")
	}
	b.use("tab.people")
	b.use("person:maya")
	b.expect()
}

func TestOfflineServerDisablesCalling(t *testing.T) {
	b := open(t)
	s := rest()
	s.Contacts = []call.Contact{{Address: at("maya"), Name: "Maya"}}
	s.Servers[0].Up = false
	b.Show(s)
	b.use("person:maya")
	if w, ok := b.find("person.video"); !ok || w.Enabled {
		t.Errorf("%+v %v", w, ok)
	}
	if b.Use("person.video") {
		t.Error("a disabled button can be used")
	}
	b.expect()
}

func TestInvite_SharesTheOwnHub(t *testing.T) {
	b := open(t, func(d *Deps) { d.OwnHub = true })
	s := rest()
	s.Invite = signaling.InviteLink{Server: hub, URL: "https://hub.example/i/token"}
	b.Show(s)
	b.use("invite")
	for _, want := range []bool{true, false} {
		b.use("invite.share")
		if len(b.saved) == 0 || b.saved[len(b.saved)-1].Share != want {
			t.Errorf("saved %+v, want Share %v", b.saved, want)
		}
	}
	if w, _ := b.find("invite.share"); w.Name != "Let people on this network in" {
		t.Errorf("after switching it off the button says %q", w.Name)
	}
}

func TestInvite(t *testing.T) {
	b := open(t)
	s := rest()
	b.Show(s)
	b.use("invite")
	b.expect(session.Invite{Server: hub})
	if b.Use("invite.copy") {
		t.Fatal("there is a link before there is one")
	}
	s.Invite = signaling.InviteLink{Server: hub, URL: "https://hub.example/i/token", Expires: start.Add(time.Hour)}
	b.Show(s)
	b.use("invite.copy")
	if got := b.deps.App.Clipboard().Content(); got != s.Invite.URL {
		t.Errorf("the clipboard has %q", got)
	}
	if w, _ := b.find("invite.copy"); w.Name != "Copied" {
		t.Errorf("after copying the button says %q", w.Name)
	}
	b.posted = nil
	s.Invite = signaling.InviteLink{}
	b.Show(s)
	b.expect(session.Invite{Server: hub}) // the link ended with its server, so another is asked for
	b.use("invite.close")
	b.use("invite")
	b.Show(inPhase(call.Calling, media.Video))
	if b.main.Canvas().Overlays().Top() != nil {
		t.Error("the sheet stays over a call")
	}
}

func TestPreferences(t *testing.T) {
	b := open(t)
	b.Show(rest())
	b.use("settings")
	b.expect(session.Preview{On: true})
	b.use("settings.language")
	b.use("settings.language:zh")
	if b.words.Language() != words.Chinese || len(b.saved) != 1 || b.saved[0].Language != words.Chinese {
		t.Fatalf("language %s, saved %+v", b.words.Language(), b.saved)
	}
	if w, _ := b.find("settings"); w.Name != "设置" {
		t.Errorf("the button is called %q", w.Name)
	}
	b.use("settings.theme")
	b.use("settings.theme:dark")
	if b.prefs.Theme != look.Dark || len(b.saved) != 2 {
		t.Errorf("theme %s, saved %+v", b.prefs.Theme, b.saved)
	}
	b.use("type:settings.name:Ada")
	if b.prefs.Name != "Ada" || len(b.saved) != 3 {
		t.Errorf("name %q, saved %+v", b.prefs.Name, b.saved)
	}
	b.posted = nil
	b.use("back")
	b.expect(session.Preview{On: false})
}

func TestSettingsListTheKeysOfACall(t *testing.T) {
	b := open(t)
	listed := map[string]bool{}
	var visit func(o fyne.CanvasObject)
	visit = func(o fyne.CanvasObject) {
		switch o := o.(type) {
		case *widget.Text:
			listed[o.Content] = true
		case *container.Scroll:
			visit(o.Content)
		case *fyne.Container:
			for _, child := range o.Objects {
				visit(child)
			}
		}
	}
	visit(b.home.settings.root)
	for key, text := range map[string]string{
		"M": "Mute, in a call", "V": "Camera, in a call", "S": "Share your screen, in a call", "D": "Devices, in a call",
		"P": "Save the picture, in a call", "R": "Record, in a call", "F": "Full screen, in a call", "+ −": "Enlarge or reduce the picture",
		"0": "The whole picture", "1": "Pixel for pixel", "← ↑ → ↓": "Move the enlarged picture",
		"Ctrl K": "Search", "Enter": "Answer, when it rings",
	} {
		if !listed[key] || !listed[text] {
			t.Errorf("%s, which does %q, is not listed", key, text)
		}
	}
}

func TestChooseDevice(t *testing.T) {
	b := open(t)
	s := rest()
	s.Devices = []media.Device{{Kind: media.Microphone, ID: "m1", Name: "Headset"}}
	b.tall()
	b.Show(s)
	b.use("settings")
	b.posted = nil
	b.use("settings.microphone")
	b.use("settings.microphone:m1")
	headset, err := media.ParseChoice(media.Microphone, "m1")
	if err != nil {
		t.Fatal(err)
	}
	b.expect(session.Choose{Kind: media.Microphone, Choice: headset})

	live := inPhase(call.Active, media.Audio)
	live.Devices = s.Devices
	b.Show(live)
	b.posted = nil
	b.use("devices")
	if b.Use("device.camera:off") {
		t.Error("a voice call offers cameras")
	}
	b.use("device.microphone:m1")
	b.expect(session.Choose{Kind: media.Microphone, Choice: headset})
}

func TestBanners(t *testing.T) {
	b := open(t)
	s := rest()
	s.LastEnd = session.Ending{ID: "e1", Remote: at("maya"), Name: "Maya", Kind: media.Video, Reason: call.NoAnswer, At: start}
	s.Notices = []session.Notice{{Code: "cameraBusy", Since: start}}
	b.Show(s)
	b.use("banner.act:e1")
	b.expect(session.Dial{To: at("maya"), Kind: media.Video})
	if b.Use("banner.dismiss:e1") {
		t.Error("calling again leaves the sentence")
	}
	b.use("banner.dismiss:cameraBusy")
	b.expect(session.Dismiss{Code: "cameraBusy"})
	b.use("banner.act:cameraBusy")
	b.expect(session.Preview{On: true})
}

func TestNarrowWindowShowsOneAtATime(t *testing.T) {
	b := open(t)
	b.Show(rest())
	b.main.Resize(fyne.NewSize(400, 700))
	if _, ok := b.find("home.echo"); ok {
		t.Error("the pane shows beside the list")
	}
	b.use("person:maya")
	if _, ok := b.find("person:maya"); ok {
		t.Error("the list shows beside the pane")
	}
	b.use("back")
	b.use("person:maya")
	b.main.Resize(fyne.NewSize(1000, 700))
	if _, ok := b.find("back"); ok {
		t.Error("a wide window has a way back to what is in view")
	}
}
