package audio

import (
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"parley/media"
)

// mixed is a step of two channels: left is middle+side, right is middle-side, and
// both fit into 16 bit.
type mixed struct {
	middle, side [media.StepSamples]int16
	stereo       bool // side is not silence throughout
}

// group is players that are turned up and down together.
type group struct {
	mu      sync.Mutex
	players []*media.Player
	quiet   atomic.Uint32 // 1 - volume, as the bits of a float32, so that zero is full

	fader float32 // 1 - present gain; the worker's
	one   struct{ middle, side [media.StepSamples]int16 }
}

// add lets p play from the next step on. Once remove has returned p is not
// called any more; a Player must not call it from Play.
func (g *group) add(p media.Player) (remove func()) {
	entry := &p
	g.mu.Lock()
	defer g.mu.Unlock()
	g.players = append(g.players, entry)
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.players = slices.DeleteFunc(g.players, func(e *media.Player) bool { return e == entry })
	}
}

// any reports whether anybody plays.
func (g *group) any() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.players) > 0
}

// early returns how much sooner all could be asked that know it.
func (g *group) early() (least time.Duration, known bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, p := range g.players {
		e, ok := (*p).(media.EarlyPlayer)
		if !ok {
			continue
		}
		if by, knows := e.Early(); knows && (!known || by < least) {
			least, known = by, true
		}
	}
	return least, known
}

// setVolume turns all up or down, 0 to 1; what is beyond is taken as that.
func (g *group) setVolume(v float64) {
	if math.IsNaN(v) {
		return
	}
	g.quiet.Store(math.Float32bits(float32(1 - min(max(v, 0), 1))))
}

// play adds the next step of all players to a mixer's sum.
func (g *group) play(m *mixer) {
	const fade = 0.2 // per step: 50 ms from nothing to full
	from := 1 - g.fader
	g.fader += min(max(math.Float32frombits(g.quiet.Load())-g.fader, -fade), fade)
	slope := (1 - g.fader - from) / media.StepSamples
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, p := range g.players {
		clear(g.one.middle[:])
		s, stereo := (*p).(media.StereoPlayer)
		if !stereo {
			(*p).Play(&g.one.middle)
		} else {
			clear(g.one.side[:])
			s.PlayStereo(&g.one.middle, &g.one.side)
			sum(&m.side, &g.one.side, from, slope)
			m.stereo = true
		}
		sum(&m.middle, &g.one.middle, from, slope)
	}
}

// sum adds a step with a gain that goes straight from one value to another.
func sum(to *[media.StepSamples]float32, step *[media.StepSamples]int16, gain, slope float32) {
	for i, v := range step {
		to[i] += float32(v) * (gain + slope*float32(i))
	}
}

// mixer adds up what groups of players play.
type mixer struct {
	middle, side [media.StepSamples]float32
	stereo       bool
	reduction    float32 // of the limiter, 0 to 1
}

// mix writes the next step into out: of one group, and of another unless it is nil.
func (m *mixer) mix(out *mixed, first, second *group) {
	clear(m.middle[:])
	clear(m.side[:])
	m.stereo = false
	if first != nil {
		first.play(m)
	}
	if second != nil {
		second.play(m)
	}
	m.limit(out)
}

// limit turns the sum down within a step where it is too loud, and up again
// slowly, so that two who speak at a time do not distort for long. Left and right
// are turned down as one, so that nothing seems to move.
func (m *mixer) limit(out *mixed) {
	const release = 0.02 // per step: 0.5 s from nothing to full
	peak := float32(math.MaxInt16)
	for i, v := range m.middle {
		peak = max(peak, max(v, -v)+max(m.side[i], -m.side[i]))
	}
	from := 1 - m.reduction
	to := min(from+release, math.MaxInt16/peak)
	m.reduction = 1 - to
	slope := (to - from) / media.StepSamples
	// Within the step in which the gain falls some may be too loud still. The
	// middle, which everybody hears, is clipped to what there is, and the side to
	// the rest.
	for i, v := range m.middle {
		x := min(max(v*(from+slope*float32(i)), math.MinInt16), math.MaxInt16)
		out.middle[i] = int16(x)
	}
	out.stereo = m.stereo
	if !m.stereo {
		clear(out.side[:])
		return
	}
	for i, v := range m.side {
		room := float32(math.MaxInt16) - max(float32(out.middle[i]), -float32(out.middle[i]))
		out.side[i] = int16(min(max(v*(from+slope*float32(i)), -room), max(room, 0)))
	}
}
