package record

import (
	"errors"
	"fmt"
	"time"
)

// keepPause is how often the disk is made to keep what was written, which systems
// otherwise do after half a minute. More often would keep disks from resting, and
// take room on those that write much more than they are given.
const keepPause = 2 * time.Second

// keep has the disk keep what was written. That may take seconds and holds up
// nothing but the next time: a goroutine waits for it, one at most. What went wrong
// is the error of a later call.
func (p *part) keep(now time.Time) error {
	select {
	case err := <-p.keeping:
		p.keeping = nil
		if err != nil {
			return err
		}
	default: // none is under way, or it still is
	}
	if p.keeping != nil || now.Sub(p.kept) < keepPause {
		return nil
	}
	p.kept = now
	p.keeping = make(chan error, 1)
	go func(answer chan<- error) { answer <- p.sync() }(p.keeping)
	return nil
}

func (p *part) sync() error {
	if err := p.file.Sync(); err != nil {
		return fmt.Errorf("record: make the disk keep what was written: %w", err)
	}
	return nil
}

// leave closes the file, once the disk has all of it, and then answers.
func (p *part) leave() chan error {
	answer := make(chan error, 1)
	go func() {
		var before error
		if p.keeping != nil {
			before = <-p.keeping
		}
		answer <- errors.Join(before, p.sync(), p.file.Close())
	}()
	return answer
}

// keep looks after the part that is written and the one before.
func (m *mux) keep(now time.Time) error {
	select {
	case err := <-m.left:
		if m.left = nil; err != nil {
			return err
		}
	default: // it is closed, or it takes a while
	}
	if m.part == nil {
		return nil
	}
	return m.part.keep(now)
}
