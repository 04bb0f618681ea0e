// Package portaltest plays a desktop's portal on a bus of a test's own.
package portaltest

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"
)

// The words of the interface.
const (
	service  = "org.freedesktop.portal.Desktop"
	desktop  = "/org/freedesktop/portal/desktop"
	casting  = "org.freedesktop.portal.ScreenCast"
	response = "org.freedesktop.portal.Request.Response"
	window   = 2
)

// Session is the name of every session, and Node of every picture.
const (
	Session dbus.ObjectPath = "/org/freedesktop/portal/desktop/session/s1"
	Node    uint32          = 42
)

// Options go along with every call.
type Options map[string]dbus.Variant

// Stream is how a portal describes a picture.
type Stream struct {
	Node       uint32
	Properties map[string]dbus.Variant
}

// Bus starts a session bus of our own and makes it that of this process.
func Bus(t testing.TB) {
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

// Desk plays a desktop's portal.
type Desk struct {
	t       testing.TB
	conn    *dbus.Conn
	Answers map[string]uint32 // the codes for each method; missing: 0
	Results map[string]map[string]dbus.Variant
	// Remote is what OpenPipeWireRemote passes on.
	Remote *os.File
	Silent bool // the user never answers

	mu      sync.Mutex // guards asked: every call comes in a goroutine of its own
	asked   map[string]Options
	Started chan struct{} // closed when the user is asked
	Closed  chan string   // what a client has closed: Session or Request
}

// New starts a bus of the test's own with a portal that passes on remote and is
// changed by edit, which may be nil.
func New(t testing.TB, remote *os.File, edit func(*Desk)) *Desk {
	t.Helper()
	Bus(t)
	conn, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	size := dbus.MakeVariant(struct{ W, H int32 }{1280, 800})
	d := &Desk{
		t: t, conn: conn, Remote: remote, Answers: map[string]uint32{}, asked: map[string]Options{}, Closed: make(chan string, 8), Started: make(chan struct{}),
		Results: map[string]map[string]dbus.Variant{
			"CreateSession": {"session_handle": dbus.MakeVariant(string(Session))},
			"Start": {
				"streams":       dbus.MakeVariant([]Stream{{Node, map[string]dbus.Variant{"size": size, "source_type": dbus.MakeVariant(uint32(window))}}}),
				"restore_token": dbus.MakeVariant("again"),
			},
		},
	}
	if edit != nil {
		edit(d)
	}
	fd := dbus.UnixFD(d.Remote.Fd())
	d.exportAll(fd)
	if _, err := conn.RequestName(service, 0); err != nil {
		t.Fatal(err)
	}
	return d
}

// exportAll answers all that a portal is asked.
func (d *Desk) exportAll(fd dbus.UnixFD) {
	d.export(map[string]any{
		"CreateSession": func(o Options) (dbus.ObjectPath, *dbus.Error) { return d.asks("CreateSession", o) },
		"SelectSources": func(_ dbus.ObjectPath, o Options) (dbus.ObjectPath, *dbus.Error) {
			return d.asks("SelectSources", o)
		},
		"Start": func(_ dbus.ObjectPath, _ string, o Options) (dbus.ObjectPath, *dbus.Error) { return d.asks("Start", o) },
		"OpenPipeWireRemote": func(dbus.ObjectPath, Options) (dbus.UnixFD, *dbus.Error) {
			return fd, nil
		},
	}, desktop, casting)
	d.export(map[string]any{
		"Get": func(_, name string) (dbus.Variant, *dbus.Error) {
			return dbus.MakeVariant(map[string]uint32{"AvailableSourceTypes": 7, "AvailableCursorModes": 7, "version": 4}[name]), nil
		},
	}, desktop, "org.freedesktop.DBus.Properties")
	for path, name := range map[dbus.ObjectPath]string{Session: "Session", request: "Request"} {
		d.export(map[string]any{"Close": func() *dbus.Error { d.Closed <- name; return nil }}, path, "org.freedesktop.portal."+name)
	}
}

func (d *Desk) export(methods map[string]any, path dbus.ObjectPath, name string) {
	if err := d.conn.ExportMethodTable(methods, path, name); err != nil {
		d.t.Fatal(err)
	}
}

// Heard returns what came with a call.
func (d *Desk) Heard(method string) Options {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.asked[method]
}

// request is the name of every request of this portal.
const request = "/org/freedesktop/portal/desktop/request/r1"

// asks answers a method, by a signal that may overtake the method's return.
func (d *Desk) asks(method string, o Options) (dbus.ObjectPath, *dbus.Error) {
	d.mu.Lock()
	d.asked[method] = o
	d.mu.Unlock()
	if method == "Start" && d.Silent {
		defer close(d.Started)
		return request, nil
	}
	results := d.Results[method]
	if results == nil {
		results = map[string]dbus.Variant{}
	}
	for _, path := range []dbus.ObjectPath{request + "0", request} { // the first is of somebody else
		if err := d.conn.Emit(path, response, d.Answers[method], results); err != nil {
			d.t.Error(err)
		}
	}
	return request, nil
}

// End ends a session from the desktop's side.
func (d *Desk) End(session dbus.ObjectPath) {
	d.t.Helper()
	if err := d.conn.Emit(session, "org.freedesktop.portal.Session.Closed", map[string]dbus.Variant{}); err != nil {
		d.t.Fatal(err)
	}
}
