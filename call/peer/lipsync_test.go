package peer

import (
	"math/rand/v2"
	"testing"
	"time"
)

// theatre is a remote person and both ways from them, in virtual time. Delays are
// from capture: of sound until it is heard, of pictures until they are ready.
type theatre struct {
	t       *testing.T
	sync    lipSync
	sounds  *soundSide
	picture *pictureSide
	now     time.Time

	natural time.Duration // delay of sound by itself
	buffer  time.Duration // how much of it is the playout's
	stretch time.Duration // what the playout adds now
	ready   time.Duration // delay of pictures
	jitter  time.Duration // of pictures
	silent  bool          // no sound is played
	dark    bool          // no pictures come
	shaky   time.Duration // of the reports
	ntp     uint64        // of begin
	step    time.Duration // by which the sender's wall clock was set
	deaf    bool          // no reports come

	shown  time.Duration // delay of the last picture shown
	waited time.Duration // the longest that a picture waited
	random *rand.Rand
}

const (
	soundBase   = 0xffffffff - 3*audioRate // both wrap within seconds
	pictureBase = 0xffffffff - 2*videoRate
)

func newTheatre(t *testing.T) *theatre {
	th := &theatre{
		t: t, now: begin, natural: 100 * time.Millisecond, buffer: 60 * time.Millisecond, ready: 80 * time.Millisecond,
		ntp: 0xffffffff_f0000000, random: rand.New(rand.NewPCG(1, 2)),
	}
	th.sounds, th.picture = th.sync.newSound(), th.sync.newPicture()
	return th
}

// stamp is the RTP timestamp of what was captured a delay ago.
func (th *theatre) stamp(base uint32, rate int64, delay time.Duration) uint32 {
	return base + ticks(th.now.Add(-delay).Sub(begin)+time.Hour, rate)
}

func (th *theatre) report() {
	if th.deaf {
		return
	}
	at := func() uint64 {
		shake := time.Duration(0)
		if th.shaky > 0 {
			shake = time.Duration(th.random.Int64N(int64(th.shaky)))
		}
		return ntpAfter(th.ntp, th.now.Sub(begin)+th.step+shake)
	}
	th.sounds.reported(at(), th.stamp(soundBase, audioRate, 0))
	th.picture.reported(at(), th.stamp(pictureBase, videoRate, 0))
}

// run lets time pass.
func (th *theatre) run(d time.Duration) {
	for end, i := th.now.Add(d), 0; th.now.Before(end); i++ {
		if i%100 == 0 {
			th.report()
		}
		if i%3 == 0 && !th.dark {
			th.frame()
		}
		if th.sounds.tickDue(th.now) {
			delay := th.natural + th.stretch
			hold := th.sounds.tick(th.stamp(soundBase, audioRate, delay), !th.silent, th.buffer+th.stretch, th.now)
			add := max(hold-th.buffer, 0) - th.stretch
			th.stretch += min(max(add, -10*time.Millisecond), 10*time.Millisecond) // a tenth of the speed of speech
		}
		th.now = th.now.Add(10 * time.Millisecond)
	}
}

func (th *theatre) frame() {
	delay := th.ready
	if th.jitter > 0 {
		delay += time.Duration(th.random.Int64N(int64(th.jitter)))
	}
	wait := th.picture.ready(th.stamp(pictureBase, videoRate, delay), false, th.now)
	th.shown, th.waited = delay+wait, max(th.waited, wait)
}

// apart is how much later sound is than the picture.
func (th *theatre) apart() time.Duration { return th.natural + th.stretch - th.shown }

func (th *theatre) inStep(what string) {
	th.t.Helper()
	if d := th.apart(); d.Abs() > lipTolerance {
		th.t.Errorf("%s: sound is %v later than the picture", what, d)
	}
}

func (th *theatre) nothingWaits(what string) {
	th.t.Helper()
	if th.waited > 0 || th.sounds.hold > 0 {
		th.t.Errorf("%s: pictures waited up to %v, sound waits %v", what, th.waited, th.sounds.hold)
	}
}

func TestLipSync_LeavesAloneWhatIsInStep(t *testing.T) {
	for _, difference := range []int{-35, -20, 0, 20, 35} {
		th := newTheatre(t)
		th.ready = th.natural - ms(difference)
		th.run(20 * time.Second)
		th.nothingWaits("in step")
		if late, ok := th.sync.late(); !ok || (late-ms(difference)).Abs() > 2*time.Millisecond {
			t.Errorf("sound is %v late, it says %v, %v", difference, late, ok)
		}
	}
}

func TestLipSync_PicturesWaitForLateSound(t *testing.T) {
	th := newTheatre(t)
	th.natural = th.ready + 200*time.Millisecond
	th.run(2 * time.Second)
	before := th.shown
	th.run(time.Second)
	if slower := th.shown - before; slower > 90*time.Millisecond || slower < 60*time.Millisecond {
		t.Errorf("in one second pictures came to wait %v more", slower)
	}
	th.run(3 * time.Second)
	th.inStep("late sound")
	if th.stretch > 0 {
		t.Errorf("the sound waits %v", th.stretch)
	}
	th.natural = th.ready
	th.run(6 * time.Second)
	th.inStep("sound that has caught up")
	th.waited = 0
	th.run(2 * time.Second)
	th.nothingWaits("sound that has caught up")
}

