package peer

import (
	"math/rand/v2"
	"testing"
	"time"
)

// arrive takes pictures of 30 a second for a time, each late by what late says, and
// returns how long the last of them waits for the network.
func arrive(l *lateness, from time.Time, length time.Duration, lossy bool, late func(i int) time.Duration) (time.Time, time.Duration) {
	const interval = time.Second / 30
	wait := time.Duration(0)
	for i := range int(length / interval) {
		from = from.Add(interval)
		transit := ms(50) + late(i)
		wait = max(l.ready(transit, interval, lossy, from.Add(transit))-transit, 0)
	}
	return from, wait
}

func TestLateness_WaitsForNothingOnACleanPath(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for name, late := range map[string]func(int) time.Duration{
		"even":       func(int) time.Duration { return 0 },
		"uneven":     func(int) time.Duration { return time.Duration(random.Int64N(int64(ms(25)))) },
		"key frames": func(i int) time.Duration { return ms(100 * (max(i%100, 98) - 98)) },
		"a stall": func(i int) time.Duration {
			return max(ms(200)-ms(33)*time.Duration(i-500), 0) * time.Duration(min(i/500, 1))
		},
	} {
		var l lateness
		now, least := begin, time.Hour
		for range 10 {
			var wait time.Duration
			now, wait = arrive(&l, now, 2*time.Second, false, late)
			least = min(least, wait)
			if name != "a stall" && wait > 0 {
				t.Errorf("%s: pictures wait %v", name, wait)
			}
		}
		if least > 0 {
			t.Errorf("%s: pictures always wait, %v", name, least)
		}
	}
}

func TestLateness_ComesAndGoes(t *testing.T) {
	var l lateness
	some := func(i int) time.Duration { return ms(60) * time.Duration(max(i%5, 3)-3) }
	now, wait := arrive(&l, begin, 10*time.Second, true, some)
	if _ = wait; l.delay() < ms(60) || l.delay() > ms(80) {
		t.Errorf("a fifth is 60 ms late, and pictures wait %v", l.delay())
	}
	before := l.delay()
	now, _ = arrive(&l, now, 20*time.Second, false, func(int) time.Duration { return 0 })
	if l.delay() > 0 {
		t.Errorf("of %v there are %v left", before, l.delay())
	}
	arrive(&l, now, 10*time.Second, false, func(int) time.Duration { return ms(150) }) // another path
	if l.delay() > ms(20) {
		t.Errorf("on a path that is as even, but longer, pictures wait %v", l.delay())
	}
}

// A queue on the way makes all pictures late, and is gone again: to wait for the next
// would spare nobody anything.
func TestLateness_AQueueThatPassesIsNotWaitedFor(t *testing.T) {
	var l lateness
	now, _ := arrive(&l, begin, 10*time.Second, false, func(int) time.Duration { return 0 })
	now, _ = arrive(&l, now, 1500*time.Millisecond, false, func(i int) time.Duration {
		return ms(30) * time.Duration(max(min(i, 10, 45-i), 0))
	})
	if l.delay() > latenessLossy {
		t.Errorf("after a queue that passed pictures wait %v", l.delay())
	}
	arrive(&l, now, time.Second, false, func(int) time.Duration { return 0 })
	if l.delay() > 0 {
		t.Errorf("a second later they still wait %v", l.delay())
	}
}

func TestLateness_IsBounded(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	var l lateness
	now := begin
	for range 100_000 {
		now = now.Add(time.Duration(random.Int64N(int64(time.Second))))
		transit := time.Duration(random.Int64N(int64(time.Hour))) - 30*time.Minute
		l.ready(transit, time.Duration(random.Int64N(int64(time.Second))-int64(ms(500))), random.IntN(2) > 0, now)
		if d := l.delay(); d < 0 {
			t.Fatalf("pictures wait %v", d)
		}
	}
}

// What makes pictures late is over when it has not happened for long, by how often it did.
func TestLateness_EndsSoonAfterItsCause(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	burst := func(int) time.Duration { return ms(100) + time.Duration(random.Int64N(int64(ms(100)))) }
	still := func(int) time.Duration { return 0 }
	var l lateness
	now, _ := arrive(&l, begin, 10*time.Second, false, still)
	now, _ = arrive(&l, now, 2*time.Second, false, func(i int) time.Duration { return burst(i) * time.Duration(i%2) })
	if d := l.delay(); d < ms(120) || d > ms(200) {
		t.Errorf("every second picture is 100 to 200 ms late, and pictures wait %v", d)
	}
	if arrive(&l, now, 1500*time.Millisecond, false, still); l.delay() > 0 {
		t.Errorf("1.5 s after it is over pictures wait %v", l.delay())
	}
	l = lateness{}
	tenth := func(i int) time.Duration { return ms(100) * time.Duration(max(i%10, 8)-8) }
	if now, _ = arrive(&l, begin, 10*time.Second, false, tenth); l.delay() < ms(70) {
		t.Errorf("one picture in ten is 100 ms late, and pictures wait %v", l.delay())
	}
	for range 30 { // each time the last is 0.3 s ago
		if now, _ = arrive(&l, now, time.Second, false, tenth); l.delay() < ms(70) {
			t.Fatalf("one picture in ten is 100 ms late, and pictures wait %v", l.delay())
		}
	}
}
