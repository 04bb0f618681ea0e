package ui

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"reflect"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"parley/assets/words"
	"parley/call"
	"parley/call/session"
	"parley/signaling"
	"parley/signaling/dialect/probe"
	"parley/signaling/dialect/profile"
)

const demo = "ws://127.0.0.1:3001"

// registry is the servers of a test.
type registry struct {
	report  probe.Report
	err     error
	refuse  error
	known   []NewServer
	added   []NewServer
	removed []string
}

func (r *registry) Profiles() []*profile.Profile {
	return []*profile.Profile{
		{Name: "room-demo", Title: profile.Text{"en": "Room demo"}, Peers: profile.Peers{Kind: profile.Room}, Params: []profile.Param{{Key: "room", Required: true}}},
		{Name: "peers", Title: profile.Text{"en": "Peers"}, Peers: profile.Peers{Kind: profile.Person}, Params: []profile.Param{
			{Key: "name", Label: profile.Text{"en": "Your id"}, Required: true},
			{Key: "key", Label: profile.Text{"en": "API key"}, Default: "peers"},
		}},
		{Name: "numbers", Title: profile.Text{"en": "Numbers"}, Peers: profile.Peers{Kind: profile.Person, IDs: profile.IntegerID}, Params: []profile.Param{
			{Key: "name", Label: profile.Text{"en": "Your number"}, Required: true},
			{Key: "api", Label: profile.Text{"en": "API"}, Default: "http://${hostname}:8000"},
		}},
	}
}

func (r *registry) All() []NewServer { return r.known }

func (r *registry) Probe(context.Context, string) (probe.Report, error) { return r.report, r.err }

func (r *registry) Add(n NewServer) error {
	if r.refuse != nil {
		return r.refuse
	}
	r.added = append(r.added, n)
	return nil
}

func (r *registry) Remove(url string) error {
	r.removed = append(r.removed, url)
	return r.refuse
}

// openWith makes a window with servers, and a function that waits until a look
// at one is over.
func openWith(t *testing.T, r *registry) (b *bench, looked func()) {
	t.Helper()
	done := make(chan struct{}, 8)
	b = open(t, func(d *Deps) {
		queue := d.Do
		d.Servers, d.Do = r, func(f func()) { queue(f); done <- struct{}{} }
		d.rememberEvery = time.Hour // nothing else is done by itself
	})
	b.Window.Show(rest())
	<-done
	b.drain()
	return b, func() { <-done; b.drain() }
}

func (b *bench) fill(id, text string) { b.use("type:" + id + ":" + text) }

func TestAddServerOfRooms(t *testing.T) {
	r := &registry{report: probe.Report{URL: demo, Profile: "room-demo"}}
	b, looked := openWith(t, r)
	b.use("settings")
	b.use("settings.addServer")
	b.fill("add.address", "127.0.0.1:3001")
	b.use("add.look")
	looked()
	b.use("add.add")
	if len(r.added) != 0 {
		t.Fatal("added without the room")
	}
	b.fill("add.param.room", "001")
	b.use("add.add")
	want := []NewServer{{URL: demo, Profile: "room-demo", Params: map[string]string{}, Rooms: []string{"001"}}}
	if !reflect.DeepEqual(r.added, want) {
		t.Errorf("added %+v", r.added)
	}
	if b.view.Selected != (signaling.Address{Server: demo, Name: "001"}) || b.main.Canvas().Overlays().Top() != nil {
		t.Error("the room does not open")
	}
}

func TestAddServerByTyping(t *testing.T) {
	r := &registry{report: probe.Report{URL: demo, Candidates: []string{"peers"}}}
	b, looked := openWith(t, r)
	b.focusSearch()
	b.typeIn(b.main.Canvas(), "127.0.0.1:9000")
	b.press(b.main.Canvas(), fyne.KeyReturn)
	looked()
	if b.Use("add.add") {
		t.Fatal("added without a kind")
	}
	b.use("add.dialect")
	b.use("add.dialect:peers")
	b.fill("add.param.name", "ada")
	b.use("add.add")
	want := []NewServer{{URL: demo, Profile: "peers", Name: "ada", Params: map[string]string{}}}
	if !reflect.DeepEqual(r.added, want) {
		t.Errorf("added %+v", r.added)
	}
}

