// Command parley rings a person over a signaling server and holds a video call
// with them: in a window, without one, or as the server itself.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/lang"
	"github.com/alecthomas/kong"

	"parley/assets/words"
	"parley/call/session"
	"parley/call/station"
	"parley/signaling/hub"
	"parley/ui"
	"parley/ui/control"
	"parley/ui/gallery"
	"parley/ui/look"
	"parley/ui/screen"
)

// version is set by the linker.
var version = "dev" //nolint:gochecknoglobals // the linker needs a variable

const appID = "org.parley.Parley"

// lastWords is how long the control protocol's last lines may take to be read.
const lastWords = time.Second

// commandLine is everything that can be asked of the program.
type commandLine struct {
	Log     string           `help:"How much to log to standard error." enum:"debug,info,warn,error" default:"warn"`
	Version kong.VersionFlag `help:"Print the version."`

	Window   windowCommand   `cmd:"" default:"withargs" help:"Open the window (the default)."`
	Headless headlessCommand `cmd:"" help:"Run without a window, driven by JSON lines (docs/control.md)."`
	Hub      hubCommand      `cmd:"" help:"Serve a hub: signaling, presence, invite links and the guests' page."`
	Gallery  galleryCommand  `cmd:"" hidden:"" help:"Write a picture of every screen."`
}

// stationFlags are what window and headless have in common.
type stationFlags struct {
	Name        string `help:"The name others ring. Default: your login name." placeholder:"ME"`
	Server      string `help:"The server to use; ws://HOST:PORT means a hub. Default: Parley's own, on this computer." placeholder:"URL"`
	Fingerprint string `help:"SHA-256 of the server's certificate, for one that it signed itself." placeholder:"SHA256"`
	Profile     string `help:"The dialect the server speaks." enum:"hub" default:"hub"`
	Room        string `help:"The room to join, where the server has rooms." placeholder:"ROOM"`
	Hub         string `help:"Where Parley's own hub listens." placeholder:"HOST:PORT"`
	Share       bool   `help:"Let people on this network in: the own hub listens on every address, with TLS."`
	AutoAnswer  bool   `help:"Answer every call at once."`
	Camera      string `help:"The picture to send: a camera's name, screen, off, pattern or file:CLIP.y4m." placeholder:"CAMERA"`
	Microphone  string `help:"The sound to send: a microphone's name, off, tone or file:VOICE.wav." placeholder:"MICROPHONE"`
	Speaker     string `help:"Where sound goes: a speaker's name, off or file:OUT.wav." placeholder:"SPEAKER"`
	Data        string `help:"The folder for contacts, history, keys and settings." type:"path" placeholder:"DIR"`
}

func (f stationFlags) options(log *slog.Logger) (station.Options, error) {
	if f.Room != "" {
		return station.Options{}, userError("a hub has no rooms: leave out --room, and ring a name instead")
	}
	return station.Options{
		Data: f.Data, Name: f.Name, Server: f.Server, Fingerprint: f.Fingerprint, HubListen: f.Hub, Share: f.Share, Camera: f.Camera,
		Microphone: f.Microphone, Speaker: f.Speaker, AutoAnswer: f.AutoAnswer, Log: log,
	}, nil
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "parley:", sentence(words.In(words.Match(locale())), err))
		os.Exit(1)
	}
}

func run(args []string) error {
	var line commandLine
	parser, err := kong.New(&line, kong.Name("parley"), kong.Description("Video calls over any WebSocket signaling server."),
		kong.Vars{"version": version})
	if err != nil {
		return err
	}
	chosen, err := parser.Parse(args)
	if err != nil {
		return &station.Fault{Key: "start.usage", Args: map[string]string{"detail": err.Error()}, Err: err}
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(line.Log)); err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
	slog.SetDefault(log) // what libraries say by package log goes the same way, at Info
	ctx, stop := signal.NotifyContext(context.Background(), goodbyes()...)
	defer stop()
	context.AfterFunc(ctx, stop) // who asks twice does not want to wait
	signal.Ignore(syscall.SIGPIPE)
	return chosen.Run(&environment{ctx: ctx, quit: stop, log: log})
}

// goodbyes are the signals that end the program after its goodbyes. The end of
// a terminal is one unless, as by nohup, it shall not be.
func goodbyes() []os.Signal {
	all := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		all = append(all, syscall.SIGHUP)
	}
	return all
}

