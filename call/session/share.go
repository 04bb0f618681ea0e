package session

import (
	"parley/call"
	"parley/media"
)

// Shareable is something on this computer's screen that can be shown to others.
type Shareable struct {
	ID            string // what a Target begins with
	Kind          ShareKind
	Title         string // of a window; the connector of a screen, such as HDMI-1
	Width, Height int    // pixels; 0 where it is not known before it is shown
	Default       bool   // what an empty Target means
}

// ShareKind tells what can be shown.
type ShareKind string

// The kinds. Where the desktop itself asks what to show, as on Wayland, there is
// one AskedShare and nothing else.
const (
	ScreenShare ShareKind = "screen"
	WindowShare ShareKind = "window"
	AskedShare  ShareKind = "asked"
)

// Sharing is what is shown of the screen: beside the camera where the other side
// takes two pictures, and else, also before a call, in its place.
type Sharing struct {
	On bool
	// Target is a Shareable's id, or a window's title, and "" for the default
	// screen; after it, for a region, @WIDTHxHEIGHT+X+Y in pixels.
	Target string
	Name   string // of what is shown, for people; "" until it is
	Smooth bool   // it moves, as a film does: frames matter more than sharp text
	Beside bool   // it is beside the camera
}

// ShareChoice is the choice of camera that shows a target.
func ShareChoice(target string) media.Choice {
	text := "screen"
	if target != "" {
		text += ":" + target
	}
	choice, _ := media.ParseChoice(media.Camera, text) // cannot fail for a camera
	return choice
}

// films reports whether pictures are captured: never before the user has agreed
// to a call, but for a preview.
func films(s call.State, d devices) bool {
	agreed := s.Phase == call.Calling || s.Live()
	return d.preview || agreed && s.Kind == media.Video
}

// share begins to show something, or ends it.
func (d *devices) share(in Share, s call.State) {
	before := d.sharing
	if d.sharing = (Sharing{}); !in.On || !films(s, *d) {
		return
	}
	d.sharing = Sharing{On: true, Target: in.Target, Smooth: in.Smooth}
	if before.On && before.Target == in.Target {
		d.sharing.Name = before.Name // it goes on
	}
}

// shared ends what can be shown no more, because it was closed, say. Where it
// was chosen as the camera, the camera is off then: no other was asked for. It
// reports whether that was still wanted.
func (d *devices) shared(in ShareEnded) bool {
	chosen, said := d.chosen[media.Camera]
	switch {
	case d.sharing.On && ShareChoice(d.sharing.Target) == in.Choice:
		d.sharing = Sharing{}
	case !d.sharing.On && (!said || chosen == in.Choice):
		d.choose(Choose{Kind: media.Camera, Choice: media.Off})
	default:
		return false
	}
	return true
}

// settle ends what cannot go on: sharing lasts as long as pictures are captured. It
// is beside the camera as soon as the other side is known to take two pictures.
func (d *devices) settle(s call.State, beside bool) {
	if d.sharing.On && !films(s, *d) {
		d.sharing = Sharing{}
	}
	d.sharing.Beside = d.sharing.On && beside && s.Live()
}

// shareEnded tells why something is shown no more, if that was still wanted.
func (s *Session) shareEnded(in ShareEnded) {
	if s.devices.shared(in) {
		s.notices.add(in.Notice)
		s.unshown = in.Notice.Code
	}
}

// settleShare takes back what shareEnded told, once something else is shown, or nothing
// can be: it is no news in the next call.
func (s *Session) settleShare() {
	if s.unshown != "" && (s.devices.sharing.On || !films(s.state, s.devices)) {
		s.notices.dismiss(s.unshown)
		s.unshown = ""
	}
}
