package audio

import (
	"math"
	"testing"

	"parley/media"
)

type flatPlayer int16

func (p flatPlayer) Play(out *[media.StepSamples]int16) {
	for i := range out {
		out[i] = int16(p)
	}
}

type deafPlayer struct{}

func (deafPlayer) Play(*[media.StepSamples]int16) {}

func TestMixer_AddsUp(t *testing.T) {
	var m mixer
	var g group
	g.add(flatPlayer(100))
	remove := g.add(flatPlayer(-30))
	g.add(deafPlayer{})
	var out mixed
	m.mix(&out, &g, nil)
	if out.middle[0] != 70 || out.middle[479] != 70 {
		t.Errorf("100 and -30 make %d", out.middle[0])
	}
	remove()
	remove()
	m.mix(&out, &g, nil)
	if out.middle[0] != 100 {
		t.Errorf("after removal %d", out.middle[0])
	}
}

func TestMixer_SamePlayerTwice_IsRemovedOnce(t *testing.T) {
	var m mixer
	var g group
	remove := g.add(flatPlayer(10))
	g.add(flatPlayer(10))
	remove()
	var out mixed
	m.mix(&out, &g, nil)
	if out.middle[0] != 10 {
		t.Errorf("%d", out.middle[0])
	}
}

func TestMixer_TooLoud_IsTurnedDownAndUpAgain(t *testing.T) {
	var m mixer
	var g group
	g.add(flatPlayer(8000))
	remove := g.add(flatPlayer(30000))
	var out mixed
	for range 3 {
		m.mix(&out, &g, nil)
		for _, v := range out.middle {
			if v < 25000 {
				t.Fatalf("turned to %d", v)
			}
		}
	}
	last := out.middle[479]
	remove()
	m.mix(&out, &g, nil)
	if got, want := float64(out.middle[0]), 8000*float64(last)/38000; math.Abs(got-want) > 10 {
		t.Errorf("the gain jumps: %.0f, want %.0f", got, want)
	}
	for range 60 {
		m.mix(&out, &g, nil)
	}
	if out.middle[0] != 8000 {
		t.Errorf("half a second later still at %d", out.middle[0])
	}
}

func TestMixer_Mix_DoesNotAllocate(t *testing.T) {
	var m mixer
	var g group
	g.add(flatPlayer(1))
	g.add(&tonePlayer{hertz: 300, level: 0.2})
	var out mixed
	if n := testing.AllocsPerRun(100, func() { m.mix(&out, &g, nil) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// sidePlayer plays the same on all samples, in two channels.
type sidePlayer struct{ middle, side int16 }

func (p sidePlayer) Play(out *[media.StepSamples]int16) { flatPlayer(p.middle).Play(out) }

func (p sidePlayer) PlayStereo(middle, side *[media.StepSamples]int16) {
	flatPlayer(p.middle).Play(middle)
	flatPlayer(p.side).Play(side)
}

func TestMixer_Stereo(t *testing.T) {
	var m mixer
	var g group
	var out mixed
	g.add(flatPlayer(1000))
	remove := g.add(sidePlayer{300, -200})
	m.mix(&out, &g, nil)
	if !out.stereo || out.middle[7] != 1300 || out.side[7] != -200 {
		t.Errorf("middle %d, side %d, stereo %v", out.middle[7], out.side[7], out.stereo)
	}
	remove()
	m.mix(&out, &g, nil)
	if out.stereo || out.side[7] != 0 {
		t.Error("side is left over")
	}
}

func TestMixer_Stereo_LimitsBothAsOne(t *testing.T) {
	var m mixer
	var g group
	var out mixed
	g.add(sidePlayer{30000, 20000})
	for range 3 {
		m.mix(&out, &g, nil)
		for i, v := range out.middle {
			if left := int32(v) + int32(out.side[i]); left > math.MaxInt16 {
				t.Fatalf("left is %d", left)
			}
		}
	}
	if ratio := float64(out.middle[400]) / float64(out.side[400]); math.Abs(ratio-1.5) > 0.01 {
		t.Errorf("what was 3 to 2 is %.3f", ratio)
	}
	g.add(sidePlayer{math.MinInt16, math.MinInt16})
	m.mix(&out, &g, nil) // does not overflow
}

func TestGroup_Volume_IsSmooth(t *testing.T) {
	var m mixer
	var g, ring group
	var out mixed
	g.add(flatPlayer(10000))
	ring.add(flatPlayer(100))
	g.setVolume(0)
	last := int16(10100)
	for range 6 {
		m.mix(&out, &g, &ring)
		for i, v := range out.middle {
			if last-v > 10 || v > last {
				t.Fatalf("at %d from %d to %d", i, last, v)
			}
			last = v
		}
	}
	if last != 100 {
		t.Errorf("turned down to %d", last)
	}
	for _, v := range []float64{math.NaN(), 7, 0.5} {
		g.setVolume(v)
	}
	for range 6 {
		m.mix(&out, &g, &ring)
	}
	if out.middle[0] != 5100 {
		t.Errorf("at half volume %d", out.middle[0])
	}
}
