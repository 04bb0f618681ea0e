package audio

import (
	"math"
	"slices"
	"sync"

	"parley/media"
)

// mixer adds up what the players play.
type mixer struct {
	mu        sync.Mutex
	players   []*media.Player
	sum       [media.StepSamples]int32
	one       [media.StepSamples]int16
	reduction float32 // of the limiter, 0 to 1
}

// add lets p play from the next step on. Once remove has returned p is not
// called any more; a Player must not call it from Play.
func (m *mixer) add(p media.Player) (remove func()) {
	entry := &p
	m.mu.Lock()
	defer m.mu.Unlock()
	m.players = append(m.players, entry)
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.players = slices.DeleteFunc(m.players, func(e *media.Player) bool { return e == entry })
	}
}

// mix writes the next step of all players into out.
func (m *mixer) mix(out *[media.StepSamples]int16) {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.sum[:])
	for _, p := range m.players {
		clear(m.one[:])
		(*p).Play(&m.one)
		for i, v := range m.one {
			m.sum[i] += int32(v)
		}
	}
	m.limit(out)
}

// limit turns the sum down within a step where it is too loud, and up again
// slowly, so that two who speak at a time do not distort for long.
func (m *mixer) limit(out *[media.StepSamples]int16) {
	const release = 0.02 // per step: 0.5 s from nothing to full
	peak := int32(math.MaxInt16)
	for _, v := range m.sum {
		peak = max(peak, v, -v)
	}
	from := 1 - m.reduction
	to := min(from+release, math.MaxInt16/float32(peak))
	m.reduction = 1 - to
	for i, v := range m.sum {
		x := float32(v) * (from + (to-from)*float32(i)/media.StepSamples)
		out[i] = int16(min(max(x, math.MinInt16), math.MaxInt16))
	}
}
