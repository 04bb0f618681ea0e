//go:build linux

package portal

import (
	"bufio"
	"context"
	"errors"
	"image"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newBus starts a session bus of our own and makes it that of this process.
func newBus(t *testing.T) {
	t.Helper()
	bus := exec.Command("dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1", "--address=unix:dir="+t.TempDir())
	out, err := bus.StdoutPipe()
	if err == nil {
		err = bus.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = bus.Process.Kill()
		_ = bus.Wait()
	})
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", strings.TrimSpace(address))
}

// desk plays a desktop's portal.
type desk struct {
	t    *testing.T
	conn *dbus.Conn
	// answers are the codes for each method; missing: 0.
	answers map[string]uint32
	results map[string]map[string]dbus.Variant
	silent  bool // Start is never answered

	mu      sync.Mutex // guards asked: every call comes in a goroutine of its own
	asked   map[string]options
	started chan struct{} // closed when the user is asked
	closed  chan string
}

func newDesk(t *testing.T, edit func(*desk)) *desk {
	t.Helper()
	newBus(t)
	conn, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { read.Close(); write.Close() })
	size := dbus.MakeVariant(struct{ W, H int32 }{1280, 800})
	d := &desk{
		t: t, conn: conn, answers: map[string]uint32{}, asked: map[string]options{}, closed: make(chan string, 8), started: make(chan struct{}),
		results: map[string]map[string]dbus.Variant{
			"CreateSession": {"session_handle": dbus.MakeVariant("/org/freedesktop/portal/desktop/session/s1")},
			"Start": {
				"streams":       dbus.MakeVariant([]stream{{42, map[string]dbus.Variant{"size": size, "source_type": dbus.MakeVariant(uint32(windows))}}}),
				"restore_token": dbus.MakeVariant("again"),
			},
		},
	}
	if edit != nil {
		edit(d)
	}
	if _, err := write.WriteString("picture"); err != nil {
		t.Fatal(err)
	}
	fd := dbus.UnixFD(read.Fd())
	d.export(map[string]any{
		"CreateSession": func(o options) (dbus.ObjectPath, *dbus.Error) { return d.asks("CreateSession", o) },
		"SelectSources": func(_ dbus.ObjectPath, o options) (dbus.ObjectPath, *dbus.Error) {
			return d.asks("SelectSources", o)
		},
		"Start": func(_ dbus.ObjectPath, _ string, o options) (dbus.ObjectPath, *dbus.Error) { return d.asks("Start", o) },
		"OpenPipeWireRemote": func(dbus.ObjectPath, options) (dbus.UnixFD, *dbus.Error) {
			return fd, nil
		},
	}, desktop, casting)
	d.export(map[string]any{
		"Get": func(_, name string) (dbus.Variant, *dbus.Error) {
			return dbus.MakeVariant(map[string]uint32{"AvailableSourceTypes": 7, "AvailableCursorModes": 7, "version": 4}[name]), nil
		},
	}, desktop, "org.freedesktop.DBus.Properties")
	for path, name := range map[dbus.ObjectPath]string{"/org/freedesktop/portal/desktop/session/s1": "Session", request: "Request"} {
		d.export(map[string]any{"Close": func() *dbus.Error { d.closed <- name; return nil }}, path, "org.freedesktop.portal."+name)
	}
	if _, err := conn.RequestName(service, 0); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *desk) export(methods map[string]any, path dbus.ObjectPath, name string) {
	if err := d.conn.ExportMethodTable(methods, path, name); err != nil {
		d.t.Fatal(err)
	}
}

// heard returns what came with a call.
func (d *desk) heard(method string) options {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.asked[method]
}

// request is the name of every request of this portal.
const request = "/org/freedesktop/portal/desktop/request/r1"

// asks answers a method, by a signal that may overtake the method's return.
func (d *desk) asks(method string, o options) (dbus.ObjectPath, *dbus.Error) {
	d.mu.Lock()
	d.asked[method] = o
	d.mu.Unlock()
	if method == "Start" && d.silent {
		defer close(d.started)
		return request, nil
	}
	results := d.results[method]
	if results == nil {
		results = map[string]dbus.Variant{}
	}
	for _, path := range []dbus.ObjectPath{request + "0", request} { // the first is of somebody else
		if err := d.conn.Emit(path, response, d.answers[method], results); err != nil {
			d.t.Error(err)
		}
	}
	return request, nil
}

