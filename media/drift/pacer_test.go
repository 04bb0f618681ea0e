package drift

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"parley/media"
)

// line of a sound engine in virtual time: a microphone whose steps are written
// into a ring at the pace of a Pacer, and a speaker that reads it.
type engine struct {
	microphone, speaker *device
	heard, said         Meter
	pacer               Pacer
	target              int

	fill     float64 // of the ring; the resampler's fractions count
	pending  int     // samples of the microphone short of a step
	captured uint64
	taken    float64 // when the speaker took last
	starved  uint64
	missing  float64 // samples that the speaker did not get
	ppm      float64

	jumps, catches     int
	mostFill, mostPPM  float64
	mostSlew           float64
	sumFill, countFill float64
}

func newEngine(microphone, speaker *device, target int) *engine {
	e := &engine{microphone: microphone, speaker: speaker, target: target}
	microphone.next()
	speaker.next()
	return e
}

// run lets seconds go by.
func (e *engine) run(seconds float64) {
	end := min(e.microphone.at, e.speaker.at) + seconds
	for min(e.microphone.at, e.speaker.at) < end {
		if e.microphone.at <= e.speaker.at {
			e.hear()
		} else {
			e.say()
		}
	}
}

// hear writes the steps that the microphone has made full.
func (e *engine) hear() {
	m := e.microphone
	e.heard.Note(m.samples, moment(m.at))
	e.pending += int(m.samples - e.captured)
	e.captured = m.samples
	for ; e.pending >= media.StepSamples; e.pending -= media.StepSamples {
		heard, a := e.heard.Rate()
		said, b := e.said.Rate()
		e.pacer.Aim(e.target)
		e.pacer.Lean(said-heard, math.Hypot(a, b))
		pace := e.pacer.Next(Reading{At: moment(m.at), Fill: int(e.fill), Taken: moment(e.taken), Starved: e.starved})
		e.mostSlew = max(e.mostSlew, math.Abs(pace.PPM-e.ppm))
		e.ppm = pace.PPM
		e.mostPPM = max(e.mostPPM, math.Abs(pace.PPM))
		if pace.Jump != 0 {
			e.jumps++
		}
		if pace.CatchingUp {
			e.catches++
		}
		e.fill = max(0, e.fill+float64(pace.Jump)) + media.StepSamples*(1+pace.PPM/1e6)
		e.mostFill = max(e.mostFill, e.fill)
	}
	m.next()
}

// say lets the speaker take what it wants.
func (e *engine) say() {
	s := e.speaker
	e.said.Note(s.samples, moment(s.at))
	e.sumFill += e.fill
	e.countFill++
	want := float64(s.period * max(1, s.burst))
	if e.fill < want {
		e.starved++
		e.missing += want - e.fill
	}
	e.fill = max(0, e.fill-want)
	e.taken = s.at
	s.next()
}

// settled forgets what happened while settling.
func (e *engine) settled() {
	e.missing, e.starved, e.jumps, e.catches = 0, 0, 0, 0
	e.mostFill, e.mostPPM, e.mostSlew, e.sumFill, e.countFill = 0, 0, 0, 0, 0
}

func (e *engine) String() string {
	return fmt.Sprintf("missing %.0f samples in %d starvations, %d jumps, %d steps of catching up, fill %.0f at most, %.0f on average, %.0f ppm at most, %.2f ppm a step",
		e.missing, e.starved, e.jumps, e.catches, e.mostFill, e.sumFill/e.countFill, e.mostPPM, e.mostSlew)
}

func speaker(ppm float64, period int) *device {
	d := newDevice(ppm, period)
	d.random = rand.New(rand.NewPCG(uint64(period), 11))
	return d
}

// TestPacer_HoldsTheReserve lets two devices run for half an hour beside each other.
func TestPacer_HoldsTheReserve(t *testing.T) {
	const (
		reserve = 5 * perMillisecond
		minutes = 30
	)
	pairs := [][2]int{{480, 480}, {128, 128}, {480, 128}, {128, 2048}, {1024, 480}, {2048, 2048}}
	for i, periods := range pairs {
		for _, ppm := range []float64{-300, -100, -50, 0, 50, 100, 300} {
			if i > 0 && math.Abs(ppm) != 300 {
				continue // once is enough
			}
			t.Run(fmt.Sprintf("%v ppm, %d and %d", ppm, periods[0], periods[1]), func(t *testing.T) {
				microphone, speaker := newDevice(-ppm/2, periods[0]), speaker(ppm/2, periods[1])
				microphone.late, speaker.late = 0, 0
				e := newEngine(microphone, speaker, reserve)
				if periods[0] > media.StepSamples && periods[0]%media.StepSamples != 0 {
					e.target += media.StepSamples // so uneven are the steps made of these
				}
				e.run(60)
				e.settled()
				e.run(minutes * 60)
				bound := float64(e.target + 2*media.StepSamples + periods[0] + periods[1])
				if e.starved > 0 || e.jumps > 0 || e.mostFill > bound || e.mostPPM > math.Abs(ppm)+100 || e.mostSlew > 2.5 {
					t.Error(e)
				}
			})
		}
	}
}

