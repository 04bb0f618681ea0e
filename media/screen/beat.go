package screen

import (
	"context"
	"time"
)

const (
	// restTime is how long a picture that does not change is not sent again.
	restTime = time.Second
	// A picture that has changed is sent again every refineRest beats, for encoders
	// to refine it, until it has not changed for refineTime: a page of text takes
	// some two seconds at 2 Mbit/s.
	refineRest = 2
	refineTime = 3 * time.Second
)

// beat says when to look, and when to send what has not changed.
type beat struct {
	interval time.Duration
	due      time.Time // when to look next
	sent     time.Time // when a picture was sent last
	changed  time.Time // when one was sent last that had changed
	rest     time.Duration
	timer    *time.Timer
}

func newBeat(rate int) *beat { return &beat{interval: time.Second / time.Duration(rate)} }

// wait waits until it is time to look. Beats that were missed are left out.
func (b *beat) wait(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	now := time.Now()
	if b.due.IsZero() || now.Sub(b.due) > b.interval {
		b.due = now
	}
	if err := b.sleep(ctx, b.due.Sub(now)); err != nil {
		return err
	}
	b.due = b.due.Add(b.interval)
	return nil
}

func (b *beat) sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	if b.timer == nil {
		b.timer = time.NewTimer(d)
	} else {
		b.timer.Reset(d)
	}
	select {
	case <-ctx.Done():
		b.timer.Stop()
		return ctx.Err()
	case <-b.timer.C:
		return nil
	}
}

// again reports whether to send a picture although it has not changed, and
// whether to take it anew as well, in case that a change was not told.
func (b *beat) again(now time.Time) (send, anew bool) {
	return now.Sub(b.sent) >= b.rest, b.rest >= restTime
}

// sends notes that a picture is sent, which has changed or not.
func (b *beat) sends(now time.Time, changed bool) {
	b.sent = now
	if changed {
		b.changed = now
	}
	if b.rest = restTime; now.Sub(b.changed) < refineTime {
		b.rest = min(refineRest*b.interval, restTime)
	}
}
