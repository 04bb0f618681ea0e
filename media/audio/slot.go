package audio

import (
	"context"
	"fmt"
	"time"

	"parley/media"
	"parley/media/audio/device"
)

const (
	deadAfter      = time.Second     // without a callback
	bornWithin     = 6 * time.Second // the same for one that has just been opened:
	bornBeats      = 10              // after its first fill an idle speaker takes its time
	retryFirst     = time.Second
	retryAtMost    = 5 * time.Second
	overtakenAfter = time.Second     // a call about a device that is no longer wanted
	mostHanging    = 4               // calls to the sound system that do not return, for one device
	mostOfAll      = 4 * mostHanging // the same for whichever devices, of one slot

	// A speaker that lets so much of a time pass without asking for sound stumbles,
	// and is given more to hold. No clock is as slow as that.
	stumbleTime = 5 * time.Second
	mostMissed  = 20 * time.Millisecond
	mostSlow    = 2 // doublings: 40 ms
)

// slot is the place of one device: of the microphone, the speaker, or what
// rings. What goes wrong in one does not touch the others. It belongs to the
// keeper's goroutine.
type slot struct {
	kind    media.DeviceKind
	current *opened
	pending *opened // that is being opened or closed
	waiting time.Time
	hanging map[device.Target]int // calls that were given up and have not returned
	asked   device.Target         // what the following is about
	failed  *Problem
	retry   time.Time
	backoff time.Duration

	beats    uint64
	beatSeen time.Time

	slow    int           // how often what the speaker holds was doubled
	counted device.Demand // of the speaker, when it was looked at
}

// opened is a device, or the attempt to open it.
type opened struct {
	slot     *slot
	asked    plan
	capture  *device.Capture  // of a microphone
	playback *device.Playback // of the others
	shut     func()
	err      error
}

func (o *opened) endpoint() device.Endpoint {
	if o.capture != nil {
		return o.capture
	}
	return o.playback
}

// settle brings about what is planned, as far as that can be done now.
func (s *slot) settle(ctx context.Context, k *keeper, p plan, now time.Time) {
	if s.current != nil && s.current.asked != p {
		s.drop(ctx, k, now)
	}
	if !p.open || p.target != s.asked {
		s.asked, s.failed, s.retry, s.backoff, s.slow = p.target, nil, time.Time{}, 0, 0
	}
	if s.pending != nil && now.Sub(s.waiting) > s.patience(p) {
		s.giveUp(k, p, now)
	}
	if p.open && s.current == nil && s.pending == nil && !now.Before(s.retry) && s.bearable(p.target) {
		s.open(ctx, k, p, now)
	}
}

// patience is how long what is going on is waited for: less where another device is
// wanted by now.
func (s *slot) patience(p plan) time.Duration {
	if p.open && p.target != s.pending.asked.target {
		return overtakenAfter
	}
	return stuckAfter
}

// giveUp no longer waits for a call to the sound system. That is a failure of what
// is wanted only if the call was about that.
func (s *slot) giveUp(k *keeper, p plan, now time.Time) {
	k.log.Warn("sound system hangs", "component", "audio", "device", s.kind)
	about := s.pending.asked.target
	s.pending = nil
	s.hang(about, +1)
	if p.open && p.target == about {
		s.failed = &Problem{s.kind, k.nameOf(s.kind, about.ID), fmt.Errorf("%w: it does not answer", ErrUnusable)}
		s.nextRetry(now)
	}
}

// hang counts calls that hang.
func (s *slot) hang(t device.Target, by int) {
	if s.hanging == nil {
		s.hanging = map[device.Target]int{}
	}
	if s.hanging[t] += by; s.hanging[t] == 0 {
		delete(s.hanging, t)
	}
}

// bearable reports whether one more call about a device may hang.
func (s *slot) bearable(t device.Target) bool {
	all := 0
	for _, n := range s.hanging {
		all += n
	}
	return s.hanging[t] < mostHanging && all < mostOfAll
}

