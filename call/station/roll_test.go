package station

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parley/call/session"
	"parley/media"
	"parley/media/camera"
)

// sockets are where cameras come and go, and what was told of it.
type sockets struct {
	mu      sync.Mutex
	cameras []media.Device
	plugged string // changes with them
	asked   int    // how often the list was
	slow    time.Duration
	told    []session.DeviceReport
}

func (d *sockets) list(context.Context) []media.Device {
	time.Sleep(d.slow) //nolint:forbidigo // virtual
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked++
	return slices.Clone(d.cameras)
}

func (d *sockets) trace() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.plugged
}

func (d *sockets) post(in session.Input) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if r, ok := in.(session.DeviceReport); ok {
		d.told = append(d.told, r)
	}
}

// plug makes cameras of these names be there.
func (d *sockets) plug(names ...string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cameras, d.plugged = nil, time.Now().String()
	for _, name := range names {
		d.cameras = append(d.cameras, media.Device{Kind: media.Camera, ID: name, Name: name})
	}
}

// since returns which cameras were told of since the last call, and how often the list was asked.
func (d *sockets) since() (told [][]string, asked int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, r := range d.told {
		var names []string
		for _, c := range r.Devices {
			names = append(names, c.Name)
		}
		told = append(told, names)
	}
	asked = d.asked
	d.told, d.asked = nil, 0
	return told, asked
}

// onDesktop runs a test with a roll in virtual time, and the devices that it belongs to.
func onDesktop(t *testing.T, slow time.Duration, test func(*sockets, *devices)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		sockets := &sockets{slow: slow}
		d := quiet()
		d.post, d.roll.list, d.roll.trace = sockets.post, sockets.list, sockets.trace
		ctx, end := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { d.roll.run(ctx) })
		time.Sleep(slow) //nolint:forbidigo // virtual
		synctest.Wait()
		sockets.since()
		test(sockets, d)
		end()
		running.Wait()
	})
}

func pass(d time.Duration) {
	time.Sleep(d) //nolint:forbidigo // virtual
	synctest.Wait()
}

// told compares what was told of cameras.
func told(got [][]string, want ...[]string) bool {
	return slices.EqualFunc(got, want, slices.Equal)
}

// What is plugged in is known without anything being opened for a picture.
func TestRoll_AtRest(t *testing.T) {
	onDesktop(t, 0, func(at *sockets, _ *devices) {
		at.plug("webcam")
		pass(rollAtRest)
		if got, n := at.since(); !told(got, []string{"webcam"}) || n != 1 {
			t.Errorf("told %q, asked %d times", got, n)
		}
		pass(time.Hour)
		if got, n := at.since(); len(got) != 0 || n != 0 {
			t.Errorf("nothing happened: told %q, asked %d times", got, n)
		}
		at.plug("webcam") // another of its nodes
		pass(rollAtRest)
		if got, n := at.since(); len(got) != 0 || n != 1 {
			t.Errorf("nothing new: told %q, asked %d times", got, n)
		}
		at.plug()
		pass(rollAtRest)
		if got, _ := at.since(); !told(got, nil) {
			t.Errorf("told %q", got)
		}
	})
}

// It is known sooner while somebody looks.
func TestRoll_InUse(t *testing.T) {
	onDesktop(t, 0, func(at *sockets, d *devices) {
		d.choice = media.Pattern
		d.film(session.Wanted{Camera: true}) // as a preview does
		pass(100 * time.Millisecond)
		at.since()
		at.plug("webcam")
		pass(rollEvery)
		if got, _ := at.since(); !told(got, []string{"webcam"}) {
			t.Errorf("told %q", got)
		}
		d.film(session.Wanted{})
		pass(100 * time.Millisecond)
		at.since()
		at.plug("webcam", "other")
		pass(rollAtRest)
		if got, _ := at.since(); !told(got, []string{"webcam", "other"}) {
			t.Errorf("told %q", got)
		}
	})
}

// The camera's pump does not wait for a display that does not answer.
func TestRoll_SlowDisplay(t *testing.T) {
	onDesktop(t, lookTime, func(at *sockets, d *devices) {
		began := time.Now()
		d.sees(camera.Report{Choice: media.Pattern, Using: "pattern"})
		if took := time.Since(began); took != 0 {
			t.Errorf("a report took %v", took)
		}
		at.plug("webcam")
		if got, _ := at.since(); len(got) != 1 {
			t.Errorf("told %q", got)
		}
		pass(lookTime)
		if got, n := at.since(); !told(got, []string{"webcam"}) || n != 1 {
			t.Errorf("told %q, asked %d times", got, n)
		}
	})
}

// A station knows its cameras without anybody having looked at one.
func TestRoll_OfAStation(t *testing.T) {
	seen := make(chan struct{})
	var once sync.Once
	s, err := New(t.Context(), Options{
		Data: t.TempDir(), HubListen: "127.0.0.1:0", Microphone: "tone", Speaker: "off", Log: slog.New(slog.DiscardHandler),
		Show: func(now session.Snapshot) {
			if slices.ContainsFunc(now.Devices, func(d media.Device) bool { return d.Name == "webcam" }) {
				once.Do(func() { close(seen) })
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	sockets := &sockets{}
	sockets.plug("webcam")
	s.devices.roll.list = sockets.list
	ctx, end := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := s.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	select {
	case <-seen:
	case <-time.After(patience):
		t.Error("the camera was never told of")
	}
	end()
	running.Wait()
}
