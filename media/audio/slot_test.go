package audio

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"parley/media"
	"parley/media/audio/device"
)

func TestEngine_DeviceGoesQuiet_IsReopenedAlone(t *testing.T) {
	for _, kind := range []media.DeviceKind{media.Microphone, media.Speaker} {
		t.Run(string(kind), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, Options{})
				defer r.close()
				r.engine.Use(true, true)
				r.wait(time.Second)
				r.system.kill(kind)
				r.wait(1500 * time.Millisecond)
				if kind == media.Microphone {
					r.expect("", "Speakers")
				} else {
					r.expect("Webcam", "")
				}
				r.wait(3 * time.Second)
				r.expect("Webcam", "Speakers")
				r.flows()
				other := media.Speaker
				if kind == media.Speaker {
					other = media.Microphone
				}
				if n, m := r.system.opened(kind), r.system.opened(other); n != 2 || m != 1 {
					t.Errorf("opened %d times, the other %d times", n, m)
				}
			})
		})
	}
}

func TestEngine_OneFails_TheOtherWorks(t *testing.T) {
	busy := errors.New("device busy")
	tests := []struct {
		name         string
		broken       []media.DeviceKind
		mic, speaker string
		problems     []error
	}{
		{"microphone", []media.DeviceKind{media.Microphone}, "", "Speakers", []error{ErrUnusable}},
		{"speaker", []media.DeviceKind{media.Speaker}, "Webcam", "", []error{ErrUnusable}},
		{"both", []media.DeviceKind{media.Microphone, media.Speaker}, "", "", []error{ErrUnusable, ErrUnusable}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, Options{})
				defer r.close()
				r.system.set(func(f *fakeSystem) {
					f.openErr = map[media.DeviceKind]error{}
					for _, kind := range tt.broken {
						f.openErr[kind] = busy
					}
				})
				r.engine.Use(true, true)
				r.wait(10 * time.Second)
				r.expect(tt.mic, tt.speaker, tt.problems...)
				r.flows()
				for _, kind := range tt.broken {
					if n := r.system.opened(kind); n > 5 {
						t.Errorf("%s: %d openings in 10 s", kind, n)
					}
				}
				r.system.set(func(f *fakeSystem) { f.openErr, f.devices = nil, machine()[1:] })
				r.wait(6 * time.Second)
				r.expect("Webcam", "Speakers")
			})
		})
	}
}

func TestEngine_OpeningHangs_CallGoesOnAndAnotherDeviceWorks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{})
		hold := make(chan struct{})
		r.system.set(func(f *fakeSystem) { f.hold = map[media.DeviceKind]chan struct{}{media.Speaker: hold} })
		r.engine.Use(true, true)
		r.wait(time.Second)
		r.expect("Webcam", "")
		r.flows()
		r.wait(3 * time.Second)
		r.expect("Webcam", "", ErrUnusable)
		r.system.set(func(f *fakeSystem) { f.hold = nil })
		r.engine.Choose(media.Speaker, choice(t, media.Speaker, "Headset"))
		r.wait(time.Second)
		r.expect("Webcam", "Headset")
		r.flows()
		close(hold) // the first opening succeeds at last, and is closed again
		r.wait(time.Second)
		expectOpen(t, r.system, device.Target{Kind: media.Microphone}, device.Target{Kind: media.Speaker, ID: "headout"})
		if r.system.opened(media.Microphone) != 1 {
			t.Error("the microphone was disturbed")
		}
		r.close()
	})
}

func TestEngine_EveryOpeningHangs_LeavesFewBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{})
		hold := make(chan struct{})
		r.system.set(func(f *fakeSystem) { f.hold = map[media.DeviceKind]chan struct{}{media.Microphone: hold} })
		r.engine.Use(true, true)
		r.wait(10 * time.Minute)
		r.expect("", "Speakers", ErrUnusable)
		if n := r.system.opened(media.Microphone); n > mostHanging {
			t.Errorf("%d openings hang", n)
		}
		close(hold)
		r.wait(10 * time.Second)
		r.expect("Webcam", "Speakers")
		r.flows()
		r.close()
	})
}

// Whoever chooses another device has heard enough about the one before.
func TestEngine_AnotherIsChosen_NothingOfTheOneBeforeRemains(t *testing.T) {
	busy := errors.New("device busy")
	for name, trouble := range map[string]func(f *fakeSystem, hold chan struct{}){
		"busy": func(f *fakeSystem, _ chan struct{}) { f.openErr = map[media.DeviceKind]error{media.Microphone: busy} },
		"hangs": func(f *fakeSystem, hold chan struct{}) {
			f.hold = map[media.DeviceKind]chan struct{}{media.Microphone: hold}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, Options{})
				hold := make(chan struct{})
				r.system.set(func(f *fakeSystem) { trouble(f, hold) })
				r.engine.Use(true, true)
				r.wait(10*time.Minute + 2*time.Second) // in the middle of a pause between two tries
				r.expect("", "Speakers", ErrUnusable)
				r.system.set(func(f *fakeSystem) { f.openErr, f.hold = nil, nil })
				r.engine.Choose(media.Microphone, choice(t, media.Microphone, "head"))
				r.wait(300 * time.Millisecond)
				r.expect("Headset", "Speakers")
				close(hold)
				r.close()
			})
		})
	}
}

// What one device's calls that hang may cost is bounded, and what all may.
func TestEngine_EverythingHangs_WhateverIsChosen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{})
		hold := make(chan struct{})
		r.system.set(func(f *fakeSystem) { f.hold = map[media.DeviceKind]chan struct{}{media.Microphone: hold} })
		r.engine.Use(true, true)
		for i := range 20 {
			r.engine.Choose(media.Microphone, choice(t, media.Microphone, [...]string{"head", "in"}[i%2]))
			r.wait(time.Minute)
		}
		if n := r.system.opened(media.Microphone); n > 3*mostHanging {
			t.Errorf("%d openings hang of three devices", n)
		}
		close(hold)
		r.close()
	})
}

// A list that cannot be had either tells that it is not the device.
func TestEngine_ServerHangs_IsToldAsSuch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{})
		hold := make(chan struct{})
		r.wait(3 * time.Second) // the devices are known
		r.system.set(func(f *fakeSystem) {
			f.holdList, f.hold = hold, map[media.DeviceKind]chan struct{}{media.Microphone: hold, media.Speaker: hold}
		})
		r.engine.Use(true, true)
		r.wait(10 * time.Second)
		r.expect("", "", ErrNoSoundServer, ErrNoSoundServer)
		close(hold)
		r.close()
	})
}

func TestEngine_ClosingHangs_CloseIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{})
		r.engine.Use(true, true)
		r.wait(time.Second)
		hold := make(chan struct{})
		r.system.set(func(f *fakeSystem) {
			f.holdOff = map[media.DeviceKind]chan struct{}{media.Microphone: hold, media.Speaker: hold}
		})
		began := time.Now()
		if err := r.engine.Close(); !errors.Is(err, ErrStuck) {
			t.Errorf("closed with %v", err)
		}
		if d := time.Since(began); d > 4*time.Second {
			t.Errorf("closing took %v", d)
		}
		if err := r.engine.Close(); !errors.Is(err, ErrStuck) {
			t.Errorf("closed again with %v", err)
		}
		close(hold)
		synctest.Wait()
	})
}
