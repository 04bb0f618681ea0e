package soundtest

import (
	"context"
	"math"
	"sync/atomic"
	"time"

	"parley/media"
)

// play lets the speaker play sound. When ctx ends first, it fades.
func (t *Test) play(ctx context.Context, sound []int16) {
	p := &player{sound: sound, progress: t.progress, done: make(chan struct{})}
	remove := t.o.Add(p)
	defer remove()
	select {
	case <-p.done:
	case <-ctx.Done():
		p.leaving.Store(true)
		faded := time.NewTimer(3 * media.Step) // a speaker that does not play has nothing to fade
		defer faded.Stop()
		select {
		case <-p.done:
		case <-faded.C:
		}
	}
}

// progress is called by a player after each step. Where somebody reads at this
// very moment, the step is left out.
func (t *Test) progress(played time.Duration, level float32) {
	if !t.mu.TryLock() {
		return
	}
	defer t.mu.Unlock()
	t.read.Position, t.read.Level = played, level
}

// fade is how long it takes to begin and to end, in samples: 5 ms.
const fade = media.SampleRate / 200

// player is a media.Player of a piece of sound.
type player struct {
	sound    []int16
	at       int
	progress func(played time.Duration, level float32)
	leaving  atomic.Bool // it is to end with the next step
	ended    bool
	done     chan struct{} // closed when it has ended
}

// Play adds the next step.
func (p *player) Play(out *[media.StepSamples]int16) {
	if p.ended {
		return
	}
	if p.leaving.Load() {
		p.sound = p.sound[:min(p.at+fade, len(p.sound))]
	}
	sum := 0.0
	n := min(media.StepSamples, len(p.sound)-p.at)
	for i, v := range p.sound[p.at : p.at+n] {
		s := int32(float32(v) * p.gain(p.at+i))
		out[i] = int16(min(max(int32(out[i])+s, math.MinInt16), math.MaxInt16))
		sum += float64(s) * float64(s)
	}
	p.at += n
	p.progress(time.Duration(p.at)*time.Second/media.SampleRate, rms(sum, 1))
	if p.at == len(p.sound) {
		p.ended = true
		close(p.done)
	}
}

// gain is 1 except at the ends.
func (p *player) gain(at int) float32 {
	edge := min(at, len(p.sound)-1-at)
	return float32(min(edge, fade)) / fade
}
