package audio

import (
	"testing"
	"testing/synctest"
	"time"

	"parley/media"
	"parley/media/audio/device"
)

func TestAppetite_OneAccidentTellsNothing(t *testing.T) {
	var a appetite
	asked := uint64(0)
	take := func(frames ...int) {
		for _, n := range frames {
			asked += uint64(n)
			a.note(device.Demand{Asked: asked, Last: n})
			a.note(device.Demand{Asked: asked, Last: n}) // seen twice
		}
	}
	const usual = media.StepSamples / 2
	take(1272) // it wakes with a gulp
	for range 20 {
		take(usual)
	}
	take(100, 380)
	if a.least != usual || a.usual != usual || a.most > 1000 {
		t.Errorf("%d to %d, usually %d", a.least, a.most, a.usual)
	}
	for range len(a.takings) {
		take(usual)
	}
	take(2 * usual)
	if a.least != usual || a.most != usual {
		t.Errorf("late once, %d to %d", a.least, a.most)
	}
	take(100, 100, 2*usual)
	if a.least != 100 || a.most != 2*usual || a.usual != usual {
		t.Errorf("late twice, %d to %d, usually %d", a.least, a.most, a.usual)
	}
}

func TestAppetite_TakenLess_IsTakenBesideNextTime(t *testing.T) {
	a := appetite{usual: 240}
	if n := a.short(device.Demand{Last: 192}); n != 48 {
		t.Errorf("%d frames", n)
	}
	if n := a.short(device.Demand{Last: 288}); n != 0 {
		t.Errorf("%d frames though it took more", n)
	}
}

// A speaker that takes half a step at a time is punctual, though it once took more, and
// now and then takes a piece of the next with one, because its thread was late.
func TestEngine_SpeakerThatIsLateAtTimes_HoldsNoMore(t *testing.T) {
	for _, often := range []int{1 << 30, 400, 100} {
		synctest.Test(t, func(t *testing.T) {
			const usual, piece = media.StepSamples / 2, 90
			half := func() int { return usual }
			n := 0
			w := newWired(t, habits{frames: half}, habits{frames: func() int {
				n++
				switch {
				case n == 1000:
					return 2*usual + 31
				case n%often == 1:
					return usual - piece
				case n%often == 2:
					return usual + piece
				}
				return usual
			}})
			defer w.finish()
			w.settle(60 * time.Second)
			before := w.engine.Reading().Starved
			w.run(20 * time.Second)
			w.expectWhole("late at times")
			r := w.engine.Reading()
			if r.Starved != before || r.Waiting > 5*time.Millisecond {
				t.Errorf("one in %d: %+v", often, r)
			}
		})
	}
}
