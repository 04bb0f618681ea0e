package dialect

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"parley/signaling/dialect/profile"
)

//go:embed profiles/*.toml
var shippedFiles embed.FS

var shipped = sync.OnceValue(func() []*profile.Profile {
	folder, err := fs.Sub(shippedFiles, "profiles")
	if err != nil {
		return nil
	}
	profiles, _ := load(folder, "profiles") // a test keeps them free of mistakes
	return profiles
})

// Shipped returns the profiles that come with the program, sorted by name. They
// are parsed once and must not be changed.
func Shipped() []*profile.Profile { return slices.Clone(shipped()) }

// Find returns the shipped profile of a name.
func Find(name string) (*profile.Profile, bool) {
	i, ok := slices.BinarySearchFunc(shipped(), name, func(p *profile.Profile, name string) int { return cmp.Compare(p.Name, name) })
	if !ok {
		return nil, false
	}
	return shipped()[i], true
}

// FileError says what is wrong with one profile's file.
type FileError struct {
	File     string
	Problems profile.Problems // none if it could not be read, or Err says it all
	Err      error
}

// Error returns one mistake a line: "file:line:column: path: text".
func (e *FileError) Error() string {
	if len(e.Problems) == 0 {
		return fmt.Sprintf("%s: %v", e.File, e.Err)
	}
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = e.File + ":" + p.String()
	}
	return strings.Join(lines, "\n")
}

func (e *FileError) Unwrap() error { return e.Err }

// Load parses the files *.toml of a folder, sorted by their profiles' names. A
// folder that is not there has none. Each error is a *FileError about a file
// that was left out, but for the one of a folder that cannot be read. Whoever
// shows both lets them take the place of shipped ones with the same names.
func Load(dir string) ([]*profile.Profile, []error) {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return load(os.DirFS(dir), dir)
}

func load(folder fs.FS, dir string) ([]*profile.Profile, []error) {
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		return nil, []error{fmt.Errorf("dialect: list profiles in %s: %w", dir, err)}
	}
	var profiles []*profile.Profile
	var failures []error
	files := map[string]string{} // by the profile's name
	for _, entry := range entries {
		if entry.IsDir() || path.Ext(entry.Name()) != ".toml" {
			continue
		}
		file := filepath.Join(dir, entry.Name())
		p, err := parse(folder, entry.Name())
		if err == nil && files[p.Name] != "" {
			err = fmt.Errorf("%s describes %q already", files[p.Name], p.Name)
		}
		if err != nil {
			failure := &FileError{File: file, Err: err}
			_ = errors.As(err, &failure.Problems)
			failures = append(failures, failure)
			continue
		}
		files[p.Name] = file
		profiles = append(profiles, p)
	}
	slices.SortFunc(profiles, func(a, b *profile.Profile) int { return cmp.Compare(a.Name, b.Name) })
	return profiles, failures
}

func parse(folder fs.FS, name string) (*profile.Profile, error) {
	f, err := folder.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	text, err := profile.Read(f)
	if err != nil {
		return nil, err
	}
	return profile.Parse(text)
}
