package audio

import (
	"sync/atomic"
	"time"

	"parley/media"
	"parley/media/audio/device"
	"parley/media/voice"
)

// route says where steps come from and go to at present. It does not change;
// another takes its place.
type route struct {
	capture  bool // publish steps
	play     bool // play what is added
	ringHere bool // play what rings, on the speaker

	microphone *device.Capture // nil if none is open
	raw        bool            // the microphone is a shared sound of two channels
	chain      *voice.Chain    // nil while no microphone was open yet
	voice      source          // instead of a microphone; nil for silence

	speaker *device.Playback // nil if none is open
	record  sink             // instead of a speaker; nil to discard

	ringer   *device.Playback // a device for ringing alone
	ringTape sink             // instead of it
}

// sounds reports whether anything is to be played where speech is.
func (r *route) sounds() bool { return r.play || r.ringHere }

// lag is how far the clock may run ahead of the worker before the missed steps
// are given up, as after the computer slept.
const lag = 200 * time.Millisecond

// Where there is neither a microphone nor a speaker and silence both ways, steps are
// made calmSteps at a time: nobody hears that they are late, and to wake for each
// costs more than the step. What comes is silence once calmAfter steps were.
const (
	calmSteps = 5
	calmAfter = 100
	inaudible = 1e-3 // root mean square of 1
)

// worker moves steps. Of its clocks see the package.
type worker struct {
	feed           media.SoundFeed
	received, ring group
	muted          atomic.Bool
	clock          func() time.Time

	microphone, speaker level
	gauge               gauge

	route     *route
	ear       ear
	mouth     mouth
	bell      bell
	owed      owed
	busy      time.Duration // the longest that the voice has taken lately
	captureAt time.Time     // when the computer's clock's next step is due
	playAt    time.Time
	hushed    int // steps in a row in which nothing was to be heard

	mixer  mixer
	mixed  mixed
	sound  media.Sound
	beside [media.StepSamples]int16 // what is heard with the microphone's step
}

// follow changes to another route.
func (w *worker) follow(r *route) {
	now := w.clock()
	old := w.route
	w.route = r
	if old == nil {
		old = &route{}
	}
	if r.microphone != old.microphone || r.capture != old.capture {
		from := r.microphone
		if !r.capture {
			from = nil
		}
		w.ear.follow(from, r.raw)
		w.captureAt = now
		w.lose()
	}
	if r.speaker != old.speaker || r.sounds() != old.sounds() {
		to := r.speaker
		if !r.sounds() {
			to = nil
		}
		w.mouth.early = w.received.early
		w.mouth.follow(to)
		w.playAt = now
		w.lose()
	}
	if r.ringer != old.ringer || r.ringTape != old.ringTape {
		w.bell.follow(r.ringer, now)
	}
	if !r.capture {
		w.microphone.set(0)
	}
	if !r.sounds() {
		w.speaker.set(0)
	}
}

// lose forgets what the microphone still owes.
func (w *worker) lose() {
	w.owed.clear()
	w.mouth.shadow.reset()
}

// tick does all steps that are due and returns when to come back if no device
// calls before; the zero time is never.
func (w *worker) tick() time.Time {
	if w.route == nil {
		return time.Time{}
	}
	now := w.clock()
	var next earliest
	leads := w.ear.awake
	next.note(w.ear.listen(now))
	next.note(w.mouth.listen(now))
	if leads && !w.ear.awake { // it fell asleep
		w.captureAt, w.playAt = now, now
		w.lose()
	}
	w.capture(now, &next)
	w.play(now, &next)
	switch {
	case w.route.ringer != nil:
		w.bell.fill(now, &w.ring)
	case w.route.ringTape != nil:
		next.note(w.bell.record(now, &w.ring, w.route.ringTape))
	}
	w.publishReading()
	return next.at
}

// earliest is the earliest of some moments.
type earliest struct{ at time.Time }

func (e *earliest) note(at time.Time) {
	if !at.IsZero() && (e.at.IsZero() || at.Before(e.at)) {
		e.at = at
	}
}

// capture publishes what is due.
func (w *worker) capture(now time.Time, next *earliest) {
	switch {
	case !w.route.capture:
	case w.ear.awake:
		w.hear(now)
	default:
		w.captureAt = eachStep(w.captureAt, now, w.invent)
		next.note(calmly(w.captureAt, w.route.voice == nil))
	}
}