func TestOpen(t *testing.T) {
	d := newDesk(t, nil)
	if err := Available(t.Context()); err != nil {
		t.Fatal(err)
	}
	c, err := Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if c.Node != 42 || c.Size != image.Pt(1280, 800) || !c.Window || c.Token != "again" {
		t.Errorf("%+v", c)
	}
	told := make([]byte, 7)
	if _, err := io.ReadFull(c.Remote, told); err != nil || string(told) != "picture" {
		t.Errorf("%q, %v", told, err)
	}
	asked := d.heard("SelectSources")
	for name, want := range map[string]any{"types": uint32(3), "multiple": false, "cursor_mode": uint32(2), "persist_mode": uint32(1)} {
		if got := asked[name].Value(); got != want {
			t.Errorf("asked for %s %v", name, got)
		}
	}
	if _, has := asked["restore_token"]; has {
		t.Error("a token was made up")
	}
	if c.Ended() {
		t.Error("it has ended")
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if name := <-d.closed; name != "Session" {
		t.Errorf("%s was closed", name)
	}
}

func TestOpenAgainWithoutAsking(t *testing.T) {
	d := newDesk(t, nil)
	c, err := Open(t.Context(), "before")
	if err != nil {
		t.Fatal(err)
	}
	if got := d.heard("SelectSources")["restore_token"].Value(); got != "before" {
		t.Errorf("the token is %v", got)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

func TestTheDesktopEndsIt(t *testing.T) {
	d := newDesk(t, nil)
	c, err := Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []dbus.ObjectPath{"/org/freedesktop/portal/desktop/session/other", c.session} {
		if c.Ended() {
			t.Error("another's end was taken for ours")
		}
		if err := d.conn.Emit(path, sessionClosed, map[string]dbus.Variant{}); err != nil {
			t.Fatal(err)
		}
	}
	for !c.Ended() && t.Context().Err() == nil {
		_, _ = c.property(t.Context(), "version") // what was sent before the answer has come then
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

func TestNotAllowed(t *testing.T) {
	for name, c := range map[string]struct {
		edit func(*desk)
		want error
	}{
		"refused":        {func(d *desk) { d.answers["Start"] = 1 }, ErrDenied},
		"failed":         {func(d *desk) { d.answers["Start"] = 2 }, ErrFailed},
		"no session":     {func(d *desk) { d.results["CreateSession"] = nil }, ErrFailed},
		"no picture":     {func(d *desk) { d.results["Start"] = nil }, ErrFailed},
		"an empty list":  {func(d *desk) { d.results["Start"]["streams"] = dbus.MakeVariant([]stream{}) }, ErrFailed},
		"another type":   {func(d *desk) { d.results["Start"]["streams"] = dbus.MakeVariant("none") }, ErrFailed},
		"a session's \"": {func(d *desk) { d.results["CreateSession"]["session_handle"] = dbus.MakeVariant("\"") }, ErrFailed},
	} {
		t.Run(name, func(t *testing.T) {
			newDesk(t, c.edit)
			if cast, err := Open(t.Context(), ""); !errors.Is(err, c.want) {
				t.Errorf("%v, %v", cast, err)
			}
		})
	}
}

func TestWaitingForTheUserEndsWithTheContext(t *testing.T) {
	d := newDesk(t, func(d *desk) { d.silent = true })
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-d.started
		cancel()
	}()
	if _, err := Open(ctx, ""); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	for name := ""; name != "Session"; { // with which the question goes, if its name is not known yet
		name = <-d.closed
	}
}

func TestNoPortal(t *testing.T) {
	newBus(t)
	if err := Available(t.Context()); !errors.Is(err, ErrNoPortal) {
		t.Error(err)
	}
	if _, err := Open(t.Context(), ""); !errors.Is(err, ErrNoPortal) {
		t.Error(err)
	}
	for _, address := range []string{"", "unix:path=/nowhere", "nonsense"} {
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
		t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
		if err := Available(t.Context()); !errors.Is(err, ErrNoPortal) {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestAnswersThatMakeNoSense(t *testing.T) {
	fine := map[string]dbus.Variant{}
	for _, body := range [][]any{nil, {}, {uint32(0)}, {int32(0), fine}, {uint32(0), "x"}, {uint32(0), fine, fine}, {nil, nil}, {uint32(3), fine}} {
		if results, err := answer(body); !errors.Is(err, ErrFailed) {
			t.Errorf("%v: %v, %v", body, results, err)
		}
	}
	if _, err := answer([]any{uint32(0), fine}); err != nil {
		t.Error(err)
	}
}
