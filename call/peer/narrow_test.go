package peer

import (
	"testing"
	"testing/synctest"
	"time"
)

// What is wanted of a path: so much of it is used, its queue is no longer than this
// and a packet more, and the picture never stands for longer than that and two round
// trips, or twice as long where packets are lost by chance.
const (
	goodShare = 0.85
	goodWait  = 90 * time.Millisecond
	goodGap   = 350 * time.Millisecond
)

// cross plays so much time and judges it.
func (s *strait) cross(t *testing.T, name string, d time.Duration, frames float64, width int) passage {
	t.Helper()
	c := s.measure(d)
	t.Logf("%s: %+v", name, c)
	packet := time.Duration(1200 * 8 / s.rate * float64(time.Second))
	if c.share < goodShare*(1-s.loss) {
		t.Errorf("%s: %.0f %% of the path are used", name, 100*c.share)
	}
	if c.late > goodWait+packet {
		t.Errorf("%s: one packet of twenty waits longer than %v", name, c.late)
	}
	if c.shown < frames || c.width < width {
		t.Errorf("%s: %.1f frames a second are shown, %d wide", name, c.shown, c.width)
	}
	gap := goodGap + 4*s.delay
	if s.loss > 0 {
		gap *= 2
	}
	if c.gap > gap {
		t.Errorf("%s: the picture stands for %v", name, c.gap)
	}
	if s.talks && c.heard < 0.97-1.5*s.loss {
		t.Errorf("%s: %.0f %% of the sound come", name, 100*c.heard)
	}
	return c
}

// A path that narrows and becomes wide again, with sound and without: the picture is
// back within seconds, and uses what there is.
func TestVideoSender_APathThatNarrows(t *testing.T) {
	for _, row := range []struct {
		name   string
		narrow float64
		frames float64
		width  int
		within time.Duration
	}{
		{"half a megabit", 500_000, 24, 640, 2 * time.Second},
		{"250 kbit/s", 250_000, 14, 320, 3 * time.Second},
		{"150 kbit/s", 150_000, 9, 320, 4 * time.Second},
	} {
		for _, talks := range []bool{false, true} {
			name := row.name
			if talks {
				name += " with sound"
			}
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := newStrait(t, weather{rate: 3e6, talks: talks})
					s.run(4 * time.Second)
					s.cross(t, "wide", 6*time.Second, 28, 1280)
					s.set(weather{rate: row.narrow, talks: talks})
					s.run(row.within)
					s.cross(t, "narrow", 10*time.Second, row.frames, row.width)
					s.set(weather{rate: 3e6, talks: talks})
					s.run(4 * time.Second)
					s.cross(t, "wide again", 10*time.Second, 28, 1280)
				})
			})
		}
	}
}

// Where next to nothing can be sent, nothing comes back either: the path is tried
// all the same.
func TestVideoSender_NextToNoPath(t *testing.T) {
	for name, narrow := range map[string]weather{
		"20 kbit/s":              {rate: 20_000},
		"20 kbit/s with sound":   {rate: 20_000, talks: true},
		"no room beside silence": {rate: 90_000, mute: true},
		"nor for silence":        {rate: 40_000, mute: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				wide := narrow
				wide.rate = 3e6
				s := newStrait(t, wide)
				s.run(10 * time.Second)
				s.set(narrow)
				s.run(20 * time.Second)
				s.set(wide)
				s.run(8 * time.Second)
				s.cross(t, "after it", 10*time.Second, 28, 1280)
			})
		})
	}
}

// Packets that are lost whatever is sent do not make the picture less, and are sent
// again in time.
func TestVideoSender_APathThatLoses(t *testing.T) {
	for name, w := range map[string]weather{
		"5 %":                     {rate: 3e6, loss: 0.05},
		"10 %":                    {rate: 3e6, loss: 0.1},
		"10 % of half a megabit":  {rate: 500_000, loss: 0.1, talks: true},
		"5 % of half, 100 ms off": {rate: 500_000, loss: 0.05, delay: 100 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStrait(t, w)
				s.run(8 * time.Second)
				s.cross(t, "lossy", 20*time.Second, 18, 640)
			})
		})
	}
}

// With parity few pictures wait for a round trip, whatever is lost by chance, and in
// bursts that it covers; none is sent where nothing is lost. What is left of the path is used as before.
func TestVideoSender_ParityOnAPathThatLoses(t *testing.T) {
	for _, row := range []struct {
		name   string
		w      weather
		share  float64 // of delays at 95 % without parity that are left with it, at most
		frames float64
	}{
		{"2 %", weather{rate: 3e6, loss: 0.02}, 0.8, 24},
		{"5 %", weather{rate: 3e6, loss: 0.05}, 0.7, 24},
		{"10 %", weather{rate: 3e6, loss: 0.1}, 0.6, 24},
		{"5 % in bursts of 3", weather{rate: 3e6, loss: 0.05, burst: 3}, 0.8, 24},
		{"10 % of half a megabit", weather{rate: 500_000, loss: 0.1, talks: true}, 2, 18},
		{"5 %, 100 ms off", weather{rate: 3e6, loss: 0.05, delay: 100 * time.Millisecond}, 0.6, 24},
	} {
		t.Run(row.name, func(t *testing.T) {
			slow := map[bool]time.Duration{}
			for _, with := range []bool{false, true} {
				synctest.Test(t, func(t *testing.T) {
					w := row.w
					w.parity = with
					s := newStrait(t, w)
					s.run(8 * time.Second)
					if with {
						slow[with] = s.cross(t, "with", 20*time.Second, row.frames, 640).slow
					} else {
						c := s.measure(20 * time.Second)
						slow[with] = c.slow
						t.Logf("without: %+v", c)
					}
				})
			}
			if float64(slow[true]) > row.share*float64(slow[false]) {
				t.Errorf("95 of 100 pictures are complete after %v, and after %v without parity", slow[true], slow[false])
			}
		})
	}
}

// What is said when the receiver was not heard for a while is not the path's fault.
func TestVideoSender_ASilentReceiver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStrait(t, weather{rate: 3e6})
		s.run(10 * time.Second)
		s.set(weather{rate: 3e6, silent: true})
		s.run(10 * time.Second)
		s.set(weather{rate: 3e6})
		s.run(4 * time.Second)
		s.cross(t, "when it is heard again", 10*time.Second, 28, 1280)
	})
}

// Two seconds of jitter are survived, and forgotten soon.
func TestVideoSender_Jitter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStrait(t, weather{rate: 3e6})
		s.run(10 * time.Second)
		s.set(weather{rate: 3e6, jitter: 200 * time.Millisecond})
		if c := s.measure(2 * time.Second); c.shown < 24 {
			t.Errorf("%.0f frames a second are shown meanwhile", c.shown)
		}
		s.set(weather{rate: 3e6})
		s.run(3 * time.Second)
		s.cross(t, "after it", 10*time.Second, 28, 1280)
	})
}
