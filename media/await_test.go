package media

import (
	"testing"
	"testing/synctest"
	"time"
)

// rhythmic is a watched screen that has shown and given pictures at a rhythm.
func rhythmic(pool *Pool, interval time.Duration, pictures int) *Screen {
	s := &Screen{Convert: luma}
	s.Watch(true)
	for i := range pictures {
		if i > 0 {
			<-time.After(interval)
		}
		show(s, pool, 1)
		s.Front()
	}
	return s
}

// waits returns how long Await takes where the next picture comes after a time, and
// whether there is one then.
func waits(s *Screen, pool *Pool, comes time.Duration) (time.Duration, bool) {
	const most = 16 * time.Millisecond
	came := make(chan struct{})
	go func() {
		defer close(came)
		<-time.After(comes)
		show(s, pool, 2)
	}()
	began := time.Now()
	s.Await(most)
	took := time.Since(began)
	_, fresh := s.Front()
	<-came
	s.Front()
	return took, fresh
}

func TestScreenAwaits(t *testing.T) {
	const ms = time.Millisecond
	for name, c := range map[string]struct {
		interval    time.Duration
		pictures    int
		since       time.Duration // the last picture
		comes, want time.Duration
		fresh       bool
	}{
		"what comes soon":                    {33 * ms, 10, 20 * ms, 13 * ms, 13 * ms, true},
		"what comes early":                   {33 * ms, 10, 20 * ms, 4 * ms, 4 * ms, true},
		"what comes late":                    {33 * ms, 10, 28 * ms, 11 * ms, 11 * ms, true},
		"what comes too late":                {33 * ms, 10, 38 * ms, 14 * ms, 11 * ms, false},
		"as long as it may":                  {33 * ms, 10, 16 * ms, 17 * ms, 16 * ms, false},
		"not what comes after that":          {33 * ms, 10, 10 * ms, 23 * ms, 0, false},
		"not what is overdue":                {33 * ms, 10, 50 * ms, 5 * ms, 0, false},
		"not the second":                     {33 * ms, 1, 20 * ms, 13 * ms, 0, false},
		"the third":                          {33 * ms, 2, 20 * ms, 13 * ms, 13 * ms, true},
		"not what comes five times a second": {200 * ms, 10, 190 * ms, 10 * ms, 0, false},
		"not what came before a pause":       {500 * ms, 3, 10 * ms, 10 * ms, 0, false},
		"60 pictures a second":               {16 * ms, 20, 2 * ms, 14 * ms, 14 * ms, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var pool Pool
				s := rhythmic(&pool, c.interval, c.pictures)
				<-time.After(c.since)
				if took, fresh := waits(s, &pool, c.comes); took != c.want || fresh != c.fresh {
					t.Errorf("waited %v, a picture %v; want %v, %v", took, fresh, c.want, c.fresh)
				}
			})
		})
	}
}

// A picture that is there, converted or not, is not waited for.
func TestScreenAwaitsNothingNewer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var pool Pool
		for _, watched := range []bool{true, false} {
			s := rhythmic(&pool, 33*time.Millisecond, 5)
			<-time.After(30 * time.Millisecond)
			s.Watch(watched)
			show(s, &pool, 3)
			began := time.Now()
			s.Await(time.Second)
			if took := time.Since(began); took != 0 {
				t.Errorf("watched %v: waited %v for another", watched, took)
			}
		}
	})
}

// A rhythm that changes is followed, and one picture that is lost changes little.
func TestRhythmFollows(t *testing.T) {
	const ms = time.Millisecond
	var r rhythm
	now := time.Unix(0, 0)
	for _, c := range []struct {
		since time.Duration
		times int
		least time.Duration // of what is expected then
		most  time.Duration
	}{
		{33 * ms, 10, 33 * ms, 33 * ms},
		{66 * ms, 1, 33 * ms, 38 * ms}, // one is lost
		{33 * ms, 10, 33 * ms, 34 * ms},
		{66 * ms, 20, 64 * ms, 66 * ms}, // fewer from now on
		{16 * ms, 20, 16 * ms, 17 * ms},
	} {
		for range c.times {
			now = now.Add(c.since)
			r.beat(now)
		}
		if r.interval < c.least || r.interval > c.most {
			t.Errorf("after %d times %v an interval of %v", c.times, c.since, r.interval)
		}
	}
	r.beat(now.Add(rhythmPause + 1))
	if r.interval != 0 {
		t.Errorf("after a pause an interval of %v", r.interval)
	}
}

func TestScreenAwaitsWithoutMemory(t *testing.T) {
	var pool Pool
	s := rhythmic(&pool, 0, 3)
	s.Await(time.Microsecond) // makes the timer
	if n := testing.AllocsPerRun(50, func() {
		show(s, &pool, 1)
		s.Front()
		s.Await(time.Microsecond)
	}); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}
