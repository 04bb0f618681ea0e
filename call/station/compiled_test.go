package station

import (
	"errors"
	"sync"
	"testing"
)

// made counts what is compiled and closed.
type made struct{ open, closed *int }

func (m made) Close() error {
	*m.open--
	*m.closed++
	return nil
}

type part struct{ err error }

func (p part) Close() error { return p.err }

func newCompiled() (c *compiled[made], open, closed *int) {
	open, closed = new(int), new(int)
	return &compiled[made]{compile: func() (made, error) {
		*open++
		return made{open, closed}, nil
	}}, open, closed
}

func TestCompiled_IsSharedAndEndsWithTheLast(t *testing.T) {
	c, open, closed := newCompiled()
	rest, err := c.ready()
	if err != nil || *open != 1 {
		t.Fatalf("%d are open, %v", *open, err)
	}
	var shuts []func() error
	for range 2 {
		_, shut, err := stage(c, func(made) (part, error) { return part{}, nil })
		if err != nil {
			t.Fatal(err)
		}
		shuts = append(shuts, shut)
	}
	for _, shut := range append(shuts, rest, shuts[0], rest) { // the last two are again
		if *open != 1 {
			t.Errorf("%d are open while one is in use", *open)
		}
		if err := shut(); err != nil {
			t.Error(err)
		}
		if *closed == 1 {
			break
		}
	}
	if *open != 0 || *closed != 1 {
		t.Errorf("in the end %d are open and %d closed", *open, *closed)
	}
	if _, err := c.ready(); err != nil || *open != 1 {
		t.Errorf("it is not made again: %d open, %v", *open, err)
	}
}

func TestCompiled_IsMadeOnceForAll(t *testing.T) {
	c, open, closed := newCompiled()
	var users sync.WaitGroup
	for range 8 {
		users.Go(func() {
			rest, err := c.ready()
			if err != nil {
				t.Error(err)
				return
			}
			if err := rest(); err != nil {
				t.Error(err)
			}
		})
	}
	users.Wait()
	if *open != 0 || *closed == 0 {
		t.Errorf("%d are open, %d closed", *open, *closed)
	}
}

func TestCompiled_Failures(t *testing.T) {
	cause := errors.New("no compiler")
	bad := &compiled[made]{compile: func() (made, error) { return made{}, cause }}
	if _, err := bad.ready(); !errors.Is(err, cause) {
		t.Errorf("ready: %v", err)
	}
	if _, _, err := stage(bad, func(made) (part, error) { return part{}, nil }); !errors.Is(err, cause) {
		t.Errorf("stage: %v", err)
	}
	c, open, _ := newCompiled()
	if _, _, err := stage(c, func(made) (part, error) { return part{}, cause }); !errors.Is(err, cause) || *open != 0 {
		t.Errorf("a stage that cannot be built: %v, %d left open", err, *open)
	}
	_, shut, err := stage(c, func(made) (part, error) { return part{cause}, nil })
	if err != nil {
		t.Fatal(err)
	}
	if err := shut(); !errors.Is(err, cause) || *open != 0 {
		t.Errorf("a stage that does not close: %v, %d left open", err, *open)
	}
}
