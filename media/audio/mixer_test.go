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
	m.add(flatPlayer(100))
	remove := m.add(flatPlayer(-30))
	m.add(deafPlayer{})
	var out [media.StepSamples]int16
	m.mix(&out)
	if out[0] != 70 || out[479] != 70 {
		t.Errorf("100 and -30 make %d", out[0])
	}
	remove()
	remove()
	m.mix(&out)
	if out[0] != 100 {
		t.Errorf("after removal %d", out[0])
	}
}

func TestMixer_SamePlayerTwice_IsRemovedOnce(t *testing.T) {
	var m mixer
	remove := m.add(flatPlayer(10))
	m.add(flatPlayer(10))
	remove()
	var out [media.StepSamples]int16
	m.mix(&out)
	if out[0] != 10 {
		t.Errorf("%d", out[0])
	}
}

func TestMixer_TooLoud_IsTurnedDownAndUpAgain(t *testing.T) {
	var m mixer
	m.add(flatPlayer(8000))
	remove := m.add(flatPlayer(30000))
	var out [media.StepSamples]int16
	for range 3 {
		m.mix(&out)
		for _, v := range out {
			if v < 25000 {
				t.Fatalf("turned to %d", v)
			}
		}
	}
	last := out[479]
	remove()
	m.mix(&out)
	if got, want := float64(out[0]), 8000*float64(last)/38000; math.Abs(got-want) > 10 {
		t.Errorf("the gain jumps: %.0f, want %.0f", got, want)
	}
	for range 60 {
		m.mix(&out)
	}
	if out[0] != 8000 {
		t.Errorf("half a second later still at %d", out[0])
	}
}

func TestMixer_Mix_DoesNotAllocate(t *testing.T) {
	var m mixer
	m.add(flatPlayer(1))
	m.add(&tonePlayer{hertz: 300, level: 0.2})
	var out [media.StepSamples]int16
	if n := testing.AllocsPerRun(100, func() { m.mix(&out) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
