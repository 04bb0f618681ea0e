package playout

import (
	"math"
	"testing"

	"parley/media"
)

// rumble is noise with more of it below than above, as rooms have.
func rumble(seed uint64, amplitude, n int) []int16 {
	pcm := hiss(seed, amplitude, n)
	last := 0.0
	for i, v := range pcm {
		last += 0.2 * (float64(v) - last)
		pcm[i] = int16(last)
	}
	return pcm
}

func learned(pcm []int16) *noise {
	g := new(noise)
	for ; len(pcm) >= media.StepSamples; pcm = pcm[media.StepSamples:] {
		g.observe(pcm[:media.StepSamples], level(pcm[:media.StepSamples]))
	}
	return g
}

// bright is the level of the differences of pcm, by that of pcm.
func bright(pcm []int16) float64 {
	sum := 0.0
	for i := 1; i < len(pcm); i++ {
		d := float64(pcm[i]) - float64(pcm[i-1])
		sum += d * d
	}
	return math.Sqrt(sum/float64(len(pcm))) / float64(level(pcm))
}

func TestNoise_SoundsLikeTheBackground(t *testing.T) {
	for name, room := range map[string][]int16{
		"hiss": hiss(1, 120, 3*media.SampleRate), "rumble": rumble(1, 600, 3*media.SampleRate),
	} {
		// Somebody speaks over it every other half second.
		spoken := append([]int16(nil), room...)
		for i, v := range sine(150, 9000, len(spoken)) {
			if i/(media.SampleRate/2)%2 == 0 {
				spoken[i] += v
			}
		}
		g := learned(spoken)
		got := make([]int16, media.SampleRate)
		g.fill(got)
		if a, b := level(got), level(room); a < 0.7*b || a > 1.4*b {
			t.Errorf("%s: level %.1f, the room has %.1f", name, a, b)
		}
		if a, b := bright(got), bright(room); a < 0.8*b || a > 1.25*b {
			t.Errorf("%s: brightness %.2f, the room has %.2f", name, a, b)
		}
	}
}

func TestNoise_NothingLoudIsBackground(t *testing.T) {
	for name, pcm := range map[string][]int16{
		"nothing": nil, "silence": make([]int16, media.SampleRate), "a tone": sine(400, 8000, media.SampleRate),
	} {
		got := hiss(1, 100, media.SampleRate)
		learned(pcm).fill(got)
		if l := level(got); l != 0 {
			t.Errorf("after %s the noise has level %.1f", name, l)
		}
	}
}

func TestNoise_OfOddSound_IsBounded(t *testing.T) {
	for _, hertz := range []float64{1, 50, 1000, 12000, 23999} {
		g := learned(sine(hertz, 400, 2*media.SampleRate))
		got := make([]int16, 10*media.SampleRate)
		g.fill(got)
		if l := level(got); l > 2*loudestNoise {
			t.Errorf("after a tone of %v Hz: level %.0f", hertz, l)
		}
	}
}
