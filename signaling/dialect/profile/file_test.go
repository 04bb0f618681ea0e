package profile_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"parley/signaling/dialect/profile"
)

// endless is a file like /dev/zero.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	e.read += len(p)
	return len(p), nil
}

func TestRead_EndlessFile(t *testing.T) {
	file := &endless{}
	text, err := profile.Read(file)
	if err != nil || len(text) != profile.MaxFile+1 || file.read > 2*profile.MaxFile {
		t.Errorf("%d bytes of %d, %v", len(text), file.read, err)
	}
	var problems profile.Problems
	if _, err := profile.Parse(text); !errors.As(err, &problems) {
		t.Errorf("Parse gave %v", err)
	}
}

func TestReadFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p.toml")
	if _, err := profile.ReadFile(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file gave %v", err)
	}
	if err := os.WriteFile(path, []byte("name"), 0o600); err != nil {
		t.Fatal(err)
	}
	if text, err := profile.ReadFile(path); err != nil || string(text) != "name" {
		t.Errorf("read %q, %v", text, err)
	}
}
