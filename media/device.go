package media

import (
	"fmt"
	"strings"
)

// DeviceKind tells what a device is for.
type DeviceKind string

// The kinds of devices.
const (
	Camera     DeviceKind = "camera"
	Microphone DeviceKind = "microphone"
	Speaker    DeviceKind = "speaker"
	Ringer     DeviceKind = "ringer" // a second speaker, which rings; its devices are listed as speakers
)

// Device is something that can be chosen as a source or a sink.
type Device struct {
	Kind    DeviceKind
	ID      string // stable as far as the system allows; "" is not a device
	Name    string // for people to read
	Default bool
}

// Choice says what to use as camera, microphone or speaker. Its text form is
// what the command line takes: "" (the system's default), "off", "pattern" or
// "tone" (made by the program), "file:PATH", or a device's name or id. Of a camera it
// may ask for a format: see camera.Asked.
type Choice struct{ text string }

// The choices that are not a device.
var (
	DefaultDevice = Choice{}
	Off           = Choice{"off"}
	Pattern       = Choice{"pattern"}
	Tone          = Choice{"tone"}
)

// ParseChoice reads a choice for a kind of device; it refuses what that kind
// cannot do (a speaker has no pattern).
func ParseChoice(kind DeviceKind, text string) (Choice, error) {
	refused := text == "pattern" && kind != Camera || text == "tone" && kind != Microphone
	if refused {
		return Choice{}, fmt.Errorf("a %s cannot be %q", kind, text)
	}
	if text == "file:" {
		return Choice{}, fmt.Errorf("a %s of %q needs a path after the colon", kind, text)
	}
	if text == "default" {
		text = ""
	}
	return Choice{text}, nil
}

// String returns the text form.
func (c Choice) String() string { return c.text }

// File returns the path of a "file:" choice.
func (c Choice) File() (path string, ok bool) { return strings.CutPrefix(c.text, "file:") }
