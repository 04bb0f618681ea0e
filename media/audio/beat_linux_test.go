package audio

import (
	"regexp"
	"strconv"
	"testing"
	"time"

	"parley/media"
	"parley/media/audio/device"
)

// A speaker that asks for a quarter of its period at a time, as it does if nothing
// else is said, wakes its thread twice as often. How much the server wants to hand
// its device at a time is what it says itself: on a busy machine it asks for less,
// and more often.
func TestEngine_PulseAudio_AsksForHalfAPeriod(t *testing.T) {
	p := newPulse(t)
	e, reports := openEngine(t, Options{})
	e.Use(true, true)
	awaitReport(t, e, reports, uses("Ear", "Room"))
	awaitSound(t, e)
	said := regexp.MustCompile(`(?s)Name: room\n.*?configured (\d+) usec`).FindStringSubmatch(p.do("list", "sinks"))
	if said == nil {
		t.Fatal("the server does not say how much it hands its device at a time")
	}
	µs, _ := strconv.Atoi(said[1]) // digits
	const half = device.Period * time.Second / media.SampleRate / 2
	if got := time.Duration(µs) * time.Microsecond; got < half*9/10 || got > half*11/10 {
		t.Errorf("the server hands its device %v at a time, want %v", got, half)
	}
}

// A sound server that a busy machine held up for 40 ms ten times has made up for that
// afterwards: no sound of the microphone is missing, and as many frames were asked
// of the speaker as time has passed, so that what belonged together still does. What
// miniaudio asks for by itself is three periods of the microphone, and a speaker
// that waits until there is enough again.
func TestEngine_PulseAudio_ServerIsLate_NothingIsMissing(t *testing.T) {
	p := newPulse(t)
	e, reports := openEngine(t, Options{})
	e.Use(true, true)
	awaitReport(t, e, reports, uses("Ear", "Room"))
	awaitSound(t, e)
	listen(t, e, time.Second) // both have begun
	r := e.route.Load()
	frames, since := r.microphone.Delivered()
	before := r.speaker.Demand()
	for range 10 {
		p.freeze(true)
		<-time.After(40 * time.Millisecond)
		p.freeze(false)
		listen(t, e, 200*time.Millisecond)
	}
	heard, until := r.microphone.Delivered()
	after := r.speaker.Demand()
	if lost := until.Sub(since) - lasting(heard-frames); lost > 30*time.Millisecond {
		t.Errorf("the microphone lost %v", lost)
	}
	if missed := after.At.Sub(before.At) - lasting(after.Asked-before.Asked); missed > 30*time.Millisecond {
		t.Errorf("the speaker stood still for %v", missed)
	}
}
