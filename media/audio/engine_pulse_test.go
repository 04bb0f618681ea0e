package audio

import (
	"errors"
	"log/slog"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/media"
	"parley/media/audio/device"
)

// openEngine opens an engine whose reports can be awaited.
func openEngine(t *testing.T, o Options) (*Engine, <-chan Report) {
	t.Helper()
	reports := make(chan Report, 100)
	o.Report = func(r Report) { reports <- r }
	o.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	e := Open(o)
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e, reports
}

// uses returns whether a report says that these are in use.
func uses(mic, speaker string) func(Report) bool {
	return func(r Report) bool { return r.Microphone == mic && r.Speaker == speaker }
}

// tonal returns which part of pcm, by steps of 10 ms, is a tone of that pitch and
// peak, without a break. The pitch may be off by a few thousandths, as it is
// while the engine fits the clocks to each other.
func tonal(pcm []int16, hertz, peak float64) float64 {
	turn := 2 * math.Cos(2*math.Pi*hertz/media.SampleRate)
	good, all := 0, 0
	for ; len(pcm) >= media.StepSamples; pcm = pcm[media.StepSamples:] {
		step, whole := pcm[:media.StepSamples], true
		for i := 2; i < len(step); i++ {
			off := float64(step[i]) - turn*float64(step[i-1]) + float64(step[i-2])
			whole = whole && math.Abs(off) < 60
		}
		all++
		if whole && math.Abs(level0(step)*math.Sqrt2-peak) < 0.05*peak {
			good++
		}
	}
	return float64(good) / float64(all)
}

// awaitTone listens until most of half a second is the tone, or all of it silence
// if hertz is 0. It takes a while: devices wake, the reserve adapts, and a machine
// that is busy with other tests makes the sound server itself stumble.
func awaitTone(t *testing.T, e *Engine, hertz float64) {
	t.Helper()
	for begun := time.Now(); time.Since(begun) < 40*time.Second; {
		pcm := listen(t, e, 500*time.Millisecond)
		if hertz == 0 && level0(pcm) < 1e-4 || hertz > 0 && tonal(pcm, hertz, 0.3) > 0.6 {
			return
		}
	}
	t.Fatalf("%v Hz is not heard: %+v", hertz, e.Reading())
}

// awaitSound waits until the devices deliver.
func awaitSound(t *testing.T, e *Engine) {
	t.Helper()
	for r := e.route.Load(); r.microphone.Beats() < bornBeats || r.speaker.Beats() < bornBeats; {
		listen(t, e, 100*time.Millisecond)
	}
}

