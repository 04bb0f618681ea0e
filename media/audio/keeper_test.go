package audio

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"parley/media"
	"parley/media/audio/device"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is an engine on a fake system. It runs inside synctest.
type rig struct {
	t      *testing.T
	system *fakeSystem
	engine *Engine
	counts *counting
}

// counting counts the steps that it is asked to play.
type counting struct {
	mu sync.Mutex
	n  int
}

func (c *counting) Play(*[media.StepSamples]int16) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
}

func (c *counting) take() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.n
	c.n = 0
	return n
}

func newRig(t *testing.T, o Options) *rig {
	t.Helper()
	r := &rig{t: t, system: &fakeSystem{devices: machine()}, counts: &counting{}}
	o.backend = r.system
	r.engine = Open(o)
	r.engine.Add(r.counts)
	return r
}

// wait lets virtual time pass and everything settle.
func (r *rig) wait(d time.Duration) {
	time.Sleep(d) //nolint:forbidigo // virtual: synctest moves the clock
	synctest.Wait()
}

// expect checks what is in use and wrong.
func (r *rig) expect(mic, speaker string, problems ...error) {
	r.t.Helper()
	rep := r.engine.Report()
	if rep.Microphone != mic || rep.Speaker != speaker {
		r.t.Errorf("uses %q and %q, want %q and %q", rep.Microphone, rep.Speaker, mic, speaker)
	}
	if len(rep.Problems) != len(problems) {
		r.t.Fatalf("problems %v, want %v", rep.Problems, problems)
	}
	for i, want := range problems {
		if !errors.Is(rep.Problems[i], want) {
			r.t.Errorf("problem %v, want %v", rep.Problems[i], want)
		}
	}
}

// flows checks that a second has a hundred steps, played and captured.
func (r *rig) flows() {
	r.t.Helper()
	l := r.engine.Sound().Listen()
	defer l.Close()
	r.counts.take()
	heard := 0
	for range 20 {
		r.wait(50 * time.Millisecond)
		var s media.Sound
		for l.Next(expired(r.t), &s) == nil {
			heard++
		}
	}
	if played := r.counts.take(); played < 97 || played > 106 || heard < 97 || heard > 103 {
		r.t.Errorf("%d steps played and %d captured in a second", played, heard)
	}
}

func (r *rig) close() {
	r.t.Helper()
	if err := r.engine.Close(); err != nil {
		r.t.Error(err)
	}
	if !r.system.closed || len(r.system.open()) != 0 {
		r.t.Errorf("left open: %v", r.system.open())
	}
}

func TestEngine_AtRest_OpensNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{})
		defer r.close()
		r.wait(time.Minute)
		r.expect("", "")
		if len(r.system.opens) != 0 || r.counts.take() != 0 {
			t.Errorf("openings %v at rest", r.system.opens)
		}
		if len(r.engine.Report().Devices) != 4 {
			t.Errorf("devices %v", r.engine.Report().Devices)
		}
	})
}

func TestEngine_InUse_OpensTwoDevices(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{})
		defer r.close()
		r.engine.Use(true, true)
		r.wait(time.Second)
		r.expect("Webcam", "Speakers")
		r.flows()
		expectOpen(t, r.system, device.Target{Kind: media.Microphone}, device.Target{Kind: media.Speaker})
		if mic, _ := r.engine.Levels(); mic < 0.03 || mic > 0.031 {
			t.Errorf("microphone level %f", mic)
		}
		r.engine.Use(false, true)
		r.wait(time.Second)
		r.expect("", "Speakers")
		if r.system.opened(media.Speaker) != 1 {
			t.Error("the speaker was disturbed")
		}
		r.engine.Use(false, false)
		r.wait(time.Second)
		r.expect("", "")
		expectOpen(t, r.system)
	})
}

func TestEngine_Choose_ExchangesWhileRunning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{})
		defer r.close()
		r.engine.Use(true, true)
		r.wait(time.Second)
		r.engine.Choose(media.Speaker, choice(t, media.Speaker, "Headset"))
		r.wait(time.Second)
		r.expect("Webcam", "Headset")
		if r.system.opened(media.Microphone) != 1 {
			t.Error("the microphone was interrupted for another speaker")
		}
		r.flows()
		r.engine.Choose(media.Microphone, media.Tone)
		r.wait(time.Second)
		r.expect("tone", "Headset")
		r.flows()
		r.engine.Choose(media.Microphone, media.Off)
		r.engine.Choose(media.Speaker, media.Off)
		r.wait(time.Second)
		r.expect("", "")
		r.flows()
	})
}

func TestEngine_Unplugged_UsesTheDefaultUntilItReturns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{Microphone: choice(t, media.Microphone, "head")})
		defer r.close()
		r.engine.Use(true, true)
		r.wait(time.Second)
		r.expect("Headset", "Speakers")
		r.system.set(func(f *fakeSystem) { f.devices = slices.Delete(machine(), 2, 3) })
		r.wait(5 * time.Second)
		r.expect("Webcam", "Speakers", ErrNotConnected)
		r.system.set(func(f *fakeSystem) { f.devices = machine() })
		r.wait(5 * time.Second)
		r.expect("Headset", "Speakers")
		r.flows()
	})
}

func TestEngine_NoSoundServer_RunsByTheClockAndRecovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{})
		defer r.close()
		r.system.set(func(f *fakeSystem) { f.devices, f.listErr = nil, errors.New("connection refused") })
		r.engine.Use(true, true)
		r.wait(10 * time.Second)
		r.expect("", "", ErrNoSoundServer, ErrNoSoundServer)
		r.flows()
		r.system.set(func(f *fakeSystem) { f.devices, f.listErr = machine(), nil })
		r.wait(5 * time.Second)
		r.expect("Webcam", "Speakers")
		r.flows()
	})
}

func TestEngine_NoDeviceAtAll_IsToldAsSuch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{})
		defer r.close()
		r.system.set(func(f *fakeSystem) { f.devices, f.listErr = nil, device.ErrNone })
		r.engine.Use(true, true)
		r.wait(10 * time.Second)
		r.expect("", "", ErrNoDevices, ErrNoDevices)
		r.flows()
		r.system.set(func(f *fakeSystem) { f.listErr = errors.New("connection refused") })
		r.wait(5 * time.Second)
		r.expect("", "", ErrNoSoundServer, ErrNoSoundServer)
		r.system.set(func(f *fakeSystem) { f.devices, f.listErr = machine(), nil })
		r.wait(5 * time.Second)
		r.expect("Webcam", "Speakers")
		r.flows()
	})
}