func TestAddServerThatIsNotThere(t *testing.T) {
	r := &registry{err: errors.New("refused")}
	b, looked := openWith(t, r)
	b.use("home.server")
	b.fill("add.address", "calls.example")
	b.use("add.look")
	looked()
	if b.model.Add.Status[0] != "Nothing could be found out about this address." || b.Use("add.add") {
		t.Errorf("says %q", b.model.Add.Status)
	}
	b.use("add.close")
	if b.adding != nil {
		t.Error("the sheet stays")
	}
}

func TestServerPageJoinsAndRemoves(t *testing.T) {
	r := &registry{}
	b, looked := openWith(t, r)
	s := rest()
	s.Servers = append(s.Servers, session.Server{URL: demo, Up: true, Profile: "room-demo", Capabilities: signaling.Capabilities{Rooms: true}})
	b.Window.Show(s)
	looked()
	b.use("settings")
	b.use("server:" + demo)
	b.use("server.open") // nothing typed: nothing happens
	b.posted = nil
	b.fill("server.who", "002")
	b.use("server.open")
	room := signaling.Address{Server: demo, Name: "002"}
	b.posted = b.posted[:1] // what follows is the settings' preview
	b.expect(session.SaveContact{Contact: call.Contact{Address: room, Name: "002", Added: start}})
	if b.view.Selected != room {
		t.Error("the room does not open")
	}
	b.openServer(demo)
	b.use("server.remove")
	b.use("remove.confirm")
	if len(r.removed) != 1 || b.view.Server != "" {
		t.Errorf("removed %q, still at %q", r.removed, b.view.Server)
	}
}

func TestPuzzle(t *testing.T) {
	b, looked := openWith(t, &registry{})
	var picture, piece bytes.Buffer
	if err := errors.Join(png.Encode(&picture, image.NewGray(image.Rect(0, 0, 310, 155))), png.Encode(&piece, image.NewGray(image.Rect(0, 0, 47, 155)))); err != nil {
		t.Fatal(err)
	}
	s := rest()
	s.Challenge = signaling.Challenge{Server: demo, ID: "p1", Image: picture.Bytes(), Piece: piece.Bytes(), Width: 310}
	b.Window.Show(s)
	looked()
	for range 12 {
		b.press(b.main.Canvas(), fyne.KeyPageDown)
	}
	b.press(b.main.Canvas(), fyne.KeyLeft)
	b.use("puzzle.done")
	b.expect(session.Solve{Server: demo, ID: "p1", X: 119})
	b.Window.Show(s)
	looked()
	if b.puzzle != nil {
		t.Error("an answered puzzle comes back")
	}
	s.Challenge.ID, s.Challenge.Piece = "p2", []byte("no picture")
	b.Window.Show(s)
	looked()
	if n, ok := b.posted[0].(session.Noticed); !ok || n.Notice.Code != "badPuzzle" || b.puzzle != nil {
		t.Errorf("sent %+v", b.posted)
	}
}

func TestDialectsFollowTheLanguage(t *testing.T) {
	b, _ := openWith(t, &registry{})
	if d := b.dialects; len(d) != 4 || d[0].Name != "hub" || d[1].Title != "Room demo" || !d[1].Rooms || d[1].Params != nil {
		t.Errorf("%+v", d)
	}
	b.setPreferences(func(p *Preferences) { p.Language = words.Chinese })
	if len(b.dialects) != 4 {
		t.Error("lost on the way")
	}
}

