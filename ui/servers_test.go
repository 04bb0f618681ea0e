package ui

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"reflect"
	"testing"

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
	}
}

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
	if b.view.Server != demo || b.main.Canvas().Overlays().Top() != nil {
		t.Error("its page does not open")
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
	want := []NewServer{{URL: demo, Profile: "peers", Name: "ada", Params: map[string]string{"key": "peers"}}}
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
	b.use("server.join") // nothing typed: nothing happens
	b.posted = nil
	b.fill("server.room", "002")
	b.use("server.join")
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
	if d := b.dialects; len(d) != 3 || d[0].Name != "hub" || d[1].Title != "Room demo" || !d[1].Rooms || d[1].Params != nil {
		t.Errorf("%+v", d)
	}
	b.setPreferences(func(p *Preferences) { p.Language = words.Chinese })
	if len(b.dialects) != 3 {
		t.Error("lost on the way")
	}
}
