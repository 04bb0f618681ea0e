package station

import (
	"errors"
	"io"
	"sync"
)

// compiled is something that costs memory and time to make, and that several
// share: it is made for the first who asks, and closed when the last lets go.
type compiled[T io.Closer] struct {
	compile func() (T, error)

	mu    sync.Mutex // held while it is made, so that it is made once
	made  T
	users int
}

// use returns it. Whoever got it calls release once.
func (c *compiled[T]) use() (T, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.users == 0 {
		made, err := c.compile()
		if err != nil {
			return made, err
		}
		c.made = made
	}
	c.users++
	return c.made, nil
}

func (c *compiled[T]) release() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.users--; c.users > 0 {
		return nil
	}
	var none T
	last := c.made
	c.made = none
	return last.Close()
}

// ready makes it before somebody needs it, and keeps it until release.
func (c *compiled[T]) ready() (release func() error, err error) {
	if _, err := c.use(); err != nil {
		return nil, err
	}
	return sync.OnceValue(c.release), nil
}

// stage makes something of it, which keeps it until that is closed.
func stage[T io.Closer, S io.Closer](c *compiled[T], build func(T) (S, error)) (S, func() error, error) {
	made, err := c.use()
	if err != nil {
		var none S
		return none, nil, err
	}
	s, err := build(made)
	if err != nil {
		return s, nil, errors.Join(err, c.release())
	}
	return s, sync.OnceValue(func() error { return errors.Join(s.Close(), c.release()) }), nil
}
