package album

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

var at = time.Date(2026, 11, 21, 9, 5, 7, 0, time.UTC)

func TestName(t *testing.T) {
	for name, want := range map[string]string{
		"Ann":            "Parley Ann 2026-11-21 09.05.07",
		"":               "Parley 2026-11-21 09.05.07",
		"../../etc/ann":  "Parley etc ann 2026-11-21 09.05.07",
		"a:b\\c\x00d\ne": "Parley a b c d e 2026-11-21 09.05.07",
		"小明":             "Parley 小明 2026-11-21 09.05.07",
		"...":            "Parley 2026-11-21 09.05.07",
		"a\u202eb":       "Parley a b 2026-11-21 09.05.07",
	} {
		if got := Name(name, at); got != want {
			t.Errorf("%q: %q", name, got)
		}
	}
}

func FuzzName(f *testing.F) {
	f.Add("Ann")
	f.Add(strings.Repeat("明", 200))
	f.Add("\xff/\x00")
	f.Fuzz(func(t *testing.T, name string) {
		got := Name(name, at)
		if len(got) > 200 || !utf8.ValidString(got) || strings.ContainsAny(got, "/\\\x00\n:") || filepath.Base(got) != got {
			t.Errorf("%q: %q", name, got)
		}
	})
}

func system(t *testing.T, os string, env map[string]string) System {
	home := t.TempDir()
	return System{OS: os, Home: home, Config: filepath.Join(home, ".config"), Env: func(k string) string { return env[k] }}
}

func TestSystem_Path(t *testing.T) {
	linux := system(t, "linux", nil)
	if got := linux.Path(Pictures); got != filepath.Join(linux.Home, "Pictures") {
		t.Errorf("nothing configured: %s", got)
	}
	if err := os.Mkdir(linux.Config, 0o700); err != nil {
		t.Fatal(err)
	}
	text := "# XDG_PICTURES_DIR=\"$HOME/No\"\nXDG_PICTURES_DIR=\"$HOME/Bilder\"\nXDG_VIDEOS_DIR=\"$HOME/\"\n"
	if err := os.WriteFile(filepath.Join(linux.Config, "user-dirs.dirs"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := linux.Path(Pictures); got != filepath.Join(linux.Home, "Bilder") {
		t.Errorf("configured: %s", got)
	}
	if got := linux.Path(Videos); got != filepath.Join(linux.Home, "Videos") {
		t.Errorf("switched off: %s", got)
	}
	told := system(t, "linux", map[string]string{"XDG_VIDEOS_DIR": "/srv/films"})
	if got := told.Path(Videos); got != "/srv/films" {
		t.Errorf("by the environment: %s", got)
	}
	mac := system(t, "darwin", map[string]string{"XDG_VIDEOS_DIR": "/srv/films"})
	if got := mac.Path(Videos); got != filepath.Join(mac.Home, "Movies") {
		t.Errorf("on a Mac: %s", got)
	}
	if s, err := ThisSystem(); err != nil || s.Path(Pictures) == "" {
		t.Errorf("here: %v", err)
	}
}

func put(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

func content(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestPut_NeverWritesOver(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	var paths []string
	for _, text := range []string{"one", "two", "three"} {
		path, err := Put(dir, "picture", ".png", put(text))
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	for i, want := range []string{"picture.png one", "picture (2).png two", "picture (3).png three"} {
		if got := filepath.Base(paths[i]) + " " + content(t, paths[i]); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 3 {
		t.Errorf("%d files, %v", len(left), err)
	}
}

var errFull = errors.New("full")

func TestPut_LeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	path, err := Put(dir, "picture", ".png", func(w io.Writer) error {
		return errors.Join(put("half")(w), errFull)
	})
	if left, _ := os.ReadDir(dir); !errors.Is(err, errFull) || path != "" || len(left) != 0 {
		t.Errorf("%q, %v, %d files", path, err, len(left))
	}
}

// Where there are no links the name is taken first.
func TestSettle_LeavesNoEmptyFile(t *testing.T) {
	dir := t.TempDir()
	path, err := settle(filepath.Join(dir, "gone"), dir, "picture", ".png")
	if left, _ := os.ReadDir(dir); err == nil || path != "" || len(left) != 0 {
		t.Errorf("%q, %v, and %d files are left", path, err, len(left))
	}
	whole := filepath.Join(dir, "whole")
	if err := os.WriteFile(whole, []byte("whole"), 0o600); err != nil {
		t.Fatal(err)
	}
	path, err = replace(whole, dir, "picture", ".png")
	if err != nil || content(t, path) != "whole" {
		t.Errorf("%q, %v", path, err)
	}
}

func TestPut_NoFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Put(file, "picture", ".png", put("x")); err == nil {
		t.Error("a file is no folder")
	}
	if _, err := Create(file, "picture", ".png"); err == nil {
		t.Error("a file is no folder")
	}
}

func TestCreate_NeverWritesOver(t *testing.T) {
	dir := t.TempDir()
	for _, want := range []string{"call.webm", "call (2).webm"} {
		f, err := Create(dir, "call", ".webm")
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Base(f.Name()) != want {
			t.Errorf("%s, want %s", f.Name(), want)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFaultOf(t *testing.T) {
	wrapped := func(err error) error { return errors.Join(errFull, &os.PathError{Op: "write", Err: err}) }
	for _, err := range fulls() {
		if got := FaultOf(wrapped(err)); got != DiskFull {
			t.Errorf("%v: %d", err, got)
		}
	}
	for _, err := range append(readOnlys(), os.ErrPermission) {
		if got := FaultOf(wrapped(err)); got != NotAllowed {
			t.Errorf("%v: %d", err, got)
		}
	}
	if got := FaultOf(errFull); got != OtherFault {
		t.Errorf("another: %d", got)
	}
}

// Syncing keeps the name as well as what was written, again and again, and says what
// went wrong with the file itself.
func TestFile_Sync(t *testing.T) {
	f, err := Create(filepath.Join(t.TempDir(), "new"), "call", ".webm")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Sync(), f.Sync(), f.Close()); err != nil {
		t.Error(err)
	}
	if err := f.Sync(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("a file that is closed: %v", err)
	}
}
