package camera

import (
	"errors"
	"slices"
	"testing"

	"github.com/pion/mediadevices/pkg/driver"
	"github.com/pion/mediadevices/pkg/frame"
	"github.com/pion/mediadevices/pkg/prop"

	"parley/media"
)

func TestChooseFormat(t *testing.T) {
	mjpeg, yuyv := frame.Format(frame.FormatMJPEG), frame.Format(frame.FormatYUYV)
	usb := []prop.Media{ // a common webcam
		property(640, 480, 30, yuyv), property(1280, 720, 10, yuyv), property(1920, 1080, 5, yuyv),
		property(640, 480, 30, mjpeg), property(1280, 720, 30, mjpeg), property(1280, 720, 60, mjpeg), property(1920, 1080, 30, mjpeg),
		property(640, 360, 30, yuyv), property(640, 480, 90, frame.FormatZ16),
	}
	for _, c := range []struct {
		want Format
		best prop.Media
	}{
		{Format{1280, 720, 30}, property(1280, 720, 30, mjpeg)},
		{Format{640, 360, 30}, property(640, 360, 30, yuyv)},
		{Format{640, 480, 30}, property(640, 480, 30, yuyv)},
		{Format{1920, 1080, 30}, property(1920, 1080, 30, mjpeg)},
		{Format{1280, 720, 60}, property(1280, 720, 60, mjpeg)},
		{Format{1280, 720, 10}, property(1280, 720, 10, yuyv)},
	} {
		for range 5 {
			usb = append(usb[1:], usb[0]) // the order must not matter
			if got, ok := choose(usb, c.want); !ok || got.Video != c.best.Video {
				t.Errorf("%+v: %+v", c.want, got.Video)
			}
		}
	}
	silent := []prop.Media{property(1280, 720, 0, yuyv)}
	if got, ok := choose(silent, DefaultFormat()); !ok || got.FrameRate != 0 {
		t.Errorf("%+v, %v: a camera without rates must not be asked for one", got.Video, ok)
	}
	if _, ok := choose(nil, DefaultFormat()); ok {
		t.Error("something was chosen from nothing")
	}
}

func TestList(t *testing.T) {
	one := register(t, &fakeCamera{}, "usb-b-index0;video2", "HD Webcam;usb-2")
	two := register(t, &fakeCamera{}, "usb-a-index0;video0", "HD Webcam;usb-1")
	meta := register(t, &fakeCamera{}, "usb-a-index1;video1", ";")
	s := system{scan: func() ([]device, error) { return driven([]driver.Driver{one, meta, two}), nil }}
	list, err := s.list()
	want := []media.Device{
		{Kind: media.Camera, ID: "usb-a-index0", Name: "HD Webcam", Default: true},
		{Kind: media.Camera, ID: "usb-b-index0", Name: "HD Webcam (2)"},
	}
	if err != nil || !slices.Equal(list, want) {
		t.Errorf("%+v, %v", list, err)
	}
	found, err := s.devices()
	if err != nil {
		t.Fatal(err)
	}
	for text, id := range map[string]string{
		"": "usb-a-index0", "usb-b-index0": "usb-b-index0", "hd webcam (2)": "usb-b-index0",
		"HD Webcam": "usb-a-index0", "video2": "usb-b-index0", "/dev/video0": "usb-a-index0",
	} {
		if d, err := find(found, choice(text)); err != nil || d.ID != id {
			t.Errorf("%q: %q, %v", text, d.ID, err)
		}
	}
	for _, text := range []string{"video1", "HD", "nothing"} {
		if _, err := find(found, choice(text)); !errors.Is(err, ErrNoCamera) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := find(nil, media.DefaultDevice); !errors.Is(err, ErrNoCamera) {
		t.Error(err)
	}
}

func TestScanErrors(t *testing.T) {
	none := system{scan: func() ([]device, error) { return nil, ErrNoDriver }}
	if _, err := none.list(); !errors.Is(err, ErrNoDriver) {
		t.Error(err)
	}
	if _, err := openCamera(t.Context(), none, cam, small); !errors.Is(err, ErrNoDriver) {
		t.Error(err)
	}
}

// The build has drivers, and looking for cameras works whether there are any or not.
func TestDriversAreCompiledIn(t *testing.T) {
	if err := Drivers(); err != nil {
		t.Fatal(err)
	}
	list, err := List()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range list {
		if d.ID == "" || d.Name == "" || d.Kind != media.Camera {
			t.Errorf("%+v", d)
		}
	}
	if _, err := Open(t.Context(), choice("no such camera at all"), small); !errors.Is(err, ErrNoCamera) {
		t.Error(err)
	}
}
