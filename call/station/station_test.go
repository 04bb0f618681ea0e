package station

import (
	"context"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/call"
	"parley/call/session"
	"parley/media"
	"parley/signaling"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("database/sql.(*DB).connectionOpener"))
}

// patience bounds how long anything real may take here.
const patience = 20 * time.Second

// rig is a running station whose snapshots can be waited for.
type rig struct {
	*Station
	t      *testing.T
	stop   context.CancelFunc
	done   chan struct{}
	mu     sync.Mutex
	latest session.Snapshot
	more   chan struct{} // closed and renewed at every snapshot
}

// start runs a station with made-up devices on the hub at listen.
func start(t *testing.T, listen string, edit func(*Options)) *rig {
	t.Helper()
	r := &rig{t: t, done: make(chan struct{}), more: make(chan struct{})}
	o := Options{
		Data: t.TempDir(), HubListen: listen, Camera: "pattern", Microphone: "tone", Speaker: "off",
		Log: slog.New(slog.DiscardHandler), Show: r.show,
	}
	if edit != nil {
		edit(&o)
	}
	ctx, stop := context.WithCancel(t.Context())
	s, err := New(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	r.Station, r.stop = s, stop
	go func() {
		defer close(r.done)
		if err := s.Run(ctx); err != nil {
			t.Error(err)
		}
	}()
	t.Cleanup(r.end)
	return r
}

func (r *rig) end() {
	r.stop()
	<-r.done
}

func (r *rig) show(s session.Snapshot) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.latest = s
	close(r.more)
	r.more = make(chan struct{})
}

// await waits for a snapshot that is as wished.
func (r *rig) await(what string, wish func(session.Snapshot) bool) session.Snapshot {
	r.t.Helper()
	late := time.After(patience)
	for {
		r.mu.Lock()
		s, more := r.latest, r.more
		r.mu.Unlock()
		if wish(s) {
			return s
		}
		select {
		case <-more:
		case <-late:
			r.t.Fatalf("never came: %s; last %+v", what, s)
		}
	}
}

func (r *rig) awaitPhase(p call.Phase) session.Snapshot {
	r.t.Helper()
	return r.await(p.String(), func(s session.Snapshot) bool { return s.Call.Phase == p })
}

