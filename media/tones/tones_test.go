package tones_test

import (
	"math"
	"testing"
	"time"

	"parley/media"
	"parley/media/tones"
)

// play returns d of what the player sounds like.
func play(p *tones.Player, d time.Duration) []int16 {
	var pcm []int16
	for range d / media.Step {
		var out [media.StepSamples]int16
		p.Play(&out)
		pcm = append(pcm, out[:]...)
	}
	return pcm
}

func rms(pcm []int16) float64 {
	var sum float64
	for _, v := range pcm {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(sum / float64(len(pcm)))
}

// strength returns the amplitude of a frequency in pcm.
func strength(pcm []int16, hertz float64) float64 {
	var re, im float64
	for i, v := range pcm {
		a := 2 * math.Pi * hertz * float64(i) / media.SampleRate
		re += float64(v) * math.Cos(a)
		im += float64(v) * math.Sin(a)
	}
	return 2 * math.Hypot(re, im) / float64(len(pcm))
}

func peak(pcm []int16) int {
	p := 0
	for _, v := range pcm {
		p = max(p, int(v), -int(v))
	}
	return p
}

func steepest(pcm []int16) int {
	p := 0
	for i := 1; i < len(pcm); i++ {
		d := int(pcm[i]) - int(pcm[i-1])
		p = max(p, d, -d)
	}
	return p
}

func TestPlayer_Cadence(t *testing.T) {
	at := func(d time.Duration) int { return int(d * media.SampleRate / time.Second) }
	tests := []struct {
		name       string
		tone       tones.Tone
		hertz      float64
		on, off    time.Duration
		onceRepeat time.Duration
	}{
		{"ring-back", tones.RingBack, 425, time.Second, 4 * time.Second, 5 * time.Second},
		{"busy", tones.Busy, 425, 480 * time.Millisecond, 480 * time.Millisecond, 960 * time.Millisecond},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var p tones.Player
			p.Set(tt.tone)
			pcm := play(&p, 11*time.Second)
			for begin := time.Duration(0); begin+tt.onceRepeat < 11*time.Second; begin += tt.onceRepeat {
				on := pcm[at(begin):at(begin+tt.on)]
				off := pcm[at(begin+tt.on):at(begin+tt.on+tt.off)]
				if got := strength(on, tt.hertz); got < 2500 {
					t.Errorf("at %v: strength of %v Hz is %.0f", begin, tt.hertz, got)
				}
				if peak(off) != 0 {
					t.Errorf("at %v: the pause is not silent: %d", begin+tt.on, peak(off))
				}
			}
		})
	}
}

func TestPlayer_Ring_HasTwoNotesAndRepeats(t *testing.T) {
	var p tones.Player
	p.Set(tones.Ring)
	pcm := play(&p, 6*time.Second)
	first := pcm[:media.SampleRate/6]
	second := pcm[media.SampleRate/5 : media.SampleRate/2]
	if strength(first, 659.26) < 5*strength(first, 987.77) || strength(second, 987.77) < 2*strength(second, 659.26) {
		t.Error("the two notes are not there in turn")
	}
	if peak(pcm[2*media.SampleRate:3*media.SampleRate-100]) != 0 {
		t.Error("no pause between rings")
	}
	for i := range media.SampleRate {
		if pcm[i] != pcm[i+3*media.SampleRate] {
			t.Fatal("the second ring differs from the first")
		}
	}
}

func TestPlayer_Hangup_EndsByItself(t *testing.T) {
	var p tones.Player
	for range 2 {
		p.Set(tones.Hangup)
		if pcm := play(&p, time.Second); rms(pcm[:media.SampleRate/2]) < 500 {
			t.Error("not heard")
		}
		p.Set(tones.Hangup) // said again, as levels are
		if peak(play(&p, time.Second)) != 0 {
			t.Error("goes on, or is played again")
		}
		p.Set(tones.None)
		play(&p, media.Step)
	}
}

func TestPlayer_Levels_AreSafe(t *testing.T) {
	for _, tone := range []tones.Tone{tones.Ring, tones.RingBack, tones.Busy, tones.Hangup} {
		var p tones.Player
		p.Set(tone)
		if got := peak(play(&p, 6*time.Second)); got < 2000 || got > 11600 {
			t.Errorf("tone %d peaks at %d, want -24 to -9 dBFS", tone, got)
		}
	}
}

func TestPlayer_Changes_DoNotClick(t *testing.T) {
	// A sine of 3 kHz at the level of the loudest partial is as steep as a note
	// may get; a cut in mid-wave is steeper by far.
	const limit = 1400
	order := []tones.Tone{tones.Ring, tones.Busy, tones.RingBack, tones.None, tones.Hangup, tones.Ring, tones.None}
	for wait := 10 * time.Millisecond; wait < 100*time.Millisecond; wait += 10 * time.Millisecond {
		var p tones.Player
		var pcm []int16
		for _, tone := range order {
			p.Set(tone)
			pcm = append(pcm, play(&p, wait)...)
		}
		pcm = append(pcm, play(&p, 100*time.Millisecond)...)
		if got := steepest(pcm); got > limit {
			t.Errorf("changing every %v: a step of %d", wait, got)
		}
		if peak(pcm[len(pcm)-media.StepSamples:]) != 0 {
			t.Errorf("changing every %v: not silent at the end", wait)
		}
	}
}

func TestPlayer_SameToneAgain_GoesOn(t *testing.T) {
	var once, twice tones.Player
	once.Set(tones.RingBack)
	twice.Set(tones.RingBack)
	a := play(&once, 2*time.Second)
	b := play(&twice, 500*time.Millisecond)
	twice.Set(tones.RingBack)
	b = append(b, play(&twice, 1500*time.Millisecond)...)
	for i := range a {
		if a[i] != b[i] {
			t.Fatalf("sample %d differs", i)
		}
	}
}

func TestPlayer_MixesIntoWhatIsThere(t *testing.T) {
	var p tones.Player
	p.Set(tones.Ring)
	loud := [media.StepSamples]int16{}
	for i := range loud {
		loud[i] = math.MaxInt16
	}
	for range 20 {
		out := loud
		p.Play(&out)
		for i, v := range out {
			if v < 20000 {
				t.Fatalf("sample %d wrapped to %d", i, v)
			}
		}
	}
}

func TestPlayer_Play_DoesNotAllocate(t *testing.T) {
	var p tones.Player
	p.Set(tones.Ring)
	var out [media.StepSamples]int16
	if n := testing.AllocsPerRun(100, func() { p.Play(&out) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
