package codec

import (
	"testing"
	"time"
)

const frameTime = time.Second / 30

// run feeds n frames of the same cost and returns the speed after them.
func (p *pace) run(n int, took time.Duration) int {
	for range n {
		p.note(took, frameTime)
	}
	return p.speed
}

func TestPaceFollowsTheLoad(t *testing.T) {
	p := newPace(false, 1280*720)
	if got := p.run(1000, frameTime/3); got != -6 {
		t.Errorf("speed %d at an easy load", got)
	}
	if got := p.run(60, frameTime); got >= -6 {
		t.Errorf("speed %d when every frame takes all its time", got)
	}
	if got := p.run(1000, frameTime); got != -12 {
		t.Errorf("speed %d after a long overload", got)
	}
	if got := p.run(200, frameTime/10); got != -12 {
		t.Errorf("speed %d too soon after", got)
	}
	if got := p.run(5000, frameTime/10); got != -6 {
		t.Errorf("speed %d long after", got)
	}
}

func TestPaceOfVP9(t *testing.T) {
	p := newPace(true, 640*360)
	if got := p.run(1000, frameTime); got != 9 {
		t.Errorf("speed %d under load", got)
	}
}

func TestPaceIgnoresOneSlowFrame(t *testing.T) {
	p := newPace(false, 640*360)
	p.run(100, frameTime/10)
	p.note(frameTime*4, frameTime)
	if got := p.run(10, frameTime/10); got != -4 {
		t.Errorf("speed %d", got)
	}
	if _, changed := p.note(time.Second, 0); changed {
		t.Error("a frame that took no time changed the speed")
	}
}

func TestThreads(t *testing.T) {
	for _, c := range []struct{ pixels, processors, want int }{
		{640 * 360, 64, 1}, {1280 * 720, 2, 1}, {1280 * 720, 4, 2}, {1920 * 1080, 16, 4}, {1920 * 1080, 4, 2},
	} {
		if got := threadsFor(c.pixels, c.processors); got != c.want {
			t.Errorf("%d threads for %d pixels on %d processors", got, c.pixels, c.processors)
		}
	}
}

func TestStamps(t *testing.T) {
	var s stamps
	at, duration := s.next(start)
	if at != 0 || duration != clock/30 {
		t.Errorf("first: %d, %d", at, duration)
	}
	if at, duration = s.next(start.Add(20 * time.Millisecond)); at != 1800 || duration != 1800 {
		t.Errorf("after 20 ms: %d, %d", at, duration)
	}
	if at, _ = s.next(start.Add(-time.Hour)); at != 1801 {
		t.Errorf("set back: %d", at)
	}
	if at, duration = s.next(start.Add(1000 * time.Hour)); at != 1000*3600*clock || duration != longestFrame {
		t.Errorf("much later: %d, %d", at, duration)
	}
}
