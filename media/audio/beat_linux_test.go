package audio

import (
	"testing"
	"time"

	"parley/media/audio/device"
)

// A speaker that asks for a quarter of its period at a time, as it does if nothing
// else is said, wakes its thread twice as often.
func TestEngine_PulseAudio_AsksForHalfAPeriod(t *testing.T) {
	newPulse(t)
	e, reports := openEngine(t, Options{})
	e.Use(true, true)
	awaitReport(t, e, reports, uses("Ear", "Room"))
	awaitSound(t, e)
	speaker := e.route.Load().speaker
	beats, asked := speaker.Beats(), speaker.Demand().Asked
	for speaker.Beats() < beats+100 {
		listen(t, e, 100*time.Millisecond)
	}
	frames := float64(speaker.Demand().Asked-asked) / float64(speaker.Beats()-beats)
	if frames < device.Period*0.4 {
		t.Errorf("%.0f frames are asked for at a time of %d", frames, device.Period)
	}
}
