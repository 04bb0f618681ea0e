package engine_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"parley/call"
	"parley/media"
	"parley/signaling/dialect/profile"
)

// TestChaos lets people press anything at any time, and connections be lost.
// Whatever happened, in the end everything is quiet, and a call works.
func TestChaos(t *testing.T) {
	all := dialects()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		for seed := range uint64(20) {
			t.Run(fmt.Sprintf("%s/%d", name, seed), func(t *testing.T) {
				chaos(newWorld(t, name, all[name](), "1", "2"), rand.New(rand.NewPCG(seed, 1)))
			})
		}
	}
}

func chaos(w *world, r *rand.Rand) {
	for range 30 {
		p, other := w.people[0], w.people[1]
		if r.IntN(2) == 0 {
			p, other = other, p
		}
		switch r.IntN(9) {
		case 0, 1, 2:
			p.dial(other.address(), media.Video)
		case 3, 4:
			p.step(call.Accept{Kind: media.Video})
		case 5:
			p.step(call.Reject{})
		case 6:
			p.step(call.Hangup{})
		case 7:
			if s := p.sockets[profile.Main]; r.IntN(4) == 0 && s.open {
				s.cut()
			}
		}
		w.pass(time.Duration(r.ExpFloat64() * float64(time.Second)))
	}
	for _, p := range w.people {
		p.step(call.Hangup{})
	}
	w.pass(time.Minute)
	w.over()
	a, b := w.people[0], w.people[1]
	switch w.profile.Name {
	case "simple-peer", "user-connected": // one of them knows who is there, and only one
		a.dial(b.address(), media.Video)
		w.pass(3 * time.Second)
		if b.state.Phase != call.Ringing {
			a.step(call.Hangup{})
			w.pass(3 * time.Second)
			a, b = b, a
		} else {
			b.step(call.Accept{Kind: media.Video})
			w.pass(2 * time.Second)
			w.together(a, b, media.Video)
			return
		}
	}
	w.talk(a, b, media.Video)
	w.over()
}
