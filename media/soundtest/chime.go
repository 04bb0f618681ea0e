package soundtest

import (
	"math"
	"time"

	"parley/media"
)

const (
	chimeLength = 1400 * time.Millisecond
	chimeSecond = 250 * time.Millisecond // when the second note begins
	chimeLevel  = 0.25                   // of a note, -12 dBFS: as loud as a voice
)

// chime returns two notes of a bell, e and then the c below, which ring out.
func chime() []int16 {
	out := make([]float64, samples(chimeLength))
	strike(out, 659.26)
	strike(out[samples(chimeSecond):], 523.25)
	pcm := make([]int16, len(out))
	for i, v := range out {
		pcm[i] = int16(v * chimeLevel * math.MaxInt16)
	}
	return pcm
}

// strike adds a note with an overtone that dies away sooner.
func strike(out []float64, frequency float64) {
	for i := range out {
		t := float64(i) / media.SampleRate
		rise := min(t/0.004, 1)
		out[i] += rise * math.Exp(-4*t) * math.Sin(2*math.Pi*frequency*t)
		out[i] += 0.3 * rise * math.Exp(-9*t) * math.Sin(4*math.Pi*frequency*t)
	}
}

func samples(d time.Duration) int { return int(d * media.SampleRate / time.Second) }
