//go:build e2e

package soundbench

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"os/exec"
	"testing"
	"time"
	"unsafe"

	"github.com/gen2brain/malgo"

	"parley/media"
	"parley/ui/e2e/lab"
)

// recording is what all voices and speakers of desks sound like, on one clock.
type recording struct {
	cmd      *exec.Cmd
	channels int
	read     chan struct{} // closed at the end
	frames   [][]int16     // by channel; to be read once the recording has ended
	began    time.Time     // when the first frame sounded, by the most punctual read
}

// record records the desks until end is called, at most for the benchmark.
func record(b *testing.B, d *lab.Desks, desks int) *recording {
	b.Helper()
	r := &recording{cmd: d.Recorder(), channels: 2 * desks, read: make(chan struct{})}
	r.frames = make([][]int16, r.channels)
	out := listen(b, r.cmd)
	go func() {
		defer close(r.read)
		pull(out, r.channels, func(frames []int16, at time.Time) {
			for i, v := range frames {
				r.frames[i%r.channels] = append(r.frames[i%r.channels], v)
			}
			began := at.Add(-lasting(len(r.frames[0])))
			if r.began.IsZero() || began.Before(r.began) {
				r.began = began
			}
		})
	}()
	return r
}

// end ends the recording, after which what was recorded can be read.
func (r *recording) end(b *testing.B) {
	b.Helper()
	end(b, r.cmd)
	<-r.read
}

// voice and speaker are what was recorded at a desk.
func (r *recording) voice(desk int) []float64   { return floats(r.frames[2*desk]) }
func (r *recording) speaker(desk int) []float64 { return floats(r.frames[2*desk+1]) }

// listen starts a command and returns what it writes.
func listen(b *testing.B, cmd *exec.Cmd) io.Reader {
	b.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if cmd.ProcessState == nil {
			end(b, cmd)
		}
	})
	return out
}

// pull reads frames until the end, and hands over what was read at once.
func pull(from io.Reader, channels int, take func(frames []int16, at time.Time)) {
	raw := make([]byte, 1<<16)
	frames := make([]int16, 0, len(raw)/2)
	left := 0
	for {
		n, err := from.Read(raw[left:])
		at := time.Now()
		n += left
		whole := n - n%(2*channels)
		frames = frames[:whole/2]
		for i := range frames {
			frames[i] = int16(binary.LittleEndian.Uint16(raw[2*i:]))
		}
		if whole > 0 {
			take(frames, at)
		}
		left = copy(raw, raw[whole:n])
		if err != nil {
			return
		}
	}
}

// toSay is how much of what somebody says waits in the sound server.
const toSay = 60 * time.Millisecond

// say says something at a desk, and returns when all of it was taken, which is a
// little before it was said.
func say(b *testing.B, d *lab.Desks, desk string, samples []int16) {
	b.Helper()
	cmd := d.Speaker(desk, toSay)
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	err = binary.Write(in, binary.LittleEndian, samples)
	if err := errors.Join(err, in.Close(), cmd.Wait()); err != nil {
		b.Fatalf("speak at desk %s: %v", desk, err)
	}
}

// keepSaying says something again and again until the returned function is called.
func keepSaying(b *testing.B, d *lab.Desks, desk string, samples []int16) (stop func()) {
	b.Helper()
	cmd := d.Speaker(desk, toSay)
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	written := make(chan struct{})
	go func() {
		defer close(written)
		for binary.Write(in, binary.LittleEndian, samples) == nil { //nolint:revive // until nobody reads it
		}
	}()
	return func() {
		end(b, cmd)
		<-written
	}
}

// endpoint is a device by its PulseAudio name, and what its callback does with
// the frames that it takes or brings, of one channel.
type endpoint struct {
	kind  malgo.DeviceType
	name  string
	steps uint32 // at a time
	data  func(frames []int16)
}

// openDevices opens devices of the desks in use, for as long as the benchmark,
// as the sound engine does but without all that is around it.
func openDevices(b *testing.B, endpoints ...endpoint) {
	b.Helper()
	sound, err := malgo.InitContext([]malgo.Backend{malgo.BackendPulseaudio}, malgo.ContextConfig{}, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = sound.Uninit()
		sound.Free()
	})
	for _, e := range endpoints {
		id := malgo.DeviceID{}
		copy(id[:], e.name)
		config := malgo.DefaultDeviceConfig(e.kind)
		config.SampleRate, config.PeriodSizeInFrames = media.SampleRate, e.steps*media.StepSamples
		config.PerformanceProfile = malgo.LowLatency
		config.NoFixedSizedCallback = 1
		config.Capture.Format, config.Capture.Channels, config.Capture.DeviceID = malgo.FormatS16, 1, id.Pointer()
		config.Playback.Format, config.Playback.Channels, config.Playback.DeviceID = malgo.FormatS16, 1, id.Pointer()
		device, err := malgo.InitDevice(sound.Context, config, malgo.DeviceCallbacks{Data: func(out, in []byte, _ uint32) {
			raw := out
			if e.kind == malgo.Capture {
				raw = in
			}
			e.data(unsafe.Slice((*int16)(unsafe.Pointer(unsafe.SliceData(raw))), len(raw)/2))
		}})
		if err != nil {
			b.Fatalf("open %s: %v", e.name, err)
		}
		b.Cleanup(device.Uninit)
		if err := device.Start(); err != nil {
			b.Fatalf("start %s: %v", e.name, err)
		}
	}
}

// call lets two Parleys at desks "a" and "b" call each other, and returns them
// when both hear the other.
func call(ctx context.Context, b *testing.B, from, to *lab.Desks, args ...string) (caller, called *lab.Parley) {
	b.Helper()
	hub := lab.NewHub(b, "127.0.0.1:0")
	args = append([]string{"--camera", "off", "--server", hub.URL}, args...)
	called = to.At(b, "b", append(args, "--auto-answer")...)
	called.Next(ctx, "ready", nil)
	caller = from.At(b, "a", args...)
	caller.Next(ctx, "ready", nil)
	caller.Sees(ctx, "b")
	caller.Do("call", "to", "b", "kind", "audio")
	for _, p := range []*lab.Parley{caller, called} {
		p.Phase(ctx, "active")
		p.Until(ctx, "stats", func(e lab.Event) bool { return e.Number("inbound.audio.packets") > 50 })
	}
	return caller, called
}

// lasting is how long so many samples sound.
func lasting(samples int) time.Duration {
	return time.Duration(samples) * time.Second / media.SampleRate
}

func floats(samples []int16) []float64 {
	out := make([]float64, len(samples))
	for i, v := range samples {
		out[i] = float64(v) / 32768
	}
	return out
}
