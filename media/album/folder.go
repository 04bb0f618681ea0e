package album

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Folder tells one of the user's folders.
type Folder string

// The folders, by the names of xdg-user-dirs.
const (
	Pictures Folder = "PICTURES"
	Videos   Folder = "VIDEOS"
)

// System is where folders are looked for.
type System struct {
	OS   string // as runtime.GOOS
	Home string
	// Config is the folder of settings, for user-dirs.dirs.
	Config string
	Env    func(string) string
}

// ThisSystem asks the operating system. Its error says that there is no home.
func ThisSystem() (System, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return System{}, fmt.Errorf("album: find the home folder: %w", err)
	}
	config, err := os.UserConfigDir()
	if err != nil {
		config = filepath.Join(home, ".config")
	}
	return System{OS: runtime.GOOS, Home: home, Config: config, Env: os.Getenv}, nil
}

// Path returns where the user keeps pictures or videos: as xdg-user-dirs says, or the
// folder of that name in the home. It need not exist.
func (s System) Path(f Folder) string {
	if s.OS != "windows" && s.OS != "darwin" {
		if dir := s.userDir(f); dir != "" {
			return dir
		}
	}
	switch {
	case f == Pictures:
		return filepath.Join(s.Home, "Pictures")
	case s.OS == "darwin":
		return filepath.Join(s.Home, "Movies")
	}
	return filepath.Join(s.Home, "Videos")
}

// userDir reads the environment or user-dirs.dirs; "" where neither names the
// folder, or names the home, which is how it is switched off.
func (s System) userDir(f Folder) string {
	key := "XDG_" + string(f) + "_DIR"
	dir := s.Env(key)
	if dir == "" {
		text, err := os.ReadFile(filepath.Join(s.Config, "user-dirs.dirs"))
		if err != nil {
			return ""
		}
		dir = userDirOf(string(text), key)
	}
	if rest, inHome := strings.CutPrefix(dir, "$HOME"); inHome {
		dir = filepath.Join(s.Home, rest)
	}
	if !filepath.IsAbs(dir) || filepath.Clean(dir) == filepath.Clean(s.Home) {
		return ""
	}
	return filepath.Clean(dir)
}

// userDirOf finds a folder in the text of user-dirs.dirs, whose lines are shell:
// KEY="$HOME/Folder" or KEY="/Folder".
func userDirOf(text, key string) string {
	for line := range strings.Lines(text) {
		value, found := strings.CutPrefix(strings.TrimSpace(line), key+"=")
		if !found {
			continue
		}
		value = strings.TrimSuffix(strings.TrimPrefix(value, `"`), `"`)
		return strings.NewReplacer(`\"`, `"`, `\\`, `\`, `\$`, `$`, "\\`", "`").Replace(value)
	}
	return ""
}
