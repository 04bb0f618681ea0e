package audio

import (
	"context"
	"fmt"
	"time"

	"parley/media"
)

// open begins to open the devices of p.
func (k *keeper) open(ctx context.Context, p plan, now time.Time) {
	k.begin(now)
	attempt := k.attempt
	k.busy.Go(func() {
		o := k.try(p)
		o.attempt = attempt
		select {
		case k.opens <- o:
		case <-ctx.Done():
			o.shut()
		}
	})
}

// try opens all of p, or else the speaker alone, or else the microphone alone.
func (k *keeper) try(p plan) opened {
	o := opened{asked: p, close: func() {}}
	err := k.part(&o, p)
	if err == nil {
		return o
	}
	if p.hear && p.speak {
		if alone := k.part(&o, plan{speak: true, speaker: p.speaker}); alone == nil {
			o.problems = []Problem{broken(media.Microphone, p.microphone, err)}
			return o
		}
		if alone := k.part(&o, plan{hear: true, microphone: p.microphone}); alone == nil {
			o.problems = []Problem{broken(media.Speaker, p.speaker, err)}
			return o
		}
	}
	if p.hear {
		o.problems = append(o.problems, broken(media.Microphone, p.microphone, err))
	}
	if p.speak {
		o.problems = append(o.problems, broken(media.Speaker, p.speaker, err))
	}
	return o
}

// part opens the devices of p for o.
func (k *keeper) part(o *opened, p plan) error {
	s := newStream(p.hear, p.speak, k.wake)
	shut, err := k.backend.open(p, s)
	if err != nil {
		return err
	}
	o.got, o.stream, o.close = p, s, shut
	return nil
}

// shut closes what was opened, if anything.
func (o *opened) shut() { o.close() }

func broken(kind media.DeviceKind, id string, err error) Problem {
	return Problem{kind, id, fmt.Errorf("%w could be opened: %w", missing(kind), err)}
}

// stuck are the problems of a plan that could not be carried out in time.
func stuck(p plan) (problems []Problem) {
	if p.hear {
		problems = append(problems, Problem{media.Microphone, p.microphone, ErrNoSoundServer})
	}
	if p.speak {
		problems = append(problems, Problem{media.Speaker, p.speaker, ErrNoSoundServer})
	}
	return problems
}

// noteOpen takes over what was opened, unless it came too late.
func (k *keeper) noteOpen(ctx context.Context, o opened, now time.Time) {
	if o.attempt != k.attempt || !k.pending {
		k.shut(ctx, o, -1)
		return
	}
	k.pending = false
	if o.stream == nil {
		k.failed = o.problems
		k.nextRetry(now)
		k.log.Warn("sound device could not be opened", "component", "audio", "err", o.problems[0].Err)
		return
	}
	k.current, k.failed, k.backoff = &o, nil, 0
	k.beats, k.beatSeen = 0, now
}

// drop takes the present device away from the worker and begins to close it.
func (k *keeper) drop(ctx context.Context, now time.Time) {
	o := *k.current
	k.current = nil
	k.begin(now)
	k.shut(ctx, o, k.attempt)
}

// begin starts the count of a new opening or closing.
func (k *keeper) begin(now time.Time) {
	k.attempt++
	k.pending, k.waiting = true, now
}

// shut closes o in the background.
func (k *keeper) shut(ctx context.Context, o opened, attempt int) {
	k.busy.Go(func() {
		o.shut()
		select {
		case k.closes <- attempt:
		case <-ctx.Done():
		}
	})
}

// end closes everything within a bounded time.
func (k *keeper) end(ctx context.Context) error {
	k.routed(&route{})
	k.files.close()
	if k.current != nil {
		k.shut(ctx, *k.current, -1)
		k.current = nil
	}
	done := make(chan struct{})
	go func() {
		k.busy.Wait()
		k.backend.close()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-time.After(stuckAfter):
		return ErrStuck
	}
}
