package audio

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"parley/media"
	"parley/media/audio/device"
)

// awaitDelay waits until what is played is as late as that.
func awaitDelay(t *testing.T, e *Engine, least, most time.Duration) {
	t.Helper()
	l := e.Sound().Listen()
	defer l.Close()
	var s media.Sound
	var d time.Duration
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		if err := l.Next(t.Context(), &s); err != nil {
			t.Fatal(err)
		}
		if d = e.OutputDelay(); d >= least && d <= most {
			return
		}
	}
	t.Errorf("output delay %v, not %v to %v", d, least, most)
}

// A pipe that is read as time goes by is a speaker like a wireless headset: what it is
// given is heard when all that it holds has been.
func TestEngine_PulseAudio_FarSpeaker_IsKnownToBeLate(t *testing.T) {
	p := newPulse(t)
	path := filepath.Join(p.dir, "wireless")
	p.do("load-module", "module-pipe-sink", "sink_name=wireless", "rate=48000", "channels=2", "format=s16le",
		"file="+path, "sink_properties=device.description=Wireless")
	pipe, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	heard := make(chan struct{})
	go func() {
		defer close(heard)
		hear(pipe)
	}()
	defer func() {
		_ = pipe.Close() // ends it
		<-heard
	}()
	e, reports := openEngine(t, Options{})
	e.Use(true, true)
	awaitReport(t, e, reports, uses("Ear", "Room"))
	awaitDelay(t, e, time.Millisecond, 60*time.Millisecond)
	e.Choose(media.Speaker, choice(t, media.Speaker, "Wireless"))
	awaitReport(t, e, reports, uses("Ear", "Wireless"))
	awaitDelay(t, e, 250*time.Millisecond, 600*time.Millisecond) // 64 KiB are 341 ms
	e.Choose(media.Speaker, choice(t, media.Speaker, "Room"))
	awaitReport(t, e, reports, uses("Ear", "Room"))
	awaitDelay(t, e, time.Millisecond, 60*time.Millisecond)
}

// hear takes 10 ms of stereo from a pipe every 10 ms until it is closed.
func hear(pipe io.Reader) {
	var step [4 * media.StepSamples]byte
	ticker := time.NewTicker(media.Step)
	defer ticker.Stop()
	for range ticker.C {
		if _, err := io.ReadFull(pipe, step[:]); err != nil && !errors.Is(err, io.EOF) {
			return
		}
	}
}

func TestMouth_Measure(t *testing.T) {
	for name, tt := range map[string]struct {
		tells []time.Duration // what the sound system says at each step
		want  time.Duration
	}{
		"nothing is said":     {[]time.Duration{0, 0}, media.Step},
		"said at once":        {[]time.Duration{12 * time.Millisecond}, 12 * time.Millisecond},
		"a wobble":            {[]time.Duration{20 * time.Millisecond, 36 * time.Millisecond}, 20250 * time.Microsecond},
		"another device":      {[]time.Duration{20 * time.Millisecond, 220 * time.Millisecond}, 220 * time.Millisecond},
		"and back":            {[]time.Duration{220 * time.Millisecond, 20 * time.Millisecond}, 20 * time.Millisecond},
		"said after a moment": {[]time.Duration{0, 200 * time.Millisecond}, 200 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			m := mouth{to: device.NewPlayback(device.Period, func() {})}
			for _, d := range tt.tells {
				m.measure(d, d > 0)
			}
			if got := time.Duration(m.behind); got != tt.want {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
}
