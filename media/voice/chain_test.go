package voice

import (
	"errors"
	"testing"

	"parley/media"
)

type sound = [media.StepSamples]int16

func newChain(t testing.TB, o Options) *Chain {
	t.Helper()
	c := New(o)
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func TestChain_NothingChangesNothing(t *testing.T) {
	c := newChain(t, Options{})
	var near, far sound
	for v := -32768; v < 32768; v += len(near) {
		for i := range near {
			near[i] = int16(min(v+i, 32767))
		}
		want := near
		c.Process(&near, &far)
		if near != want {
			t.Fatalf("the sound changed at %d", v)
		}
	}
}

var errMade = errors.New("made to fail")
