package repair

import (
	"slices"
	"testing"
	"time"
)

var begin = time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)

func ms(n int) time.Duration { return time.Duration(n) * time.Millisecond }

// stream is what a receiver tells Requests, and when.
type stream struct {
	Requests
	now time.Time
}

func newStream(trip time.Duration) *stream {
	s := &stream{now: begin}
	s.Path(trip)
	return s
}

// come takes packets that come one after the other.
func (s *stream) come(sequences ...int64) {
	for _, n := range sequences {
		s.Came(Packet{Sequence: n, Last: true}, s.now)
	}
}

// asks lets time pass until something is asked for, at most a second.
func (s *stream) asks() (after time.Duration, what []int64) {
	from := s.now
	for s.now.Sub(from) < time.Second {
		if due := s.Due(s.now); len(due) > 0 {
			return s.now.Sub(from), slices.Clone(due)
		}
		s.now = s.now.Add(time.Millisecond)
	}
	return s.now.Sub(from), nil
}

func (s *stream) expect(t *testing.T, after time.Duration, what ...int64) {
	t.Helper()
	if got, asked := s.asks(); got != after || !slices.Equal(asked, what) {
		t.Errorf("after %v asked for %v, want %v after %v", got, asked, what, after)
	}
}

func TestRequests_AtOnceAndThenEachTrip(t *testing.T) {
	s := newStream(ms(40))
	s.come(10, 11, 14)
	s.expect(t, 0, 12, 13)
	s.expect(t, ms(45), 12, 13)
	s.expect(t, pairGap, 12, 13)
	s.Came(Packet{Sequence: 12, Last: true, Again: true}, s.now)
	s.expect(t, ms(45)-pairGap, 13)
	s.Came(Packet{Sequence: 13, Last: true, Again: true}, s.now)
	if _, what := s.asks(); what != nil {
		t.Errorf("asked for %v, which came", what)
	}
}

func TestRequests_GivesUp(t *testing.T) {
	for _, trip := range []time.Duration{0, ms(1), ms(40), ms(400), time.Hour} {
		s := newStream(trip)
		s.come(1, 3)
		times := 0
		for {
			_, what := s.asks()
			if what == nil {
				break
			}
			times++
		}
		if times > 2*mostTries || times < 2 || s.now.Sub(begin) > mostAge+2*time.Second {
			t.Errorf("trip %v: asked %d times in %v", trip, times, s.now.Sub(begin))
		}
	}
}

func TestRequests_ForgetsWhatIsOfNoUse(t *testing.T) {
	s := newStream(ms(40))
	s.come(1, 4, 6)
	s.Forget(4)
	s.expect(t, 0, 5)
	s.Forget(100)
	if _, ok := s.Next(s.now); ok {
		t.Error("something is missing")
	}
	s.come(7 + mostMissing*2)
	if _, ok := s.Next(s.now); ok {
		t.Error("a path that was away is asked for")
	}
}

func TestRequests_LearnTheTrip(t *testing.T) {
	for _, told := range []time.Duration{0, ms(5)} { // of the path: nothing, or less than answers take
		s := newStream(told)
		s.come(0)
		for n := int64(2); n < 200; n += 2 {
			s.come(n)
			asked := s.now
			for s.now.Sub(asked) < ms(120) {
				s.Due(s.now)
				s.now = s.now.Add(time.Millisecond)
			}
			s.Came(Packet{Sequence: n - 1, Last: true, Again: true}, s.now)
		}
		if d := s.Interval(); d < ms(115) || d > ms(160) {
			t.Errorf("answers take 120 ms, and are overdue after %v", d)
		}
	}
}

func TestRequests_WaitForWhatIsOvertaken(t *testing.T) {
	s := newStream(ms(40))
	asked := 0
	for n := int64(0); n < 1000; n += 2 {
		s.come(n + 1)
		for range 10 {
			asked += len(s.Due(s.now))
			s.now = s.now.Add(time.Millisecond)
		}
		s.come(n)
		s.now = s.now.Add(ms(5))
	}
	if asked > 3 {
		t.Errorf("%d packets that others overtook were asked for", asked)
	}
	for n := int64(1001); n < 1200; n += 2 { // and then some are lost
		s.come(n)
		s.now = s.now.Add(ms(40))
		s.Due(s.now)
		s.Came(Packet{Sequence: n - 1, Last: true, Again: true}, s.now)
	}
	s.come(1300)
	if after, _ := s.asks(); after > ms(2) {
		t.Errorf("after losses they are asked for after %v", after)
	}
}

