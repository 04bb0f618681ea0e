package device

// #include "callback.h"
import "C"

import (
	"fmt"
	"runtime"
	"runtime/cgo"
	"unsafe"

	"github.com/gen2brain/malgo"

	"parley/media"
)

// Period is how many frames a speaker is asked to take at a time: 10 ms. A microphone
// is asked for half as much, which costs little, since it wakes nobody before there is
// a step.
const Period = media.StepSamples

// Open opens and starts the device of t for to, with a connection of its own,
// since those must not be shared by threads. The returned function closes it.
// Both may take long, or for ever, where the sound system hangs.
func (s *System) Open(t Target, to Endpoint) (func(), error) {
	backend, id, ok := s.find(t)
	if !ok {
		return nil, fmt.Errorf("open the %s: %q is not listed", t.Kind, t.ID)
	}
	c, err := s.connect(backend)
	if err != nil {
		return nil, err
	}
	if backend == malgo.BackendPulseaudio && !steady(c) {
		s.log.Debug("speakers ask as often as the server likes", "component", "audio")
	}
	free := lend(to)
	d, err := start(c, t, to, &id)
	if err != nil {
		disconnect(c)
		free()
		return nil, err
	}
	return func() {
		// Stopping first is what wakes miniaudio's thread if the server is gone.
		_ = d.Stop()
		d.Uninit()
		disconnect(c)
		free()
	}, nil
}

// lend keeps what the callback uses where it is until the returned function is
// called, when no callback comes any more.
func lend(to Endpoint) (free func()) {
	s, wake := to.share()
	var pin runtime.Pinner
	pin.Pin(s)
	handle := cgo.NewHandle(wake)
	s.wake = uint64(handle)
	return func() {
		handle.Delete()
		pin.Unpin()
	}
}

// find returns the sound system and its identifier of what is to be opened.
func (s *System) find(t Target) (malgo.Backend, malgo.DeviceID, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, ok := s.ids[key{direction(t.Kind), t.ID}]
	return s.backend, id, ok || t.ID == ""
}

// direction is what miniaudio calls a kind of device.
func direction(kind media.DeviceKind) malgo.DeviceType {
	if kind == media.Microphone {
		return malgo.Capture
	}
	return malgo.Playback
}

// start opens and starts a device.
func start(c *malgo.AllocatedContext, t Target, to Endpoint, id *malgo.DeviceID) (*malgo.Device, error) {
	var pin runtime.Pinner
	defer pin.Unpin()
	config := configuration(t, to)
	if t.ID != "" {
		pin.Pin(id)
		config.Capture.DeviceID = unsafe.Pointer(id)
		config.Playback.DeviceID = unsafe.Pointer(id)
	}
	runtime.LockOSThread() // attend is about what this one does
	defer runtime.UnlockOSThread()
	d, err := malgo.InitDevice(c.Context, config, malgo.DeviceCallbacks{Data: to.Data})
	if err != nil {
		return nil, fmt.Errorf("open the %s: %w", t.Kind, err)
	}
	shared, _ := to.share()
	attend(shared)
	if err := d.Start(); err != nil {
		d.Uninit()
		return nil, fmt.Errorf("start the %s: %w", t.Kind, err)
	}
	return d, nil
}

// configuration is what a device is opened with; miniaudio converts.
func configuration(t Target, to Endpoint) malgo.DeviceConfig {
	config := malgo.DefaultDeviceConfig(direction(t.Kind))
	config.SampleRate = media.SampleRate
	config.PerformanceProfile = malgo.LowLatency
	config.NoPreSilencedOutputBuffer = 1 // the callback fills all of it
	config.NoClip = 1
	config.NoFixedSizedCallback = 1 // any count is taken, without another buffer
	shared, _ := to.share()
	config.PeriodSizeInFrames = shared.period
	config.PUserData = (*byte)(unsafe.Pointer(shared))
	config.NotificationCallback = (*[0]byte)(C.parley_notified)
	config.Capture.Format, config.Capture.Channels = malgo.FormatS16, shared.channels
	config.Playback.Format, config.Playback.Channels = malgo.FormatS16, shared.channels
	name := "Call"
	if t.Kind == media.Ringer {
		name = "Ring"
	}
	config.Pulse.StreamNameCapture, config.Pulse.StreamNamePlayback = name, name
	return config
}
