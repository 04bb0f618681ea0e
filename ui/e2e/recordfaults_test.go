//go:build e2e

package e2e_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/ui/e2e/browser"
	"parley/ui/e2e/lab"
)

// echoed is a Parley in a call with Echo, whose recordings would go to videos.
func echoed(t *testing.T, ctx context.Context, w *lab.Parley) {
	t.Helper()
	w.Sees(ctx, "echo")
	w.Do("call", "to", "echo", "kind", "video")
	w.Phase(ctx, "active")
	w.Next(ctx, "recording", func(e lab.Event) bool { return e["told"] == true })
	shows(t, ctx, w, camera{rate: 5, loops: true})
}

// alone are the flags of a Parley with a hub of its own.
func alone(t *testing.T) []string {
	t.Helper()
	return append(senses(filepath.Join(t.TempDir(), "heard.wav")), "--hub", "127.0.0.1:0", "--name", "ann")
}

// ends waits for the end of a recording by itself, of which the user reads a sentence
// with a remedy that names the folder.
func ends(t *testing.T, ctx context.Context, w *lab.Parley, code, folder, remedy string) {
	t.Helper()
	fault := w.Next(ctx, "error", nil)
	if text := fault.Text("text"); fault.Text("code") != code || !strings.Contains(text, folder) || !strings.Contains(text, remedy) {
		t.Errorf("the user reads %v", fault)
	}
}

// goesOn checks that the call does.
func goesOn(t *testing.T, ctx context.Context, w *lab.Parley) {
	t.Helper()
	shows(t, ctx, w, camera{rate: 5, loops: true})
	if phase := w.Ask(ctx, "stats").Text("phase"); phase != "active" {
		t.Errorf("the call is %s", phase)
	}
}

// TestRecording_NowhereToWrite has folders to which nothing can be written: the user
// reads what to do, nothing is left there, and the call goes on.
func TestRecording_NowhereToWrite(t *testing.T) {
	const another = "Choose another folder"
	for _, c := range []struct{ name, disk, code, remedy string }{
		{"AFileInItsPlace", "", "recordingFailed", another},
		{"ReadOnly", "ro", "recordingNotAllowed", another},
		{"Full", "size=4k,nr_inodes=8", "recordingDiskFull", "Make some room"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx := bounded(t)
			_, videos := shelves(t)
			var w *lab.Parley
			if c.disk != "" {
				w = lab.HeadlessOn(t, videos, c.disk, alone(t)...)
			} else {
				videos = filepath.Join(videos, "taken")
				if err := os.WriteFile(videos, nil, 0o600); err != nil {
					t.Fatal(err)
				}
				t.Setenv("XDG_VIDEOS_DIR", videos)
				w = lab.Headless(t, alone(t)...)
			}
			echoed(t, ctx, w)
			w.Do("record", "kind", "call")
			w.Next(ctx, "recording", func(e lab.Event) bool { return e["on"] == true })
			ends(t, ctx, w, c.code, videos, c.remedy)
			goesOn(t, ctx, w)
			if left, err := os.ReadDir(w.Inside(videos)); c.disk != "" && (err != nil || len(left) > 0) {
				t.Errorf("left are %v, %v", left, err)
			}
			w.Quit(ctx)
		})
	}
}

// TestRecording_DiskThatFills ends a recording in the middle: the user reads why, the
// call goes on, and what was written plays.
func TestRecording_DiskThatFills(t *testing.T) {
	ctx := bounded(t)
	_, videos := shelves(t)
	w := lab.HeadlessOn(t, videos, "size=1m", alone(t)...)
	echoed(t, ctx, w)
	w.Do("record", "kind", "call")
	ends(t, ctx, w, "recordingDiskFull", videos, "Make some room")
	saved := w.Next(ctx, "saved", func(e lab.Event) bool { return e.Text("kind") == "recording" })
	goesOn(t, ctx, w)
	whole, err := os.ReadFile(w.Inside(saved.Text("path")))
	if err != nil {
		t.Fatal(err)
	}
	w.Quit(ctx)
	if len(whole) < 700<<10 {
		t.Errorf("%d bytes are left", len(whole))
	}
	path := filepath.Join(t.TempDir(), filepath.Base(saved.Text("path")))
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	decodes(t, path)
	if got := probe(t, path).codecs(); got != "h264 h264 opus opus" {
		t.Errorf("tracks %s", got)
	}
	plays(t, ctx, chromium(t, browser.Options{}), path)
}

// decodes checks that FFmpeg finds no fault with a file.
func decodes(t *testing.T, path string) {
	t.Helper()
	ffmpeg(t, "ffmpeg", "-i", path, "-map", "0", "-fps_mode", "passthrough", "-enc_time_base", "1/1000", "-f", "null", os.DevNull)
}
