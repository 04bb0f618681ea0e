package audio

import (
	"fmt"
	"strings"

	"parley/media"
	"parley/media/audio/device"
)

// wanted is what the program wants of the engine.
type wanted struct {
	microphone, speaker, ringer media.Choice
	capture, play, ring         bool
}

// plan says what to open in one slot. It is comparable.
type plan struct {
	open   bool
	target device.Target
	// follows is the default device where the sound system does not move what is
	// open on it by itself; "" otherwise.
	follows string
}

// plans says what to open, and whether ringing is to be heard where speech is.
type plans struct {
	microphone, speaker, ringer plan
	ringHere                    bool
	problems                    []Problem
}

// scene is what is known when plans are made.
type scene struct {
	devices     []device.Info
	follows     bool                               // the sound system moves what is open on the default
	using       func(media.DeviceKind) (id string) // of what is open, "" for nothing or the default
	ringerFails bool
}

// isDevice reports whether a choice means a real device.
func isDevice(c media.Choice) bool {
	_, file := c.File()
	return !file && c != media.Off && c != media.Tone && c != media.Pattern
}

// plan decides what to open, given what there is, and says what is wrong.
func (w wanted) plan(s scene) (p plans) {
	if w.capture && isDevice(w.microphone) {
		p.microphone = p.pick(s, media.Microphone, w.microphone)
	}
	p.ringHere = w.ring && !w.ringsElsewhere(s, &p)
	if (w.play || p.ringHere) && isDevice(w.speaker) {
		p.speaker = p.pick(s, media.Speaker, w.speaker)
	}
	return p
}

// ringsElsewhere plans the ring device and reports whether ringing is settled by
// that: the default is to ring where speech is heard.
func (w wanted) ringsElsewhere(s scene, p *plans) bool {
	switch {
	case w.ringer == media.DefaultDevice:
		return false
	case !isDevice(w.ringer):
		return true // a file, or nowhere
	}
	d := match(media.Speaker, w.ringer.String(), s.devices)
	if d == nil {
		p.problems = append(p.problems, Problem{media.Ringer, w.ringer.String(), ErrNotConnected})
		return false
	}
	p.ringer = plan{open: true, target: device.Target{Kind: media.Ringer, ID: d.ID}}
	return !s.ringerFails
}

// pick plans the chosen device, or the default one with a problem if the chosen
// one is not there.
func (p *plans) pick(s scene, kind media.DeviceKind, c media.Choice) plan {
	chosen := plan{open: true, target: device.Target{Kind: kind}}
	var missed []Problem
	if c != media.DefaultDevice {
		if d := match(kind, c.String(), s.devices); d != nil {
			chosen.target.ID, chosen.target.Stereo = d.ID, d.Monitor
			return chosen
		}
		missed = []Problem{{kind, c.String(), ErrNotConnected}}
	}
	id, isDefault, found := standard(s, kind)
	if !found {
		p.problems = append(p.problems, Problem{kind, c.String(), fmt.Errorf("%w is connected", missing(kind))})
		return plan{}
	}
	p.problems = append(p.problems, missed...)
	switch {
	case !isDefault:
		chosen.target.ID = id
	case !s.follows:
		chosen.follows = id
	}
	return chosen
}

// standard returns the system's default device, or else the one that is in use,
// so that a new one does not take its place by coming, or else the first.
func standard(s scene, kind media.DeviceKind) (id string, isDefault, found bool) {
	using := s.using(kind)
	for _, d := range s.devices {
		switch {
		case d.Kind != kind || d.Monitor:
		case d.Default:
			return d.ID, true, true
		case id == "" || d.ID == using:
			id = d.ID
		}
	}
	return id, false, id != ""
}

// match finds a device by id or name.
func match(kind media.DeviceKind, text string, devices []device.Info) *device.Info {
	for _, same := range []func(d *device.Info) bool{
		func(d *device.Info) bool { return d.ID == text },
		func(d *device.Info) bool { return d.Name == text },
		func(d *device.Info) bool { return strings.EqualFold(d.Name, text) },
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
func nameOf(kind media.DeviceKind, id string, devices []device.Info) string {
	if kind == media.Ringer {
		kind = media.Speaker
	}
	for _, d := range devices {
		if d.Kind == kind && (d.ID == id || id == "" && d.Default) {
			return d.Name
		}
	}
	return id
}
