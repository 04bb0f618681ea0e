package congestion

import (
	"math/rand/v2"
	"testing"
	"time"
)

// losing is a shield that has seen packets of which chance takes a share, so many
// together.
func losing(share float64, together int) *shield {
	dice := rand.New(rand.NewPCG(5, 6))
	h, s := &history{}, &shield{}
	left := 0
	for n := range uint16(1500) {
		h.add(n, ms, 1200, 0)
		if left == 0 && dice.Float64()*float64(together) < share {
			left = together
		}
		if h.find(n).fate = arrived; left > 0 {
			left--
			h.find(n).fate = missing
		}
	}
	s.look(h, h.newest, 20*ms)
	return s
}

// Parity is as much as few blocks need more of, and no more than is worth it.
func TestShield_Need(t *testing.T) {
	for name, row := range map[string]struct {
		share    float64
		together int
		packets  int
		least    int
		most     int
	}{
		"nothing is lost":           {0, 1, 24, 0, 0},
		"one in a thousand":         {0.001, 1, 10, 0, 0},
		"1 %":                       {0.01, 1, 10, 1, 1},
		"5 %":                       {0.05, 1, 10, 2, 3},
		"10 %":                      {0.10, 1, 8, 3, 3},
		"10 % of large blocks":      {0.10, 1, 24, 5, 8},
		"10 % of small blocks":      {0.10, 1, 2, 0, 0},
		"bursts of 3":               {0.05, 3, 10, 3, 5},
		"bursts longer than blocks": {0.05, 30, 10, 0, 0},
		"half of all":               {0.5, 1, 10, 0, 0},
	} {
		if got := losing(row.share, row.together).need(row.packets); got < row.least || got > row.most {
			t.Errorf("%s: %d for %d packets, want %d to %d", name, got, row.packets, row.least, row.most)
		}
	}
}

// What is lost no more is forgotten, and nothing is told of next to nothing.
func TestShield_Look(t *testing.T) {
	h, s := &history{}, &shield{}
	sends := func(count int, every int) {
		for range count {
			h.add(uint16(h.newest+1), ms, 1200, 0)
			if h.at(h.newest).fate = arrived; every > 0 && h.newest%int64(every) == 0 {
				h.at(h.newest).fate = missing
			}
		}
		s.look(h, h.newest, 20*ms)
	}
	sends(shieldLeast/2, 5)
	if got := s.need(10); got != 0 {
		t.Errorf("%d after few packets", got)
	}
	sends(shieldSpan, 10)
	if got := s.need(10); got == 0 {
		t.Error("none though a tenth is lost")
	}
	sends(shieldSpan, 0)
	if got := s.need(10); got != 0 {
		t.Errorf("%d though nothing is lost any more", got)
	}
}

// Where asking takes no time, or there is little for the picture, there is none.
func TestController_ParityOfALongPath(t *testing.T) {
	for name, row := range map[string]struct {
		link link
		want bool
	}{
		"near":   {link{rate: 3e6, delay: ms, loss: 0.05}, false},
		"far":    {link{rate: 3e6, delay: 25 * ms, loss: 0.05}, true},
		"narrow": {link{rate: 0.5e6, delay: 25 * ms, loss: 0.05}, false},
	} {
		s := newSimulation(row.link)
		s.run(10 * time.Second)
		if got := s.control.Parity(10); got > 0 != row.want {
			t.Errorf("%s: %d", name, got)
		}
	}
	for _, packets := range []int{-1, 0, MostBlock + 1} {
		if got := New(Bounds{}).Parity(packets); got != 0 {
			t.Errorf("%d for %d packets", got, packets)
		}
	}
}
