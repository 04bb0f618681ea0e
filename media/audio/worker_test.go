package audio

import (
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"time"

	"parley/media"
	"parley/media/audio/device"
)

// bench is a worker without goroutines, by a clock that the test turns.
type bench struct {
	worker   worker
	now      time.Time
	listener *media.Listener
	heard    []media.Sound
}

func newBench() *bench {
	b := &bench{now: time.Now()}
	b.worker.clock = func() time.Time { return b.now }
	b.listener = b.worker.feed.Listen()
	return b
}

// pass lets time pass in steps, calling between at each.
func (b *bench) pass(t *testing.T, d, step time.Duration, between func()) {
	t.Helper()
	for end := b.now.Add(d); b.now.Before(end); b.now = b.now.Add(step) {
		between()
		b.worker.tick()
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
	b.worker.follow(&route{capture: true, play: true, voice: &toneSource{}, record: rec})
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
	b.worker.end()
	if err := b.listener.Next(t.Context(), new(media.Sound)); !errors.Is(err, io.EOF) {
		t.Errorf("the feed is open: %v", err)
	}
}

// run lets time pass as the engine does, and returns how often the worker woke.
func (b *bench) run(t *testing.T, d time.Duration) (woke int) {
	t.Helper()
	for end := b.now.Add(d); b.now.Before(end); woke++ {
		next := b.worker.tick()
		b.collect(t)
		b.now = next
	}
	return woke
}

// murmur plays a tone, or nothing.
type murmur struct {
	tone toneSource
	on   bool
}

func (m *murmur) Play(out *[media.StepSamples]int16) {
	if m.on {
		m.tone.next(out)
	}
}

func TestWorker_Clock_WakesSeldomInSilence(t *testing.T) {
	b := newBench()
	other, began := &murmur{on: true}, b.now
	b.worker.received.add(other)
	b.worker.follow(&route{capture: true, play: true})
	if woke := b.run(t, 2*time.Second); woke < 199 {
		t.Errorf("woke %d times in 2 s in which something was to be heard", woke)
	}
	other.on = false
	b.run(t, calmAfter*media.Step)
	if woke := b.run(t, 2*time.Second); woke > 2*100/calmSteps+1 {
		t.Errorf("woke %d times in 2 s of silence", woke)
	}
	other.on = true
	b.run(t, calmSteps*media.Step)
	if woke := b.run(t, 2*time.Second); woke < 199 {
		t.Errorf("woke %d times in 2 s in which something was to be heard again", woke)
	}
	if n, d := len(b.heard), b.now.Sub(began); n < int(d/media.Step)-calmSteps || n > int(d/media.Step) {
		t.Errorf("%d steps in %v", n, d)
	}
	for i := 1; i < len(b.heard); i++ {
		if d := b.heard[i].Captured.Sub(b.heard[i-1].Captured); d != media.Step {
			t.Fatalf("step %d captured %v after the one before", i, d)
		}
	}
}

func TestWorker_Clock_WakesForEachStepThatSomebodyWaitsFor(t *testing.T) {
	for name, r := range map[string]*route{
		"a voice":     {capture: true, play: true, voice: &toneSource{}},
		"a recording": {capture: true, play: true, record: &countingSink{}},
	} {
		b := newBench()
		b.worker.follow(r)
		b.run(t, calmAfter*media.Step)
		if woke := b.run(t, 2*time.Second); woke < 199 {
			t.Errorf("%s: woke %d times in 2 s", name, woke)
		}
	}
}

func TestWorker_Clock_DoesNotRunAfterASleepingComputer(t *testing.T) {
	b := newBench()
	b.worker.follow(&route{capture: true})
	b.pass(t, 100*time.Millisecond, media.Step, nothing)
	b.now = b.now.Add(time.Hour)
	before := len(b.heard)
	b.worker.tick()
	b.collect(t)
	if n := len(b.heard) - before; n != 1 {
		t.Errorf("%d steps at once after an hour", n)
	}
}

func TestWorker_Mute_PublishesSilence(t *testing.T) {
	b := newBench()
	b.worker.muted.Store(true)
	b.worker.follow(&route{capture: true, voice: &toneSource{}})
	b.pass(t, 100*time.Millisecond, media.Step, nothing)
	if len(b.heard) == 0 || b.worker.microphone.value() != 0 {
		t.Errorf("%d steps at level %f", len(b.heard), b.worker.microphone.value())
	}
	b.worker.muted.Store(false)
	b.pass(t, 100*time.Millisecond, media.Step, nothing)
	if v := b.worker.microphone.value(); v < 0.17 || v > 0.19 {
		t.Errorf("level of the tone %f, want 0.177", v)
	}
	b.worker.follow(&route{})
	if v := b.worker.microphone.value(); v != 0 {
		t.Errorf("level at rest %f", v)
	}
}

func TestMoments_AreSmooth(t *testing.T) {
	var m moments
	rnd := rand.New(rand.NewPCG(5, 6))
	begin := time.Unix(1e9, 0)
	for i := range 1000 {
		// A callback of 10 ms comes up to 4 ms late.
		at := begin.Add(time.Duration(i+1)*media.Step + time.Duration(rnd.IntN(4000))*time.Microsecond)
		m.follow(uint64(480*(i+1)), at)
		off := m.of(uint64(480 * i)).Sub(begin.Add(time.Duration(i) * media.Step))
		if i > 100 && (off < 0 || off > 4*time.Millisecond) {
			t.Fatalf("step %d stamped %v off", i, off)
		}
	}
}

func TestEar_NewListener_HearsNothingOld(t *testing.T) {
	var e ear
	c := device.NewCapture(1, nothing)
	c.Data(nil, bytesOf(make([]int16, 5000)), 5000)
	e.follow(c, false)
	e.listen(time.Now())
	c.Data(nil, bytesOf(make([]int16, 100)), 100)
	e.listen(time.Now())
	steps := 0
	for e.next(new(media.Sound)) {
		steps++
	}
	if !e.awake || steps > 1 {
		t.Errorf("awake %v, %d steps of the time before", e.awake, steps)
	}
}

func TestEar_Raw_IsMiddleAndSide(t *testing.T) {
	var e ear
	c := device.NewCapture(2, nothing)
	e.follow(c, true)
	c.Data(nil, bytesOf(make([]int16, 2)), 1)
	e.listen(time.Now())
	pcm := make([]int16, 0, 960)
	for i := range int16(480) {
		pcm = append(pcm, 100*i-20000, 32767-i)
	}
	c.Data(nil, bytesOf(pcm), 480)
	e.from.Drop(1)
	var s media.Sound
	if !e.next(&s) || !s.Stereo {
		t.Fatal("no sound of two channels")
	}
	for i, m := range s.Samples {
		left, right := int32(m)+int32(s.Side[i]), int32(m)-int32(s.Side[i])
		if l, r := left-int32(pcm[2*i]), right-int32(pcm[2*i+1]); l < -1 || l > 1 || r < -1 || r > 1 {
			t.Fatalf("sample %d is %d and %d, want %d and %d", i, left, right, pcm[2*i], pcm[2*i+1])
		}
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

func TestOwed_IsForgottenWhereNobodyPays(t *testing.T) {
	var o owed
	for range 20 { // the microphone stalls
		o.add()
	}
	for range 12 { // and delivers most of it at once
		if !o.pay() {
			t.Fatal("a step is not owed")
		}
		o.judge()
	}
	dropped := 0
	for range 120 { // the rest is lost
		o.add()
		o.pay()
		dropped += o.judge()
	}
	if dropped != 8 || o.count != 0 {
		t.Errorf("%d dropped, %d left", dropped, o.count)
	}
	for range 2 * mostOwed {
		o.add()
	}
	if !o.full() {
		t.Errorf("%d steps", o.count)
	}
}

func TestReserve_BeginsWithWhatThereIs(t *testing.T) {
	var r reserve
	r.note(300)
	r.note(-2000)
	r.note(250)
	if r.aim != 250 {
		t.Errorf("it aims at %d", r.aim)
	}
}

func TestReserve_Hungry_AdoptsWhatHungerMade(t *testing.T) {
	r := reserve{known: true, aim: 100}
	r.weigh(0, true, false, 0)
	for range 50 {
		r.note(700)
	}
	if r.aim != 700 {
		t.Errorf("hungry, it aims at %d", r.aim)
	}
	r.note(2 * mostReserve)
	for range 100 {
		r.note(2 * mostReserve)
	}
	if r.aim != mostReserve {
		t.Errorf("very hungry, it aims at %d", r.aim)
	}
}

func TestReserve_ShrinksWithCalm(t *testing.T) {
	r := reserve{known: true, aim: 480}
	for range firstPatience {
		r.weigh(leastLeft+50, false, true, 0)
	}
	if r.aim != 430 {
		t.Errorf("calm, it aims at %d", r.aim)
	}
	before := r.aim
	r.weigh(leastLeft-10, false, true, 0)
	if r.aim != before+10 {
		t.Errorf("with little left, it aims at %d", r.aim)
	}
	for range 1000 {
		r.weigh(leastLeft+50, false, true, 30)
	}
	if r.aim != 30 {
		t.Errorf("below its floor, it aims at %d", r.aim)
	}
}

func TestReserve_ManyStepsTooMuch_GoAtOnce(t *testing.T) {
	r := reserve{known: true, aim: 3000}
	steps := 0
	for range firstPatience {
		steps += r.weigh(leastLeft+2000, false, false, 0)
	}
	if steps != -4 || r.aim != 3000-4*media.StepSamples {
		t.Errorf("%d steps, it aims at %d", steps, r.aim)
	}
}
