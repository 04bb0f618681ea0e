// Command parley rings a person over a signaling server and holds a video call
// with them: in a window, without one, or as the server itself.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
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
	"parley/ui/command"
	"parley/ui/control"
	"parley/ui/gallery"
	"parley/ui/iconified"
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
	Profiles profilesCommand `cmd:"" help:"List, show and check the profiles of servers (docs/profiles.md)."`
	Probe    probeCommand    `cmd:"" help:"Find out what server is at an address."`
	Doctor   doctorCommand   `cmd:"" help:"Say whether this computer has what calls need, and how to mend what is missing."`
	Gallery  galleryCommand  `cmd:"" hidden:"" help:"Write a picture of every screen."`
}

// stationFlags are what window and headless have in common.
type stationFlags struct {
	Name        string            `help:"The name others ring. Default: your login name." placeholder:"ME"`
	Server      string            `help:"The only server to use: ws, wss, http or https. Default: Parley's own, on this computer, and those that were added." placeholder:"URL"`
	Profile     string            `help:"The dialect the server speaks, as “parley profiles” lists them. Default: it is found out." placeholder:"NAME"`
	Room        []string          `help:"A room to join, where the server has rooms. Can be given several times." sep:"none" placeholder:"ROOM"`
	Param       map[string]string `help:"What the profile wants to know besides. Can be given several times." mapsep:"none" placeholder:"KEY=VALUE"`
	Fingerprint string            `help:"SHA-256 of the server's certificate, for one that it signed itself." placeholder:"SHA256"`
	CA          string            `name:"ca" help:"Authorities to trust beside the system's, PEM." type:"path" placeholder:"FILE"`
	Proxy       string            `help:"The proxy on the way to the server: http, socks5 or direct. Default: as the environment says." placeholder:"URL"`
	Hub         string            `help:"Where Parley's own hub listens." placeholder:"HOST:PORT"`
	Share       bool              `help:"Let people on this network in: the own hub listens on every address, with TLS."`
	AutoAnswer  bool              `help:"Answer every call at once."`
	Camera      string            `help:"The picture to send: a camera's name, screen, off, pattern or file:CLIP (Y4M, motion JPEG). NAME@640x360@15 asks for a size and a rate." placeholder:"CAMERA"`
	Microphone  string            `help:"The sound to send: a microphone's name, off, tone or file:VOICE.wav." placeholder:"MICROPHONE"`
	Speaker     string            `help:"Where sound goes: a speaker's name, off or file:OUT.wav." placeholder:"SPEAKER"`
	Ringer      string            `help:"Where it rings: a speaker's name, off or file:OUT.wav. Default: the speaker." placeholder:"RINGER"`
	Process     string            `help:"What a voice passes before it is sent: highPass, echo, noise, gain with commas between them, all or none. Default: as in the settings." placeholder:"STAGES"`
	Data        string            `help:"The folder for contacts, history, keys, settings and your own profiles." type:"path" placeholder:"DIR"`
}

