package media

import (
	"context"
	"errors"
	"io"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// numbered returns a small frame of a pool.
func numbered(p *Pool, n uint64) *Frame {
	f := p.Get(4, 2)
	f.Number = n
	return f
}

// free returns how many frames a pool keeps.
func (p *Pool) kept() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.free)
}

func next(t *testing.T, r *Reader) uint64 {
	t.Helper()
	f, err := r.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Release()
	return f.Number
}

func TestFeedHandsOnTheNewest(t *testing.T) {
	var feed Feed
	var pool Pool
	one, two := feed.Read(), feed.Read()
	feed.Publish(numbered(&pool, 1))
	if n := next(t, one); n != 1 {
		t.Errorf("frame %d", n)
	}
	feed.Publish(numbered(&pool, 2))
	feed.Publish(numbered(&pool, 3))
	if a, b := next(t, one), next(t, two); a != 3 || b != 3 {
		t.Errorf("frames %d and %d, want the newest", a, b)
	}
	one.Close()
	two.Close()
	if pool.kept() != 2 {
		t.Errorf("%d of 2 frames came back", pool.kept())
	}
}

func TestFeedWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var feed Feed
		var pool Pool
		r := feed.Read()
		defer r.Close()
		time.AfterFunc(time.Second, func() { feed.Publish(numbered(&pool, 7)) })
		began := time.Now()
		if n := next(t, r); n != 7 || time.Since(began) != time.Second {
			t.Errorf("frame %d after %v", n, time.Since(began))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := r.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v: a frame was handed out twice", err)
		}
	})
}

func TestFeedWithoutReadersKeepsNothing(t *testing.T) {
	var feed Feed
	var pool Pool
	feed.Publish(numbered(&pool, 1))
	f := numbered(&pool, 2)
	feed.Show(f) // keeps our reference
	if pool.kept() != 0 {
		t.Error("a frame that is in use came back")
	}
	f.Release()
	feed.Close()
	feed.Publish(numbered(&pool, 3))
	if pool.kept() != 1 {
		t.Errorf("%d frames came back", pool.kept())
	}
}

func TestFeedEnds(t *testing.T) {
	var feed Feed
	var pool Pool
	late := feed.Read()
	feed.Publish(numbered(&pool, 1))
	feed.Close()
	feed.Close()
	if n := next(t, late); n != 1 {
		t.Errorf("frame %d: the last frame was lost", n)
	}
	for _, r := range []*Reader{late, late, feed.Read()} {
		if f, err := r.Next(t.Context()); !errors.Is(err, io.EOF) {
			t.Errorf("%v, %v after the end", f, err)
		}
	}
	late.Close()
}

func TestReaderEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var feed Feed
		var pool Pool
		r := feed.Read()
		feed.Publish(numbered(&pool, 1))
		r.Close()
		r.Close()
		if _, err := r.Next(t.Context()); !errors.Is(err, io.EOF) {
			t.Error(err)
		}
		waiting := feed.Read()
		ended := make(chan error)
		go func() {
			_, err := waiting.Next(context.Background())
			ended <- err
		}()
		synctest.Wait()
		waiting.Close()
		if err := <-ended; !errors.Is(err, io.EOF) {
			t.Error(err)
		}
		feed.Publish(numbered(&pool, 2))
		if pool.kept() != 1 {
			t.Errorf("%d frames came back", pool.kept())
		}
	})
}

// Everything at once, for the race detector: every frame comes back, numbers
// only grow, and nobody sees a frame that was given back.
func TestFeedUnderLoad(t *testing.T) {
	var feed Feed
	var pool Pool
	var readers sync.WaitGroup
	for i := range 4 {
		readers.Go(func() {
			for range 20 {
				r := feed.Read()
				follow(t, r, 1+i*10)
				r.Close()
			}
		})
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for n := uint64(1); ; n++ {
			select {
			case <-stop:
				return
			default:
				feed.Publish(numbered(&pool, n))
			}
		}
	}()
	readers.Wait()
	close(stop)
	<-stopped
	feed.Close()
	pool.mu.Lock()
	defer pool.mu.Unlock()
	for _, f := range pool.free {
		if f.refs.Load() != 0 {
			t.Errorf("a frame with %d references is in the pool", f.refs.Load())
		}
	}
}

func follow(t *testing.T, r *Reader, frames int) {
	t.Helper()
	last := uint64(0)
	for range frames {
		f, err := r.Next(context.Background())
		if err != nil {
			t.Error(err)
			return
		}
		if f.Number <= last {
			t.Errorf("frame %d after %d", f.Number, last)
		}
		last = f.Number
		if f.refs.Load() < 1 {
			t.Error("a frame that was given back was handed out")
		}
		f.Release()
	}
}

func TestFeedAllocatesNothing(t *testing.T) {
	var feed Feed
	var pool Pool
	r := feed.Read()
	defer r.Close()
	if n := testing.AllocsPerRun(100, func() {
		feed.Publish(numbered(&pool, 1))
		f, err := r.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		f.Release()
	}); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}
