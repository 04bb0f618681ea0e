package audio

import (
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"time"

	"parley/media"
)

// bench is a worker without goroutines, in virtual time.
type bench struct {
	worker   worker
	now      time.Time
	listener *media.Listener
	heard    []media.Sound
}

func newBench() *bench {
	b := &bench{now: time.Unix(1e9, 0)}
	b.listener = b.worker.feed.Listen()
	return b
}

// pass lets time pass in steps, calling between at each.
func (b *bench) pass(t *testing.T, d, step time.Duration, between func()) {
	t.Helper()
	for end := b.now.Add(d); b.now.Before(end); b.now = b.now.Add(step) {
		between()
		b.worker.tick(b.now)
		b.collect(t)
	}
}

// collect takes what was published.
func (b *bench) collect(t *testing.T) {
	t.Helper()
	for b.worker.route != nil {
		var s media.Sound
		if err := b.listener.Next(expired(t), &s); err != nil {
			return
		}
		b.heard = append(b.heard, s)
	}
}

// countingSink counts the steps that it takes.
type countingSink struct{ steps int }

func (c *countingSink) take(*[media.StepSamples]int16) { c.steps++ }
func (c *countingSink) flush()                         {}
func (c *countingSink) fault() error                   { return nil }
func (c *countingSink) close()                         {}

func nothing() {}

func TestWorker_Clock_KeepsTimeWithoutDevices(t *testing.T) {
	b := newBench()
	rec := &countingSink{}
	b.worker.follow(&route{capture: true, play: true, voice: &toneSource{}, record: rec}, b.now)
	b.pass(t, 10*time.Second, 7*time.Millisecond, nothing)
	if n := len(b.heard); n < 998 || n > 1001 {
		t.Errorf("%d steps in 10 s", n)
	}
	if rec.steps != len(b.heard) {
		t.Errorf("%d steps captured, %d played", len(b.heard), rec.steps)
	}
	for i := 1; i < len(b.heard); i++ {
		if d := b.heard[i].Captured.Sub(b.heard[i-1].Captured); d != media.Step {
			t.Fatalf("step %d captured %v after the one before", i, d)
		}
	}
	b.worker.end(b.now)
	if err := b.listener.Next(t.Context(), new(media.Sound)); !errors.Is(err, io.EOF) {
		t.Errorf("the feed is open: %v", err)
	}
}

func TestWorker_Clock_DoesNotRunAfterASleepingComputer(t *testing.T) {
	b := newBench()
	b.worker.follow(&route{capture: true}, b.now)
	b.pass(t, 100*time.Millisecond, media.Step, nothing)
	b.now = b.now.Add(time.Hour)
	before := len(b.heard)
	b.worker.tick(b.now)
	b.collect(t)
	if n := len(b.heard) - before; n != 1 {
		t.Errorf("%d steps at once after an hour", n)
	}
}

func TestWorker_Device_AnyCallbackSize(t *testing.T) {
	b := newBench()
	d := newStream(true, true, nothing)
	b.worker.mixer.add(&tonePlayer{hertz: 500, level: 0.5})
	b.worker.follow(&route{capture: true, play: true, device: d}, b.now)
	b.worker.tick(b.now)
	rnd := rand.New(rand.NewPCG(3, 4))
	debt, speaker, made := 0, []int16{}, 0
	b.pass(t, 20*time.Second, 2*time.Millisecond, func() {
		debt += 96 // 2 ms at 48 kHz
		if n := rnd.IntN(900); n < debt {
			debt -= n
			in, out := make([]int16, n), make([]int16, n)
			for i := range in {
				in[i] = int16(made)
				made++
			}
			d.data(bytesOf(out), bytesOf(in), uint32(n))
			speaker = append(speaker, out...)
		}
	})
	if d.lost.Load() != 0 {
		t.Errorf("%d samples lost", d.lost.Load())
	}
	for i, s := range b.heard {
		for j, v := range s.Samples {
			if v != int16(i*media.StepSamples+j) {
				t.Fatalf("step %d sample %d is %d: a gap", i, j, v)
			}
		}
	}
	settled := speaker[len(speaker)/4:]
	if amplitude, share := purity(settled, 500); share < 0.999 || amplitude < 0.49 {
		t.Errorf("heard amplitude %.3f, share %.4f; starved %d times", amplitude, share, d.starved.Load())
	}
	if b.worker.cushion.target > 4*media.StepSamples {
		t.Errorf("cushion of %d samples", b.worker.cushion.target)
	}
}

func TestWorker_CaptureTime_IsSmooth(t *testing.T) {
	b := newBench()
	d := newStream(true, false, nothing)
	d.began = b.now
	b.worker.follow(&route{capture: true, device: d}, b.now)
	b.worker.moments.follow(0, b.now)
	rnd := rand.New(rand.NewPCG(5, 6))
	in := make([]byte, 960)
	for i := range 1000 {
		// A callback of 10 ms comes up to 4 ms late.
		at := time.Duration(i+1)*media.Step + time.Duration(rnd.IntN(4000))*time.Microsecond
		d.data(nil, in, 480)
		d.delivered.Store(int64(at))
		b.worker.tick(b.now.Add(at))
		b.collect(t)
	}
	for i, s := range b.heard[100:] {
		truth := b.now.Add(time.Duration(i+100) * media.Step)
		if off := s.Captured.Sub(truth); off < 0 || off > 4*time.Millisecond {
			t.Fatalf("step %d stamped %v off", i, off)
		}
	}
}

func TestWorker_Mute_PublishesSilence(t *testing.T) {
	b := newBench()
	b.worker.muted.Store(true)
	b.worker.follow(&route{capture: true, voice: &toneSource{}}, b.now)
	b.pass(t, 100*time.Millisecond, media.Step, nothing)
	if len(b.heard) == 0 || b.worker.microphone.value() != 0 {
		t.Errorf("%d steps at level %f", len(b.heard), b.worker.microphone.value())
	}
	b.worker.muted.Store(false)
	b.pass(t, 100*time.Millisecond, media.Step, nothing)
	if v := b.worker.microphone.value(); v < 0.17 || v > 0.19 {
		t.Errorf("level of the tone %f, want 0.177", v)
	}
	b.worker.follow(&route{}, b.now)
	if v := b.worker.microphone.value(); v != 0 {
		t.Errorf("level at rest %f", v)
	}
}

func TestWorker_NewListener_HearsNothingOld(t *testing.T) {
	b := newBench()
	d := newStream(true, true, nothing)
	b.worker.follow(&route{play: true, device: d}, b.now)
	d.data(nil, bytesOf(make([]int16, 5000)), 5000)
	b.worker.tick(b.now)
	b.worker.follow(&route{capture: true, play: true, device: d}, b.now)
	d.data(nil, bytesOf([]int16{1}), 1)
	b.worker.tick(b.now)
	b.collect(t)
	if len(b.heard) != 0 {
		t.Errorf("%d steps of the time before", len(b.heard))
	}
}

func TestCushion_GrowsWhenStarvedAndShrinksAtRest(t *testing.T) {
	var c cushion
	now := time.Unix(0, 0)
	if got := c.next(now, 0, 7); got != firstCushion {
		t.Errorf("starts with %d", got)
	}
	for starved := uint64(8); starved < 100; starved++ {
		c.next(now, 0, starved)
	}
	if c.target != mostCushion {
		t.Errorf("starved, it is %d", c.target)
	}
	for range 200 {
		now = now.Add(time.Second)
		c.next(now, c.target-480, 99)
	}
	if c.target != leastCushion {
		t.Errorf("at rest for minutes, it is %d", c.target)
	}
}
