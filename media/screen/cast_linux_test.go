package screen

import (
	"errors"
	"image"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"parley/media/camera"
	"parley/media/screen/pipewire/pipewiretest"
	"parley/media/screen/portal/portaltest"
)

// newDesktop plays a Wayland desktop: a portal that passes on a connection to a
// real PipeWire, in which a source delivers pictures.
func newDesktop(t *testing.T, redFirst bool, edit func(*portaltest.Desk)) (*portaltest.Desk, *pipewiretest.Source) {
	t.Helper()
	pipewiretest.Start(t)
	t.Setenv("WAYLAND_DISPLAY", "wayland-test")
	source := pipewiretest.NewSource(t, 320, 180, redFirst)
	address := &net.UnixAddr{Name: filepath.Join(os.Getenv("PIPEWIRE_RUNTIME_DIR"), "pipewire-0"), Net: "unix"}
	conn, err := net.DialUnix("unix", nil, address)
	if err != nil {
		t.Fatal(err)
	}
	remote, err := conn.File()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = remote.Close(), conn.Close() })
	return portaltest.New(t, remote, edit), source
}

// paint delivers a colour until a picture of this size shows it.
func paint(t *testing.T, src camera.Source, source *pipewiretest.Source, pixel uint32, size image.Point, want spot) {
	t.Helper()
	for began := time.Now(); ; {
		source.Paint(pixel)
		f, err := src.(*cast).look()
		if err != nil {
			t.Fatal(err)
		}
		wrong := "nothing came"
		if f != nil {
			wrong = mismatch(f, size, []spot{want})
			f.Release()
		}
		if wrong == "" {
			return
		}
		if time.Since(began) > 20*time.Second {
			t.Fatal(wrong)
		}
	}
}

func TestDesktopSendsWhatTheUserChose(t *testing.T) {
	desk, source := newDesktop(t, false, nil)
	items, err := List(t.Context())
	if err != nil || len(items) != 1 || items[0].Kind != Asked || !items[0].Default {
		t.Fatalf("%+v, %v", items, err)
	}
	consent := &Consent{}
	target := Target{ID: items[0].ID, Region: image.Rect(20, 10, 400, 111), Consent: consent}
	src, err := Open(t.Context(), target, quick)
	if err != nil {
		t.Fatal(err)
	}
	source.Link("parley")
	paint(t, src, source, pixel(red), image.Pt(300, 101), spot{299, 100, red})
	paint(t, src, source, pixel(blue), image.Pt(300, 101), spot{0, 0, blue})
	next(t, src).Release() // the same once more
	if src.Name() != "window" || consent.token() != "again" {
		t.Errorf("%q, %q", src.Name(), consent.token())
	}
	desk.End(portaltest.Session)
	for err == nil {
		var f interface{ Release() }
		if f, err = src.Next(t.Context(), 0); err == nil {
			f.Release()
		}
	}
	if !errors.Is(err, ErrGone) {
		t.Error(err)
	}
	if err := src.Close(); err != nil {
		t.Error(err)
	}
}

func TestDesktopIsNotAskedTwice(t *testing.T) {
	desk, source := newDesktop(t, true, nil)
	src, err := Open(t.Context(), Target{Consent: &Consent{given: "before"}}, camera.Format{Width: 160, Height: 90, Rate: MaxRate})
	if err != nil {
		t.Fatal(err)
	}
	source.Link("parley")
	paint(t, src, source, uint32(red.R)|uint32(red.G)<<8|uint32(red.B)<<16, image.Pt(160, 90), spot{5, 5, red})
	if got := desk.Heard("SelectSources")["restore_token"].Value(); got != "before" {
		t.Errorf("the token is %v", got)
	}
	if err := src.Close(); err != nil {
		t.Error(err)
	}
}

func TestDesktopRefuses(t *testing.T) {
	newDesktop(t, false, func(d *portaltest.Desk) { d.Answers["Start"] = 1 })
	if _, err := Open(t.Context(), Target{}, quick); !errors.Is(err, ErrDenied) {
		t.Error(err)
	}
	if _, err := Thumbnail(t.Context(), "desktop", image.Pt(9, 9)); !errors.Is(err, ErrNoDriver) {
		t.Error(err)
	}
}

func TestDesktopWithoutAPortal(t *testing.T) {
	portaltest.Bus(t)
	t.Setenv("WAYLAND_DISPLAY", "wayland-test")
	if err := Drivers(t.Context()); !errors.Is(err, ErrNoDriver) {
		t.Error(err)
	}
	if _, err := Open(t.Context(), Target{}, quick); !errors.Is(err, ErrNoDriver) {
		t.Error(err)
	}
}
