package audio

import (
	"maps"
	"slices"
	"sync"
	"testing"
	"time"
	"unsafe"

	"parley/media"
	"parley/media/audio/device"
)

// bytesOf views samples as the bytes that a device hands over.
func bytesOf(pcm []int16) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(pcm))), 2*len(pcm))
}

// fakeSystem is a sound system under the test's control, in virtual time.
type fakeSystem struct {
	mu       sync.Mutex
	devices  []device.Info
	listErr  error
	openErr  map[media.DeviceKind]error
	hold     map[media.DeviceKind]chan struct{} // while set, opening waits for it
	holdOff  map[media.DeviceKind]chan struct{} // while set, closing waits for it
	habits   map[media.DeviceKind]habits
	live     map[device.Target]*fakeDevice
	opens    map[media.DeviceKind]int
	holdList chan struct{} // while set, listing waits for it
	strays   bool          // does not follow the default device
	closed   bool
}

// habits are how a device behaves.
type habits struct {
	frames func() int                // at a time; nil is always 480
	ppm    float64                   // faster than the computer's clock
	late   func(n int) time.Duration // how late callback n comes, not delaying those after it
	mute   func(n int) bool          // callback n does not come, and its sound is lost
	speak  func(out []int16)         // what a microphone hears; nil is a constant
	hear   func(in []int16)          // what a speaker plays
	miss   func(frames int)          // told of callbacks that do not come
}

// fakeDevice calls back until it is closed or dies.
type fakeDevice struct{ stop, dead, ended chan struct{} }

func (f *fakeSystem) List(bool) ([]device.Info, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if hold := f.holdList; hold != nil {
		f.mu.Unlock()
		<-hold
		f.mu.Lock()
	}
	return slices.Clone(f.devices), f.listErr
}

func (f *fakeSystem) Follows() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return !f.strays
}

func (f *fakeSystem) Open(t device.Target, to device.Endpoint) (func(), error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.opens == nil {
		f.opens = map[media.DeviceKind]int{}
	}
	f.opens[t.Kind]++
	if hold := f.hold[t.Kind]; hold != nil {
		f.mu.Unlock()
		<-hold
		f.mu.Lock()
	}
	if err := f.openErr[t.Kind]; err != nil {
		return nil, err
	}
	d := &fakeDevice{make(chan struct{}), make(chan struct{}), make(chan struct{})}
	if f.live == nil {
		f.live = map[device.Target]*fakeDevice{}
	}
	f.live[t] = d
	go d.run(t, to, f.habits[t.Kind])
	return func() { f.shut(t, d) }, nil
}

func (f *fakeSystem) shut(t device.Target, d *fakeDevice) {
	f.mu.Lock()
	hold := f.holdOff[t.Kind]
	f.mu.Unlock()
	if hold != nil {
		<-hold
	}
	close(d.stop)
	<-d.ended
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.live[t] == d {
		delete(f.live, t)
	}
}

func (f *fakeSystem) Close() { f.closed = true }

func (d *fakeDevice) run(t device.Target, to device.Endpoint, h habits) {
	defer close(d.ended)
	began, frames := time.Now(), 0
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for n := 0; ; n++ {
		count := media.StepSamples
		if h.frames != nil {
			count = h.frames()
		}
		frames += max(count, 1)
		due := began.Add(time.Duration(float64(frames) / media.SampleRate / (1 + h.ppm/1e6) * 1e9))
		if h.late != nil {
			due = due.Add(h.late(n))
		}
		timer.Reset(time.Until(due))
		select {
		case <-d.stop:
			return
		case <-d.dead:
			<-d.stop
			return
		case <-timer.C:
		}
		if h.mute == nil || !h.mute(n) {
			call(t, to, h, count)
		} else if h.miss != nil {
			h.miss(count)
		}
	}
}

// call calls back once.
func call(t device.Target, to device.Endpoint, h habits, count int) {
	pcm := make([]int16, count*channels(t))
	if t.Kind != media.Microphone {
		to.Data(bytesOf(pcm), nil, uint32(count))
		if h.hear != nil {
			h.hear(pcm)
		}
		return
	}
	if h.speak != nil {
		h.speak(pcm)
	} else {
		for i := range pcm {
			pcm[i] = 1000
		}
	}
	to.Data(nil, bytesOf(pcm), uint32(count))
}

func (f *fakeSystem) set(change func(*fakeSystem)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(f)
}

// open returns what is open.
func (f *fakeSystem) open() []device.Target {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.SortedFunc(maps.Keys(f.live), func(a, b device.Target) int {
		return len(b.Kind) - len(a.Kind) // microphone, speaker, ringer
	})
}

// kill lets what is open of a kind die: no callback comes any more.
func (f *fakeSystem) kill(kind media.DeviceKind) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for t, d := range f.live {
		if t.Kind == kind {
			close(d.dead)
		}
	}
}

// opened returns how often a kind was opened.
func (f *fakeSystem) opened(kind media.DeviceKind) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.opens[kind]
}

func expectOpen(t *testing.T, f *fakeSystem, want ...device.Target) {
	t.Helper()
	if got := f.open(); !slices.Equal(got, want) {
		t.Errorf("open: %+v, want %+v", got, want)
	}
}

// channels returns how many samples a frame of a device has.
func channels(t device.Target) int {
	if t.Kind == media.Microphone && !t.Stereo {
		return 1
	}
	return 2
}
