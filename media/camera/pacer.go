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

// gate lets pictures pass at no more than a rate. Those that come a little early
// count as in time, and the rate holds on average, so that of 30 pictures a
// second 20 can pass, too. The zero gate is open.
type gate struct{ due time.Time }

// passes tells whether to let a picture of this moment pass.
func (g *gate) passes(at time.Time, interval time.Duration) bool {
	early := g.due.Sub(at)
	if early > interval/4 && early <= 2*interval {
		return false
	}
	if early > 2*interval || early < -interval { // times that jump, and the first
		g.due = at
	}
	g.due = g.due.Add(interval)
	return true
}
