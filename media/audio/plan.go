package audio

import (
	"errors"
	"fmt"
	"strings"

	"parley/media"
)

// wanted is what the program wants of the engine.
type wanted struct {
	microphone, speaker media.Choice
	capture, play       bool
	released            bool // muted, and the microphone is to be closed while it is
}

// device is one that the sound system lists.
type device struct {
	media.Device
	monitor bool // records what a speaker plays; not a microphone unless chosen by name
}

// plan says which devices to open. It is comparable. An id of "" is the
// system's default, which the sound system follows by itself.
type plan struct {
	hear, speak         bool
	microphone, speaker string
}

// any reports whether there is anything to open.
func (p plan) any() bool { return p.hear || p.speak }

// isDevice reports whether a choice means a real device.
func isDevice(c media.Choice) bool {
	_, file := c.File()
	return !file && c != media.Off && c != media.Tone && c != media.Pattern
}

// plan decides what to open, given what there is, and what is wrong.
func (w wanted) plan(devices []device) (p plan, problems []Problem) {
	if w.capture && !w.released && isDevice(w.microphone) {
		id, problem := pick(media.Microphone, w.microphone, devices)
		p.hear, p.microphone = found(problem), id
		problems = append(problems, problem...)
	}
	if w.play && isDevice(w.speaker) {
		id, problem := pick(media.Speaker, w.speaker, devices)
		p.speak, p.speaker = found(problem), id
		problems = append(problems, problem...)
	}
	return p, problems
}

// found reports whether pick found a device in spite of a problem.
func found(problem []Problem) bool {
	return len(problem) == 0 || errors.Is(problem[0], ErrNotConnected)
}

// pick returns the id of the chosen device, or of the default one with a
// problem if the chosen one is not there.
func pick(kind media.DeviceKind, c media.Choice, devices []device) (id string, problem []Problem) {
	if c != media.DefaultDevice {
		if d := match(kind, c.String(), devices); d != nil {
			return d.ID, nil
		}
		problem = []Problem{{kind, c.String(), ErrNotConnected}}
	}
	first := ""
	for _, d := range devices {
		if d.Kind != kind || d.monitor {
			continue
		}
		if d.Default {
			return "", problem
		}
		if first == "" {
			first = d.ID
		}
	}
	if first == "" {
		return "", []Problem{{kind, c.String(), fmt.Errorf("%w is connected", missing(kind))}}
	}
	return first, problem
}

// match finds a device by id or name.
func match(kind media.DeviceKind, text string, devices []device) *device {
	for _, same := range []func(d *device) bool{
		func(d *device) bool { return d.ID == text },
		func(d *device) bool { return d.Name == text },
		func(d *device) bool { return strings.EqualFold(d.Name, text) },
	} {
		for i := range devices {
			if d := &devices[i]; d.Kind == kind && same(d) {
				return d
			}
		}
	}
	return nil
}

// nameOf returns the name of the device with that id, "" being the default.
func nameOf(kind media.DeviceKind, id string, devices []device) string {
	for _, d := range devices {
		if d.Kind == kind && (d.ID == id || id == "" && d.Default) {
			return d.Name
		}
	}
	return id
}
