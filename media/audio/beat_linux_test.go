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
