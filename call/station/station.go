package station

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"parley/call"
	"parley/call/book"
	"parley/call/peer"
	"parley/call/session"
	"parley/media"
	"parley/media/codec"
	"parley/signaling"
	"parley/signaling/wire"
)

// Options say what a station uses. Empty members take the settings of the data
// folder, then the default.
type Options struct {
	Data string // folder, made if missing
	Name string // what others ring
	// Only is the one server of this run; without a URL it is the own hub and the
	// servers of the settings.
	Only       Server
	Rooms      []string // to join on Only
	HubListen  string   // where the own hub listens; DefaultListen if empty
	Share      bool     // the own hub lets people on this network in
	Camera     string   // a media.Choice, as are the next three
	Microphone string
	Speaker    string
	Ringer     string
	Process    string // stages of the voice, as ParseProcess takes them
	AutoAnswer bool

	// Show is given every snapshot. It must not block.
	Show func(session.Snapshot)
	// Watch sees every remote frame, before it is shown; nil: nobody.
	Watch media.VideoSink
	// Pictures says that somebody looks at Local, Remote, LocalShare and RemoteShare.
	Pictures bool
	Log      *slog.Logger
}

// Station is one running Parley. Make it with New, then Run it once.
type Station struct {
	options         Options
	log             *slog.Logger
	dir             string
	session         *session.Session
	links           *links
	devices         *devices
	factory         *peer.Factory
	book            *book.Book
	ledger          *book.Ledger
	answered        signaling.CallID // the last call that was answered by itself; owned by publish
	talking         atomic.Value     // the server of the call, as a string; "" without a call
	with            atomic.Value     // the name of the other side of the call, as a string
	recordings      *recordings
	keeper          *keeper
	seen, seenShare newest // pictures of the other side

	mu       sync.Mutex // guards what follows
	settings Settings
	waiting  map[string][]string // rooms to join, by servers whose dialect is not known yet
	held     *heldCall           // a call into a room that is being joined

	// Local and Remote are the pictures to be shown, for one reader each.
	Local, Remote media.Screen
	// LocalShare and RemoteShare are what is shown of our screen and of the other
	// side's, beside the cameras, while session.Snapshot has Sharing.Beside and
	// SeesShare.
	LocalShare, RemoteShare media.Screen
}

const bookFile = "book.db"

// New opens what the station keeps and prepares the rest. Damaged files are set
// aside and told by a notice; what it fails for cannot be worked around, and is
// a Fault as a rule.
func New(ctx context.Context, o Options) (*Station, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	dir, err := DataFolder(o.Data)
	if err != nil {
		return nil, err
	}
	s := &Station{options: o, log: o.Log, dir: dir, waiting: map[string][]string{}}
	s.Local.Convert, s.Remote.Convert = s.toOurselves, codec.ToRGBA
	s.Local.Shrink = (&mirror{log: s.log}).shrink
	s.LocalShare.Convert, s.RemoteShare.Convert = codec.ToRGBA, codec.ToRGBA
	s.LocalShare.Shrink = (&mirror{log: s.log}).shrink
	var unreadable error
	s.settings, unreadable = LoadSettings(dir)
	choices, err := choices(o, s.settings, s.log)
	if err != nil {
		return nil, err
	}
	sound, err := sound(o, s.settings.Sound)
	if err != nil {
		return nil, err
	}
	wanted, own, err := s.wanted()
	if err != nil {
		return nil, err
	}
	unwritten, err := s.openBook(ctx)
	if err != nil {
		return nil, err
	}
	s.ledger = book.NewLedger(s.book, s.noted, s.log)
	s.links = newLinks(s, wanted, own)
	s.devices = newDevices(s.post, s.log)
	s.recordings, s.keeper = newRecordings(s), newKeeper(s)
	s.session = session.New(session.Deps{
		Link: s.links, Open: s.open, Devices: s.devices, Ledger: s.ledger, Recorder: s.recordings, NewID: newID, Publish: s.publish,
		Name: s.settings.Display, Sound: sound, Log: s.log,
	})
	s.devices.open(choices, sound)
	if s.factory, err = peer.NewFactory(s.peerConfig()); err != nil {
		return nil, errors.Join(fmt.Errorf("station: prepare calls: %w", err), s.book.Close())
	}
	if own == nil {
		s.seat(wanted[0], o.Rooms)
	}
	s.tell(unreadable, unwritten)
	return s, nil
}

// wanted are the servers of this run, and the own hub if it is one of them.
func (s *Station) wanted() ([]Server, *ownHub, error) {
	if s.options.Only.URL == "" {
		all := []Server{{URL: ownServer, Profile: HubProfile}}
		for _, k := range s.settings.Servers {
			if k.URL != "" && !slices.ContainsFunc(all, k.same) {
				all = append(all, k)
			}
		}
		return all, newOwnHub(s), nil
	}
	only := s.options.Only
	if address, err := wire.Normalize(only.URL); err == nil {
		if i := slices.IndexFunc(s.settings.Servers, Server{URL: address}.same); i >= 0 {
			only = only.over(s.settings.Servers[i])
		}
	}
	only, err := s.usable(only, s.options.Rooms)
	return []Server{only}, nil, err
}

