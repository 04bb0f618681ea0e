// Package portal asks a Linux desktop for a picture of its screen: by D-Bus, in
// the words of org.freedesktop.portal.ScreenCast (XDG desktop portals, versions 1
// to 5). The desktop asks the user what to share; the picture then comes by
// PipeWire. It may import the standard library, godbus and nothing of this module.
package portal

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strings"

	"github.com/godbus/dbus/v5"
)

// The errors of this package.
var (
	ErrNoPortal = errors.New("the desktop has no portal for sharing the screen")
	ErrDenied   = errors.New("the user did not allow it")
	ErrFailed   = errors.New("the desktop could not share the screen")
)

// Cast is a picture of the screen that the user has allowed.
type Cast struct {
	Remote *os.File    // a connection to PipeWire, for whoever receives; closed with the cast
	Node   uint32      // that delivers the picture there
	Size   image.Point // zero if the desktop does not tell
	// Window tells that it is one window; what the user chose has no name.
	Window bool
	// Token lets a later Open go without asking, as long as the program runs; "" if
	// the desktop does not remember.
	Token string

	conn    *dbus.Conn
	session dbus.ObjectPath
	signals chan *dbus.Signal
	ended   bool
}

// The words of the interface.
const (
	service = "org.freedesktop.portal.Desktop"
	desktop = "/org/freedesktop/portal/desktop"
	casting = "org.freedesktop.portal.ScreenCast"

	requestClose  = "org.freedesktop.portal.Request.Close"
	response      = "org.freedesktop.portal.Request.Response"
	sessionClose  = "org.freedesktop.portal.Session.Close"
	sessionClosed = "org.freedesktop.portal.Session.Closed"
)

// The bits of what can be shared, and of how the pointer is shown.
const (
	monitors, windows = 1, 2
	pointerEmbedded   = 2
	untilExit         = 1 // how long a permission is remembered
)

// Available returns nil if there is a portal, and else ErrNoPortal or ctx's error.
func Available(ctx context.Context) error {
	c, err := connect(ctx)
	if err != nil {
		return err
	}
	_, err = c.property(ctx, "AvailableSourceTypes")
	return errors.Join(err, c.Close())
}

// Open asks for a picture, which takes as long as the user takes to choose.
// token is that of an earlier Cast, or "" to have the user asked. Errors are
// those of this package and ctx's.
func Open(ctx context.Context, token string) (*Cast, error) {
	c, err := connect(ctx)
	if err != nil {
		return nil, err
	}
	if err := c.open(ctx, token); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// busAddress is where the user's bus listens. None is started for us: a desktop
// with a portal has one.
func busAddress() string {
	if address := os.Getenv("DBUS_SESSION_BUS_ADDRESS"); address != "" {
		return address
	}
	path := filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), "bus")
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return "unix:path=" + dbus.EscapeBusAddressValue(path)
}

// connect makes a connection of our own: what the desktop grants ends with it.
func connect(ctx context.Context) (*Cast, error) {
	address := busAddress()
	if address == "" {
		return nil, fmt.Errorf("%w: there is no session bus", ErrNoPortal)
	}
	alive, end := context.WithCancel(context.Background()) //nolint:gosec // ended by the connection's Close
	stop := context.AfterFunc(ctx, end)
	conn, err := dbus.Connect(address, dbus.WithContext(alive))
	if err == nil && !stop() {
		err = errors.Join(ctx.Err(), conn.Close())
	}
	if err != nil {
		end()
		return nil, fmt.Errorf("%w: %w", ErrNoPortal, cmp.Or(ctx.Err(), err))
	}
	c := &Cast{conn: conn, signals: make(chan *dbus.Signal, 16)}
	conn.Signal(c.signals)
	return c, nil
}

// open goes through the four steps of the interface.
func (c *Cast) open(ctx context.Context, token string) error {
	if !c.conn.SupportsUnixFDs() {
		return fmt.Errorf("%w: the bus passes no files", ErrNoPortal)
	}
	types, err := c.property(ctx, "AvailableSourceTypes")
	if err != nil {
		return err
	}
	if err := c.listen(ctx); err != nil {
		return err
	}
	if err := c.create(ctx); err != nil {
		return fmt.Errorf("beginning a session: %w", err)
	}
	if err := c.choose(ctx, types, token); err != nil {
		return fmt.Errorf("saying what to share: %w", err)
	}
	if err := c.start(ctx); err != nil {
		return fmt.Errorf("asking the user: %w", err)
	}
	return c.openRemote(ctx)
}

// property reads a number that the portal shows.
func (c *Cast) property(ctx context.Context, name string) (uint32, error) {
	var value dbus.Variant
	err := c.portal().CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", 0, casting, name).Store(&value)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrNoPortal, err)
	}
	number, _ := value.Value().(uint32)
	return number, nil
}

func (c *Cast) portal() dbus.BusObject { return c.conn.Object(service, desktop) }

// listen lets the answers of the portal come: they are signals.
func (c *Cast) listen(ctx context.Context) error {
	for _, member := range []string{response, sessionClosed} {
		at := strings.LastIndexByte(member, '.')
		err := c.conn.AddMatchSignalContext(ctx, dbus.WithMatchSender(service), dbus.WithMatchInterface(member[:at]), dbus.WithMatchMember(member[at+1:]))
		if err != nil {
			return fmt.Errorf("%w: %w", ErrNoPortal, err)
		}
	}
	return nil
}

// create begins a session.
func (c *Cast) create(ctx context.Context) error {
	results, err := c.ask(ctx, "CreateSession", options{"session_handle_token": dbus.MakeVariant(token())})
	if err != nil {
		return err
	}
	switch handle := results["session_handle"].Value().(type) { // a string, by an old mistake
	case string:
		c.session = dbus.ObjectPath(handle)
	case dbus.ObjectPath:
		c.session = handle
	}
	if !c.session.IsValid() {
		return fmt.Errorf("%w: the session has no name", ErrFailed)
	}
	return nil
}

