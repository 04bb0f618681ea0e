package station

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"parley/call/session"
	"parley/media"
)

// disk keeps settings as slowly as the test wants.
type disk struct {
	begun chan struct{} // a token for every write that begins
	free  chan struct{} // one for every write that may end; closed: all may
	kept  []Settings    // owned by the writer until it has ended
}

func newDisk() *disk { return &disk{begun: make(chan struct{}, 9), free: make(chan struct{})} }

func (d *disk) save(s Settings) error {
	d.begun <- struct{}{}
	<-d.free
	d.kept = append(d.kept, s)
	return nil
}

// Whatever the window does with settings while the disk does not answer, it does
// not wait, and the last of it is written at the end.
func TestStation_DoesNotWaitForTheDisk(t *testing.T) {
	s, err := New(t.Context(), Options{
		Data: t.TempDir(), HubListen: "127.0.0.1:0", Camera: "off", Microphone: "off", Speaker: "off",
		Log: slog.New(slog.DiscardHandler), Show: func(session.Snapshot) {},
	})
	if err != nil {
		t.Fatal(err)
	}
	d := newDisk()
	s.keeper.save = d.save
	ctx, stop := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- s.Run(ctx) }()
	everything := func(level float64, name string) {
		s.Post(session.Choose{Kind: media.Ringer, Choice: media.Off})
		s.Post(session.Tune{Switches: map[session.Stage]bool{session.Echo: level > 0}})
		s.Post(session.SetVolume{Kind: media.Speaker, Level: level})
		s.Change(func(k *Settings) { k.Recordings = name })
	}
	everything(1, "a")
	<-d.begun
	everything(0, "b") // returns, although a write is under way
	if now := s.Settings(); now.Recordings != "b" || now.Sound.Volume[media.Speaker] != 0 {
		t.Errorf("the settings are %+v", now)
	}
	stop()
	close(d.free)
	if err := <-ran; err != nil {
		t.Error(err)
	}
	last := d.kept[len(d.kept)-1]
	if last.Recordings != "b" || last.Devices[media.Ringer] != "off" || last.Sound.Switches[session.Echo] || last.Sound.Volume[media.Speaker] != 0 {
		t.Errorf("written last: %+v", last)
	}
	s.Change(func(k *Settings) { k.Recordings = "late" })
	if last := d.kept[len(d.kept)-1]; last.Recordings != "late" {
		t.Errorf("after the end %+v is kept", last)
	}
}

// What changes with every letter is written once, soon, and not again.
func TestKeeper_WritesOnceForManyChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var now Settings
		kept := make(chan string, 9)
		k := &keeper{
			settings: func() Settings { return now }, changed: make(chan struct{}, 1),
			save: func(s Settings) error { kept <- s.Name; return nil },
		}
		ctx, stop := context.WithCancel(t.Context())
		ran := make(chan struct{})
		go func() { defer close(ran); k.run(ctx) }()
		for _, name := range []string{"a", "an", "ann"} {
			now.Name = name
			k.keep()
			synctest.Wait()
		}
		if len(kept) != 0 {
			t.Errorf("%q was written at once", <-kept)
		}
		began := time.Now()
		if last, took := <-kept, time.Since(began); last != "ann" || took > unsaved {
			t.Errorf("%q was written after %v", last, took)
		}
		<-time.After(time.Minute)
		if len(kept) != 0 {
			t.Errorf("%q was written again", <-kept)
		}
		now.Name = "bob"
		k.keep()
		stop() // the program ends right after the change
		<-ran
		if len(kept) != 1 || <-kept != "bob" {
			t.Error("the last change was not written once")
		}
	})
}

func TestKeeper_TellsWhatFailed(t *testing.T) {
	broken := errors.New("broken")
	var told error
	k := &keeper{
		settings: func() Settings { return Settings{} }, changed: make(chan struct{}, 1),
		save: func(Settings) error { return broken }, failed: func(err error) { told = err },
	}
	k.keep()
	k.write()
	if !errors.Is(told, broken) {
		t.Errorf("told %v", told)
	}
}

func TestStation_SettingsThatCannotBeKept(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, settingsFile), 0o700); err != nil {
		t.Fatal(err)
	}
	r := start(t, "127.0.0.1:0", func(o *Options) { o.Data = dir })
	r.Change(func(s *Settings) { s.Theme = "dark" })
	r.await("the notice", func(s session.Snapshot) bool {
		return slices.ContainsFunc(s.Notices, func(n session.Notice) bool { return n.Code == "settingsFailed" })
	})
}
