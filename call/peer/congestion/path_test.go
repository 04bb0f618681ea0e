package congestion

import (
	"math"
	"slices"
	"testing"
	"time"
)

const ms = time.Millisecond

func sortedDurations(d []time.Duration) []time.Duration {
	d = slices.Clone(d)
	slices.Sort(d)
	return d
}

// The goals: at least this much of the path is used, and so long do nearly all
// packets wait in its queue at most.
const (
	goodShare = 0.85
	goodWait  = 100 * ms
)

func TestController_FillsThePathAndNotItsQueue(t *testing.T) {
	for name, l := range map[string]link{
		"half a megabit":           {rate: 0.5e6, delay: 25 * ms},
		"1 Mbit/s, far away":       {rate: 1e6, delay: 100 * ms},
		"3 Mbit/s":                 {rate: 3e6, delay: 25 * ms},
		"3 Mbit/s, next door":      {rate: 3e6, delay: ms},
		"6 Mbit/s":                 {rate: 6e6, delay: 25 * ms},
		"5 % lost":                 {rate: 3e6, delay: 25 * ms, loss: 0.05},
		"10 % lost":                {rate: 3e6, delay: 25 * ms, loss: 0.10},
		"jitter":                   {rate: 3e6, delay: 25 * ms, jitter: 20 * ms},
		"reordering":               {rate: 3e6, delay: 25 * ms, reorder: 0.05},
		"a short queue":            {rate: 1e6, delay: 25 * ms, queue: 40 * ms},
		"a long queue":             {rate: 1e6, delay: 25 * ms, queue: 2 * time.Second},
		"10 % lost, half a Mbit/s": {rate: 0.5e6, delay: 25 * ms, loss: 0.10},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSimulation(l)
			s.run(15 * time.Second)
			m := s.measure(60 * time.Second)
			good(t, m, l.rate*(1-l.loss))
		})
	}
}

func good(t *testing.T, m measured, rate float64) {
	t.Helper()
	t.Logf("%.1f %% of %.0f kbit/s, wait %v, of 95 %% at most %v, longest %v", 100*m.rate/rate, rate/1000, m.usual, m.late, m.longest)
	if m.rate < goodShare*rate {
		t.Errorf("%.1f %% of the path is used", 100*m.rate/rate)
	}
	if m.late > goodWait {
		t.Errorf("one packet of twenty waits longer than %v", m.late)
	}
}

func TestController_ClocksOfTheOtherEnd(t *testing.T) {
	for name, change := range map[string]func(*simulation){
		"fast":    func(s *simulation) { s.skew = 100e-6 },
		"slow":    func(s *simulation) { s.skew = -100e-6 },
		"zero":    func(s *simulation) { s.offset = 0 },
		"neglect": func(s *simulation) { s.offset = -40 * time.Hour },
	} {
		t.Run(name, func(t *testing.T) {
			s := newSimulation(link{rate: 2e6, delay: 25 * ms})
			change(s)
			s.run(15 * time.Second)
			good(t, s.measure(120*time.Second), 2e6)
		})
	}
}

func TestController_FeedbackThatIsLostOrRare(t *testing.T) {
	for name, change := range map[string]func(*simulation){
		"a third lost":    func(s *simulation) { s.lostBack = 0.33 },
		"every 100 ms":    func(s *simulation) { s.interval = 100 * ms },
		"every 250 ms":    func(s *simulation) { s.interval = 250 * ms },
		"a long way back": func(s *simulation) { s.back = 300 * ms },
	} {
		t.Run(name, func(t *testing.T) {
			s := newSimulation(link{rate: 2e6, delay: 25 * ms})
			change(s)
			s.run(15 * time.Second)
			good(t, s.measure(60*time.Second), 2e6)
		})
	}
}

func TestController_FollowsALinkThatChanges(t *testing.T) {
	s := newSimulation(link{rate: 3e6, delay: 25 * ms})
	if took := s.until(goodShare*3e6, 10*time.Second); took > 2*time.Second {
		t.Errorf("3 Mbit/s are found after %v", took)
	}
	s.run(15 * time.Second)
	s.link.rate = 0.5e6
	s.run(1500 * ms)
	if m := s.measure(2 * time.Second); m.late > goodWait {
		t.Errorf("1.5 s after the fall packets still wait %v", m.late)
	}
	good(t, s.measure(20*time.Second), 0.5e6)
	s.link.rate = 3e6
	if took := s.until(goodShare*3e6, 30*time.Second); took > 6*time.Second {
		t.Errorf("after the rise 3 Mbit/s are found after %v", took)
	}
	good(t, s.measure(20*time.Second), 3e6)
}

// Without padding the picture itself is the probe.
func TestController_FollowsWithoutPadding(t *testing.T) {
	s := newSimulation(link{rate: 3e6, delay: 25 * ms})
	s.noPadding = true
	s.run(10 * time.Second)
	s.link.rate = 0.5e6
	s.run(20 * time.Second)
	s.link.rate = 3e6
	if took := s.until(goodShare*3e6, 60*time.Second); took > 20*time.Second {
		t.Errorf("after the rise 3 Mbit/s are found after %v", took)
	}
}

