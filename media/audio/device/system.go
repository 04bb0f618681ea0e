package device

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gen2brain/malgo"

	"parley/media"
)

// ErrNone is returned by List where a sound system answers, but has no device.
var ErrNone = errors.New("the sound system has no device")

// Why no sound system answers.
var (
	errNoCard   = errors.New("there is no sound card")
	errNotThere = errors.New("no server is running")
)

// backends are the sound systems to try, best first. Miniaudio's own list ends
// in a null device, which would hide that there is no sound, and contains JACK,
// which complains on the terminal at every try.
func backends() []malgo.Backend {
	switch runtime.GOOS {
	case "windows":
		return []malgo.Backend{malgo.BackendWasapi, malgo.BackendDsound, malgo.BackendWinmm}
	case "darwin":
		return []malgo.Backend{malgo.BackendCoreaudio}
	case "linux":
		return []malgo.Backend{malgo.BackendPulseaudio, malgo.BackendAlsa}
	}
	return []malgo.Backend{malgo.BackendSndio, malgo.BackendAudio4, malgo.BackendOss, malgo.BackendPulseaudio}
}

// System is the machine's sound system, by miniaudio. List and Close are for one
// goroutine at a time; Open may be called from any, also while List hangs.
type System struct {
	log     *slog.Logger
	contest contest

	mu      sync.Mutex
	backend malgo.Backend // that was listed last
	ids     map[key]malgo.DeviceID
}

// key names a device: the two directions may use the same text.
type key struct {
	direction malgo.DeviceType
	id        string
}

// NewSystem returns the machine's sound system, not yet connected to.
func NewSystem(log *slog.Logger) *System {
	s := &System{log: log}
	pulse := &patient{}
	for _, b := range backends() {
		s.contest.rivals = append(s.contest.rivals, rival{
			name: b,
			connect: func(urgent bool) (lister, error) {
				return s.reconnect(b, pulse, urgent)
			},
		})
	}
	return s
}

// connect opens a connection to one sound system.
func (s *System) connect(b malgo.Backend) (*malgo.AllocatedContext, error) {
	name := [...]byte{'P', 'a', 'r', 'l', 'e', 'y', 0}
	var pin runtime.Pinner
	defer pin.Unpin()
	pin.Pin(&name)
	config := malgo.ContextConfig{Pulse: malgo.PulseContextConfig{PApplicationName: &name[0]}}
	c, err := malgo.InitContext([]malgo.Backend{b}, config, func(text string) {
		s.log.Debug("sound system", "component", "audio", "says", strings.TrimSpace(text))
	})
	if err != nil {
		return nil, fmt.Errorf("connect to the sound system: %w", err)
	}
	return c, nil
}

// reconnect is connect, without trying in vain too often.
func (s *System) reconnect(b malgo.Backend, pulse *patient, urgent bool) (lister, error) {
	if _, err := os.Stat("/dev/snd"); b == malgo.BackendAlsa && err != nil {
		return nil, errNoCard // not one in this machine
	}
	if b == malgo.BackendPulseaudio && !pulse.now(time.Now(), pulseListens(os.Getenv), urgent) {
		return nil, errNotThere
	}
	c, err := s.connect(b)
	if b == malgo.BackendPulseaudio {
		pulse.tried(time.Now(), err)
	}
	if err != nil {
		return nil, err
	}
	return connection{s, b, c}, nil
}

// connection is one to a sound system, by which it is listed.
type connection struct {
	system  *System
	backend malgo.Backend
	context *malgo.AllocatedContext
}

func (c connection) list() ([]Info, error) { return c.system.devices(c.backend, c.context) }

func (c connection) end() { disconnect(c.context) }

// disconnect ends a connection. Errors cannot be helped.
func disconnect(c *malgo.AllocatedContext) {
	_ = c.Uninit()
	c.Free()
}

// List returns the devices of the best sound system that has any. Where one
// answers, and none has any, the error is ErrNone. It may take long. What is urgent
// is tried more often where trying costs something.
func (s *System) List(urgent bool) ([]Info, error) { return s.contest.list(time.Now(), urgent) }

// hardware reports whether there is a real device among those of a sound
// system. ALSA lists its plug-ins as devices too, among them one that discards
// all sound; what is a card has a colon in its name.
func hardware(b malgo.Backend, devices []Info) bool {
	return slices.ContainsFunc(devices, func(d Info) bool {
		return b != malgo.BackendAlsa || strings.Contains(d.ID, ":")
	})
}

// standIn reports whether a device is the one that PulseAudio and PipeWire put up
// while there is none (module-always-sink, "Dummy Output"), or what is heard of it.
// Whoever took it for a speaker would believe that the call can be heard.
func standIn(b malgo.Backend, id string) bool {
	const name = "auto_null"
	return b == malgo.BackendPulseaudio && (id == name || strings.HasPrefix(id, name+"."))
}

// devices returns what one sound system has, and remembers its identifiers. Where
// there is nothing the error is ErrNone.
func (s *System) devices(b malgo.Backend, c *malgo.AllocatedContext) (devices []Info, err error) {
	ids := map[key]malgo.DeviceID{}
	for _, kind := range []media.DeviceKind{media.Microphone, media.Speaker} {
		of := direction(kind)
		infos, err := c.Devices(of)
		if err != nil {
			return nil, fmt.Errorf("list the sound devices: %w", err)
		}
		for i := range infos {
			id := identifier(&infos[i].ID)
			if b == malgo.BackendAlsa && id != "default" && !strings.Contains(id, ":") || standIn(b, id) {
				continue
			}
			ids[key{of, id}] = infos[i].ID
			devices = append(devices, Info{
				Device:  media.Device{Kind: kind, ID: id, Name: infos[i].Name(), Default: infos[i].IsDefault != 0},
				Monitor: kind == media.Microphone && strings.HasSuffix(id, ".monitor"),
			})
		}
	}
	if !hardware(b, devices) {
		return nil, ErrNone
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.backend, s.ids = b, ids
	return devices, nil
}

// identifier returns a sound system's identifier as text: as it is where it is
// text, else in hexadecimal.
func identifier(id *malgo.DeviceID) string {
	text, rest, _ := strings.Cut(string(id[:]), "\x00")
	printable := strings.IndexFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) < 0
	if text != "" && printable && strings.Trim(rest, "\x00") == "" {
		return text
	}
	return id.String()
}

// listed returns the sound system that was listed last.
func (s *System) listed() malgo.Backend {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.backend
}

// Follows reports whether the sound system moves what is open on the default
// device when another becomes the default. Where it does not, the device has to
// be opened again.
func (s *System) Follows() bool {
	switch s.listed() {
	case malgo.BackendPulseaudio, malgo.BackendWasapi, malgo.BackendCoreaudio:
		return true
	}
	return false
}

// Close ends the listing connection. Open devices stay open.
func (s *System) Close() { s.contest.end() }
