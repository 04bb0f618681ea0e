package audio

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
	"unsafe"

	"github.com/gen2brain/malgo"

	"parley/media"
)

// Why there is nothing to list.
var (
	errNoDevices = errors.New("no device is known")
	errNotThere  = errors.New("no server is running")
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

// system is the machine's sound system, by miniaudio.
type system struct {
	log *slog.Logger

	mu      sync.Mutex
	context *malgo.AllocatedContext // that lists; nil before the first list and after a fault
	backend malgo.Backend           // of context
	ids     map[string]malgo.DeviceID
	pulse   patient
}

// connect opens a connection to one sound system.
func (s *system) connect(b malgo.Backend) (*malgo.AllocatedContext, error) {
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
func (s *system) reconnect(b malgo.Backend) (*malgo.AllocatedContext, error) {
	if _, err := os.Stat("/dev/snd"); b == malgo.BackendAlsa && err != nil {
		return nil, errNoDevices // not a card in this machine
	}
	if b != malgo.BackendPulseaudio {
		return s.connect(b)
	}
	if !s.pulse.now(time.Now(), pulseListens(os.Getenv)) {
		return nil, errNotThere
	}
	c, err := s.connect(b)
	if err != nil {
		s.pulse.failed(time.Now())
		return nil, err
	}
	s.pulse.succeeded()
	return c, nil
}

// disconnect ends a connection. Errors cannot be helped.
func disconnect(c *malgo.AllocatedContext) {
	_ = c.Uninit()
	c.Free()
}

// list returns the devices of the first sound system that has any.
func (s *system) list() ([]device, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.context != nil {
		if devices, err := s.devices(s.backend, s.context); err == nil && hardware(s.backend, devices) {
			return devices, nil
		}
		disconnect(s.context) // it may have been restarted
		s.context = nil
	}
	err := errNoDevices
	for _, b := range backends() {
		c, cause := s.reconnect(b)
		if cause != nil {
			err = cause
			continue
		}
		devices, cause := s.devices(b, c)
		if cause == nil && hardware(b, devices) {
			s.context, s.backend = c, b
			return devices, nil
		}
		if cause != nil {
			err = cause
		}
		disconnect(c)
	}
	return nil, err
}

// hardware reports whether there is a real device among those of a sound
// system. ALSA lists its plug-ins as devices too, among them one that discards
// all sound; what is a card has a colon in its name.
func hardware(b malgo.Backend, devices []device) bool {
	return slices.ContainsFunc(devices, func(d device) bool {
		return b != malgo.BackendAlsa || strings.Contains(d.ID, ":")
	})
}

// devices returns what one sound system has, and remembers its identifiers.
func (s *system) devices(b malgo.Backend, c *malgo.AllocatedContext) (devices []device, err error) {
	ids := map[string]malgo.DeviceID{}
	for _, k := range []struct {
		kind media.DeviceKind
		of   malgo.DeviceType
	}{{media.Microphone, malgo.Capture}, {media.Speaker, malgo.Playback}} {
		infos, err := c.Devices(k.of)
		if err != nil {
			return nil, fmt.Errorf("list the sound devices: %w", err)
		}
		for i := range infos {
			id := identifier(&infos[i].ID)
			if b == malgo.BackendAlsa && id != "default" && !strings.Contains(id, ":") {
				continue
			}
			ids[id] = infos[i].ID
			devices = append(devices, device{
				Device:  media.Device{Kind: k.kind, ID: id, Name: infos[i].Name(), Default: infos[i].IsDefault != 0},
				monitor: k.kind == media.Microphone && strings.HasSuffix(id, ".monitor"),
			})
		}
	}
	s.ids = ids
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

// open opens the devices of p as one device of miniaudio, in one clock domain.
// It has a connection of its own, since those must not be shared by threads.
func (s *system) open(p plan, to *stream) (func(), error) {
	s.mu.Lock()
	backend, microphone, speaker := s.backend, s.ids[p.microphone], s.ids[p.speaker]
	s.mu.Unlock()
	c, err := s.connect(backend)
	if err != nil {
		return nil, err
	}
	d, err := start(c, p, to, &microphone, &speaker)
	if err != nil {
		disconnect(c)
		return nil, err
	}
	return func() {
		// Stopping first is what wakes miniaudio's thread if the server is gone.
		_ = d.Stop()
		d.Uninit()
		disconnect(c)
	}, nil
}

// start opens and starts a device.
func start(c *malgo.AllocatedContext, p plan, to *stream, microphone, speaker *malgo.DeviceID) (*malgo.Device, error) {
	var pin runtime.Pinner
	defer pin.Unpin()
	config := configuration(p)
	if p.hear && p.microphone != "" {
		pin.Pin(microphone)
		config.Capture.DeviceID = unsafe.Pointer(microphone)
	}
	if p.speak && p.speaker != "" {
		pin.Pin(speaker)
		config.Playback.DeviceID = unsafe.Pointer(speaker)
	}
	d, err := malgo.InitDevice(c.Context, config, malgo.DeviceCallbacks{Data: to.data})
	if err != nil {
		return nil, fmt.Errorf("open the sound device: %w", err)
	}
	if err := d.Start(); err != nil {
		d.Uninit()
		return nil, fmt.Errorf("start the sound device: %w", err)
	}
	return d, nil
}

// configuration is what every device is opened with; miniaudio converts.
func configuration(p plan) malgo.DeviceConfig {
	of := malgo.Duplex
	if !p.speak {
		of = malgo.Capture
	} else if !p.hear {
		of = malgo.Playback
	}
	config := malgo.DefaultDeviceConfig(of)
	config.SampleRate = media.SampleRate
	config.PeriodSizeInFrames = media.StepSamples
	config.PerformanceProfile = malgo.LowLatency
	config.NoPreSilencedOutputBuffer = 1 // the callback fills all of it
	config.NoClip = 1
	config.NoFixedSizedCallback = 1 // any count is taken, without another buffer
	config.Capture.Format, config.Capture.Channels = malgo.FormatS16, 1
	config.Playback.Format, config.Playback.Channels = malgo.FormatS16, 1
	config.Pulse.StreamNameCapture, config.Pulse.StreamNamePlayback = "Call", "Call"
	return config
}

// close ends the listing connection.
func (s *system) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.context != nil {
		disconnect(s.context)
		s.context = nil
	}
}
