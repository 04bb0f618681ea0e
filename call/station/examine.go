package station

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	"syscall"

	"parley/media"
	"parley/media/camera"
)

// Grade is how much a Finding matters.
type Grade string

// The grades.
const (
	Well  Grade = "well"
	Poor  Grade = "poor"  // calls work, though not as well as they could
	Wrong Grade = "wrong" // calls fail, or lack sound
)

// Finding is something that Examine found out, as its user is told: Key is that
// of a sentence in assets/words, with a remedy unless all is well.
type Finding struct {
	Grade Grade
	Key   string
	Args  map[string]string
	Err   error // for the details; may be nil
}

// examiner collects findings.
type examiner struct {
	options  Options
	log      *slog.Logger
	settings Settings
	found    []Finding
}

// Examine finds out whether this computer can hold a call as o says, and what it
// lacks. The microphone is opened only if listen is true. It takes some seconds.
func Examine(ctx context.Context, o Options, listen bool) ([]Finding, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	e := &examiner{options: o, log: o.Log}
	if e.folder() {
		choices, err := choices(o, e.settings, e.log)
		if err != nil {
			return nil, err
		}
		e.sound(ctx, choices, listen)
		e.voice()
		e.camera(choices[media.Camera])
	}
	e.hub(ctx)
	return e.found, nil
}

func (e *examiner) note(f Finding) { e.found = append(e.found, f) }

// leastRoom is how much of the disk should be free, in bytes: contacts and calls
// need far less, but a full disk loses them.
const leastRoom = 100 << 20

// folder examines the data folder, and reports whether there is one.
func (e *examiner) folder() bool {
	dir, err := DataFolder(e.options.Data)
	if err != nil {
		var f *Fault
		if errors.As(err, &f) {
			e.note(Finding{Grade: Wrong, Key: f.Key, Args: f.Args, Err: err})
		} else {
			e.note(Finding{Grade: Wrong, Key: "start.failed", Args: map[string]string{"detail": Detail(err)}, Err: err})
		}
		return false
	}
	args := map[string]string{"path": dir}
	if err := writable(dir); err != nil {
		e.note(Finding{Grade: Wrong, Key: "notice.settingsFailed", Args: args, Err: err})
	} else if room, known := freeBytes(dir); known && room < leastRoom {
		e.note(Finding{Grade: Poor, Key: "notice.diskFull", Args: args})
	} else {
		e.note(Finding{Grade: Well, Key: "doctor.folder", Args: args})
	}
	e.settings, err = LoadSettings(dir)
	if err != nil {
		e.note(Finding{Grade: Poor, Key: "notice.settingsReset", Err: err})
	}
	return true
}

// writable reports whether files can be made in a folder.
func writable(dir string) error {
	f, err := os.CreateTemp(dir, "examine.*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// voice examines what a voice is cleaned with, by making it.
func (e *examiner) voice() {
	v := newVoices(e.log)
	if name := first(v.cancellers, e.log); name == byAEC3 {
		e.note(Finding{Grade: Well, Key: "doctor.canceller"})
	} else {
		e.note(Finding{Grade: Poor, Key: "notice.plainCanceller"})
	}
	if name := first(v.suppressors, e.log); name == byRNNoise {
		e.note(Finding{Grade: Well, Key: "doctor.suppressor"})
	} else {
		e.note(Finding{Grade: Poor, Key: "doctor.plainSuppressor"})
	}
}

// first returns the best of the ways to make a stage that works, or "".
func first[S interface{ Close() error }](ways []way[S], log *slog.Logger) string {
	for _, w := range ways {
		s, err := w.make()
		if err == nil {
			err = s.Close()
		}
		if err == nil {
			return w.name
		}
		log.Warn("what cleans voices does not work", "name", w.name, "err", err)
	}
	return ""
}

// camera examines the picture. Calls do without.
func (e *examiner) camera(choice media.Choice) {
	var names []string
	list, err := camera.List()
	for _, d := range list {
		names = append(names, d.Name)
	}
	switch {
	case err != nil:
		e.note(Finding{Grade: Poor, Key: "notice." + cameraCode(err), Err: err})
	case len(names) == 0 && choice == media.DefaultDevice:
		e.note(Finding{Grade: Poor, Key: "notice.noCamera"})
	case len(names) > 0:
		e.note(Finding{Grade: Well, Key: "doctor.cameras", Args: map[string]string{"names": strings.Join(names, ", ")}})
	}
}

// hub examines whether the own hub can listen, or listens already.
func (e *examiner) hub(ctx context.Context) {
	if e.options.Only.URL != "" {
		return
	}
	s := &Station{options: e.options, settings: e.settings}
	listen := s.hubListen()
	args := map[string]string{"address": listen}
	l, err := net.Listen("tcp", listen)
	if err == nil {
		err = l.Close()
	}
	if err == nil {
		e.note(Finding{Grade: Well, Key: "doctor.portFree", Args: args})
		return
	}
	own := &ownHub{listen: func() string { return listen }}
	if _, ours := own.look(ctx); ours {
		e.note(Finding{Grade: Well, Key: "doctor.portOurs", Args: args})
		return
	}
	key := "notice.hubFailed"
	if errors.Is(err, syscall.EADDRINUSE) {
		key = "notice.hubPortTaken"
	}
	e.note(Finding{Grade: Wrong, Key: key, Args: args, Err: fmt.Errorf("station: listen on %s: %w", listen, err)})
}
