package playout

import (
	"math"
	"math/rand/v2"
	"testing"

	"parley/media"
)

func sine(hertz, amplitude float64, n int) []int16 {
	pcm := make([]int16, n, n+longestLag)
	for i := range pcm {
		pcm[i] = int16(amplitude * math.Sin(2*math.Pi*hertz*float64(i)/media.SampleRate))
	}
	return pcm
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
	for _, hertz := range []float64{80, 110, 200, 333, 1000} {
		pcm := sine(hertz, 8000, 4800)
		slope, waves := steepest(pcm), crossings(pcm)
		lag, alike := period(pcm)
		if alike < 0.99 {
			t.Errorf("%v Hz: the best lag of %d is alike by %.3f only", hertz, lag, alike)
		}
		moved := float64(lag) * hertz / media.SampleRate
		short := shorten(sine(hertz, 8000, 4800), lag)
		long := lengthen(sine(hertz, 8000, 4800), lag)
		if len(short) != 4800-lag || len(long) != 4800+lag {
			t.Errorf("%v Hz: lengths %d and %d", hertz, len(short), len(long))
		}
		if d := float64(crossings(short)) - float64(waves) + moved; math.Abs(d) > 1.1 {
			t.Errorf("%v Hz: %.1f waves too many after shortening", hertz, d)
		}
		if d := float64(crossings(long)) - float64(waves) - moved; math.Abs(d) > 1.1 {
			t.Errorf("%v Hz: %.1f waves too many after lengthening", hertz, d)
		}
		if a, b := steepest(short), steepest(long); a > slope*21/20 || b > slope*21/20 {
			t.Errorf("%v Hz: steps of %d and %d, the tone has %d", hertz, a, b, slope)
		}
	}
}

func TestPeriod_NoiseIsNotAlike_SilenceIs(t *testing.T) {
	noise := make([]int16, stretchable)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = int16(r.IntN(20000) - 10000)
	}
	if lag, alike := period(noise); alike >= alikeEnough {
		t.Errorf("noise is alike by %.2f at %d", alike, lag)
	}
	if lag, alike := period(make([]int16, stretchable)); alike < alikeEnough || lag < shortestLag || lag > longestLag {
		t.Errorf("silence is alike by %.2f at %d", alike, lag)
	}
}