// A stall of 200 ms, as of a radio link that changes its base, is no congestion.
func TestController_AStallIsNoCongestion(t *testing.T) {
	s := newSimulation(link{rate: 3e6, delay: 25 * ms})
	s.run(15 * time.Second)
	least := math.Inf(1)
	for range 5 {
		s.link.stalled = s.now + 200*ms
		for range 300 {
			s.run(10 * ms)
			least = math.Min(least, s.control.rate.rate)
		}
	}
	if least < 0.6*3e6 {
		t.Errorf("the rate falls to %.0f", least)
	}
	good(t, s.measure(20*time.Second), 3e6)
}

func TestController_BesideSoundOfOthers(t *testing.T) {
	s := newSimulation(link{rate: 1e6, delay: 25 * ms})
	s.cross = 100_000
	s.run(15 * time.Second)
	good(t, s.measure(60*time.Second), 0.9e6)
}

// An application that sends little does not raise the estimate by itself, and has
// what there is when it needs it.
func TestController_AnApplicationThatSendsLittle(t *testing.T) {
	s := newSimulation(link{rate: 3e6, delay: 25 * ms})
	s.most = 300_000
	s.run(60 * time.Second)
	if target := s.control.Estimate(s.clock()).Target; target < goodShare*3e6 || target > 1.1*3e6 {
		t.Errorf("with little sent the estimate is %.0f kbit/s of 3000", target/1000)
	}
	if m := s.measure(10 * time.Second); m.late > 20*ms {
		t.Errorf("packets wait %v", m.late)
	}
	s.most = 8e6
	s.run(2 * time.Second)
	good(t, s.measure(20*time.Second), 3e6)
}

func TestController_LooksForNoMoreThanCanBeUsed(t *testing.T) {
	s := newSimulation(link{rate: 20e6, delay: 25 * ms})
	s.most = 1e6
	s.control.Use(1.1e6)
	s.run(60 * time.Second)
	if target := s.control.Estimate(s.clock()).Target; target > 1.5*1.1e6 {
		t.Errorf("the estimate is %.0f kbit/s, where 1000 can be used", target/1000)
	}
}

// A path that drops what is too much, without a queue.
func TestController_APolicedPath(t *testing.T) {
	s := newSimulation(link{rate: 1e6, delay: 25 * ms, queue: 40 * ms})
	s.run(20 * time.Second)
	before := s.link.dropped
	m := s.measure(60 * time.Second)
	if m.rate < 0.75*1e6 {
		t.Errorf("%.0f kbit/s come through", m.rate/1000)
	}
	if lost := float64(s.link.dropped-before) / float64(len(s.waits)); lost > 0.05 {
		t.Errorf("%.1f %% are dropped", 100*lost)
	}
}

// A path that gets longer is not a queue for ever.
func TestController_ALongerPath(t *testing.T) {
	s := newSimulation(link{rate: 2e6, delay: 25 * ms})
	s.run(15 * time.Second)
	s.link.delay += 120 * ms
	s.run(12 * time.Second)
	good(t, s.measure(20*time.Second), 2e6)
}

// Nothing is heard: less and less is sent, and soon everything again.
func TestController_Silence(t *testing.T) {
	s := newSimulation(link{rate: 2e6, delay: 25 * ms})
	s.run(15 * time.Second)
	s.lostBack = 1
	s.run(10 * time.Second)
	if target := s.control.Estimate(s.clock()).Target; target > 100_000 {
		t.Errorf("after ten seconds of silence the target is %.0f", target)
	}
	s.lostBack = 0
	if took := s.until(goodShare*2e6, 30*time.Second); took > 8*time.Second {
		t.Errorf("it takes %v until the path is used again", took)
	}
}

func TestController_HonoursTheReceiver(t *testing.T) {
	s := newSimulation(link{rate: 3e6, delay: 25 * ms})
	s.run(10 * time.Second)
	s.control.Limit(400_000, s.clock())
	if target := s.control.Estimate(s.clock()).Target; target > 400_000 {
		t.Errorf("the target is %.0f, the receiver takes 400 000", target)
	}
	s.run(limitLife + time.Second)
	if target := s.control.Estimate(s.clock()).Target; target < goodShare*3e6 {
		t.Errorf("long after it is %.0f", target)
	}
}

// Sound alone does not talk the estimate down, though others make it wait at times.
func TestController_SoundAlone(t *testing.T) {
	s := newSimulation(link{rate: 0.3e6, delay: 25 * ms, jitter: 25 * ms})
	s.cross, s.most = 60_000, 0
	least := math.Inf(1)
	for range 120 {
		s.run(time.Second)
		least = math.Min(least, s.control.Estimate(s.clock()).Target)
	}
	if least < 150_000 {
		t.Errorf("on a path of 300 kbit/s the target falls to %.0f", least)
	}
}
