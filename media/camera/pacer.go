package camera

import (
	"context"
	"time"
)

// pacer keeps a steady beat without drift. The zero pacer with an interval
// begins at once.
type pacer struct {
	interval time.Duration
	due      time.Time
	timer    *time.Timer
}

// wait waits for the next beat and returns when it was.
func (p *pacer) wait(ctx context.Context) (time.Time, error) {
	if !p.waitOr(ctx.Done()) {
		return time.Time{}, ctx.Err()
	}
	return p.due.Add(-p.interval), nil
}

// waitOr waits for the next beat and returns true, or false as soon as stop is
// closed. Beats that were missed by more than an interval are left out.
func (p *pacer) waitOr(stop <-chan struct{}) bool {
	now := time.Now()
	if p.due.IsZero() || now.Sub(p.due) > p.interval {
		p.due = now
	}
	if !p.sleep(p.due.Sub(now), stop) {
		return false
	}
	p.due = p.due.Add(p.interval)
	return true
}

func (p *pacer) sleep(d time.Duration, stop <-chan struct{}) bool {
	select {
	case <-stop:
		return false
	default:
	}
	if d <= 0 {
		return true
	}
	if p.timer == nil {
		p.timer = time.NewTimer(d)
	} else {
		p.timer.Reset(d)
	}
	select {
	case <-stop:
		p.timer.Stop()
		return false
	case <-p.timer.C:
		return true
	}
}
