package station

import (
	"bufio"
	"image"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"parley/call/session"
	"parley/media"
)

// display starts an X server of our own and makes it the display of this process.
func display(t *testing.T) {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	server := exec.Command("Xvfb", "-displayfd", "3", "-nolisten", "tcp", "-noreset", "-screen", "0", "640x360x24")
	server.ExtraFiles = []*os.File{write}
	begin(t, server)
	write.Close()
	number, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DISPLAY", ":"+strings.TrimSpace(number))
	t.Setenv("WAYLAND_DISPLAY", "")
}

// begin starts a program, which ends with the test or by what it returns.
func begin(t *testing.T, program *exec.Cmd) (end func()) {
	t.Helper()
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	end = func() {
		_ = program.Process.Kill()
		_ = program.Wait()
	}
	t.Cleanup(end)
	return end
}

// shareable waits for the window of a program to be listed.
func shareable(t *testing.T, r *rig, title string) session.Shareable {
	t.Helper()
	for t.Context().Err() == nil {
		list, err := r.Shareables(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		named := func(s session.Shareable) bool { return s.Title == title }
		if i := slices.IndexFunc(list, named); i >= 0 {
			return list[i]
		}
	}
	t.Fatal("the window was never listed")
	return session.Shareable{}
}

func TestStation_WindowIsSharedUntilItIsClosed(t *testing.T) {
	display(t)
	quit := begin(t, exec.Command("xmessage", "-title", "Minutes", "-geometry", "200x100+20+20", "hello"))
	r := start(t, "127.0.0.1:0", nil)
	window := shareable(t, r, "Minutes")
	if window.Kind != session.WindowShare || window.Width != 200 || window.Height != 100 {
		t.Errorf("%+v", window)
	}
	if small, err := r.Thumbnail(t.Context(), window.ID, image.Pt(50, 50)); err != nil || small.Rect.Size() != image.Pt(50, 24) {
		t.Errorf("the thumbnail: %v, %v", small, err)
	}
	r.Post(session.Dial{To: r.sees("echo"), Kind: media.Video})
	r.await("a picture back", func(s session.Snapshot) bool { return !s.FirstFrame[media.Video].IsZero() })
	r.Post(session.Share{On: true, Target: window.ID + "@100x60+0+0"})
	r.await("the window on show", func(s session.Snapshot) bool { return s.Sharing.Name == "Minutes" })
	if !r.devices.onShow.Load() {
		t.Error("it is mirrored")
	}
	if !r.peerConfig().Sources.Detail() {
		t.Error("it is encoded as a camera's picture")
	}
	r.await("the camera's name gone", func(s session.Snapshot) bool { return s.Using[media.Camera] == "" })
	quit()
	s := r.await("the end of it", func(s session.Snapshot) bool { return !s.Sharing.On && s.Using[media.Camera] == "pattern" })
	if !slices.ContainsFunc(s.Notices, func(n session.Notice) bool { return n.Code == "shareGone" }) || !s.Call.Live() {
		t.Errorf("noticed %+v in %v", s.Notices, s.Call.Phase)
	}
	r.Post(session.Share{On: true, Target: window.ID})
	r.await("why it cannot be shown again", func(s session.Snapshot) bool {
		told := slices.ContainsFunc(s.Notices, func(n session.Notice) bool { return n.Code == "shareMissing" })
		return told && !s.Sharing.On
	})
}

func TestStation_NothingToShareWithoutADisplay(t *testing.T) {
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	r := start(t, "127.0.0.1:0", nil)
	if list, err := r.Shareables(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("%v, %v", list, err)
	}
	if _, err := r.Thumbnail(t.Context(), "", image.Pt(9, 9)); err == nil {
		t.Error("there is a thumbnail")
	}
}
