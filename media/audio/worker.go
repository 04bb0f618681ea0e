package audio

import (
	"sync/atomic"
	"time"

	"parley/media"
)

// route says where steps come from and go to at present. It does not change;
// another takes its place.
type route struct {
	capture bool    // publish steps
	play    bool    // play steps
	device  *stream // nil, or one that may serve either direction
	voice   source  // instead of a microphone; nil for silence
	record  sink    // instead of a speaker; nil to discard
}

// hears reports whether the device delivers what is captured.
func (r *route) hears() bool { return r.capture && r.device != nil && r.device.capture != nil }

// speaks reports whether the device takes what is played.
func (r *route) speaks() bool { return r.play && r.device != nil && r.device.playback != nil }

// lag is how far the clock may run ahead of the worker before the missed steps
// are given up, as after the computer slept.
const lag = 200 * time.Millisecond

// worker moves steps.
type worker struct {
	feed  media.SoundFeed
	mixer mixer
	muted atomic.Bool

	microphone, speaker level

	route     *route
	captureAt time.Time // when the clock's next step is due
	playAt    time.Time
	moments   moments
	cushion   cushion
	sound     media.Sound
	mixed     [media.StepSamples]int16
}

// follow changes to another route.
func (w *worker) follow(r *route, now time.Time) {
	old := w.route
	w.route = r
	if old == nil {
		old = &route{}
	}
	if old.device != r.device || !old.capture {
		w.moments = moments{}
		w.captureAt = now
		if r.hears() {
			r.device.capture.skip() // nobody listened to it
		}
	}
	if old.device != r.device || !old.play {
		w.cushion = cushion{}
		w.playAt = now
	}
	if !r.capture {
		w.microphone.set(0)
	}
	if !r.play {
		w.speaker.set(0)
	}
}

// tick does all steps that are due.
func (w *worker) tick(now time.Time) {
	if w.route == nil {
		return
	}
	if w.route.hears() {
		w.hear()
	} else if w.route.capture {
		w.captureAt = eachStep(w.captureAt, now, w.invent)
	}
	if w.route.speaks() {
		w.fill(now)
	} else if w.route.play {
		w.playAt = eachStep(w.playAt, now, w.discard)
	}
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

// hear publishes what the microphone delivered.
func (w *worker) hear() {
	d := w.route.device
	if d.capture.len() < media.StepSamples {
		return
	}
	w.moments.follow(d.captured())
	for d.capture.len() >= media.StepSamples {
		w.sound.Captured = w.moments.of(d.capture.read.Load())
		d.capture.take(w.sound.Samples[:])
		w.publish()
	}
}

// invent publishes a step that no microphone delivered.
func (w *worker) invent(at time.Time) {
	clear(w.sound.Samples[:])
	if w.route.voice != nil {
		w.route.voice.next(&w.sound.Samples)
	}
	w.sound.Captured = at
	w.publish()
}

func (w *worker) publish() {
	if w.muted.Load() {
		clear(w.sound.Samples[:])
	}
	w.microphone.measure(&w.sound.Samples)
	w.feed.Publish(&w.sound)
}

// fill keeps the speaker's ring as full as the cushion wants.
func (w *worker) fill(now time.Time) {
	d := w.route.device
	fill := d.playback.len()
	for want := w.cushion.next(now, fill, d.starved.Load()); fill < want; fill = d.playback.len() {
		w.play()
		d.playback.write(w.mixed[:])
	}
}

// discard plays a step where no speaker takes it.
func (w *worker) discard(time.Time) {
	w.play()
	if w.route.record != nil {
		w.route.record.take(&w.mixed)
	}
}

func (w *worker) play() {
	w.mixer.mix(&w.mixed)
	w.speaker.measure(&w.mixed)
}

// end stops the steps.
func (w *worker) end(now time.Time) {
	w.follow(&route{}, now)
	w.feed.Close()
}