// open begins to open the device of p.
func (s *slot) open(ctx context.Context, k *keeper, p plan, now time.Time) {
	o := &opened{slot: s, asked: p}
	if s.kind == media.Microphone {
		channels := 1
		if p.target.Stereo {
			channels = 2
		}
		o.capture = device.NewCapture(channels, k.wake)
	} else {
		o.playback = device.NewPlayback(device.Period<<s.slow, k.wake)
	}
	s.pending, s.waiting = o, now
	k.busy.Go(func() {
		o.shut, o.err = k.backend.Open(p.target, o.endpoint())
		select {
		case k.opens <- o:
		case <-ctx.Done():
			if o.err == nil {
				o.shut()
			}
		}
	})
}

// noteOpen takes over what was opened, unless it came too late.
func (s *slot) noteOpen(ctx context.Context, k *keeper, o *opened, now time.Time) {
	target := o.asked.target
	late := o != s.pending
	if !late {
		s.pending = nil
	}
	switch {
	case late && o.err == nil:
		k.shut(ctx, o) // and hangs until it is closed
	case late:
		s.hang(target, -1)
	case o.err != nil && target != s.asked: // no longer wanted
	case o.err != nil:
		s.failed = &Problem{s.kind, k.nameOf(s.kind, target.ID), fmt.Errorf("%w: %w", ErrUnusable, o.err)}
		s.nextRetry(now)
		k.log.Warn("sound device could not be opened", "component", "audio", "device", s.kind, "err", o.err)
	default:
		s.current, s.failed, s.backoff = o, nil, 0
		s.beats, s.beatSeen = 0, now
		s.counted = device.Demand{}
	}
}

// drop takes the present device away from the worker and begins to close it.
func (s *slot) drop(ctx context.Context, k *keeper, now time.Time) {
	s.pending, s.waiting = s.current, now
	s.current = nil
	k.shut(ctx, s.pending)
}

// noteClose takes note that a device has been closed.
func (s *slot) noteClose(o *opened) {
	if o != s.pending {
		s.hang(o.asked.target, -1)
		return
	}
	s.pending = nil
}

// watch gives up a device whose callbacks have stopped.
func (s *slot) watch(ctx context.Context, k *keeper, now time.Time) {
	if s.current == nil {
		return
	}
	if beats := s.current.endpoint().Beats(); beats != s.beats {
		s.beats, s.beatSeen = beats, now
		s.pace(ctx, k, now, beats)
		return
	}
	limit := deadAfter
	if s.beats < bornBeats {
		limit = bornWithin
	}
	if now.Sub(s.beatSeen) > limit {
		k.log.Warn("sound device stopped", "component", "audio", "device", s.kind)
		s.drop(ctx, k, now)
		s.nextRetry(now)
		k.nextList = now
	}
}

// pace opens a speaker again, with twice as much to hold, that misses time again
// and again: somewhere on the way sound comes too late, as the machine is too
// busy. Nothing is counted while it wakes.
func (s *slot) pace(ctx context.Context, k *keeper, now time.Time, beats uint64) {
	if s.current.playback == nil || s.slow == mostSlow || beats < bornBeats {
		return
	}
	d, since := s.current.playback.Demand(), s.counted
	passed := d.At.Sub(since.At)
	if since.Last > 0 && passed < stumbleTime {
		return
	}
	s.counted = d
	if missed := passed - lasting(d.Asked-since.Asked); since.Last > 0 && missed > mostMissed {
		s.slow++
		k.log.Info("sound device stumbles", "component", "audio", "device", s.kind, "missed", missed, "doubled", s.slow)
		s.drop(ctx, k, now)
	}
}

// nextRetry puts off the next opening, longer each time.
func (s *slot) nextRetry(now time.Time) {
	s.backoff = min(max(2*s.backoff, retryFirst), retryAtMost)
	s.retry = now.Add(s.backoff)
}
