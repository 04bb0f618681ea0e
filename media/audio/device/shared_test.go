package device

import (
	"math/rand/v2"
	"testing"
)

func TestRing_TwoGoroutines_KeepOrder(t *testing.T) {
	const total = 1 << 20
	r := &shared{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		rnd := rand.New(rand.NewPCG(1, 1))
		next := 0
		for next < total {
			chunk := make([]int16, 1+rnd.IntN(700))
			for i := range chunk {
				chunk[i] = int16(next + i)
			}
			next += r.write(chunk)
		}
	}()
	rnd := rand.New(rand.NewPCG(2, 2))
	for next := 0; next < total; {
		out := make([]int16, 1+rnd.IntN(700))
		n := r.move(out)
		for i, v := range out[:n] {
			if v != int16(next+i) {
				t.Fatalf("sample %d is %d", next+i, v)
			}
		}
		next += n
	}
	<-done
}

func TestRing_Full_RefusesTheRest(t *testing.T) {
	r := &shared{}
	if n := r.write(make([]int16, ringSize+5)); n != ringSize {
		t.Errorf("took %d", n)
	}
	if n := r.write([]int16{1}); n != 0 {
		t.Errorf("a full ring took %d", n)
	}
	if n := r.move(make([]int16, 10)); n != 10 || r.len() != ringSize-10 {
		t.Errorf("gave %d, holds %d", n, r.len())
	}
	r.drop(ringSize)
	if r.len() != 0 || r.move(make([]int16, 1)) != 0 {
		t.Error("something is left after skipping")
	}
}
