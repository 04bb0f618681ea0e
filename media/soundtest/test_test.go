package soundtest

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parley/media"
)

type step = [media.StepSamples]int16

// desk is a microphone and a speaker that work in steps of 10 ms, under virtual
// time.
type desk struct {
	feed    media.SoundFeed
	speak   func(i int) int16 // what is heard; nil: there is no microphone
	deaf    bool              // the speaker does not play
	mu      sync.Mutex
	players []media.Player
	played  []int16
	stop    chan struct{}
	work    sync.WaitGroup
}

func newDesk(t *testing.T, speak func(i int) int16) *desk {
	t.Helper()
	d := &desk{speak: speak, stop: make(chan struct{})}
	d.work.Go(d.run)
	t.Cleanup(func() {
		close(d.stop)
		d.work.Wait()
	})
	return d
}

func (d *desk) run() {
	tick := time.NewTicker(media.Step)
	defer tick.Stop()
	at := 0
	for {
		select {
		case <-d.stop:
			return
		case <-tick.C:
		}
		if d.speak != nil {
			s := media.Sound{Captured: time.Now()}
			for i := range s.Samples {
				s.Samples[i] = d.speak(at)
				at++
			}
			d.feed.Publish(&s)
		}
		d.play()
	}
}

func (d *desk) play() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.deaf {
		return
	}
	var out step
	for _, p := range d.players {
		p.Play(&out)
	}
	d.played = append(d.played, out[:]...)
}

func (d *desk) add(p media.Player) func() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.players = append(d.players, p)
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.players = slices.DeleteFunc(d.players, func(q media.Player) bool { return q == p })
	}
}

// heard returns what was played since the last call, without silence around it.
func (d *desk) heard() []int16 {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := d.played
	d.played = nil
	for len(all) > 0 && all[0] == 0 {
		all = all[1:]
	}
	for len(all) > 0 && all[len(all)-1] == 0 {
		all = all[:len(all)-1]
	}
	return all
}

func newTest(t *testing.T, d *desk, o Options) *Test {
	t.Helper()
	o.Feed, o.Add = &d.feed, d.add
	x := New(o)
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
		if d.mu.Lock(); len(d.players) != 0 {
			t.Errorf("%d players were left", len(d.players))
		}
		d.mu.Unlock()
	})
	return x
}

func tone(amplitude float64) func(i int) int16 {
	return func(i int) int16 {
		return int16(amplitude * 32767 * math.Sin(2*math.Pi*400*float64(i)/media.SampleRate))
	}
}

// pass lets virtual time pass.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func TestRecord_AndPlayBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, tone(0.25))
		changes := 0
		x := newTest(t, d, Options{Changed: func() { changes++ }})
		pass(time.Second)
		x.Record()
		pass(2*time.Second + media.Step/2)
		if r := x.Read(); r.State != Recording || r.Position != 2*time.Second || math.Abs(float64(r.Level)-0.177) > 0.01 || r.Verdict != Good {
			t.Errorf("while recording: %+v", r)
		}
		pass(4 * time.Second)
		r := x.Read()
		if r.State != Idle || r.Recorded != Longest || math.Abs(float64(r.Peak)-0.25) > 0.001 || math.Abs(float64(r.RMS)-0.177) > 0.001 || r.Verdict != Good {
			t.Errorf("recorded: %+v", r)
		}
		d.heard()
		x.Play()
		pass(time.Second + media.Step/2)
		if r := x.Read(); r.State != Playing || (r.Position-time.Second).Abs() > media.Step || math.Abs(float64(r.Level)-0.177) > 0.01 {
			t.Errorf("while playing: %+v", r)
		}
		pass(5 * time.Second)
		if r := x.Read(); r.State != Idle || r.Recorded != Longest {
			t.Errorf("played: %+v", r)
		}
		sound := d.heard()
		if n := most - len(sound); n < 0 || n > 10 {
			t.Errorf("played %d samples of %d", len(sound), most)
		}
		if !smooth(sound, 2000) {
			t.Error("it clicked")
		}
		if changes != 4 {
			t.Errorf("told %d times that the state changed", changes)
		}
	})
}

// smooth tells whether sound, with silence around it, goes by less than so much a
// sample.
func smooth(sound []int16, least int) bool {
	last := 0
	for _, v := range append(slices.Clone(sound), 0) {
		if v := int(v); max(v-last, last-v) > least {
			return false
		}
		last = int(v)
	}
	return true
}

func silence(int) int16 { return 0 }

// late is a microphone that is missing at first.
func late() func() bool {
	asked := 0
	return func() bool { asked++; return asked < 10 }
}

