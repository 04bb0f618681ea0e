package tones

import (
	"math"

	"parley/media"
)

// note is one sound of a score. Times are in samples.
type note struct {
	at, length int
	hertz      float64
	level      float64 // peak, 1 is full scale
	bell       bool    // struck and dying away, with overtones; else a steady sine
}

// score is a list of notes that repeats every period, or is played once if
// period is 0.
type score struct {
	notes  [4]note
	period int
}

// ms is a time in samples.
const ms = media.SampleRate / 1000

const (
	attack = 8 * ms // how softly a note begins
	decay  = 90 * ms
)

// scoreOf returns how a tone goes. All stay below -9 dBFS, so that several can
// be mixed with speech.
func scoreOf(t Tone) score {
	switch t {
	case Ring:
		return score{[4]note{
			{at: 0, length: 700 * ms, hertz: 659.26, level: 0.16, bell: true},
			{at: 170 * ms, length: 900 * ms, hertz: 987.77, level: 0.16, bell: true},
			{at: 600 * ms, length: 700 * ms, hertz: 659.26, level: 0.16, bell: true},
			{at: 770 * ms, length: 1100 * ms, hertz: 987.77, level: 0.16, bell: true},
		}, 3000 * ms}
	case RingBack:
		return score{[4]note{{length: 1000 * ms, hertz: 425, level: 0.1}}, 5000 * ms}
	case Busy:
		return score{[4]note{{length: 480 * ms, hertz: 425, level: 0.1}}, 960 * ms}
	case Hangup:
		return score{[4]note{
			{at: 0, length: 350 * ms, hertz: 523.25, level: 0.14, bell: true},
			{at: 140 * ms, length: 600 * ms, hertz: 392, level: 0.14, bell: true},
		}, 0}
	case None:
	}
	return score{}
}

// length returns when the last note has ended.
func (s *score) length() int {
	end := 0
	for _, n := range s.notes {
		end = max(end, n.at+n.length)
	}
	return end
}

// sample returns the sound at a moment, 1 being full scale.
func (s *score) sample(at int) float64 {
	if s.period > 0 {
		at %= s.period
	}
	var x float64
	for i := range s.notes {
		n := &s.notes[i]
		if t := at - n.at; t >= 0 && t < n.length {
			x += n.sample(t)
		}
	}
	return x
}

// sample returns the sound of a note t samples after its beginning.
func (n *note) sample(t int) float64 {
	angle := 2 * math.Pi * n.hertz * float64(t) / media.SampleRate
	loud := n.level * smooth(t) * smooth(n.length-1-t)
	if !n.bell {
		return loud * math.Sin(angle)
	}
	age := float64(t) / decay
	return loud * (0.75*math.Exp(-age/2)*math.Sin(angle) +
		0.18*math.Exp(-age)*math.Sin(2*angle) +
		0.07*math.Exp(-2*age)*math.Sin(3.01*angle))
}

// smooth rises from 0 to 1 within the attack, as a raised cosine.
func smooth(t int) float64 {
	if t >= attack {
		return 1
	}
	return 0.5 - 0.5*math.Cos(math.Pi*float64(t)/attack)
}