// environment is what every command gets.
type environment struct {
	ctx  context.Context //nolint:containedctx // commands are called by kong, which passes one value
	quit func()
	log  *slog.Logger
}

// hubCommand serves a hub.
type hubCommand struct {
	Listen    string `help:"Where to listen." default:"127.0.0.1:7310" placeholder:"HOST:PORT"`
	PublicURL string `help:"Where browsers reach it, if not there." placeholder:"URL"`
	Cert      string `help:"Certificate for TLS, PEM. Without one a hub that others can reach makes its own." type:"path" placeholder:"FILE"`
	Key       string `help:"Key of the certificate, PEM." type:"path" placeholder:"FILE"`
	Data      string `help:"The folder for the hub's own certificate." type:"path" placeholder:"DIR"`
}

func (c hubCommand) Run(e *environment) error {
	dir, err := station.DataFolder(c.Data)
	if err != nil {
		return err
	}
	options := hub.Options{Listen: c.Listen, PublicURL: c.PublicURL, CertFile: c.Cert, KeyFile: c.Key, DataDir: dir, Log: e.log}
	return station.ServeHub(e.ctx, options, func(h *hub.Hub) { announce(os.Stdout, h) })
}

// announce says where a hub is reached.
func announce(out io.Writer, h *hub.Hub) {
	text := fmt.Sprintf("hub: %s\nbrowsers: %s\n", h.URL(), h.Public())
	if fingerprint := h.Fingerprint(); fingerprint != "" {
		text += fmt.Sprintf("certificate SHA-256: %s\n", fingerprint)
	}
	_, _ = io.WriteString(out, text)
}

// headlessCommand runs a station with the control protocol as its face.
type headlessCommand struct {
	stationFlags
}

func (c headlessCommand) Run(e *environment) error {
	options, err := c.options(e.log)
	if err != nil {
		return err
	}
	pipe := control.NewPipe(os.Stdout)
	defer pipe.Close(lastWords)
	var parley *station.Station
	watch := &control.Watch{}
	console := control.New(e.control(pipe, watch, func(in session.Input) { parley.Post(in) }))
	options.Show, options.Watch = console.Show, watch
	if parley, err = station.New(e.ctx, options); err != nil {
		return err
	}
	go e.read(console)
	unread := make(chan error, 1)
	go func() {
		if err := e.unread(pipe); err != nil {
			unread <- err
			e.quit()
		}
	}()
	if err := parley.Run(e.ctx); err != nil {
		return err
	}
	select {
	case err := <-unread:
		return err
	default:
		return nil
	}
}

// unread returns the reason to end the program when nobody can read its events
// any more: nobody would hear of its calls, nor could end them. A reader that is
// only too slow misses events and is no reason. It returns when the program ends.
func (e *environment) unread(pipe *control.Pipe) error {
	select {
	case <-e.ctx.Done():
		return nil
	case err := <-pipe.Lost():
		if errors.Is(err, control.ErrNotRead) {
			e.log.Error("no more events are told", "err", err)
			return nil
		}
		return &station.Fault{Key: "start.eventsUnread", Err: err}
	}
}

// control is what a console needs, whatever else shows the session.
func (e *environment) control(out io.Writer, watch *control.Watch, post func(session.Input)) control.Options {
	sentences := words.In(words.Match(locale()))
	return control.Options{
		Out: out, Post: post, Quit: e.quit, Measure: control.Process, Watch: watch,
		Sentence: func(n session.Notice) string { return screen.Sentence(sentences, n) },
	}
}

// read carries out what comes on standard input. It cannot be joined: a read
// that waits for a line ends with the program.
func (e *environment) read(console *control.Console) {
	if err := console.Read(e.ctx, os.Stdin); err != nil && e.ctx.Err() == nil {
		e.log.Error("commands are not read any more", "err", err)
	}
}

// windowCommand opens the window.
type windowCommand struct {
	stationFlags
	Control bool `help:"Take commands and tell events on standard input and output, as headless does."`
}

func (c windowCommand) Run(e *environment) error {
	if err := haveDisplay(); err != nil {
		return err
	}
	options, err := c.options(e.log)
	if err != nil {
		return err
	}
	var window *ui.Window
	var console *control.Console
	watch := &control.Watch{}
	options.Pictures = true
	options.Show = func(s session.Snapshot) { window.Show(s) }
	if c.Control {
		options.Watch = watch
		options.Show = func(s session.Snapshot) { window.Show(s); console.Show(s) }
	}
	parley, err := station.New(e.ctx, options)
	if err != nil {
		return err
	}
	a := app.NewWithID(appID)
	window = ui.New(deps(a, parley))
	if c.Control {
		pipe := control.NewPipe(os.Stdout)
		defer pipe.Close(lastWords)
		o := e.control(pipe, watch, parley.Post)
		o.Extra = windowExtra(window)
		console = control.New(o)
		go e.read(console)
	}
	return e.live(a, window, parley)
}

