package playout

import (
	"testing"
	"time"

	"parley/media"
)

func TestBuffer_Early_IsHowMuchSoonerPacketsAreThere(t *testing.T) {
	for _, after := range []time.Duration{time.Millisecond, 4 * time.Millisecond, 8 * time.Millisecond} { // a step
		l := newLine()
		if _, known := l.buffer.Early(); known {
			t.Error("nothing came, and it is known")
		}
		const long = 20 * time.Second // until the path is trusted
		l.run(sent(10, 0, long, 48000, 7).delayed(func(int) time.Duration { return after }), long)
		early, known := l.buffer.Early()
		want := media.Step - after - reserve - slightly
		if off := (early - want).Abs(); !known || off > slightly {
			t.Errorf("packets that come %v after a step are %v early, not %v; known is %v", after, early, want, known)
		}
		l.run(nil, time.Second)
		if _, known := l.buffer.Early(); known {
			t.Error("nothing comes, and it is known")
		}
	}
}

// What is left of a pitch period that was taken out delays sound, by up to 2.5 ms.
func TestBuffer_PacketsBeginWithSteps_WhereNobodySpeaks(t *testing.T) {
	for _, into := range []int{30, 100} {
		l := newLine()
		l.buffer = New(&hushDecoder{}, Options{Now: func() time.Time { return l.start.Add(l.now) }})
		const long = 20 * time.Second
		l.buffer.Hold(40 * time.Millisecond) // so that there are some to look ahead
		l.run(sent(10, 0, long+time.Second, 48000, 7).delayed(func(int) time.Duration { return 5 * time.Millisecond }), long)
		l.buffer.lookAhead(l.buffer.played)
		l.buffer.insert(into, 0)
		if n := l.buffer.into(); n != into {
			t.Fatalf("packets begin %d samples into steps", n)
		}
		l.run(nil, time.Second)
		if n := l.buffer.into(); n != 0 {
			t.Errorf("packets begin %d samples into steps, where it was %d", n, into)
		}
	}
}
