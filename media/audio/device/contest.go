package device

import (
	"errors"
	"time"

	"github.com/gen2brain/malgo"
)

// spared is for how long after its last list a sound system's failure is its own:
// one that starts again is not left for a lesser one that it may hold itself.
const spared = 8 * time.Second

// contest keeps to the best sound system that has devices. One that comes later, as
// PulseAudio may where ALSA has been found alone, takes over. It is for one
// goroutine at a time.
type contest struct {
	rivals []rival // best first

	held   lister // of rivals[winner]; nil before the first list and after a fault
	winner int
	won    time.Time // the last list of it; zero before the first
}

// rival is one sound system.
type rival struct {
	name    malgo.Backend
	connect func(urgent bool) (lister, error)
}

// lister is a connection to a sound system. Where that has no device the error is
// ErrNone.
type lister interface {
	list() ([]Info, error)
	end()
}

// list returns the devices of the best rival that has any, else why there are none.
func (c *contest) list(now time.Time, urgent bool) ([]Info, error) {
	err := errNotThere
	for rank := range c.rivals {
		devices, cause := c.try(rank, urgent)
		if cause == nil {
			c.won = now
			return devices, nil
		}
		if !errors.Is(err, ErrNone) {
			err = cause
		}
		if rank == c.winner && !c.won.IsZero() && now.Sub(c.won) < spared {
			break
		}
	}
	return nil, err
}

// try lists one rival, by what is held of it or else a new connection.
func (c *contest) try(rank int, urgent bool) ([]Info, error) {
	if c.held != nil && rank == c.winner {
		devices, err := c.held.list()
		if err == nil {
			return devices, nil
		}
		c.end() // it may have been restarted
	}
	l, err := c.rivals[rank].connect(urgent)
	if err != nil {
		return nil, err
	}
	devices, err := l.list()
	if err != nil {
		l.end()
		return nil, err
	}
	c.end()
	c.held, c.winner = l, rank
	return devices, nil
}

// end lets go of the connection that is held.
func (c *contest) end() {
	if c.held != nil {
		c.held.end()
		c.held = nil
	}
}
