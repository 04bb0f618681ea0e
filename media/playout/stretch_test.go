package playout

import (
	"math"
	"math/rand/v2"
	"testing"

	"parley/media"
)

func sine(hertz, amplitude float64, n int) []int16 {
	pcm := make([]int16, n)
	for i := range pcm {
		pcm[i] = int16(amplitude * math.Sin(2*math.Pi*hertz*float64(i)/media.SampleRate))
	}
	return pcm
}

func hiss(seed uint64, amplitude, n int) []int16 {
	r := rand.New(rand.NewPCG(seed, 2))
	pcm := make([]int16, n)
	for i := range pcm {
		pcm[i] = int16(r.IntN(2*amplitude) - amplitude)
	}
	return pcm
}

// queue returns a queue of n samples behind what was played, all of it pcm.
func queue(pcm []int16, n int) *speech {
	s := newSpeech(1)
	copy(s.middle[:past+n], pcm)
	s.n = n
	return s
}

// crossings counts how often pcm rises through zero.
func crossings(pcm []int16) (n int) {
	for i := 1; i < len(pcm); i++ {
		if pcm[i-1] < 0 && pcm[i] >= 0 {
			n++
		}
	}
	return n
}

func TestStretch_KeepsPitchAndHasNoSeams(t *testing.T) {
	const n = 2400
	for _, hertz := range []float64{80, 110, 200, 333, 1000} {
		pcm := sine(hertz, 8000, past+n)
		slope, waves := steepest(pcm), crossings(pcm)
		for _, forward := range []bool{true, false} {
			s := queue(pcm, n)
			lag, alike := s.like.search(s.middle[:past+n], past-template, shortestLag, longestLag, forward)
			if alike < 0.99 {
				t.Errorf("%v Hz: the best lag of %d is alike by %.3f only", hertz, lag, alike)
			}
			want, moved := n+lag, float64(lag)*hertz/media.SampleRate
			if forward {
				want, moved = n-lag, -moved
				s.shorten(lag, alike)
			} else {
				s.lengthen(lag, alike)
			}
			if s.n != want {
				t.Fatalf("%v Hz: %d samples, want %d", hertz, s.n, want)
			}
			got := s.middle[:past+s.n]
			if d := float64(crossings(got)-waves) - moved; math.Abs(d) > 1.1 {
				t.Errorf("%v Hz, shorter %v: %.1f waves too many", hertz, forward, d)
			}
			if a := steepest(got); a > slope*21/20 {
				t.Errorf("%v Hz, shorter %v: steps of %d, the tone has %d", hertz, forward, a, slope)
			}
		}
	}
}

func TestStretch_OfNoise_KeepsItsLoudness(t *testing.T) {
	const n = 2400
	before, after := 0.0, 0.0
	for seed := range uint64(50) {
		pcm := hiss(seed, 1000, past+n)
		s := queue(pcm, n)
		before += float64(level(s.middle[past : past+seam]))
		s.shorten(480, 0)
		after += float64(level(s.middle[past : past+seam]))
	}
	if after < 0.95*before || after > 1.05*before {
		t.Errorf("the seam is %.2f times as loud", after/before)
	}
}

func TestLikeness_OfNoiseIsSmall(t *testing.T) {
	s := queue(hiss(1, 10000, past+2400), 2400)
	if lag, alike := s.like.search(s.middle[:], past-template, shortestLag, longestLag, true); alike >= leastAlike {
		t.Errorf("noise is alike by %.2f at %d", alike, lag)
	}
}

func TestMend_LeavesNoJump(t *testing.T) {
	for name, pieces := range map[string][2][]int16{
		"tones out of phase": {sine(200, 8000, past), sine(200, -8000, 960)},
		"tone to silence":    {sine(150, 8000, past-37), make([]int16, 960)},
		"silence to tone":    {make([]int16, past), sine(200, 8000, 960+60)[60:]},
		"two tones":          {sine(130, 8000, past), sine(230, 8000, 1000)[40:]},
		"constant to less":   {level16(8000, past), level16(-8000, 960)},
	} {
		s := newSpeech(1)
		copy(s.middle[past-len(pieces[0]):], pieces[0])
		copy(s.room(960), pieces[1])
		s.torn = true
		s.voice(960)
		if got := steepest(s.middle[past-100 : past+960]); got > 600 {
			t.Errorf("%s: a step of %d", name, got)
		}
	}
}

func level16(v int16, n int) []int16 {
	pcm := make([]int16, n)
	for i := range pcm {
		pcm[i] = v
	}
	return pcm
}

func BenchmarkLikeness(b *testing.B) {
	s := queue(sine(110, 8000, past+2400), 2400)
	for b.Loop() {
		s.like.search(s.middle[:], past-template, shortestLag, longestLag, true)
	}
}