// tell tells what of the data folder could not be used, and how.
func (s *Station) tell(unreadable, unwritten error) {
	s.Profiles()
	if unreadable != nil {
		s.notice("settingsReset", unreadable)
	}
	if s.book.SetAside != "" {
		s.notice("bookReset", nil)
	}
	switch {
	case errors.Is(unwritten, book.ErrDiskFull):
		s.notice("diskFull", unwritten)
	case unwritten != nil:
		s.notice("bookReadOnly", unwritten)
	}
}

// openBook opens contacts and history, or, where the folder does not take them,
// begins some that last until the end of the program, and tells why.
func (s *Station) openBook(ctx context.Context) (unwritten, err error) {
	if s.book, unwritten = book.Open(ctx, filepath.Join(s.dir, bookFile)); unwritten == nil {
		return nil, nil
	}
	s.log.Error("contacts and history are not kept", "err", unwritten)
	if s.book, err = book.Open(ctx, book.InMemory); err != nil {
		return nil, fmt.Errorf("station: open contacts and history: %w", errors.Join(unwritten, err))
	}
	return unwritten, nil
}

func newID() signaling.CallID { return signaling.CallID(rand.Text()) }

// Post gives the session an input. It never blocks.
func (s *Station) Post(in session.Input) {
	switch in := in.(type) {
	case session.Choose:
		s.Change(func(settings *Settings) { settings.Devices = with(settings.Devices, in.Kind, in.Choice.String()) })
	case session.Tune:
		s.Change(func(settings *Settings) {
			for stage, on := range in.Switches {
				settings.Sound.Switches = with(settings.Sound.Switches, stage, on)
			}
		})
	case session.SetVolume:
		s.Change(func(settings *Settings) {
			settings.Sound.Volume = with(settings.Sound.Volume, in.Kind, session.Volume(in.Level))
		})
	case session.Dial:
		if s.hold(in) {
			return
		}
	case session.Hangup:
		s.letGo()
	case session.SavePicture:
		s.savePicture()
		return
	}
	s.post(in)
}

func (s *Station) post(in session.Input) { s.session.Post(in) }

// noted takes what the book reports.
func (s *Station) noted(in session.Input) {
	if b, ok := in.(session.BookChanged); ok {
		s.links.follow(b.Contacts)
	}
	s.post(in)
}

func (s *Station) notice(code string, err error) {
	s.post(session.Noticed{Notice: session.Notice{Code: code, Err: err, Since: time.Now()}})
}

// Settings returns what the user chose.
func (s *Station) Settings() Settings {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.settings
}

// Change changes the settings, at once, and has them written soon: the disk is not
// waited for. A new name and sharing take effect at once; servers are changed by
// AddServer and RemoveServer. edit must not change maps and slices in place.
func (s *Station) Change(edit func(*Settings)) {
	s.mu.Lock()
	before := s.settings
	edit(&s.settings)
	after := s.settings
	s.mu.Unlock()
	s.keeper.keep()
	if before.Name != after.Name || before.Display != after.Display {
		s.links.again("")
	}
	if before.Share != after.Share && s.links.own != nil {
		s.links.own.move()
	}
}

// unkept tells that settings could not be kept.
func (s *Station) unkept(err error) {
	s.log.Error("settings were not saved", "err", err)
	s.notice("settingsFailed", err)
}

// Run runs the station until ctx is done, and returns when nothing of it is
// left: calls are hung up, devices closed, files written.
func (s *Station) Run(ctx context.Context) error {
	outer, stopOuter := context.WithCancel(context.WithoutCancel(ctx))
	defer stopOuter()
	var around sync.WaitGroup // what must outlive the session: it carries the goodbyes
	around.Go(func() { s.links.run(outer) })
	around.Go(func() { s.ledger.Run(outer) })
	around.Go(func() { s.keeper.run(outer) })
	around.Go(func() { s.devices.run(outer, s.shown(&s.Local), s.shown(&s.LocalShare)) })

	err := s.session.Run(ctx)
	s.recordings.wait()
	stopOuter()
	around.Wait()
	s.factory.Wait()
	return errors.Join(err, s.book.Close())
}

// shown returns a screen if somebody looks at it.
func (s *Station) shown(on *media.Screen) media.VideoSink {
	if s.options.Pictures {
		return on
	}
	return nil
}

// publish passes a snapshot on. It is called from the session's loop.
func (s *Station) publish(now session.Snapshot) {
	if now.Call.Phase == call.Ringing && s.options.AutoAnswer && s.answered != now.Call.ID {
		s.answered = now.Call.ID
		s.post(session.Accept{Kind: now.Call.Kind})
	}
	s.talking.Store(now.Call.Remote.Server)
	s.looked(now)
	s.links.shown(now.Servers)
	s.release(now)
	s.options.Show(now)
}
