package media

import (
	"context"
	"errors"
	"io"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// step returns a step that can be told from others.
func step(n int16) *Sound { return &Sound{Samples: [StepSamples]int16{n}} }

func heard(t *testing.T, l *Listener) int16 {
	t.Helper()
	var s Sound
	if err := l.Next(t.Context(), &s); err != nil {
		t.Fatal(err)
	}
	return s.Samples[0]
}

func TestSoundComesInOrder(t *testing.T) {
	var feed SoundFeed
	a, b := feed.Listen(), feed.Listen()
	defer a.Close()
	defer b.Close()
	s := step(0)
	for n := range int16(soundBacklog) {
		s.Samples[0] = n // the feed copies
		feed.Publish(s)
	}
	for n := range int16(soundBacklog) {
		if x, y := heard(t, a), heard(t, b); x != n || y != n {
			t.Fatalf("heard %d and %d, want %d", x, y, n)
		}
	}
	if a.Lost() != 0 {
		t.Errorf("lost %d", a.Lost())
	}
}

func TestSoundLosesTheOldest(t *testing.T) {
	var feed SoundFeed
	l := feed.Listen()
	defer l.Close()
	for n := range int16(3 * soundBacklog) {
		feed.Publish(step(n))
	}
	if l.Lost() != 2*soundBacklog {
		t.Errorf("lost %d", l.Lost())
	}
	if n := heard(t, l); n != 2*soundBacklog {
		t.Errorf("heard %d first", n)
	}
}

func TestSoundWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var feed SoundFeed
		l := feed.Listen()
		defer l.Close()
		time.AfterFunc(time.Second, func() { feed.Publish(step(5)) })
		began := time.Now()
		if n := heard(t, l); n != 5 || time.Since(began) != time.Second {
			t.Errorf("heard %d after %v", n, time.Since(began))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var s Sound
		if err := l.Next(ctx, &s); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
}

func TestSoundEndsAfterWhatIsQueued(t *testing.T) {
	var feed SoundFeed
	l := feed.Listen()
	feed.Publish(step(1))
	feed.Publish(step(2))
	feed.Close()
	feed.Close()
	feed.Publish(step(3))
	if a, b := heard(t, l), heard(t, l); a != 1 || b != 2 {
		t.Errorf("heard %d and %d", a, b)
	}
	var s Sound
	for _, l := range []*Listener{l, l, feed.Listen()} {
		if err := l.Next(t.Context(), &s); !errors.Is(err, io.EOF) {
			t.Error(err)
		}
		l.Close()
		l.Close()
	}
}

func TestListenerEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var feed SoundFeed
		l := feed.Listen()
		ended := make(chan error)
		go func() {
			var s Sound
			ended <- l.Next(context.Background(), &s)
		}()
		synctest.Wait()
		l.Close()
		if err := <-ended; !errors.Is(err, io.EOF) {
			t.Error(err)
		}
		feed.Publish(step(1))
	})
}

func TestSoundUnderLoad(t *testing.T) {
	var feed SoundFeed
	var listeners sync.WaitGroup
	for range 4 {
		l := feed.Listen()
		listeners.Go(func() {
			defer l.Close()
			var s Sound
			last, heard := int16(0), uint64(0)
			for l.Next(context.Background(), &s) == nil {
				if s.Samples[0] <= last || s.Samples[StepSamples-1] != s.Samples[0] {
					t.Errorf("step %d after %d", s.Samples[0], last)
				}
				last = s.Samples[0]
				heard++
			}
			if heard+l.Lost() != 3000 {
				t.Errorf("heard %d and lost %d of 3000", heard, l.Lost())
			}
		})
	}
	s := step(0)
	for n := range int16(3000) {
		s.Samples[0], s.Samples[StepSamples-1] = n+1, n+1
		feed.Publish(s)
	}
	feed.Close()
	listeners.Wait()
}

func TestSoundAllocatesNothing(t *testing.T) {
	var feed SoundFeed
	l := feed.Listen()
	defer l.Close()
	s := step(1)
	if n := testing.AllocsPerRun(100, func() {
		feed.Publish(s)
		if err := l.Next(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations a step", n)
	}
}