// sees waits until somebody is here and returns their address.
func (r *rig) sees(name string) signaling.Address {
	r.t.Helper()
	var found signaling.Address
	r.await(name, func(s session.Snapshot) bool {
		for _, m := range s.Roster {
			if m.Address.Name == name {
				found = m.Address
			}
		}
		return found.Name != ""
	})
	return found
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

func TestStation_CallsEchoOnItsOwnHub(t *testing.T) {
	r := start(t, "127.0.0.1:0", func(o *Options) { o.Pictures = true })
	r.Post(session.Dial{To: r.sees("echo"), Kind: media.Video})
	r.await("picture and sound", func(s session.Snapshot) bool { return len(s.FirstFrame) == 2 })
	// The first picture may be smaller than the camera's, until the path is known.
	if picture, fresh := r.Remote.Front(); !fresh || picture.Rect.Dx()*9 != picture.Rect.Dy()*16 {
		t.Errorf("remote picture %v, fresh %v", picture.Rect, fresh)
	}
	if picture, fresh := r.Local.Front(); !fresh || picture.Rect.Dx() != mirrorWidth {
		t.Errorf("local picture %v, fresh %v", picture.Rect, fresh)
	}
	r.Post(session.Hangup{})
	s := r.await("history", func(s session.Snapshot) bool { return s.Call.Phase == call.Idle && len(s.History) == 1 })
	if h := s.History[0]; !h.Answered || h.End != call.LocalHangup || h.Role != call.Caller || h.Name != "Echo" {
		t.Errorf("recorded %+v", h)
	}
}

func TestStation_TwoOfOneNameShareAHubAndTakeItOver(t *testing.T) {
	address := freeAddress(t)
	first := start(t, address, nil)
	first.sees("echo")
	second := start(t, address, nil)
	name, _ := first.name(Server{})
	other := first.sees(name + "-2")
	second.sees(name)

	first.Post(session.Dial{To: other, Kind: media.Audio})
	second.awaitPhase(call.Ringing)
	second.Post(session.Accept{Kind: media.Audio})
	first.awaitPhase(call.Active)
	first.end() // says goodbye over the hub that ends with it
	if s := second.awaitPhase(call.Idle); s.LastEnd.Reason != call.RemoteHangup {
		t.Errorf("ended with %v", s.LastEnd.Reason)
	}
	second.await("its own hub, with Echo, under the name that others know", func(s session.Snapshot) bool {
		return len(s.Servers) == 1 && s.Servers[0].Up && s.Servers[0].Self.Address == other && len(s.Roster) == 1
	})
}

func TestStation_ChosenNameIsNotChanged(t *testing.T) {
	address := freeAddress(t)
	named := func(o *Options) { o.Name = "ann" }
	start(t, address, named).sees("echo")
	second := start(t, address, named)
	second.await("refusal", func(s session.Snapshot) bool {
		return len(s.Servers) == 1 && !s.Servers[0].Up && strings.Contains(strings.ToLower(s.Servers[0].Cause), "name")
	})
	second.Change(func(s *Settings) { s.Name = "bob" })
	if name, chosen := second.name(Server{}); name != "ann" || !chosen {
		t.Errorf("the flag counts more than the setting, but the name is %q", name)
	}
}

func TestStation_NewNameConnectsAnew(t *testing.T) {
	r := start(t, "127.0.0.1:0", nil)
	r.sees("echo")
	r.Change(func(s *Settings) { s.Name, s.Display = "bob", "Bob" })
	r.await("new name", func(s session.Snapshot) bool {
		return len(s.Servers) == 1 && s.Servers[0].Up && s.Servers[0].Self.Address.Name == "bob" && s.Servers[0].Self.Name == "Bob"
	})
}

func TestStation_SharingMovesTheHubBehindTLS(t *testing.T) {
	r := start(t, freeAddress(t), nil)
	r.sees("echo")
	for _, want := range []struct {
		share  bool
		scheme string
	}{{true, "https://"}, {false, "http://"}} {
		r.Change(func(s *Settings) { s.Share = want.share })
		r.await("a link that begins with "+want.scheme, func(s session.Snapshot) bool {
			if len(s.Servers) == 1 && s.Servers[0].Up && !strings.HasPrefix(s.Invite.URL, want.scheme) {
				r.Post(session.Invite{Server: s.Servers[0].URL})
			}
			return strings.HasPrefix(s.Invite.URL, want.scheme)
		})
	}
}

func TestStation_AnswersByItself(t *testing.T) {
	address := freeAddress(t)
	a := start(t, address, func(o *Options) { o.Name = "a" })
	b := start(t, address, func(o *Options) { o.Name, o.AutoAnswer = "b", true })
	for range 3 {
		a.Post(session.Dial{To: a.sees("b"), Kind: media.Video})
		a.awaitPhase(call.Active)
		b.awaitPhase(call.Active)
		a.Post(session.Hangup{})
		a.awaitPhase(call.Idle)
		b.awaitPhase(call.Idle)
	}
}

func TestStation_NoCameraNoSoundIsADegradedCall(t *testing.T) {
	t.Setenv("PULSE_SERVER", "unix:/nonexistent")
	r := start(t, "127.0.0.1:0", func(o *Options) { o.Camera, o.Microphone, o.Speaker = "", "", "" })
	r.Post(session.Dial{To: r.sees("echo"), Kind: media.Video})
	s := r.await("the placeholder's picture, back from Echo", func(s session.Snapshot) bool {
		return !s.FirstFrame[media.Video].IsZero() && len(s.Notices) > 0
	})
	codes := map[string]int{}
	for _, n := range s.Notices {
		codes[n.Code]++
	}
	if codes["noCamera"] != 1 || codes["noSoundServer"] > 1 {
		t.Errorf("noticed %v", codes)
	}
}

func TestStation_ScreenWithoutADisplayIsADegradedCall(t *testing.T) {
	t.Setenv("DISPLAY", "")
	r := start(t, "127.0.0.1:0", func(o *Options) { o.Camera = "screen" })
	r.Post(session.Dial{To: r.sees("echo"), Kind: media.Video})
	r.await("a sentence, and the placeholder's picture", func(s session.Snapshot) bool {
		told := slices.ContainsFunc(s.Notices, func(n session.Notice) bool { return n.Code == "noScreen" })
		return told && !s.FirstFrame[media.Video].IsZero()
	})
}

func TestStation_PortTakenByAStranger(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	r := start(t, l.Addr().String(), nil)
	r.await("notice", func(s session.Snapshot) bool {
		return len(s.Notices) > 0 && s.Notices[0].Code == "hubPortTaken"
	})
}

func TestStation_BadChoiceIsRefused(t *testing.T) {
	_, err := New(t.Context(), Options{Data: t.TempDir(), Speaker: "pattern", Log: slog.New(slog.DiscardHandler)})
	if err == nil || !strings.Contains(err.Error(), "speaker") {
		t.Errorf("made with %v", err)
	}
}

// What the settings hold is no reason not to start: the user may have no other
// way to change it.
func TestStation_BadChoiceInSettingsIsTheDefault(t *testing.T) {
	dir := t.TempDir()
	if err := (Settings{Devices: map[media.DeviceKind]string{media.Speaker: "pattern"}}).Save(dir); err != nil {
		t.Fatal(err)
	}
	start(t, "127.0.0.1:0", func(o *Options) { o.Data, o.Speaker = dir, "" }).sees("echo")
}

func TestStation_FolderThatTakesNoBook(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, bookFile), 0o700); err != nil {
		t.Fatal(err)
	}
	r := start(t, "127.0.0.1:0", func(o *Options) { o.Data = dir })
	r.Post(session.Dial{To: r.sees("echo"), Kind: media.Audio})
	r.awaitPhase(call.Active)
	r.Post(session.Hangup{})
	r.await("a call that is kept for now, and the notice", func(s session.Snapshot) bool {
		return len(s.History) == 1 && len(s.Notices) > 0 && s.Notices[0].Code == "bookReadOnly"
	})
}

