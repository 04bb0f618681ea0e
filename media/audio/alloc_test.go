package audio

import (
	"testing"
	"testing/synctest"
	"time"

	"parley/media"
	"parley/media/audio/device"
	"parley/media/voice"
)

// running is a worker on two devices that call by turns, with a chain.
type running struct {
	worker  worker
	mic     *device.Capture
	speaker *device.Playback
	in, out []byte
	chain   *voice.Chain
}

func newRunning() *running {
	r := &running{
		mic: device.NewCapture(1, nothing), speaker: device.NewPlayback(device.Period, nothing),
		in: make([]byte, 2*media.StepSamples), out: make([]byte, 4*media.StepSamples),
	}
	r.chain = voice.New(voice.Options{
		Settings:   voice.Everything,
		Cancellers: []func() (voice.Canceller, error){func() (voice.Canceller, error) { return stage{new(int)}, nil }},
	})
	r.worker.clock = time.Now
	r.worker.received.add(&tonePlayer{hertz: 440, level: 0.3})
	r.worker.received.add(sidePlayer{100, 50})
	r.worker.follow(&route{capture: true, play: true, microphone: r.mic, speaker: r.speaker, chain: r.chain})
	return r
}

// step lets 10 ms pass.
func (r *running) step() {
	r.mic.Data(nil, r.in, media.StepSamples)
	r.speaker.Data(r.out, nil, media.StepSamples)
	r.worker.tick()
}

func TestWorker_Step_DoesNotAllocate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRunning()
		defer func() { _ = r.chain.Close() }()
		l := r.worker.feed.Listen()
		defer l.Close()
		step := func() {
			time.Sleep(media.Step) //nolint:forbidigo // virtual
			r.step()
		}
		for range 300 {
			step()
		}
		if n := testing.AllocsPerRun(500, step); n != 0 {
			t.Errorf("%v allocations per step", n)
		}
		if !r.worker.mouth.awake || !r.worker.ear.awake {
			t.Error("nothing ran")
		}
	})
}

func BenchmarkWorker_Step(b *testing.B) {
	r := newRunning()
	defer func() { _ = r.chain.Close() }()
	b.ReportAllocs()
	for b.Loop() {
		r.step()
	}
}
