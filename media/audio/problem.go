package audio

import (
	"errors"
	"fmt"

	"parley/media"
	"parley/media/audio/device"
)

// What can be wrong with the sound. None of these stops a call.
var (
	ErrNoSoundServer = errors.New("audio: no sound server")
	ErrNoDevices     = errors.New("audio: the sound server has no device")
	ErrNoMicrophone  = errors.New("audio: no microphone")
	ErrNoSpeaker     = errors.New("audio: no speaker")
	ErrUnusable      = errors.New("audio: the device cannot be used")          // it is there
	ErrNotConnected  = errors.New("audio: the chosen device is not connected") // another is used
)

// ErrStuck is returned by Close when the sound system does not let go of a
// device. What hangs is left behind.
var ErrStuck = errors.New("audio: the sound system does not answer")

// Problem is one thing that is wrong at present.
type Problem struct {
	Kind media.DeviceKind // media.Microphone, media.Speaker or media.Ringer
	Name string           // of the device or file concerned, if known
	Err  error            // wraps one of the errors above
}

// Error says what is wrong with which device.
func (p Problem) Error() string {
	if p.Name == "" {
		return fmt.Sprintf("%s: %v", p.Kind, p.Err)
	}
	return fmt.Sprintf("%s %q: %v", p.Kind, p.Name, p.Err)
}

// Unwrap returns Err.
func (p Problem) Unwrap() error { return p.Err }

// soundless is the error for having no list of devices, for that reason.
func soundless(cause error) error {
	kind := ErrNoSoundServer
	if errors.Is(cause, device.ErrNone) {
		kind = ErrNoDevices
	}
	return fmt.Errorf("%w: %w", kind, cause)
}

// missing is the error for having no device of that kind.
func missing(kind media.DeviceKind) error {
	if kind == media.Microphone {
		return ErrNoMicrophone
	}
	return ErrNoSpeaker
}
