package station

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/pelletier/go-toml/v2"

	"parley/call/session"
	"parley/media"
)

// Settings is what the user chose, kept in settings.toml of the data folder.
// Zero members mean the default.
type Settings struct {
	Name     string `toml:"name,omitempty"`     // what others ring; the login name if empty
	Display  string `toml:"display,omitempty"`  // what others read
	Language string `toml:"language,omitempty"` // "en", "zh" or empty for the system's
	Theme    string `toml:"theme,omitempty"`    // "light", "dark" or empty for the system's
	Share    bool   `toml:"share,omitempty"`    // let people on this network in
	// Recordings is the folder of recordings; the user's videos if empty.
	Recordings string                      `toml:"recordings,omitempty"`
	Devices    map[media.DeviceKind]string `toml:"devices,omitempty"`
	Sound      SoundSettings               `toml:"sound,omitempty"`
	Servers    []Server                    `toml:"servers,omitempty"` // beside the own hub
}

// SoundSettings is what the user chose of the sound beside devices.
type SoundSettings struct {
	Switches map[session.Stage]bool       `toml:"switches,omitempty"` // of the voice's stages; missing: on
	Volume   map[media.DeviceKind]float64 `toml:"volume,omitempty"`   // of speaker and ringer, 0 to 1; missing: 1
}

// Server is a server that the user added. Only URL is needed.
type Server struct {
	URL     string            `toml:"url"`               // it names the server everywhere
	Profile string            `toml:"profile,omitempty"` // the dialect it speaks; to be found out if empty
	Name    string            `toml:"name,omitempty"`    // what others ring there; Settings.Name if empty
	Params  map[string]string `toml:"params,omitempty"`  // of the profile, secrets among them
	// Fingerprint is the SHA-256 of the server's certificate, if it signed that itself.
	Fingerprint string `toml:"fingerprint,omitempty"`
	CA          string `toml:"ca,omitempty"`    // file of the authorities to be trusted, PEM
	Proxy       string `toml:"proxy,omitempty"` // URL: http, https or socks5
}

// earlier is what settings of earlier versions said in another way.
type earlier struct {
	Server      string `toml:"server"` // the only one, a hub
	Fingerprint string `toml:"fingerprint"`
}

// migrate takes over what earlier versions wrote.
func (s *Settings) migrate(e earlier) {
	known := func(k Server) bool { return k.URL == e.Server }
	if e.Server != "" && !slices.ContainsFunc(s.Servers, known) {
		s.Servers = append(s.Servers, Server{URL: e.Server, Profile: HubProfile, Fingerprint: e.Fingerprint})
	}
}

const settingsFile = "settings.toml"

// LoadSettings reads the settings of a data folder. A file that cannot be
// understood is set aside, so that nothing the user wrote is lost, and the
// defaults are returned with the reason.
func LoadSettings(dir string) (Settings, error) {
	path := filepath.Join(dir, settingsFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Settings{}, nil
	}
	if err != nil {
		return Settings{}, fmt.Errorf("station: read settings: %w", err)
	}
	var s Settings
	var e earlier
	if err := errors.Join(toml.Unmarshal(text, &s), toml.Unmarshal(text, &e)); err != nil {
		aside := fmt.Sprintf("%s.bad-%s", path, time.Now().Format("20060102-150405"))
		return Settings{}, errors.Join(fmt.Errorf("station: settings set aside as %s: %w", aside, err), os.Rename(path, aside))
	}
	s.migrate(e)
	return s, nil
}

// Save writes the settings, readable by the user only, so that a crash or a full disk leaves either the old
// or the new ones.
func (s Settings) Save(dir string) error {
	text, err := toml.Marshal(s)
	if err != nil {
		return fmt.Errorf("station: encode settings: %w", err)
	}
	if err := replaceFile(filepath.Join(dir, settingsFile), text); err != nil {
		return fmt.Errorf("station: save settings: %w", err)
	}
	return nil
}

func replaceFile(path string, content []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(content)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// DataFolder returns the folder for what Parley keeps, by the system's custom,
// and makes it. explicit, if not empty, is used as it is.
func DataFolder(explicit string) (string, error) {
	dir := explicit
	if dir == "" {
		home, err := os.UserConfigDir()
		if err != nil {
			return "", fmt.Errorf("station: find a folder for contacts and settings: %w", err)
		}
		dir = filepath.Join(home, "parley")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fault("start.dataFolder", dir, err)
	}
	return dir, nil
}
