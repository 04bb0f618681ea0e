package station

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"parley/call"
	"parley/call/session"
	"parley/media"
	"parley/signaling"
)

// awaitServer waits until a server is as wished.
func (r *rig) awaitServer(what, url string, wish func(session.Server) bool) {
	r.t.Helper()
	r.await(what, func(s session.Snapshot) bool {
		return slices.ContainsFunc(s.Servers, func(k session.Server) bool { return k.URL == url && wish(k) })
	})
}

func (r *rig) awaitNotice(code string) session.Notice {
	r.t.Helper()
	var found session.Notice
	r.await("notice "+code, func(s session.Snapshot) bool {
		i := slices.IndexFunc(s.Notices, func(n session.Notice) bool { return n.Code == code })
		if i >= 0 {
			found = s.Notices[i]
		}
		return i >= 0
	})
	return found
}

func isUp(k session.Server) bool { return k.Up }

// others starts a Parley whose own hub is another server to the one under test.
func others(t *testing.T, name string) (r *rig, url string) {
	t.Helper()
	address := freeAddress(t)
	r = start(t, address, func(o *Options) { o.Name = name })
	r.sees("echo")
	return r, "ws://" + address
}

func TestServers_CallsOnASecondHubAndRemovesIt(t *testing.T) {
	bob, url := others(t, "bob")
	ann := start(t, "127.0.0.1:0", func(o *Options) { o.Name = "ann" })
	ann.sees("echo")
	if err := ann.AddServer(NewServer{URL: strings.Replace(url, "ws", "http", 1), Name: "anna"}); err != nil {
		t.Fatal(err)
	}
	ann.awaitServer("the other hub", url, func(k session.Server) bool {
		return k.Up && k.Profile == HubProfile && k.Self.Address == signaling.Address{Server: url, Name: "anna"}
	})
	if kept := ann.Settings().Servers; len(kept) != 1 || kept[0].Profile != HubProfile {
		t.Errorf("kept %+v: what was recognised need not be found out again", kept)
	}
	ann.Post(session.Dial{To: ann.sees("bob"), Kind: media.Audio})
	bob.awaitPhase(call.Ringing)
	bob.Post(session.Accept{Kind: media.Audio})
	ann.awaitPhase(call.Active)
	if err := ann.RemoveServer(url); err != nil {
		t.Fatal(err)
	}
	bob.await("a goodbye", func(s session.Snapshot) bool { return s.LastEnd.Reason == call.RemoteHangup })
	ann.await("one server", func(s session.Snapshot) bool { return len(s.Servers) == 1 && s.Call.Phase == call.Idle })
	if kept := ann.Settings().Servers; len(kept) != 0 || len(ann.Servers()) != 1 {
		t.Errorf("kept %+v, in use %+v", kept, ann.Servers())
	}
	bob.await("ann gone", func(s session.Snapshot) bool { return len(s.Roster) == 1 })
}

func TestServers_OfTheSettingsAreConnected(t *testing.T) {
	_, url := others(t, "bob")
	dir := t.TempDir()
	settings := Settings{Servers: []Server{
		{URL: url, Profile: HubProfile},
		{URL: "ws://127.0.0.1:1", Profile: "gone"},
		{URL: "ws://127.0.0.1:2", Profile: "vue-av-call", CA: "/nope"},
		{URL: "ws://127.0.0.1:3", Profile: "needy"},
	}}
	if err := settings.Save(dir); err != nil {
		t.Fatal(err)
	}
	text, err := ProfileText(dir, "room-ws")
	if err != nil {
		t.Fatal(err)
	}
	needy := strings.Replace(string(text), `"room-ws"`, `"needy"`, 1) + "\n[param.colour]\nlabel = { en = \"Colour\" }\nrequired = true\n"
	writeProfile(t, dir, "needy.toml", needy)
	ann := start(t, "127.0.0.1:0", func(o *Options) { o.Data, o.Name = dir, "ann" })
	ann.sees("bob")
	ann.awaitServer("no such profile", "ws://127.0.0.1:1", func(k session.Server) bool { return k.Cause == "profileMissing" })
	if n := ann.awaitNotice("profileMissing"); n.Args["name"] != "gone" || n.Args["server"] != "ws://127.0.0.1:1" {
		t.Errorf("noticed %+v", n)
	}
	ann.awaitNotice("serverSetup")
	if n := ann.awaitNotice("paramMissing"); n.Args["name"] != "colour" {
		t.Errorf("noticed %+v", n)
	}
}

