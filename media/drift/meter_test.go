package drift

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"parley/media"
)

// device is a sound device in virtual time: it delivers or takes a period at a
// time, by a clock of its own, and its callbacks come late.
type device struct {
	ppm     float64
	period  int
	burst   int     // periods at a time
	jitter  float64 // seconds, mean of what is late
	late    float64 // share of callbacks that are very late
	lateBy  float64 // seconds, at most
	samples uint64
	at      float64 // of the last callback, in seconds
	exact   float64 // when it was due
	random  *rand.Rand
}

var midnight = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC) //nolint:gochecknoglobals // does not change

// moment is so many seconds of virtual time.
func moment(seconds float64) time.Time {
	return midnight.Add(time.Duration(seconds * float64(time.Second)))
}

// next lets the next callback come.
func (d *device) next() {
	n := d.period * max(1, d.burst)
	d.samples += uint64(n)
	d.exact += float64(n) / (media.SampleRate * (1 + d.ppm/1e6))
	late := d.random.ExpFloat64() * d.jitter
	if d.random.Float64() < d.late {
		late += d.random.Float64() * d.lateBy
	}
	d.at = max(d.at, d.exact+late) // callbacks do not overtake each other
}

func newDevice(ppm float64, period int) *device {
	return &device{ppm: ppm, period: period, jitter: 200e-6, late: 0.02, lateBy: 0.03, random: rand.New(rand.NewPCG(uint64(period), 7))}
}

// listen lets a device run for so many seconds under a meter.
func (d *device) listen(m *Meter, seconds float64) {
	for end := d.exact + seconds; d.exact < end; {
		d.next()
		m.Note(d.samples, moment(d.at))
	}
}

func TestMeter_FindsTheRate(t *testing.T) {
	for _, ppm := range []float64{-300, -50, 0, 20, 100, 1000} {
		for _, period := range []int{128, 480, 2048} {
			for _, burst := range []int{1, 4} {
				d := newDevice(ppm, period)
				d.burst = burst
				var m Meter
				d.listen(&m, 20)
				soon, sure := m.Rate()
				if math.Abs(soon-ppm) > 4*sure || sure > 25 {
					t.Errorf("%v ppm, period %d of %d: after 20 s %.1f ± %.1f", ppm, period, burst, soon, sure)
				}
				d.listen(&m, 60)
				late, sure := m.Rate()
				if math.Abs(late-ppm) > 3 || sure > 3 {
					t.Errorf("%v ppm, period %d of %d: after 80 s %.1f ± %.1f", ppm, period, burst, late, sure)
				}
			}
		}
	}
}

func TestMeter_KnowsThatItDoesNotKnow(t *testing.T) {
	var m Meter
	if ppm, sure := m.Rate(); ppm != 0 || !math.IsInf(sure, 1) {
		t.Errorf("%v ± %v at first", ppm, sure)
	}
	d := newDevice(100, 480)
	d.listen(&m, 4)
	if _, sure := m.Rate(); !math.IsInf(sure, 1) {
		t.Errorf("± %v after 4 s", sure)
	}
}

func TestMeter_SurvivesJumps(t *testing.T) {
	for name, jump := range map[string]func(*device){
		"the computer slept":          func(d *device) { d.exact += 3600 },
		"half a second was lost":      func(d *device) { d.exact += 0.5 },
		"20 ms were lost":             func(d *device) { d.exact += 0.02 },
		"4 ms were lost":              func(d *device) { d.exact += 0.004 },
		"20 ms came twice":            func(d *device) { d.samples += 960 },
		"a callback is a second late": func(d *device) { d.at += 1 },
	} {
		t.Run(name, func(t *testing.T) {
			d := newDevice(80, 480)
			var m Meter
			d.listen(&m, 40)
			jump(d)
			for range 20 {
				d.listen(&m, 2)
				if ppm, sure := m.Rate(); math.Abs(ppm-80) > 8 {
					t.Fatalf("%.1f ± %.1f", ppm, sure)
				}
			}
		})
	}
}

func TestMeter_FollowsAClockThatWarmsUp(t *testing.T) {
	d := newDevice(0, 480)
	var m Meter
	for range 100 {
		d.ppm++
		d.listen(&m, 10)
	}
	if ppm, _ := m.Rate(); math.Abs(ppm-d.ppm) > 6 {
		t.Errorf("%.1f, not %v", ppm, d.ppm)
	}
}

func TestMeter_BeginsAnewWithAnotherDevice(t *testing.T) {
	var m Meter
	newDevice(500, 480).listen(&m, 100)
	d := newDevice(-200, 480)
	d.exact, d.at = 100, 100
	d.listen(&m, 3) // its samples begin at zero
	if _, sure := m.Rate(); !math.IsInf(sure, 1) {
		t.Errorf("± %v after 3 s of another", sure)
	}
	d.listen(&m, 60)
	if ppm, _ := m.Rate(); math.Abs(ppm+200) > 3 {
		t.Errorf("%.1f", ppm)
	}
	m.Reset()
	if _, sure := m.Rate(); !math.IsInf(sure, 1) {
		t.Errorf("± %v after Reset", sure)
	}
}

func FuzzMeter(f *testing.F) {
	f.Add([]byte{1, 2, 3, 250, 40, 40, 9, 0, 0, 255})
	f.Fuzz(func(t *testing.T, data []byte) {
		var m Meter
		samples, at := uint64(0), midnight
		for i := 0; i+1 < len(data); i += 2 {
			samples += uint64(data[i]) << (data[i+1] % 24)
			at = at.Add(time.Duration(int8(data[i+1])) << 26)
			m.Note(samples, at)
			if ppm, sure := m.Rate(); math.IsNaN(ppm) || math.IsNaN(sure) || sure < 0 {
				t.Fatalf("%v ± %v", ppm, sure)
			}
		}
	})
}
