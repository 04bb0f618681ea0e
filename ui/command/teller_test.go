package command_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"parley/assets/words"
	"parley/call/session"
	"parley/call/station"
	"parley/signaling/dialect"
	"parley/ui/command"
	"parley/ui/control"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("database/sql.(*DB).connectionOpener"))
}

func teller(t *testing.T) (command.Teller, *bytes.Buffer) {
	t.Helper()
	out := &bytes.Buffer{}
	return command.Teller{Out: out, Language: words.English, Data: t.TempDir()}, out
}

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTeller_ListsProfilesAndWhatIsWrong(t *testing.T) {
	k, out := teller(t)
	if err := k.List(); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != len(dialect.Shipped())+1 || !strings.HasPrefix(lines[0], "hub ") {
		t.Errorf("lists %q", lines)
	}
	write(t, k.Data, "profiles/bad.toml", "\n\nname = 7\n")
	out.Reset()
	if err := k.List(); !errors.Is(err, command.ErrTold) {
		t.Errorf("a bad file gives %v", err)
	}
	if !strings.Contains(out.String(), "bad.toml:3:") {
		t.Errorf("the bad file is not told: %s", out)
	}
}

func TestTeller_ChecksAProfile(t *testing.T) {
	k, out := teller(t)
	text, ok := dialect.Source("room-ws")
	if !ok {
		t.Fatal("room-ws is not shipped")
	}
	if err := k.Check(write(t, k.Data, "good.toml", string(text))); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"good.toml is good: Room demo", "let people meet in rooms", "tell that it rings", "hang up"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("says %q, without %q", out, want)
		}
	}
	out.Reset()
	bad := write(t, k.Data, "bad.toml", "name = \"x\"\nnonsense = 1\n")
	if err := k.Check(bad); !errors.Is(err, command.ErrTold) {
		t.Errorf("a bad file gives %v", err)
	}
	for line := range strings.Lines(out.String()) {
		if !strings.HasPrefix(line, bad+":") {
			t.Errorf("%q does not begin with the file", line)
		}
	}
	if !strings.Contains(out.String(), bad+":2:1:") {
		t.Errorf("what is unknown has no place: %s", out)
	}
	var fault *station.Fault
	if err := k.Check(filepath.Join(k.Data, "nope.toml")); !errors.As(err, &fault) {
		t.Errorf("no file gives %v", err)
	}
}

func TestTeller_ShowsAProfile(t *testing.T) {
	k, out := teller(t)
	for _, p := range dialect.Shipped() {
		out.Reset()
		if err := k.Show(p.Name); err != nil || !strings.Contains(out.String(), `"`+p.Name+`"`) {
			t.Errorf("%s is shown as %.60q, %v", p.Name, out, err)
		}
	}
	for _, name := range []string{"hub", "room-w", "nothing-like-it"} {
		var fault *station.Fault
		if err := k.Show(name); !errors.As(err, &fault) {
			t.Errorf("%s is shown with %v", name, err)
		}
	}
}

// A hub is known by its health; what is no address is said to be none.
func TestTeller_LooksAtServers(t *testing.T) {
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.NotFound(w, r)
	}))
	defer web.Close()
	for _, address := range []string{"ftp://x", web.URL} {
		k, out := teller(t)
		if err := k.Probe(t.Context(), address); !errors.Is(err, command.ErrTold) || len(strings.TrimSpace(out.String())) == 0 {
			t.Errorf("%s: %v, said %q", address, err, out)
		}
		if strings.Contains(out.String(), "probe.") || strings.Contains(out.String(), "{") {
			t.Errorf("says %q", out)
		}
	}
}

func TestSentence(t *testing.T) {
	w := words.In(words.English)
	for err, want := range map[error]string{
		command.Told("so\nit  is"):             "so it is",
		&station.Fault{Key: "start.noDisplay"}: "headless",
		errors.New("disk: on fire"):            "on fire",
		&station.Fault{Key: "start.badServer", Args: map[string]string{"value": "x"}}: "The server x",
	} {
		if got := command.Sentence(w, err); !strings.Contains(got, want) {
			t.Errorf("%v reads %q", err, got)
		}
	}
	if command.InWords(w, nil) != nil {
		t.Error("no error has words")
	}
}

// The control protocol reaches a station's servers.
func TestConsole(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	parley, err := station.New(ctx, station.Options{
		Data: t.TempDir(), HubListen: "127.0.0.1:0", Camera: "off", Microphone: "off", Speaker: "off",
		Log: slog.New(slog.DiscardHandler), Show: func(session.Snapshot) {},
	})
	if err != nil {
		t.Fatal(err)
	}
	ran := make(chan error, 1)
	go func() { ran <- parley.Run(ctx) }()
	defer func() {
		stop()
		if err := <-ran; err != nil {
			t.Error(err)
		}
	}()
	out := &bytes.Buffer{}
	console := control.New(control.Options{Out: out, Post: parley.Post, Servers: command.Console{Station: parley, Words: words.In(words.English)}})
	lines := `{"do":"addServer","url":"ftp://x"}` + "\n" + `{"do":"removeServer","url":"ws://x"}` + "\n" +
		`{"do":"addServer","url":"ws://127.0.0.1:1","profile":"room-ws","room":"1"}` + "\n" + `{"do":"probe","url":"ws://127.0.0.1:1"}` + "\n"
	if err := console.Read(ctx, strings.NewReader(lines)); err != nil {
		t.Fatal(err)
	}
	var events []string
	for line := range strings.Lines(out.String()) {
		var e map[string]any
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		events = append(events, e["event"].(string))
		if text, ok := e["text"].(string); ok && !strings.HasPrefix(text, "The server") {
			t.Errorf("says %q", text)
		}
	}
	if !slices.Equal(events, []string{"error", "error", "probe"}) {
		t.Errorf("answered %v", events)
	}
	if kept := parley.Settings().Servers; len(kept) != 1 || kept[0].URL != "ws://127.0.0.1:1" {
		t.Errorf("kept %+v", kept)
	}
}