func TestRecord_Verdicts(t *testing.T) {
	noise := func(amplitude float64) func(int) int16 {
		rng := rand.New(rand.NewPCG(1, 2))
		return func(int) int16 { return int16(amplitude * rng.NormFloat64()) }
	}
	tests := map[string]struct {
		speak   func(int) int16
		raw     func() float32
		missing func() bool
		want    Verdict
	}{
		"no microphone":        {nil, nil, nil, Missing},
		"silence in its place": {silence, nil, func() bool { return true }, Missing},
		"one that comes late":  {silence, nil, late(), Silent},
		"a dead one":           {silence, nil, func() bool { return false }, Silent},
		"a dead one, dithers":  {func(i int) int16 { return int16(i % 2) }, nil, nil, Silent},
		"dead before, too":     {silence, func() float32 { return 0 }, nil, Silent},
		"all noise taken out":  {silence, func() float32 { return 0.001 }, nil, Quiet},
		"an empty room":        {noise(10), nil, nil, Quiet},
		"somebody":             {tone(0.1), nil, nil, Good},
		"somebody, taken away": {tone(0.1), nil, func() bool { return true }, Good},
		"clipping":             {tone(1), nil, nil, Loud},
		"clipping, limited":    {tone(0.8), func() float32 { return 1 }, nil, Loud},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t, test.speak)
				x := newTest(t, d, Options{Raw: test.raw, Missing: test.missing})
				if v := x.Read().Verdict; v != Unknown {
					t.Errorf("%q before anything was recorded", v)
				}
				x.Record()
				pass(Longest + patience)
				if r := x.Read(); r.State != Idle || r.Verdict != test.want {
					t.Errorf("%+v, want %q", r, test.want)
				}
			})
		})
	}
}

func TestStop_KeepsWhatWasRecorded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, tone(0.5))
		x := newTest(t, d, Options{})
		x.Play() // nothing
		x.Stop()
		x.Record()
		pass(time.Second + media.Step/2)
		x.Stop()
		if r := x.Read(); r.State != Idle || r.Recorded != time.Second {
			t.Errorf("stopped: %+v", r)
		}
		d.heard()
		x.Play()
		pass(500 * time.Millisecond)
		began := time.Now()
		x.Stop()
		if took := time.Since(began); took > 2*media.Step {
			t.Errorf("it took %v to stop", took)
		}
		pass(time.Second)
		sound := d.heard()
		if n := len(sound); n < 23_000 || n > 25_000 || !smooth(sound, 4000) {
			t.Errorf("played %d samples, or it clicked", n)
		}
	})
}

func TestBegin_EndsTheOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, tone(0.5))
		x := newTest(t, d, Options{})
		states := []struct {
			begin func()
			want  State
		}{{x.Record, Recording}, {x.Chime, Chiming}, {x.Play, Playing}, {x.Record, Recording}, {x.Record, Recording}, {x.Stop, Idle}, {x.Play, Playing}}
		for i, s := range states {
			s.begin()
			pass(time.Duration(300-20*i) * time.Millisecond)
			if r := x.Read(); r.State != s.want {
				t.Errorf("%d: %+v, want %q", i, r, s.want)
			}
		}
	})
}

func TestChime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, nil)
		x := newTest(t, d, Options{})
		x.Chime()
		pass(2 * time.Second)
		if r := x.Read(); r.State != Idle || r.Recorded != 0 {
			t.Errorf("%+v", r)
		}
		sound := d.heard()
		loudest := int(slices.Max(sound))
		if len(sound) < 60_000 || loudest < 7000 || loudest > 16000 || !smooth(sound, 3000) {
			t.Errorf("%d samples, up to %d", len(sound), loudest)
		}
	})
}

func TestPlay_WithoutASpeaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, tone(0.5))
		x := newTest(t, d, Options{})
		d.deaf = true
		x.Chime()
		pass(Longest + patience + time.Second)
		if r := x.Read(); r.State != Idle {
			t.Errorf("%+v", r)
		}
		x.Chime()
		pass(time.Second)
		began := time.Now()
		x.Stop()
		if took := time.Since(began); took > 100*time.Millisecond {
			t.Errorf("it took %v to stop", took)
		}
	})
}

func TestRecord_EndsWithTheFeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, tone(0.5))
		x := newTest(t, d, Options{})
		x.Record()
		pass(time.Second + media.Step/2)
		d.feed.Close()
		pass(media.Step)
		if r := x.Read(); r.State != Idle || r.Recorded != time.Second {
			t.Errorf("%+v", r)
		}
	})
}

func TestClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, tone(0.5))
		x := newTest(t, d, Options{})
		x.Record()
		pass(time.Second)
		for range 2 {
			if err := x.Close(); err != nil {
				t.Error(err)
			}
		}
		for _, begin := range []func(){x.Record, x.Play, x.Chime, x.Stop} {
			if begin(); x.Read().State != Idle {
				t.Error("a closed test began something")
			}
		}
	})
}

func TestPlayer_MixesWithoutWrapping(t *testing.T) {
	loud := slices.Repeat([]int16{30000}, 3*media.StepSamples)
	p := &player{sound: loud, progress: func(time.Duration, float32) {}, done: make(chan struct{})}
	for range 2 {
		out := step(slices.Repeat([]int16{30000}, media.StepSamples))
		p.Play(&out)
		if low := slices.Min(out[:]); low < 30000 {
			t.Errorf("a sample of %d", low)
		}
	}
	if n := testing.AllocsPerRun(100, func() {
		var out step
		p.Play(&out)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
