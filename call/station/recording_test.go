package station

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"parley/call/session"
	"parley/media/record"
)

func TestRecordings_Notices(t *testing.T) {
	r := &recordings{folder: func() (string, error) { return "/films", nil }, log: slog.New(slog.DiscardHandler)}
	for code, err := range map[string]error{
		"recordingSlow": record.ErrSlow, "recordingDiskFull": syscall.ENOSPC, "recordingNotAllowed": os.ErrPermission, "recordingFailed": errors.New("broken"),
	} {
		if n := r.notice(&recording{}, errors.Join(err)); n.Code != code || n.Args["folder"] != "/films" {
			t.Errorf("%v: %+v", err, n)
		}
	}
	if n := r.notice(&recording{paths: []string{"/kept/call.webm"}}, record.ErrSlow); n.Args["folder"] != "/kept" {
		t.Errorf("%+v", n)
	}
}

// A file that took in nothing is removed, and one that is gone is not shown.
func TestRecordings_EmptyFilesAreRemoved(t *testing.T) {
	dir := t.TempDir()
	empty, full, gone := filepath.Join(dir, "empty"), filepath.Join(dir, "full"), filepath.Join(dir, "gone")
	if err := errors.Join(os.WriteFile(empty, nil, 0o600), os.WriteFile(full, []byte("x"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if !removedEmpty(empty) || removedEmpty(full) || !removedEmpty(gone) {
		t.Error("the wrong files are left")
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 || left[0].Name() != "full" {
		t.Errorf("left are %v, %v", left, err)
	}
}

func TestRecordings_WithoutACall(t *testing.T) {
	r := &recordings{log: slog.New(slog.DiscardHandler)}
	r.Apply(session.RecordOrder{ID: "gone"})
	if r.now != nil {
		t.Error("a call that is gone is recorded")
	}
	r.wait()
}

func TestStation_RecordingFolder(t *testing.T) {
	t.Setenv("XDG_VIDEOS_DIR", "/srv/films")
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	for set, want := range map[string]string{
		"": "/srv/films", "/kept": "/kept", "~/calls": filepath.Join(home, "calls"), "calls": filepath.Join(home, "calls"),
	} {
		s := &Station{settings: Settings{Recordings: set}}
		if got, err := s.recordingFolder(); err != nil || got != want {
			t.Errorf("%q: %s, %v", set, got, err)
		}
	}
}