func TestLipSync_SoundWaitsForLatePictures(t *testing.T) {
	th := newTheatre(t)
	th.ready = th.natural + 150*time.Millisecond
	th.run(6 * time.Second)
	th.inStep("late picture")
	if th.waited > 0 {
		t.Errorf("pictures waited %v", th.waited)
	}
	th.ready = th.natural
	th.run(6 * time.Second)
	th.inStep("picture that has caught up")
	th.run(6 * time.Second)
	if th.stretch > lipTolerance {
		t.Errorf("the sound still waits %v", th.stretch)
	}
}

func TestLipSync_FromLatePicturesToLateSound(t *testing.T) {
	th := newTheatre(t)
	for range 3 {
		th.ready = th.natural + 150*time.Millisecond
		th.run(10 * time.Second)
		th.inStep("late picture")
		th.ready = th.natural - 150*time.Millisecond
		th.run(10 * time.Second)
		th.inStep("late sound")
	}
}

func TestLipSync_DoesNotWobble(t *testing.T) {
	for _, difference := range []int{-300, -100, -60, -45, 45, 60, 100, 300} {
		th := newTheatre(t)
		th.natural = 400 * time.Millisecond
		th.ready = th.natural - ms(difference)
		th.jitter, th.shaky = 15*time.Millisecond, 10*time.Millisecond
		th.run(10 * time.Second)
		least, most := time.Hour, time.Duration(0)
		for range 200 {
			th.run(100 * time.Millisecond)
			wait := th.sounds.hold + th.picture.hold
			least, most = min(least, wait), max(most, wait)
		}
		if most-least > 25*time.Millisecond {
			t.Errorf("sound %d ms late: what waits does so between %v and %v", difference, least, most)
		}
	}
}

// Pictures that wait are shown as they were taken, not as they came.
func TestLipSync_TakesTheJitterOutOfPicturesThatWait(t *testing.T) {
	th := newTheatre(t)
	th.natural, th.jitter = th.ready+200*time.Millisecond, 60*time.Millisecond
	th.run(8 * time.Second)
	least, most := time.Hour, time.Duration(0)
	for range 100 {
		th.run(30 * time.Millisecond)
		least, most = min(least, th.shown), max(most, th.shown)
	}
	if most-least > 15*time.Millisecond {
		t.Errorf("pictures are shown between %v and %v after they were taken", least, most)
	}
}

func TestLipSync_WithoutReports(t *testing.T) {
	th := newTheatre(t)
	th.deaf, th.natural = true, time.Second
	th.run(5 * time.Second)
	th.nothingWaits("no reports")
	if _, ok := th.sync.late(); ok {
		t.Error("it claims to know")
	}
}

func TestLipSync_OneStreamStops(t *testing.T) {
	for name, stop := range map[string]func(*theatre){
		"mute":   func(th *theatre) { th.silent = true },
		"sound":  func(th *theatre) { th.sounds.ended() },
		"stream": func(th *theatre) { th.sounds = th.sync.newSound() },
	} {
		th := newTheatre(t)
		th.natural = th.ready + 200*time.Millisecond
		th.run(6 * time.Second)
		stop(th)
		th.deaf = true
		th.run(lipSilent + 5*time.Second)
		th.waited = 0
		th.run(time.Second)
		th.nothingWaits(name)
	}
	th := newTheatre(t)
	th.ready = th.natural + 200*time.Millisecond
	th.run(6 * time.Second)
	th.dark = true
	th.run(8 * time.Second)
	if th.stretch > 0 {
		t.Errorf("sound waits %v for pictures that do not come", th.stretch)
	}
	th.dark = false
	th.run(8 * time.Second)
	th.inStep("pictures again")
}

func TestLipSync_SenderSetsItsClock(t *testing.T) {
	th := newTheatre(t)
	th.natural = th.ready + 200*time.Millisecond
	th.run(6 * time.Second)
	for _, step := range []time.Duration{time.Hour, -2 * time.Second, 100 * time.Millisecond} {
		th.step += step
		th.run(6 * time.Second)
		th.inStep("a set clock")
	}
	th.picture.reported(1, 1) // nonsense, and the next are right again
	th.sounds.reported(0, 7)
	th.run(3 * time.Second)
	th.inStep("nonsense")
}

func TestLipSync_NeverWaitsLongerThanItMay(t *testing.T) {
	th := newTheatre(t)
	th.natural = th.ready + 3*time.Second
	th.run(30 * time.Second)
	if th.waited > lipMost || th.waited < lipMost*9/10 {
		t.Errorf("pictures waited %v", th.waited)
	}
	th = newTheatre(t)
	th.ready = th.natural + 3*time.Second
	th.run(30 * time.Second)
	if th.sounds.hold > lipMost {
		t.Errorf("sound waits %v", th.sounds.hold)
	}
}

func TestSenderClock_Wraps(t *testing.T) {
	first, c := uint32(0xffffff00), senderClock{rate: audioRate}
	c.reported(0xffffffff_80000000, first)
	if got := ntpSpan(0xffffffff_80000000, c.moment(first+audioRate)); got != time.Second {
		t.Errorf("a second later is %v later", got)
	}
	c.reported(0x00000000_80000000, first+audioRate)
	if got := ntpSpan(0x00000000_80000000, c.moment(first+audioRate)); got.Abs() > time.Microsecond {
		t.Errorf("over both wraps it is off by %v", got)
	}
	if got := ntpSpan(0x00000000_80000000, c.moment(first)); (got + time.Second).Abs() > time.Microsecond {
		t.Errorf("a second before is %v", got)
	}
}