func TestRequests_Lossy(t *testing.T) {
	s := newStream(ms(40))
	s.come(0, 2)
	s.asks()
	if s.Lossy(s.now) {
		t.Error("one packet makes a path lossy")
	}
	s.come(4, 6)
	s.asks()
	if !s.Lossy(s.now) || s.Lossy(s.now.Add(time.Minute)) {
		t.Error("three packets make no lossy path, or for ever")
	}
}

// What is missing at the end of a frame is asked for before the next one comes, and
// not before a slow sender sends it.
func TestRequests_EndOfAFrame(t *testing.T) {
	for _, space := range []time.Duration{ms(1), ms(10)} {
		s := newStream(ms(40))
		next, asked := int64(0), 0
		frame := func(lost int64) {
			for i := range int64(3) {
				if i < 3-lost {
					s.Came(Packet{Sequence: next, Last: i == 2}, s.now)
				}
				next++
				for until := s.now.Add(space); s.now.Before(until); s.now = s.now.Add(time.Millisecond) {
					asked += len(s.Due(s.now))
				}
			}
		}
		for range 20 {
			frame(0)
			s.now = s.now.Add(ms(30))
		}
		if asked > 2 {
			t.Errorf("packets %v apart: %d were asked for that were not sent yet", space, asked)
		}
		frame(1)
		if after, what := s.asks(); what == nil || what[0] != next-1 || after > 2*space+leastHalt {
			t.Errorf("asked for %v after %v, want %d", what, after, next-1)
		}
	}
}

// A sender that marks no ends is not asked for what it has not sent.
func TestRequests_NoEnds(t *testing.T) {
	s := newStream(ms(40))
	asked := 0
	for n := range int64(3000) {
		s.Came(Packet{Sequence: n}, s.now)
		for range 33 {
			asked += len(s.Due(s.now))
			s.now = s.now.Add(time.Millisecond)
		}
	}
	if asked > 10 {
		t.Errorf("%d packets were asked for that were not sent yet", asked)
	}
}

// FuzzRequests wants requests that are in order, bounded, and for what is missing.
func FuzzRequests(f *testing.F) {
	f.Add([]byte("any packets, in any order, with any time between them; \x00\xff\x80\x01"))
	f.Fuzz(func(t *testing.T, input []byte) {
		s := newStream(0)
		at, came, times := int64(0), map[int64]bool{}, map[int64]int{}
		for i, b := range input {
			at += int64(int8(b))
			if i%17 == 16 {
				at += int64(b) * 100
			}
			s.Came(Packet{Sequence: at, Last: b&2 > 0, Again: b&1 > 0}, s.now)
			came[at] = true
			s.now = s.now.Add(time.Duration(b>>4) * time.Millisecond)
			if b == 77 {
				s.Forget(at)
			}
			due := s.Due(s.now)
			for _, n := range due {
				if times[n]++; came[n] || times[n] > 2*mostTries {
					t.Fatalf("asked for %d, which came: %v, the %dth time", n, came[n], times[n])
				}
			}
			if wait, _ := s.Next(s.now); !slices.IsSorted(due) || len(s.missing) > mostMissing || wait < 0 || wait > mostInterval {
				t.Fatalf("asked for %v of %d, the next in %v", due, len(s.missing), wait)
			}
		}
	})
}

// What is said to come by itself is waited for as what is overtaken is, unless it is
// said that it comes no more.
func TestRequests_ReachesAndHurries(t *testing.T) {
	s := newStream(ms(40))
	s.Reaches(5, s.now) // nothing has come
	s.come(10, 12)
	s.now = s.now.Add(ms(20))
	s.come(11) // late, by itself: so others are waited for
	s.Came(Packet{Sequence: 13}, s.now)
	if !s.Open() {
		t.Error("the frame is over")
	}
	s.Reaches(16, s.now)
	s.Reaches(15, s.now)
	if s.Open() || !s.Missing() {
		t.Error("the rest of the frame is not missing")
	}
	if wait, ok := s.Next(s.now); !ok || wait != ms(25) {
		t.Errorf("it is waited for %v", wait)
	}
	s.Came(Packet{Sequence: 15}, s.now)
	s.Hurry(16, s.now)
	s.expect(t, overtaking, 14)
	s.expect(t, ms(25)-overtaking, 16)
	s.Hurry(17, s.now) // both were asked for
	s.expect(t, ms(20)+overtaking, 14)
}