// play makes what is due of what is heard, unless the microphone's steps did.
func (w *worker) play(now time.Time, next *earliest) {
	switch {
	case !w.route.sounds():
	case w.mouth.awake && w.ear.awake:
		w.mouth.to.Rouse(false)
		next.note(w.ahead(0))
	case w.mouth.awake:
		w.mouth.to.Rouse(true)
		for want := w.mouth.fill(now); want > 0; want -= media.StepSamples {
			w.make()
		}
	case !w.ear.awake:
		w.playAt = eachStep(w.playAt, now, func(time.Time) { w.make() })
		next.note(calmly(w.playAt, w.route.record == nil && w.hushed >= calmAfter))
	}
}

// calmly returns when to do the steps that are due next: some together where nobody
// waits for them.
func calmly(due time.Time, calm bool) time.Time {
	if !calm {
		return due
	}
	return due.Add((calmSteps - 1) * media.Step)
}

// eachStep calls do for every step between due and now, and returns when the
// next one is due.
func eachStep(due, now time.Time, do func(time.Time)) time.Time {
	if now.Sub(due) > lag {
		due = now
	}
	for !due.After(now) {
		do(due)
		due = due.Add(media.Step)
	}
	return due
}

// hear publishes what the microphone delivered. Each of its steps makes one of
// what is played first, as that is urgent.
func (w *worker) hear(now time.Time) {
	for w.ear.next(&w.sound) {
		w.pair(now)
		if w.owed.judge() > 0 {
			w.mouth.moved(now)
		}
		if w.route.chain != nil && !w.route.raw {
			if w.mouth.awake {
				w.ahead(w.busy)
			}
			w.mouth.with(&w.beside, w.ear.from)
			began := w.clock()
			w.route.chain.Process(&w.sound.Samples, &w.beside)
			now = w.clock()
			w.busy = max(now.Sub(began), w.busy-w.busy/64)
		}
		w.publish()
	}
}

// pair plays a step with this one of the microphone, unless that was done ahead of time.
func (w *worker) pair(now time.Time) {
	if !w.route.sounds() {
		return
	}
	if w.mouth.awake {
		for range w.mouth.pace(now, &w.ear.clock, w.owed.count) {
			w.make()
		}
	}
	switch {
	case w.owed.pay():
	case w.mouth.awake && w.mouth.full():
		w.gauge.skipped++
	default:
		w.make()
	}
}

// ahead plays steps before their time if the speaker, in so long, cannot wait for
// the microphone. It returns when to look again.
func (w *worker) ahead(busy time.Duration) time.Time {
	for {
		now := w.clock()
		due := w.mouth.deadline(now, busy)
		if due.After(now) || w.owed.full() {
			return due
		}
		w.make()
		w.owed.add()
		w.gauge.ahead++
	}
}

// invent publishes a step that no microphone delivered.
func (w *worker) invent(at time.Time) {
	clear(w.sound.Samples[:])
	w.sound.Stereo = false
	if w.route.voice != nil {
		w.route.voice.next(&w.sound.Samples)
	}
	w.sound.Captured = at
	w.publish()
}

func (w *worker) publish() {
	if w.muted.Load() {
		clear(w.sound.Samples[:])
		w.sound.Stereo = false
	}
	if !w.sound.Stereo {
		clear(w.sound.Side[:])
	}
	w.microphone.measure(&w.sound.Samples)
	w.feed.Publish(&w.sound)
}

// make makes the next step of what is heard and sends it where it is heard.
func (w *worker) make() {
	var received, ring *group
	if w.route.play {
		received = &w.received
	}
	if w.route.ringHere {
		ring = &w.ring
	}
	w.mixer.mix(&w.mixed, received, ring)
	w.hushed++
	if w.speaker.measure(&w.mixed.middle) > inaudible {
		w.hushed = 0
	}
	switch {
	case w.mouth.awake:
		w.mouth.write(&w.mixed, w.clock())
	case w.route.record != nil:
		w.route.record.take(&w.mixed.middle)
	}
}

// end stops the steps.
func (w *worker) end() {
	w.follow(&route{})
	w.feed.Close()
}
