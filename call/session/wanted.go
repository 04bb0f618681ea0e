package session

import (
	"maps"
	"slices"
	"time"

	"parley/call"
	"parley/media"
)

// How long a tone tells that a call is over.
const (
	busyFor   = 3 * time.Second
	hangupFor = time.Second
)

// devices is what the user wants of the devices, and what they report.
type devices struct {
	muted   map[media.Kind]bool
	chosen  map[media.DeviceKind]media.Choice
	preview bool
	known   []media.Device
	using   map[media.DeviceKind]string
	sharing Sharing
}

func (d *devices) mute(in Mute)     { d.muted = with(d.muted, in.Kind, in.On) }
func (d *devices) choose(in Choose) { d.chosen = with(d.chosen, in.Kind, in.Choice) }

func (d *devices) report(in DeviceReport) {
	d.known, d.using = slices.Clone(in.Devices), maps.Clone(in.Using)
	if d.sharing.On && in.Sharing == ShareChoice(d.sharing.Target) {
		d.sharing.Name = in.Shared
	}
}

// follow ends what is meant for one call: a mute lasts until its end, and a
// preview until the next begins.
func (d *devices) follow(before, after call.State) {
	over := after.Phase == call.Idle && before.Phase != call.Idle
	if over || before.Phase == call.Closing && after.Phase == call.Ringing {
		d.muted = nil
	}
	if after.Phase == call.Calling || after.Live() {
		d.preview = false
	}
}

// afterTone is the tone that tells how a call ended.
type afterTone struct {
	tone  Tone
	until time.Time
}

// toneOf returns the tone, if any, that tells a user of an end that they did
// not bring about themselves.
func toneOf(r call.Reason, now time.Time) afterTone {
	switch r {
	case call.Busy:
		return afterTone{BusyTone, now.Add(busyFor)}
	case call.RemoteHangup, call.Declined, call.NoAnswer, call.Unreachable, call.SetupFailed, call.Lost, call.Collision:
		return afterTone{HangupTone, now.Add(hangupFor)}
	case call.NoReason, call.LocalHangup, call.Withdrawn, call.Rejected, call.Missed, call.Offline:
	}
	return afterTone{}
}

// wanted tells what the devices should do. Before the user has agreed to a call
// it wants no microphone but for a sound test, and no camera but for a preview.
func wanted(s call.State, d devices, v sound, tellsRinging bool, after Tone) Wanted {
	agreed := s.Phase == call.Calling || s.Live()
	w := Wanted{
		Camera:     films(s, d),
		Sharing:    d.sharing.On,
		Beside:     d.sharing.Beside,
		Target:     d.sharing.Target,
		Smooth:     d.sharing.Smooth,
		Microphone: v.testing || agreed,
		SoundTest:  v.testing,
		Test:       v.order,
		MuteAudio:  d.muted[media.Audio] && !v.testing,
		MuteVideo:  d.muted[media.Video],
		Tone:       toneNow(s, tellsRinging, after),
		Chosen:     d.chosen,
		Switches:   v.switches,
		Volume:     v.volume,
	}
	w.Speaker = v.testing || agreed || w.Tone != NoTone
	return w
}

// toneNow returns the tone of this moment. A server that never tells that the
// other side rings leaves the caller to assume it.
func toneNow(s call.State, tellsRinging bool, after Tone) Tone {
	switch s.Phase {
	case call.Ringing:
		return RingTone
	case call.Calling:
		if s.Alerted || s.Invited && !tellsRinging {
			return RingBack
		}
	case call.Idle, call.Closing:
		return after
	case call.Connecting, call.Active, call.Recovering:
	}
	return NoTone
}