func writeProfile(t *testing.T, dir, name, text string) {
	t.Helper()
	folder := filepath.Join(dir, profilesFolder)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestServers_AddingIsRefused(t *testing.T) {
	r := start(t, "127.0.0.1:0", nil)
	for key, n := range map[string]NewServer{
		"start.badServer":      {URL: "ftp://x"},
		"start.badFingerprint": {URL: "wss://x", Fingerprint: "1"},
		"start.unknownProfile": {URL: "wss://x", Profile: "nothing-like-it"},
		"start.profileMeant":   {URL: "wss://x", Profile: "room-w"},
		"start.noRooms":        {URL: "wss://x", Profile: "vue-av-call", Rooms: []string{"1"}},
		"start.noParams":       {URL: "wss://x", Profile: HubProfile, Params: map[string]string{"a": "b"}},
		"start.badParam":       {URL: "wss://x", Profile: "room-ws", Params: map[string]string{"a": "b"}},
	} {
		var f *Fault
		if err := r.AddServer(n); !errors.As(err, &f) || f.Key != key {
			t.Errorf("%+v is refused by %v, want %s", n, err, key)
		}
	}
	if err := r.RemoveServer(ownServer); err == nil {
		t.Error("the own hub can be removed")
	}
	if err := r.AddServer(NewServer{URL: "https://127.0.0.1:1", Profile: "room-ws"}); err != nil {
		t.Error(err)
	}
	if err := r.RemoveServer("https://127.0.0.1:1"); err != nil {
		t.Errorf("what was added cannot be removed: %v", err)
	}
	if kept := r.Settings().Servers; len(kept) != 0 {
		t.Errorf("kept %+v", kept)
	}
}

// Names are letters, digits and a few signs on a hub; what other servers take
// is theirs to say.
func TestOptions_NamesOfOtherServers(t *testing.T) {
	for profile, refused := range map[string]bool{"login-offer": false, "": false, HubProfile: true} {
		err := Options{Name: "ann lee@calls.example", Only: Server{URL: "wss://x", Profile: profile}}.check()
		if (err != nil) != refused {
			t.Errorf("%q: %v", profile, err)
		}
	}
	if err := (Options{Name: "ann lee"}).check(); err == nil {
		t.Error("the own hub would refuse the name")
	}
}

// Joining a room is adding it, calling it calls who is there, and removing the
// contact leaves it.
func TestServers_RoomsAreContacts(t *testing.T) {
	h := newHall(t)
	only := func(o *Options) { o.Only, o.Rooms = Server{URL: h.url, Profile: "room-ws"}, []string{"001"} }
	ann, bob := start(t, "", only), start(t, "", only)
	room := signaling.Address{Server: h.url, Name: "001"}
	for _, r := range []*rig{ann, bob} {
		r.awaitServer("the hall", h.url, isUp)
		r.await("the room among the contacts", func(s session.Snapshot) bool { return len(s.Contacts) == 1 && s.Contacts[0].Address == room })
		r.sees("001")
		if came := <-h.came; came != "001" {
			t.Errorf("somebody came to %q", came)
		}
	}
	ann.Post(session.Dial{To: room, Kind: media.Video})
	bob.awaitPhase(call.Ringing)
	bob.Post(session.Accept{Kind: media.Video})
	for _, r := range []*rig{ann, bob} {
		r.await("picture and sound", func(s session.Snapshot) bool { return len(s.FirstFrame) == 2 })
	}
	ann.Post(session.Hangup{})
	ann.awaitPhase(call.Idle)
	bob.awaitPhase(call.Idle)
	ann.Post(session.RemoveContact{Address: room})
	if left := <-h.left; left != "001" {
		t.Errorf("left %q", left)
	}
}

// A room that is not among the contacts is joined by calling it.
func TestServers_CallingARoomJoinsIt(t *testing.T) {
	h := newHall(t)
	bob := start(t, "", func(o *Options) { o.Only, o.Rooms = Server{URL: h.url}, []string{"7"} }) // found out to be room-ws
	bob.sees("7")
	for came := ""; came != "7"; { // who looks at the server is in another room
		came = <-h.came
	}
	ann := start(t, "127.0.0.1:0", nil)
	if err := ann.AddServer(NewServer{URL: h.url, Profile: "room-ws"}); err != nil {
		t.Fatal(err)
	}
	ann.awaitServer("the hall", h.url, isUp)
	ann.Post(session.Dial{To: signaling.Address{Server: h.url, Name: "7"}, Kind: media.Audio})
	bob.awaitPhase(call.Ringing)
	ann.await("the room among the contacts", func(s session.Snapshot) bool { return len(s.Contacts) == 1 && s.Contacts[0].Address.Name == "7" })
	ann.Post(session.Hangup{})
	ann.awaitPhase(call.Idle)
}

// What is kept of a server need not be said again.
func TestServers_OnlyOneThatIsKept(t *testing.T) {
	h := newHall(t)
	dir := t.TempDir()
	kept := Server{URL: h.url, Profile: "room-ws", Name: "ann", Params: map[string]string{"room": "1"}, Proxy: "direct"}
	if err := (Settings{Servers: []Server{kept}}).Save(dir); err != nil {
		t.Fatal(err)
	}
	r := start(t, "", func(o *Options) {
		o.Data, o.Only = dir, Server{URL: strings.Replace(h.url, "ws", "http", 1), Params: map[string]string{"room": "2"}}
	})
	kept.Params = map[string]string{"room": "2"}
	if got := r.Servers(); len(got) != 1 || !reflect.DeepEqual(got[0], kept) {
		t.Errorf("uses %+v", got)
	}
	r.awaitServer("the hall", h.url, isUp)
}

// A hub whose certificate only a file vouches for, through a proxy.
func TestServers_OwnAuthoritiesAndProxy(t *testing.T) {
	address := freeAddress(t)
	bob := start(t, address, func(o *Options) { o.Name, o.Share = "bob", true })
	bob.sees("echo")
	var through atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect {
			http.Error(w, "only CONNECT", http.StatusMethodNotAllowed)
			return
		}
		through.Add(1)
		join(w, r.Host)
	}))
	t.Cleanup(proxy.Close)
	ann := start(t, "", func(o *Options) {
		o.Name = "ann"
		o.Only = Server{URL: "wss://" + address, CA: filepath.Join(bob.dir, "hub", "hub.pem"), Proxy: proxy.URL}
	})
	ann.sees("bob")
	if through.Load() < 2 { // to look at it, and to stay
		t.Errorf("%d connections through the proxy", through.Load())
	}
	stranger := start(t, "", func(o *Options) { o.Only = Server{URL: "wss://" + address} })
	stranger.awaitServer("distrust", "wss://"+address, func(k session.Server) bool { return k.Cause == session.CauseCertificate })
}