func level0(pcm []int16) float64 {
	var sum float64
	for _, v := range pcm {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(sum/float64(len(pcm))) / math.MaxInt16
}

func TestEngine_Pulse_ToneIsHeard(t *testing.T) {
	newPulse(t)
	e, reports := openEngine(t, Options{})
	defer e.Add(&tonePlayer{hertz: 1000, level: 0.3})()
	e.Use(true, true)
	awaitReport(t, e, reports, uses("Ear", "Room"))
	awaitTone(t, e, 1000)
	share := tonal(listen(t, e, 3*time.Second), 1000, 0.3)
	t.Logf("%.2f of it is the tone as it was played: %+v", share, e.Reading())
	if share < 0.5 {
		t.Errorf("only %.2f of 3 s is the tone as it was played", share)
	}
	mic, speaker := e.Levels()
	if math.Abs(mic-0.212) > 0.02 || math.Abs(speaker-0.212) > 0.02 {
		t.Errorf("levels %.3f and %.3f, want 0.212", mic, speaker)
	}
}

func TestEngine_Pulse_DevicesAreExchanged(t *testing.T) {
	p := newPulse(t)
	e, reports := openEngine(t, Options{})
	defer e.Add(&tonePlayer{hertz: 1000, level: 0.3})()
	e.Use(true, true)
	r := awaitReport(t, e, reports, uses("Ear", "Room"))
	if slices.ContainsFunc(r.Devices, func(d media.Device) bool { return d.ID == "room.monitor" }) {
		t.Error("a monitor is offered as a microphone")
	}
	awaitTone(t, e, 1000)
	e.Choose(media.Speaker, choice(t, media.Speaker, "Other"))
	awaitReport(t, e, reports, uses("Ear", "Other"))
	awaitTone(t, e, 0)
	e.Choose(media.Microphone, choice(t, media.Microphone, "otherear"))
	awaitReport(t, e, reports, uses("OtherEar", "Other"))
	awaitTone(t, e, 1000)
	p.do("unload-module", "module-remap-source")
	awaitReport(t, e, reports, func(r Report) bool {
		return r.Microphone == "" && r.Speaker == "Other" && len(r.Problems) == 1 && errors.Is(r.Problems[0], ErrNoMicrophone)
	})
	listen(t, e, 200*time.Millisecond)
}

func TestEngine_Pulse_ServerIsKilledAndReturns(t *testing.T) {
	p := newPulse(t)
	e, reports := openEngine(t, Options{})
	defer e.Add(&tonePlayer{hertz: 1000, level: 0.3})()
	e.Use(true, true)
	awaitReport(t, e, reports, uses("Ear", "Room"))
	awaitTone(t, e, 1000)
	p.kill()
	listen(t, e, 2*time.Second) // still a step every 10 ms
	awaitReport(t, e, reports, func(r Report) bool {
		return len(r.Problems) == 2 && errors.Is(r.Problems[0], ErrNoSoundServer)
	})
	p.start()
	awaitReport(t, e, reports, uses("Ear", "Room"))
	awaitTone(t, e, 1000)
}

func TestEngine_Pulse_ServerHangs_CallGoesOnAndCloseIsBounded(t *testing.T) {
	p := newPulse(t)
	reports := make(chan Report, 100)
	e := Open(Options{Report: func(r Report) { reports <- r }})
	e.Use(true, true)
	awaitReport(t, e, reports, uses("Ear", "Room"))
	awaitSound(t, e)
	p.freeze(true)
	listen(t, e, 2*time.Second)
	began := time.Now()
	_ = e.Close() // whether it hangs depends on when the server froze
	if d := time.Since(began); d > 5*time.Second {
		t.Errorf("closing took %v", d)
	}
	p.freeze(false)
}

func TestEngine_Pulse_ServerWithoutDevices(t *testing.T) {
	p := newPulse(t)
	e, reports := openEngine(t, Options{})
	e.Use(true, true)
	awaitReport(t, e, reports, uses("Ear", "Room"))
	p.do("unload-module", "module-remap-source")
	p.do("unload-module", "module-null-sink")
	awaitReport(t, e, reports, func(r Report) bool {
		return len(r.Problems) == 2 && errors.Is(r.Problems[0], ErrNoDevices) && errors.Is(r.Problems[1], ErrNoDevices)
	})
	listen(t, e, 500*time.Millisecond) // still a step every 10 ms
}

func TestEngine_Pulse_StandInIsNoSpeaker(t *testing.T) {
	p := newPulse(t)
	p.do("unload-module", "module-remap-source")
	p.do("unload-module", "module-null-sink")
	p.do("load-module", "module-always-sink")
	if sinks := p.do("list", "short", "sinks"); !strings.Contains(sinks, "auto_null") {
		t.Fatalf("the server has no stand-in: %q", sinks)
	}
	e, reports := openEngine(t, Options{})
	e.Use(true, true)
	awaitReport(t, e, reports, func(r Report) bool {
		return len(r.Problems) == 2 && errors.Is(r.Problems[1], ErrNoDevices) && len(r.Devices) == 0
	})
	p.do("load-module", "module-null-sink", "sink_name=headset", "rate=48000", "sink_properties=device.description=Headset")
	awaitReport(t, e, reports, func(r Report) bool { return r.Speaker == "Headset" })
}

func TestEngine_NoSoundServerAtAll(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PULSE_SERVER", "unix:"+dir+"/nobody")
	t.Setenv("XDG_RUNTIME_DIR", dir)
	t.Setenv("HOME", dir)
	e, reports := openEngine(t, Options{})
	e.Use(true, true)
	r := awaitReport(t, e, reports, func(r Report) bool { return len(r.Problems) == 2 })
	for _, problem := range r.Problems {
		if !errors.Is(problem, ErrNoSoundServer) {
			t.Errorf("problem %v", problem)
		}
	}
	if pcm := listen(t, e, 500*time.Millisecond); level0(pcm) != 0 {
		t.Error("silence is not silent")
	}
}

// clickPlayer plays a click now and then, and remembers when.
type clickPlayer struct {
	mu     sync.Mutex
	steps  int
	played []time.Time
}

func (c *clickPlayer) Play(out *[media.StepSamples]int16) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.steps++; c.steps%20 == 0 {
		c.played = append(c.played, time.Now())
		for i := range 24 {
			out[i] = 20000
		}
	}
}

// TestEngine_Pulse_Delay measures from Play to the publication of what was
// heard, and how well the capture time is known.
func TestEngine_Pulse_Delay(t *testing.T) {
	newPulse(t)
	e, reports := openEngine(t, Options{})
	clicks := &clickPlayer{}
	defer e.Add(clicks)()
	e.Use(true, true)
	awaitReport(t, e, reports, uses("Ear", "Room"))
	l := e.Sound().Listen()
	defer l.Close()
	var published, captured []time.Duration
	var s media.Sound
	for quietUntil := time.Now().Add(time.Second); len(published) < 12; {
		if err := l.Next(t.Context(), &s); err != nil {
			t.Fatal(err)
		}
		at := slices.IndexFunc(s.Samples[:], func(v int16) bool { return v > 8000 })
		if at < 0 || time.Now().Before(quietUntil) {
			continue
		}
		quietUntil = time.Now().Add(100 * time.Millisecond)
		clicks.mu.Lock()
		played := clicks.played[len(clicks.played)-1]
		clicks.mu.Unlock()
		published = append(published, time.Since(played))
		captured = append(captured, s.Captured.Add(lasting(uint64(at))).Sub(played))
	}
	slices.Sort(published)
	slices.Sort(captured)
	t.Logf("from Play to published: median %v, %v to %v", published[6], published[0], published[11])
	t.Logf("from Play to captured as stamped: median %v, %v to %v", captured[6], captured[0], captured[11])
	t.Logf("%+v", e.Reading())
	if published[0] > 100*time.Millisecond {
		t.Errorf("a click takes at least %v through the devices", published[0])
	}
}