// A name that is refused is said by name.
func TestStation_RefusedNameIsTold(t *testing.T) {
	address := freeAddress(t)
	named := func(o *Options) { o.Name = "ann" }
	start(t, address, named).sees("echo")
	start(t, address, named).await("notice", func(s session.Snapshot) bool {
		return len(s.Notices) > 0 && s.Notices[0].Code == "nameTaken" && s.Notices[0].Args["name"] == "ann"
	})
}

func TestStation_FilesInPlaceOfDevices(t *testing.T) {
	r := start(t, "127.0.0.1:0", func(o *Options) {
		o.Camera, o.Microphone, o.Speaker = "file:/nope.y4m", "file:/nope.wav", "file:/nope/out.wav"
	})
	r.Post(session.Dial{To: r.sees("echo"), Kind: media.Video})
	r.await("a notice of each", func(s session.Snapshot) bool {
		codes := map[string]string{}
		for _, n := range s.Notices {
			codes[n.Code] = n.Args["path"]
		}
		return codes["cameraFile"] == "/nope.y4m" && codes["microphoneFile"] == "/nope.wav" && codes["speakerFile"] == "/nope/out.wav"
	})
}

// A hub that lets the network in has a certificate of its own: other Parleys of
// this computer meet it all the same, and those elsewhere by its fingerprint.
func TestStation_SharedHubIsMet(t *testing.T) {
	address := freeAddress(t)
	first := start(t, address, func(o *Options) { o.Name = "ann" })
	first.sees("echo")
	second := start(t, address, func(o *Options) { o.Name = "ben" })
	second.sees("ann")
	first.Change(func(s *Settings) { s.Share = true })
	first.await("TLS", func(session.Snapshot) bool { return first.links.own.fingerprint() != "" })
	third := start(t, "", func(o *Options) {
		o.Name, o.Only = "cid", Server{URL: "wss://" + address, Profile: HubProfile, Fingerprint: first.links.own.fingerprint()}
	})
	third.sees("ann")
	third.sees("ben")
}

func TestStation_OtherFingerprintIsRefused(t *testing.T) {
	address := freeAddress(t)
	first := start(t, address, func(o *Options) { o.Name, o.Share = "ann", true })
	first.sees("echo")
	other := start(t, "", func(o *Options) {
		o.Name, o.Only = "cid", Server{URL: "wss://" + address, Profile: HubProfile, Fingerprint: strings.Repeat("00", 32)}
	})
	other.await("refusal", func(s session.Snapshot) bool {
		return len(s.Servers) == 1 && !s.Servers[0].Up && s.Servers[0].Cause == session.CauseCertificate
	})
}
