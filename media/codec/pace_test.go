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
	p := paceOfVP8(1280 * 720)
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
	p := paceOfVP9(640 * 360)
	if got := p.run(1000, frameTime); got != 9 {
		t.Errorf("speed %d under load", got)
	}
}

func TestPaceIgnoresOneSlowFrame(t *testing.T) {
	p := paceOfVP8(640 * 360)
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
	now, end := start, at+duration
	follow := func(gap time.Duration, frames int) {
		t.Helper()
		for range frames {
			now = now.Add(gap)
			at, duration = s.next(now)
			if at != end || duration < shortestFrame || duration > longestFrame {
				t.Fatalf("a gap of %v is told as %d for %d, after an end at %d", gap, at, duration, end)
			}
			end = at + duration
		}
	}
	follow(time.Second/15, 1)
	if want := int64(clock/30 + clock/30/smoothing); duration < want-1 || duration > want {
		t.Errorf("after one gap of twice the length: %d", duration)
	}
	follow(time.Second/15, 60)
	if want := int64(clock / 15); duration < want-smoothing || duration > want {
		t.Errorf("after many: %d, want %d", duration, want)
	}
	follow(-time.Hour, 1)      // set back
	follow(1000*time.Hour, 40) // and far ahead
	if duration < longestFrame-longestFrame/20 {
		t.Errorf("after long pauses: %d", duration)
	}
}
