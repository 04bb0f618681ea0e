package station

import (
	"bufio"
	"image"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

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

// watcher keeps the size of the newest frame.
type watcher struct {
	mu   sync.Mutex
	size image.Point
	more chan struct{}
}

func newWatcher() *watcher { return &watcher{more: make(chan struct{}, 1)} }

func (w *watcher) Show(f *media.Frame) {
	w.mu.Lock()
	w.size = image.Pt(f.Width(), f.Height())
	w.mu.Unlock()
	select {
	case w.more <- struct{}{}:
	default:
	}
}

// awaits waits for a frame whose size will do.
func (w *watcher) awaits(t *testing.T, what string, will func(image.Point) bool) {
	t.Helper()
	for {
		w.mu.Lock()
		size := w.size
		w.mu.Unlock()
		if will(size) {
			return
		}
		select {
		case <-w.more:
		case <-time.After(time.Minute):
			t.Fatalf("%s: the last picture is of %v", what, size)
		}
	}
}

// What is shown is a second picture beside the camera between two Parleys, and ends
// with its window; the cameras go on.
func TestStation_WindowIsSharedBesideTheCamera(t *testing.T) {
	display(t)
	quit := begin(t, exec.Command("xmessage", "-title", "Minutes", "-geometry", "200x100+20+20", "hello"))
	address := freeAddress(t)
	faces := newWatcher()
	ann := start(t, address, func(o *Options) { o.Name, o.Pictures = "ann", true })
	ben := start(t, address, func(o *Options) {
		o.Name, o.AutoAnswer, o.Pictures, o.Watch = "ben", true, true, faces
	})
	window := shareable(t, ann, "Minutes")
	ann.Post(session.Dial{To: ann.sees("ben"), Kind: media.Video})
	ann.await("a picture", func(s session.Snapshot) bool { return !s.FirstFrame[media.Video].IsZero() })
	isCamera := func(p image.Point) bool { return p.X > 200 && p.X*9 == p.Y*16 }
	isWindow := func(p image.Point) bool { return p == image.Pt(200, 100) }
	for range 2 {
		ann.Post(session.Share{On: true, Target: window.ID})
		s := ann.await("the window on show", func(s session.Snapshot) bool { return s.Sharing.Name == "Minutes" })
		if !s.Sharing.Beside || s.Using[media.Camera] != "pattern" || ann.devices.onShow.Load() {
			t.Errorf("shared as %+v, with the camera %q", s.Sharing, s.Using[media.Camera])
		}
		ben.await("a screen", func(s session.Snapshot) bool { return s.SeesShare && !s.Sharing.On })
		ben.await("the window", func(s session.Snapshot) bool {
			in := s.Stats.Inbound
			return in.Screen.FrameWidth == 200 && in.Screen.FrameHeight == 100 && in.Video.FramesDecoded > 0
		})
		faces.awaits(t, "the camera beside it", isCamera)
		ann.await("figures", func(s session.Snapshot) bool {
			out := s.Stats.Outbound
			return out.Screen.FramesEncoded > 0 && out.Screen.FrameWidth == 200 && out.Video.FramesEncoded > 0
		})
		if picture, _ := ann.LocalShare.Front(); picture == nil || picture.Rect.Size() != image.Pt(200, 100) {
			t.Errorf("the preview is %v", picture)
		}
		if picture, _ := ben.RemoteShare.Front(); picture == nil || !isWindow(picture.Rect.Size()) {
			t.Errorf("the picture of the window is %v", picture)
		}
		ann.Post(session.Share{})
		ben.await("no screen", func(s session.Snapshot) bool { return !s.SeesShare && s.Call.Live() })
	}
	ann.Post(session.Share{On: true, Target: window.ID})
	ben.await("a screen", func(s session.Snapshot) bool { return s.SeesShare })
	quit()
	s := ann.await("the end of it", func(s session.Snapshot) bool { return !s.Sharing.On })
	if !slices.ContainsFunc(s.Notices, func(n session.Notice) bool { return n.Code == "shareGone" }) || !s.Call.Live() {
		t.Errorf("noticed %+v in %v", s.Notices, s.Call.Phase)
	}
	ben.await("no screen", func(s session.Snapshot) bool { return !s.SeesShare && s.Call.Live() })
	faces.awaits(t, "the camera", isCamera)
	if picture, fresh := ben.RemoteShare.Front(); fresh && !isWindow(picture.Rect.Size()) {
		t.Errorf("what says that nothing is shown was shown: %v", picture.Rect)
	}
}
