package quality

import (
	"math"
	"math/cmplx"
)

// How a tone is watched.
const (
	toneBlock    = 0.005 // s, of which amplitude and phase are taken
	tonePhase    = 0.15  // rad, a step of phase from block to block that is a glitch
	toneLevel    = 1.0   // dB, of amplitude against the blocks before
	codedPhase   = 0.5   // the same of a tone that a voice codec carried: Opus at 40 kbit/s
	codedLevel   = 3.0   // and any complexity does up to 0.28 rad and 1.5 dB by itself
	toneFollow   = 0.05  // the share of a new block in what is expected of the next
	toneStart    = 40    // blocks until expectations are trusted
	toneTogether = 10    // blocks of one glitch, at most so far apart
)

// Tone watches a pure tone for breaks: sound that was dropped, repeated, stretched
// or faded, however little. It expects every 5 ms the amplitude of those before and
// a phase that goes on at the frequency of those before, which may drift. It is fed
// piece by piece, so that a call of half an hour needs no memory.
type Tone struct {
	step   complex128 // turns back one sample of the tone
	turn   complex128
	phase  float64 // rad, beyond which it is a glitch
	loud   float64 // dB, the same
	size   int     // samples of a block
	filled int
	sum    complex128
	last   complex128 // of the block before
	drift  float64    // rad from block to block, beside the nominal frequency
	level  float64
	learnt int // blocks that went into what is expected
	block  int
	recent int // the block of the last deviation
	astray int // deviations without a good block between them
	report ToneReport
}

// ToneReport is what a Tone has seen.
type ToneReport struct {
	Blocks    int     // of 5 ms that were judged
	Glitches  int     // places where phase or amplitude broke; deviations within 50 ms are one
	Phase     float64 // rad, the largest deviation of phase from what was expected
	Level     float64 // dB, the largest deviation of amplitude, either way
	Amplitude float64 // of late, 1 for full scale
	Frequency float64 // Hz, of late
}

// NewTone watches a tone of so many Hz, more than 400, at rate samples a second.
func NewTone(frequency float64, rate int) *Tone {
	// A block holds whole periods as nearly as can be: then the tone's mirror
	// frequency does not ripple.
	periods := math.Max(1, math.Round(toneBlock*frequency))
	return &Tone{
		step: cmplx.Rect(1, -2*math.Pi*frequency/float64(rate)), turn: 1,
		phase: tonePhase, loud: toneLevel,
		size:   max(1, int(math.Round(periods*float64(rate)/frequency))),
		recent: -toneTogether,
		report: ToneReport{Frequency: frequency},
	}
}

// NewCodedTone watches a tone that came through a voice codec, whose own noise is
// no glitch.
func NewCodedTone(frequency float64, rate int) *Tone {
	t := NewTone(frequency, rate)
	t.phase, t.loud = codedPhase, codedLevel
	return t
}

// Watch takes the next samples.
func (t *Tone) Watch(samples []int16) {
	for _, s := range samples {
		t.sum += complex(float64(s)/32768, 0) * t.turn
		t.turn *= t.step
		if t.filled++; t.filled == t.size {
			t.judge(t.sum * complex(2/float64(t.size), 0))
			t.turn /= complex(cmplx.Abs(t.turn), 0)
			t.sum, t.filled = 0, 0
		}
	}
}

// Report returns what was seen so far.
func (t *Tone) Report() ToneReport {
	r := t.report
	r.Amplitude = t.level
	period := float64(t.size) // samples
	rate := -2 * math.Pi * t.report.Frequency / cmplx.Phase(t.step)
	r.Frequency += t.drift / (2 * math.Pi) * rate / period
	return r
}

// judge takes the amplitude and phase of one block.
func (t *Tone) judge(v complex128) {
	amplitude := cmplx.Abs(v)
	turned := 0.0
	if amplitude > 0 && t.last != 0 {
		turned = cmplx.Phase(v / t.last)
	}
	t.last = v
	t.block++
	if t.learnt < toneStart {
		t.learn(turned, amplitude, 1/float64(t.learnt+1))
		return
	}
	t.report.Blocks++
	phase := math.Abs(math.Remainder(turned-t.drift, 2*math.Pi))
	level := math.Abs(20 * math.Log10(max(amplitude, 1e-5)/max(t.level, 1e-5)))
	t.report.Phase, t.report.Level = max(t.report.Phase, phase), max(t.report.Level, level)
	if phase < t.phase && level < t.loud {
		t.learn(turned, amplitude, toneFollow)
		return
	}
	if t.block-t.recent >= toneTogether {
		t.report.Glitches++
	}
	t.recent = t.block
	if t.astray++; t.astray > toneStart { // it is another tone now
		t.learnt, t.astray = 0, 0
	}
}

func (t *Tone) learn(turned, amplitude, share float64) {
	t.learnt++
	t.astray = 0
	t.drift += share * math.Remainder(turned-t.drift, 2*math.Pi)
	t.level += share * (amplitude - t.level)
}