func (f stationFlags) options(log *slog.Logger) station.Options {
	return station.Options{
		Data: f.Data, Name: f.Name, Rooms: f.Room, HubListen: f.Hub, Share: f.Share, Camera: f.Camera, Microphone: f.Microphone,
		Speaker: f.Speaker, Ringer: f.Ringer, Process: f.Process, AutoAnswer: f.AutoAnswer, Log: log,
		Only: station.Server{URL: f.Server, Profile: f.Profile, Params: f.Param, Fingerprint: f.Fingerprint, CA: f.CA, Proxy: f.Proxy},
	}
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		if !errors.Is(err, command.ErrTold) {
			fmt.Fprintln(os.Stderr, "parley:", command.Sentence(words.In(words.Match(locale())), err))
		}
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
	options := c.options(e.log)
	pipe := control.NewPipe(os.Stdout)
	defer pipe.Close(lastWords)
	var console *control.Console
	watch := &control.Watch{}
	options.Show, options.Watch = func(s session.Snapshot) { console.Show(s) }, watch
	parley, err := station.New(e.ctx, options)
	if err != nil {
		return err
	}
	console = control.New(e.control(pipe, watch, parley))
	go e.read(console)
	unread := make(chan error, 1)
	go func() {
		if err := command.Unread(e.ctx, pipe, e.log); err != nil {
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

// control is what a console needs, whatever else shows the session.
func (e *environment) control(out io.Writer, watch *control.Watch, parley *station.Station) control.Options {
	sentences := words.In(words.Match(locale()))
	return control.Options{
		Out: out, Post: parley.Post, Servers: command.Console{Station: parley, Words: sentences}, Quit: e.quit, Measure: control.Process, Watch: watch,
		Levels: func() map[string]control.Level { return command.Levels(parley.Levels()) }, Shareables: parley.Shareables,
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
	if err := command.Display(); err != nil {
		return err
	}
	options := c.options(e.log)
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
	loop := ui.NewLoop(fyne.Do)
	window = ui.New(deps(a, loop, parley))
	if c.Control {
		pipe := control.NewPipe(os.Stdout)
		defer pipe.Close(lastWords)
		o := e.control(pipe, watch, parley)
		o.Extra = windowExtra(window)
		console = control.New(o)
		go e.read(console)
	}
	return e.live(a, loop, window, parley)
}

// live runs window and station until either ends, then the other.
func (e *environment) live(a fyne.App, loop ui.Loop, window *ui.Window, parley *station.Station) error {
	ended := make(chan error, 1)
	go func() {
		err := parley.Run(e.ctx)
		window.Close()
		loop.Do(a.Quit)
		ended <- err
	}()
	window.Open()
	a.Run()
	window.Close()
	e.quit()
	return <-ended
}

// levels tells the window how loud it is.
func levels(parley *station.Station) func() ui.Levels {
	return func() ui.Levels {
		l := parley.Levels()
		return ui.Levels{Microphone: l.Raw.RMS, Speaker: l.Speaker.RMS, Remote: l.Remote.RMS}
	}
}

// deps joins a window to a station.
func deps(a fyne.App, loop ui.Loop, parley *station.Station) ui.Deps {
	settings := parley.Settings()
	return ui.Deps{
		App: a, Post: parley.Post, Do: loop.Do, Local: &parley.Local, Remote: &parley.Remote,
		LocalShare: &parley.LocalShare, RemoteShare: &parley.RemoteShare, Minimised: iconified.Watch,
		Levels: levels(parley), Locale: locale(), Version: version,
		Preferences: ui.Preferences{
			Name: settings.Display, Language: words.Language(settings.Language), Theme: look.Mode(settings.Theme), Share: settings.Share,
			Recordings: settings.Recordings,
		},
		OwnHub: parley.OwnHub(), Desktop: parley, Servers: windowServers{parley},
		Save: func(p ui.Preferences) {
			parley.Change(func(s *station.Settings) {
				s.Display, s.Language, s.Theme, s.Share, s.Recordings = p.Name, string(p.Language), string(p.Theme), p.Share, p.Recordings
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

// profilesCommand is about the profiles of servers.
type profilesCommand struct {
	List  listCommand  `cmd:"" default:"withargs" help:"List the profiles (the default)."`
	Check checkCommand `cmd:"" help:"Say what is wrong with a profile, or what servers of it can do."`
	Show  showCommand  `cmd:"" help:"Print a profile."`
	Data  string       `help:"The folder of your own profiles." type:"path" placeholder:"DIR"`
}

func (c *profilesCommand) teller() command.Teller {
	return command.Teller{Out: os.Stdout, Language: words.Match(locale()), Data: c.Data}
}

type listCommand struct{}

func (listCommand) Run(c *profilesCommand) error { return c.teller().List() }

type checkCommand struct {
	File string `arg:"" help:"The profile." type:"path"`
}

func (k checkCommand) Run(c *profilesCommand) error { return c.teller().Check(k.File) }

type showCommand struct {
	Name string `arg:"" help:"Its name."`
}

func (s showCommand) Run(c *profilesCommand) error { return c.teller().Show(s.Name) }

// probeCommand looks at a server.
type probeCommand struct {
	URL  string `arg:"" help:"The address: ws, wss, http, https or without any of these."`
	Data string `help:"The folder of your own profiles." type:"path" placeholder:"DIR"`
}

func (c probeCommand) Run(e *environment) error {
	return command.Teller{Out: os.Stdout, Language: words.Match(locale()), Data: c.Data}.Probe(e.ctx, c.URL)
}

// doctorCommand examines the computer.
type doctorCommand struct {
	Listen     bool   `help:"Open the microphone for two seconds, and tell whether it hears something."`
	JSON       bool   `name:"json" help:"One JSON object a line instead of sentences."`
	Microphone string `help:"The microphone to examine. Default: as in the settings." placeholder:"MICROPHONE"`
	Speaker    string `help:"The speaker to examine." placeholder:"SPEAKER"`
	Ringer     string `help:"The device to ring on." placeholder:"RINGER"`
	Hub        string `help:"Where Parley's own hub would listen." placeholder:"HOST:PORT"`
	Data       string `help:"The folder for contacts, history and settings." type:"path" placeholder:"DIR"`
}

func (c doctorCommand) Run(e *environment) error {
	options := station.Options{Data: c.Data, HubListen: c.Hub, Microphone: c.Microphone, Speaker: c.Speaker, Ringer: c.Ringer, Log: e.log}
	return command.Doctor{Out: os.Stdout, Language: words.Match(locale()), Listen: c.Listen, JSON: c.JSON}.Examine(e.ctx, options)
}

// galleryCommand takes the pictures of the documentation.
type galleryCommand struct {
	Out  string   `help:"The folder to write to." default:"docs/screenshots" type:"path"`
	Only []string `arg:"" optional:"" help:"The scenes to take. Default: all."`
}

func (c galleryCommand) Run(*environment) error {
	if err := command.Display(); err != nil {
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

func locale() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			return v
		}
	}
	return lang.SystemLocale().String()
}