// live runs window and station until either ends, then the other.
func (e *environment) live(a fyne.App, window *ui.Window, parley *station.Station) error {
	var gone atomic.Bool // the toolkit has ended: it must not be asked to quit any more
	ended := make(chan error, 1)
	go func() {
		err := parley.Run(e.ctx)
		window.Close()
		if !gone.Load() {
			fyne.Do(a.Quit)
		}
		ended <- err
	}()
	window.Open()
	a.Run()
	gone.Store(true)
	window.Close()
	e.quit()
	return <-ended
}

// deps joins a window to a station.
func deps(a fyne.App, parley *station.Station) ui.Deps {
	settings := parley.Settings()
	return ui.Deps{
		App: a, Post: parley.Post, Do: fyne.Do, Local: &parley.Local.Frames, Remote: &parley.Remote.Frames,
		Level: parley.Level, Locale: locale(), Version: version,
		Preferences: ui.Preferences{
			Name: settings.Display, Language: words.Language(settings.Language), Theme: look.Mode(settings.Theme), Share: settings.Share,
		},
		OwnHub: parley.OwnHub(),
		Save: func(p ui.Preferences) {
			parley.Change(func(s *station.Settings) {
				s.Display, s.Language, s.Theme, s.Share = p.Name, string(p.Language), string(p.Theme), p.Share
			})
		},
	}
}

// windowExtra answers what only a window can.
func windowExtra(window *ui.Window) func(do string) (map[string]any, bool) {
	return func(do string) (map[string]any, bool) {
		if do != "widgets" {
			return nil, false
		}
		list := []map[string]any{}
		for _, w := range window.Widgets() {
			list = append(list, map[string]any{
				"id": w.ID, "name": w.Name, "x": w.X, "y": w.Y, "w": w.W, "h": w.H, "enabled": w.Enabled, "window": w.Window,
			})
		}
		return map[string]any{"event": "widgets", "widgets": list}, true
	}
}

// galleryCommand takes the pictures of the documentation.
type galleryCommand struct {
	Out  string   `help:"The folder to write to." default:"docs/screenshots" type:"path"`
	Only []string `arg:"" optional:"" help:"The scenes to take. Default: all."`
}

func (c galleryCommand) Run(*environment) error {
	if err := haveDisplay(); err != nil {
		return err
	}
	a := app.NewWithID(appID + ".gallery")
	var result error
	a.Lifecycle().SetOnStarted(func() {
		gallery.Start(a, c.Out, gallery.Variants(), c.Only, func(err error) { result = err; a.Quit() })
	})
	a.Run()
	return result
}

// haveDisplay returns, as a sentence for the user, why no window can be opened.
func haveDisplay() error {
	if runtime.GOOS != "linux" || os.Getenv("WAYLAND_DISPLAY") != "" {
		return nil
	}
	name := os.Getenv("DISPLAY")
	host, number, found := strings.Cut(name, ":")
	number, _, _ = strings.Cut(number, ".")
	if found && host == "" {
		c, err := net.DialTimeout("unix", "/tmp/.X11-unix/X"+number, time.Second)
		if err == nil {
			return c.Close()
		}
	} else if found {
		return nil // another machine's display: the toolkit will tell
	}
	return userError(words.In(words.Match(locale())).Text("start.noDisplay"))
}

func locale() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			return v
		}
	}
	return lang.SystemLocale().String()
}

// sentence is what the user reads of why the program ended: one line, with a
// remedy where there is one.
func sentence(w *words.Words, err error) string {
	var fault *station.Fault
	if errors.As(err, &fault) {
		return oneLine(w.Text(fault.Key, words.Args(fault.Args)))
	}
	var told userError
	if errors.As(err, &told) {
		return oneLine(string(told))
	}
	return oneLine(w.Text("start.failed", words.Args{"detail": station.Detail(err)}))
}

// userError is an error whose text is for the user as it is.
type userError string

// Error implements error.
func (e userError) Error() string { return string(e) }

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