// spied is a microphone whose callbacks in Go are counted.
type spied struct {
	*device.Capture
	entered atomic.Uint64
}

func (s *spied) Data(out, in []byte, frames uint32) {
	s.entered.Add(1)
	s.Capture.Data(out, in, frames)
}

// TestSystem_Pulse_CallbacksStayInC sees to it that a miniaudio that is laid out
// otherwise is noticed.
func TestSystem_Pulse_CallbacksStayInC(t *testing.T) {
	newPulse(t)
	sys := device.NewSystem(slog.New(slog.DiscardHandler))
	defer sys.Close()
	if _, err := sys.List(true); err != nil {
		t.Fatal(err)
	}
	woken := make(chan struct{}, 1)
	s := &spied{Capture: device.NewCapture(1, func() { post(woken) })}
	shut, err := sys.Open(device.Target{Kind: media.Microphone}, s)
	if err != nil {
		t.Fatal(err)
	}
	defer shut()
	limit := time.After(20 * time.Second)
	for taken := 0; taken < media.SampleRate; {
		select {
		case <-woken:
		case <-limit:
			t.Fatalf("%d samples in 20 s", taken)
		}
		taken += s.Len()
		s.Drop(s.Len())
	}
	if n := s.entered.Load(); n > s.Beats()/10 {
		t.Errorf("%d of %d callbacks entered Go", n, s.Beats())
	}
}

func TestEngine_Pulse_DefaultIsFollowed(t *testing.T) {
	p := newPulse(t)
	e, reports := openEngine(t, Options{})
	defer e.Add(&tonePlayer{hertz: 1000, level: 0.3})()
	e.Use(true, true)
	awaitReport(t, e, reports, uses("Ear", "Room"))
	awaitTone(t, e, 1000)
	p.do("load-module", "module-null-sink", "sink_name=headset", "rate=48000", "sink_properties=device.description=Headset")
	awaitReport(t, e, reports, func(r Report) bool {
		return slices.ContainsFunc(r.Devices, func(d media.Device) bool { return d.ID == "headset" })
	})
	if r := e.Report(); r.Speaker != "Room" {
		t.Errorf("a new speaker is jumped to: %+v", r)
	}
	p.do("set-default-sink", "other") // as the system does for a headset
	p.do("set-default-source", "otherear")
	awaitReport(t, e, reports, uses("OtherEar", "Other"))
	awaitTone(t, e, 1000)
}

func TestEngine_Pulse_HeadsetGoesAndComes(t *testing.T) {
	p := newPulse(t)
	module := p.do("load-module", "module-null-sink", "sink_name=headset", "rate=48000", "sink_properties=device.description=Headset")
	e, reports := openEngine(t, Options{Speaker: choice(t, media.Speaker, "headset")})
	defer e.Add(&tonePlayer{hertz: 1000, level: 0.3})()
	e.Use(true, true)
	awaitReport(t, e, reports, uses("Ear", "Headset"))
	p.do("unload-module", module)
	r := awaitReport(t, e, reports, func(r Report) bool { return uses("Ear", "Room")(r) && len(r.Problems) == 1 })
	if !errors.Is(r.Problems[0], ErrNotConnected) {
		t.Errorf("problems %v", r.Problems)
	}
	awaitTone(t, e, 1000)
	p.do("load-module", "module-null-sink", "sink_name=headset", "rate=48000", "sink_properties=device.description=Headset")
	r = awaitReport(t, e, reports, uses("Ear", "Headset"))
	if len(r.Problems) != 0 {
		t.Errorf("problems %v", r.Problems)
	}
}

func TestEngine_Pulse_MonitorIsShared(t *testing.T) {
	newPulse(t)
	e, reports := openEngine(t, Options{Microphone: choice(t, media.Microphone, "room.monitor")})
	defer e.Add(&sideTone{tonePlayer{hertz: 1000, level: 0.3}})()
	e.Use(true, true)
	awaitReport(t, e, reports, func(r Report) bool { return r.Microphone != "" && r.Speaker == "Room" })
	l := e.Sound().Listen()
	defer l.Close()
	var s media.Sound
	for begun := time.Now(); time.Since(begun) < 20*time.Second; {
		if err := l.Next(t.Context(), &s); err != nil {
			t.Fatal(err)
		}
		if s.Stereo && tonal(s.Samples[:], 1000, 0.3) == 1 && tonal(s.Side[:], 1000, 0.3) == 1 {
			return // left alone
		}
	}
	t.Errorf("no sound of two channels: %+v", e.Reading())
}

// sideTone plays on the left alone.
type sideTone struct{ tonePlayer }

func (p *sideTone) PlayStereo(middle, side *[media.StepSamples]int16) {
	p.Play(middle)
	*side = *middle
}
