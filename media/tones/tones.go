// Package tones makes the sounds of a telephone: ring, ring-back, busy and
// hang-up. They are computed, so they need no files, and begin, change and end
// without clicks.
//
// It may import the standard library and the root media only.
package tones

import (
	"math"
	"sync/atomic"

	"parley/media"
)

// Tone is one of the sounds.
type Tone uint32

// The tones.
const (
	None     Tone = iota
	Ring          // somebody calls us: two soft bell notes, twice, every 3 s
	RingBack      // it rings at the other side: 425 Hz, 1 s in 5 s (ITU-T E.180)
	Busy          // 425 Hz, 0.48 s in 0.96 s
	Hangup        // the call is over: two falling notes, once
)

// fade is how long a tone that is taken away takes to end, in samples.
const fade = media.SampleRate / 50

// Player plays one tone at a time. Set may be called from any goroutine. The
// zero Player is silent and ready to use. It implements media.Player.
type Player struct {
	wanted  atomic.Uint32
	heard   Tone
	voices  [3]voice // one sounds, the others fade
	current int
}

// Set says which tone should sound now. Repeating it is harmless: a tone that
// sounds goes on, and one that was played once is not played again before
// another was set.
func (p *Player) Set(t Tone) { p.wanted.Store(uint32(t)) }

// Play adds the next step of the tone to out.
func (p *Player) Play(out *[media.StepSamples]int16) {
	if t := Tone(p.wanted.Load()); t != p.heard {
		p.heard = t
		p.change(t)
	}
	for i := range p.voices {
		p.voices[i].play(out)
	}
}

// change lets the present tone fade and begins the next.
func (p *Player) change(t Tone) {
	p.voices[p.current].leaving = true
	p.current = (p.current + 1) % len(p.voices)
	p.voices[p.current] = voice{tone: t, left: fade}
}

// voice is a tone under way.
type voice struct {
	tone    Tone
	at      int // samples since its beginning
	left    int // samples of the fade
	leaving bool
}

func (v *voice) play(out *[media.StepSamples]int16) {
	if v.tone == None {
		return
	}
	s := scoreOf(v.tone)
	for i := range out {
		x := s.sample(v.at)
		v.at++
		if v.leaving {
			x *= float64(v.left) / fade
			v.left--
		}
		out[i] = add(out[i], x)
		if v.left == 0 {
			v.tone = None
			return
		}
	}
	if s.period == 0 && v.at > s.length() {
		v.tone = None
	}
}

// add mixes x, 1 being full scale, into a sample.
func add(a int16, x float64) int16 {
	return int16(min(max(float64(a)+x*math.MaxInt16, math.MinInt16), math.MaxInt16))
}