// join makes the connection of a request one to host, until either ends.
func join(w http.ResponseWriter, host string) {
	there, err := net.Dial("tcp", host)
	if err != nil {
		http.Error(w, "nobody there", http.StatusBadGateway)
		return
	}
	defer func() { _ = there.Close() }()
	here, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer func() { _ = here.Close() }()
	_, _ = io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n")
	var back sync.WaitGroup
	back.Go(func() {
		_, _ = io.Copy(here, there)
		_ = here.Close()
	})
	_, _ = io.Copy(there, here)
	_ = there.Close()
	back.Wait()
}

func TestServers_NobodyThere(t *testing.T) {
	url := "ws://" + freeAddress(t)
	r := start(t, "", func(o *Options) { o.Only = Server{URL: url} })
	r.awaitServer("refusal", url, func(k session.Server) bool { return k.Cause == session.CauseRefused })
	report, err := r.Probe(context.Background(), url)
	if err != nil || report.Profile != "" || len(report.Findings) == 0 {
		t.Errorf("found %+v, %v", report, err)
	}
}

func TestServers_NoSignalingServer(t *testing.T) {
	web := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(web.Close)
	url := "ws" + strings.TrimPrefix(web.URL, "http")
	r := start(t, "", func(o *Options) { o.Only = Server{URL: url} })
	r.awaitServer("an end of the search", url, func(k session.Server) bool { return k.Cause != "" })
}

// A profile that is wrong is told with its place, and the others work.
func TestProfiles_OfTheDataFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "[mine]")
	text, err := ProfileText(dir, "room-ws")
	if err != nil {
		t.Fatal(err)
	}
	own := strings.Replace(string(text), `"room-ws"`, `"mine"`, 1)
	for name, text := range map[string]string{"own.toml": own, "bad.toml": "\nname = 7\n", "readme.txt": "x"} {
		writeProfile(t, dir, name, text)
	}
	if got, err := ProfileText(dir, "mine"); err != nil || string(got) != own {
		t.Errorf("mine is %q, %v", got, err)
	}
	h := newHall(t)
	r := start(t, "127.0.0.1:0", func(o *Options) { o.Data = dir })
	if n := r.awaitNotice("profileBad"); filepath.Base(n.Args["path"]) != "bad.toml" || n.Args["line"] == "" || n.Args["problem"] == "" {
		t.Errorf("noticed %+v", n)
	}
	if err := r.AddServer(NewServer{URL: h.url, Profile: "mine"}); err != nil {
		t.Fatal(err)
	}
	r.awaitServer("by the own profile", h.url, func(k session.Server) bool { return k.Up && k.Profile == "mine" })
}
