package camera

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// What comes and goes leaves a trace, for which no camera is opened.
func TestTrace(t *testing.T) {
	m := newMachine(t)
	m.kernel.open = func(string) (node, error) {
		t.Error("a camera was opened")
		return nil, errors.New("not now")
	}
	last := m.trace()
	step := func(what string, changes bool) {
		t.Helper()
		now := m.trace()
		if (now != last) != changes {
			t.Errorf("%s: %q and then %q", what, last, now)
		}
		last = now
	}
	step("nothing", false)
	m.plug("video0", webcam(t, "HD Webcam", "usb-1"))
	step("plugged in", true)
	step("nothing", false)
	m.link("dev/v4l/by-id/usb-webcam", "../../video0")
	step("named by udev", true)
	node := filepath.Join(m.root, "dev/video0")
	if err := os.Chmod(node, 0o400); err != nil {
		t.Fatal(err)
	}
	step("to be opened by others", true)
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(node, later, later); err != nil {
		t.Fatal(err)
	}
	step("another in its place", true)
	m.unplug("video0")
	step("pulled out", true)
}