// Enter in a field adds; where people are numbers, a name is none.
func TestAddServerThatCountsPeople(t *testing.T) {
	r := &registry{report: probe.Report{
		URL: demo, Profile: "numbers", Findings: []probe.Finding{{Code: "recognised", Args: map[string]string{"profile": "numbers"}}},
	}}
	b, looked := openWith(t, r)
	b.use("home.server")
	c := b.main.Canvas()
	b.typeIn(c, "127.0.0.1:3001")
	b.press(c, fyne.KeyReturn)
	looked()
	if s := b.model.Add.Status; len(s) != 1 || s[0] != "It was recognised: Numbers." {
		t.Errorf("says %q", s)
	}
	b.typeIn(c, "ada")
	b.press(c, fyne.KeyReturn)
	if len(r.added) != 0 || !strings.Contains(b.model.Add.Status[0], "“Your number”") {
		t.Errorf("added %v, says %q", r.added, b.model.Add.Status)
	}
	b.fill("add.param.name", "7")
	if got := b.adding.fields["api"].Text; got != "http://127.0.0.1:8000" {
		t.Errorf("the API is at %q", got)
	}
	r.refuse = errors.New("Not this one.")
	b.use("add.add")
	if s := b.model.Add.Status; len(s) != 1 || s[0] != "Not this one." {
		t.Errorf("refused, it says %q", s)
	}
	r.refuse = nil
	b.press(c, fyne.KeyReturn)
	want := []NewServer{{URL: demo, Profile: "numbers", Name: "7", Params: map[string]string{}}}
	if !reflect.DeepEqual(r.added, want) || b.view.Server != demo {
		t.Errorf("added %+v, opened %q", r.added, b.view.Server)
	}
}

// What was said of a server is there to be changed.
func TestChangeServer(t *testing.T) {
	r := &registry{known: []NewServer{
		{URL: demo, Profile: "peers", Name: "ada", Params: map[string]string{"key": "secret"}, Fingerprint: "f"}, {URL: "ws://127.0.0.1:2"},
	}}
	b, looked := openWith(t, r)
	b.openServer(demo)
	if s := b.model.Home.Server.State; s != "Connecting to 127.0.0.1:3001" {
		t.Errorf("what the session does not know of yet is %q", s)
	}
	s := rest()
	s.Servers = append(s.Servers, session.Server{URL: demo, Cause: "nameTaken"})
	b.Window.Show(s)
	looked()
	b.use("server.repair")
	if f := b.adding.fields; f["name"].Text != "ada" || f["key"].Text != "secret" || b.model.Add.Room {
		t.Errorf("asks %+v", b.model.Add)
	}
	b.fill("add.param.name", "eve")
	b.use("add.add")
	want := []NewServer{{URL: demo, Profile: "peers", Name: "eve", Params: map[string]string{"key": "secret"}, Fingerprint: "f"}}
	if !reflect.DeepEqual(r.added, want) {
		t.Errorf("added %+v", r.added)
	}
	r.report = probe.Report{URL: demo, Profile: "peers"}
	b.openServer("ws://127.0.0.1:2") // nobody knows yet what it is
	b.use("server.change")
	looked()
	if !strings.HasPrefix(b.model.Add.Status[0], "You have this server already.") || b.adding.fields["name"].Text != "ada" {
		t.Errorf("says %q", b.model.Add.Status)
	}
}

// A piece that was put wrongly is asked for again, and one that was put off can
// be had back.
func TestPuzzleAgain(t *testing.T) {
	b, looked := openWith(t, &registry{known: []NewServer{{URL: demo, Profile: "peers"}}})
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 800, 155))); err != nil {
		t.Fatal(err)
	}
	s := rest()
	ask := func(id string) {
		s.Challenge = signaling.Challenge{Server: demo, ID: id, Image: picture.Bytes(), Piece: picture.Bytes(), Width: 800}
		b.Window.Show(s)
		looked()
	}
	ask("p1")
	b.press(b.main.Canvas(), fyne.KeyReturn)
	b.expect(session.Solve{Server: demo, ID: "p1"})
	ask("p2")
	if b.tried != demo {
		t.Error("nothing tells that it was the wrong place")
	}
	b.use("puzzle.later")
	b.openServer(demo)
	if b.puzzle != nil || !b.model.Home.Server.Puzzle {
		t.Fatal("it cannot be put off")
	}
	b.use("server.puzzle")
	if b.puzzle == nil {
		t.Error("it cannot be had back")
	}
	s.Challenge = signaling.Challenge{}
	s.Servers = append(s.Servers, session.Server{URL: demo, Up: true})
	b.Window.Show(s)
	looked()
	if b.tried != "" || b.puzzle != nil {
		t.Error("the puzzle outlasts its solution")
	}
}