func TestPacer_BearsLateThreadsAndBursts(t *testing.T) {
	const reserve = 35 * perMillisecond
	for _, burst := range []int{1, 3} {
		t.Run(fmt.Sprintf("%d at a time", burst), func(t *testing.T) {
			microphone, speaker := newDevice(0, 480), speaker(100, 480)
			microphone.burst, speaker.burst = burst, burst
			e := newEngine(microphone, speaker, reserve)
			e.run(60)
			e.settled()
			e.run(30 * 60)
			// One late thread takes of the reserve what it is late; it is not made up for.
			if e.jumps > 0 || e.missing > 0 || e.mostPPM > 400 || e.mostFill > 2*reserve+float64(4*burst*media.StepSamples) {
				t.Error(e)
			}
		})
	}
}

func TestPacer_SettlesSoon(t *testing.T) {
	e := newEngine(newDevice(-150, 480), speaker(150, 480), 3*perMillisecond)
	e.microphone.late, e.speaker.late = 0, 0
	e.run(3)
	if e.starved > 100 { // before the first jump, that is
		t.Errorf("at once: %v", e)
	}
	e.settled()
	e.run(57)
	if e.missing > 0 || e.jumps > 0 {
		t.Errorf("within a minute: %v", e)
	}
}

// TestPacer_RecoversFromStalls lets one side stand still for a second.
func TestPacer_RecoversFromStalls(t *testing.T) {
	const reserve = 3 * perMillisecond
	for name, stall := range map[string]func(e *engine){
		"the microphone's samples are lost": func(e *engine) { e.microphone.exact++; e.microphone.at++ },
		"the microphone's samples are late": func(e *engine) { e.microphone.at++ },
		"the speaker's time is lost":        func(e *engine) { e.speaker.exact++; e.speaker.at++ },
		"the speaker is late":               func(e *engine) { e.speaker.at++ },
		"both are late":                     func(e *engine) { e.microphone.at++; e.speaker.at++ },
		"20 ms are lost":                    func(e *engine) { e.speaker.exact += 0.02 },
		"10 ms are lost":                    func(e *engine) { e.microphone.exact += 0.01 },
	} {
		t.Run(name, func(t *testing.T) {
			e := newEngine(newDevice(-50, 480), speaker(50, 480), reserve)
			e.microphone.late, e.speaker.late = 0, 0
			e.run(120)
			stall(e)
			e.run(20)
			e.settled()
			e.run(10 * 60)
			if e.missing > 0 || e.jumps > 0 || e.mostFill > reserve+4*media.StepSamples || e.mostPPM > 300 {
				t.Error(e)
			}
		})
	}
}

func TestPacer_FollowsANewAim(t *testing.T) {
	e := newEngine(newDevice(0, 480), speaker(0, 480), 3*perMillisecond)
	e.microphone.late, e.speaker.late = 0, 0
	e.run(60)
	e.settled()
	e.target += media.StepSamples
	e.run(10)
	if e.catches == 0 || e.mostPPM > MostPPM {
		t.Errorf("rising: %v", e)
	}
	e.settled()
	e.run(30)
	if e.catches > 0 || e.missing > 0 || e.sumFill/e.countFill < media.StepSamples {
		t.Errorf("risen: %v", e)
	}
	e.settled()
	e.target -= media.StepSamples
	e.run(20)
	e.settled()
	e.run(60)
	if e.catches > 0 || e.missing > 0 || e.mostFill > 3*media.StepSamples {
		t.Errorf("sunk: %v", e)
	}
}

func TestPacer_AllocatesNothing(t *testing.T) {
	e := newEngine(newDevice(0, 480), speaker(100, 480), 100)
	if n := testing.AllocsPerRun(10, func() { e.run(2) }); n != 0 {
		t.Errorf("%v allocations in 200 steps", n)
	}
}

func TestPacer_ResetKeepsTheAim(t *testing.T) {
	e := newEngine(newDevice(-150, 480), speaker(150, 480), 200)
	e.run(60)
	e.pacer.Reset()
	if want := (Pacer{target: 200}); e.pacer != want {
		t.Errorf("%+v", e.pacer)
	}
}

func FuzzPacer(f *testing.F) {
	f.Add([]byte{10, 0, 0, 200, 10, 255, 9, 7, 200, 1, 1, 1}, 100.0, 3.0)
	f.Fuzz(func(t *testing.T, data []byte, lean, sure float64) {
		p := Pacer{}
		at, before := midnight, 0.0
		for ; len(data) >= 4; data = data[4:] {
			step := time.Duration(int8(data[0])) * 8 * time.Millisecond
			at = at.Add(step)
			p.Lean(lean, sure)
			pace := p.Next(Reading{at, int(data[1]) * 64, at.Add(-time.Duration(int8(data[2])) * time.Millisecond), uint64(data[3] / 64)})
			p.Aim(int(data[1]) * 16)
			if math.IsNaN(pace.PPM) || math.Abs(pace.PPM) > MostPPM || !pace.CatchingUp && math.Abs(pace.PPM) > math.Max(MostPace, math.Abs(before)) {
				t.Fatalf("%+v after %v ppm", pace, before)
			}
			if most := max(0, step.Seconds()) * hasty; math.Abs(pace.PPM-before) > most+1e-9 {
				t.Fatalf("from %v to %v ppm in %v", before, pace.PPM, step)
			}
			before = pace.PPM
		}
	})
}