// choose says what the user is to be asked.
func (c *Cast) choose(ctx context.Context, types uint32, restore string) error {
	o := options{"types": dbus.MakeVariant(types & (monitors | windows)), "multiple": dbus.MakeVariant(false)}
	if modes, err := c.property(ctx, "AvailableCursorModes"); err == nil && modes&pointerEmbedded != 0 {
		o["cursor_mode"] = dbus.MakeVariant(uint32(pointerEmbedded))
	}
	const remembers = 4 // the version of the interface that does
	if version, err := c.property(ctx, "version"); err == nil && version >= remembers {
		o["persist_mode"] = dbus.MakeVariant(uint32(untilExit))
		if restore != "" {
			o["restore_token"] = dbus.MakeVariant(restore)
		}
	}
	_, err := c.ask(ctx, "SelectSources", o, c.session)
	return err
}

// stream is how the portal describes a picture.
type stream struct {
	Node       uint32
	Properties map[string]dbus.Variant
}

// start has the user asked.
func (c *Cast) start(ctx context.Context) error {
	const noWindow = ""
	results, err := c.ask(ctx, "Start", options{}, c.session, noWindow)
	if err != nil {
		return err
	}
	var streams []stream
	if !read(results["streams"], "a(ua{sv})", &streams) || len(streams) == 0 {
		return fmt.Errorf("%w: there is no picture in %v", ErrFailed, results)
	}
	c.Node = streams[0].Node
	c.Token, _ = results["restore_token"].Value().(string)
	kind, _ := streams[0].Properties["source_type"].Value().(uint32)
	c.Window = kind == windows
	c.Size = sizeOf(streams[0].Properties["size"])
	return nil
}

// read takes a value of a type over, and reports whether it is of that type:
// Store panics at some that are not.
func read(v dbus.Variant, signature string, into any) bool {
	return v.Signature().String() == signature && dbus.Store([]any{v.Value()}, into) == nil
}

// sizeOf reads two numbers; it is zero for anything else.
func sizeOf(v dbus.Variant) image.Point {
	pair, _ := v.Value().([]any)
	if len(pair) != 2 {
		return image.Point{}
	}
	width, _ := pair[0].(int32)
	height, _ := pair[1].(int32)
	return image.Pt(int(width), int(height))
}

func (c *Cast) openRemote(ctx context.Context) error {
	var fd dbus.UnixFD
	err := c.portal().CallWithContext(ctx, casting+".OpenPipeWireRemote", 0, c.session, options{}).Store(&fd)
	if err != nil {
		return fmt.Errorf("%w: opening the way to the picture: %w", ErrFailed, cmp.Or(ctx.Err(), err))
	}
	c.Remote = os.NewFile(uintptr(fd), "pipewire")
	if c.Remote == nil {
		return fmt.Errorf("%w: the way to the picture is no file", ErrFailed)
	}
	return nil
}

// options go along with every call.
type options map[string]dbus.Variant

// token makes a name that nobody else uses.
func token() string { return "parley" + rand.Text() }

// ask calls a method whose answer is a signal, and waits for that. What it
// belongs to is only known for certain when the call returns, so that signals of
// others are passed over.
func (c *Cast) ask(ctx context.Context, method string, o options, arguments ...any) (map[string]dbus.Variant, error) {
	o["handle_token"] = dbus.MakeVariant(token())
	var handle dbus.ObjectPath
	err := c.portal().CallWithContext(ctx, casting+"."+method, 0, append(arguments, o)...).Store(&handle)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFailed, cmp.Or(ctx.Err(), err))
	}
	for {
		select {
		case <-ctx.Done():
			c.conn.Object(service, handle).Go(requestClose, dbus.FlagNoReplyExpected, nil)
			return nil, ctx.Err()
		case s, open := <-c.signals:
			if !open {
				return nil, fmt.Errorf("%w: the bus is gone", ErrFailed)
			}
			if s.Name == response && s.Path == handle {
				return answer(s.Body)
			}
			if s.Name == sessionClosed && s.Path == c.session {
				return nil, ErrDenied
			}
		}
	}
}

// answer reads a Response: a code and what it says.
func answer(body []any) (map[string]dbus.Variant, error) {
	if len(body) != 2 {
		return nil, fmt.Errorf("%w: it answered %v", ErrFailed, body)
	}
	code, hasCode := body[0].(uint32)
	results, hasResults := body[1].(map[string]dbus.Variant)
	if !hasCode || !hasResults {
		return nil, fmt.Errorf("%w: it answered %v", ErrFailed, body)
	}
	const fine, cancelled = 0, 1
	switch code {
	case fine:
		return results, nil
	case cancelled:
		return nil, ErrDenied
	}
	return nil, fmt.Errorf("%w: code %d", ErrFailed, code)
}

// Ended tells whether the desktop has ended the cast: the user told it to, or
// the window was closed. It is called from one goroutine.
func (c *Cast) Ended() bool {
	for !c.ended {
		select {
		case s, open := <-c.signals:
			c.ended = !open || s.Name == sessionClosed && s.Path == c.session
		default:
			return false
		}
	}
	return true
}

// Close ends the cast.
func (c *Cast) Close() error {
	if c.session != "" {
		c.conn.Object(service, c.session).Go(sessionClose, dbus.FlagNoReplyExpected, nil)
	}
	var err error
	if c.Remote != nil {
		err = c.Remote.Close()
	}
	return errors.Join(err, c.conn.Close())
}
