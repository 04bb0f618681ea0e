package device

import "parley/media"

// Info is a device that the sound system lists. Its ID is the system's own name
// of the device (PulseAudio's name, WASAPI's and CoreAudio's identifier), which
// stays when the device comes back.
type Info struct {
	media.Device
	Monitor bool // records what a speaker plays; not a microphone unless chosen by name
}

// Target says what to open. It is comparable.
type Target struct {
	Kind   media.DeviceKind // Microphone captures, Speaker and Ringer play
	ID     string           // "" is the system's default
	Stereo bool             // captured in two channels
}

// Endpoint is the program's side of an open device: a Capture or a Playback.
type Endpoint interface {
	// Data is the device's callback: frames to fill, or frames captured. A
	// System does the same without entering Go.
	Data(out, in []byte, frames uint32)
	// Beats returns how often the device has called back.
	Beats() uint64

	share() (s *shared, wake func())
}
