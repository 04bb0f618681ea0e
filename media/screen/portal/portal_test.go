//go:build linux

package portal

import (
	"context"
	"errors"
	"image"
	"io"
	"os"
	"testing"

	"github.com/godbus/dbus/v5"
	"go.uber.org/goleak"

	"parley/media/screen/portal/portaltest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newDesk returns a portal whose way to the picture is a pipe with a word in it.
func newDesk(t *testing.T, edit func(*portaltest.Desk)) *portaltest.Desk {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { read.Close(); write.Close() })
	if _, err := write.WriteString("picture"); err != nil {
		t.Fatal(err)
	}
	return portaltest.New(t, read, edit)
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
	asked := d.Heard("SelectSources")
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
	if name := <-d.Closed; name != "Session" {
		t.Errorf("%s was closed", name)
	}
}

func TestOpenAgainWithoutAsking(t *testing.T) {
	d := newDesk(t, nil)
	c, err := Open(t.Context(), "before")
	if err != nil {
		t.Fatal(err)
	}
	if got := d.Heard("SelectSources")["restore_token"].Value(); got != "before" {
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
		d.End(path)
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
		edit func(*portaltest.Desk)
		want error
	}{
		"refused":        {func(d *portaltest.Desk) { d.Answers["Start"] = 1 }, ErrDenied},
		"failed":         {func(d *portaltest.Desk) { d.Answers["Start"] = 2 }, ErrFailed},
		"no session":     {func(d *portaltest.Desk) { d.Results["CreateSession"] = nil }, ErrFailed},
		"no picture":     {func(d *portaltest.Desk) { d.Results["Start"] = nil }, ErrFailed},
		"an empty list":  {func(d *portaltest.Desk) { d.Results["Start"]["streams"] = dbus.MakeVariant([]stream{}) }, ErrFailed},
		"another type":   {func(d *portaltest.Desk) { d.Results["Start"]["streams"] = dbus.MakeVariant("none") }, ErrFailed},
		"a session's \"": {func(d *portaltest.Desk) { d.Results["CreateSession"]["session_handle"] = dbus.MakeVariant("\"") }, ErrFailed},
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
	d := newDesk(t, func(d *portaltest.Desk) { d.Silent = true })
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-d.Started
		cancel()
	}()
	if _, err := Open(ctx, ""); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	for name := ""; name != "Session"; { // with which the question goes, if its name is not known yet
		name = <-d.Closed
	}
}

func TestNoPortal(t *testing.T) {
	portaltest.Bus(t)
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
