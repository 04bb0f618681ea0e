package room

import (
	"math"
	"time"

	"parley/media"
	"parley/media/sinc"
)

// The filter that reads between samples: its samples and its tabulated phases,
// between which is interpolated. Both sides of a Path that drifts see 0.3 ms more.
const (
	betweenTaps   = 32
	betweenPhases = 512
	betweenCut    = 0.95 // of the Nyquist frequency
)

// past is how many samples of the far end a Path remembers, 2.7 s, and latest the
// delay that it can still serve.
const (
	past   = 1 << 17
	latest = past - media.StepSamples - betweenTaps
)

// Way is what happens to sound from the step that is handed to a loudspeaker until
// the microphone's step. The zero Way is a wire. However delays add up, they stay
// between 0 and 2.7 s.
type Way struct {
	Delay    time.Duration // of the devices; with drift at least 1 ms
	Gain     float64       // dB, beside the impulse's own
	Impulse  []float64     // of the room, at media.SampleRate; nil for none
	Saturate float64       // the amplitude at which the loudspeaker distorts, softly; 0 for never
	Clip     float64       // the amplitude that the loudspeaker cannot pass; 0 for none
	Jump     time.Duration // added to Delay from JumpAt on, or taken away
	JumpAt   time.Duration
	Drift    float64 // ppm that the loudspeaker's clock is slow: the delay grows by it
	Floor    float64 // dB of full scale, the microphone's own noise; 0 for none
}

// Path is sound on its Way.
type Path struct {
	way    Way
	heard  []float64 // a ring of the far end
	count  int       // samples of it
	room   *convolver
	floor  *White
	table  *[betweenPhases + 1][betweenTaps]float64
	late   float64 // samples, now
	buffer [media.StepSamples]float64
}

// NewPath makes a Path.
func NewPath(way Way) *Path {
	p := &Path{way: way, heard: make([]float64, past), floor: NewWhite(uint64(way.Delay) + 1), table: betweenTable()}
	if len(way.Impulse) > 0 {
		p.room = newConvolver(way.Impulse)
	}
	return p
}

// Step takes what is handed to the loudspeaker and fills mic with what the
// microphone hears of it in the same 10 ms.
func (p *Path) Step(far, mic *[media.StepSamples]int16) {
	var in [media.StepSamples]float64
	for i, s := range far {
		in[i] = float64(s) / 32768
	}
	for i, v := range p.pass(&in) {
		mic[i] = sample(v)
	}
}

// Through returns what the microphone hears of a whole signal, as long as it.
func (p *Path) Through(far []float64) []float64 {
	out := make([]float64, 0, len(far)+media.StepSamples)
	for at := 0; at < len(far); at += media.StepSamples {
		var in [media.StepSamples]float64
		copy(in[:], far[at:])
		out = append(out, p.pass(&in)[:]...)
	}
	return out[:len(far)]
}

// pass returns 10 ms of the microphone, which is good until the next call.
func (p *Path) pass(far *[media.StepSamples]float64) *[media.StepSamples]float64 {
	for i, v := range far {
		p.heard[(p.count+i)%past] = v
	}
	out := &p.buffer
	for i := range out {
		out[i] = p.loudspeaker(p.read(p.count + i))
	}
	p.count += media.StepSamples
	if p.room != nil {
		p.room.step(out)
	}
	gain, noise := math.Pow(10, p.way.Gain/20), 0.0
	if p.way.Floor < 0 {
		noise = 10 * math.Pow(10, p.way.Floor/20)
	}
	for i := range out {
		out[i] = gain*out[i] + noise*p.floor.Next()
	}
	return out
}

// read returns the far end as it is played when sample n is recorded.
func (p *Path) read(n int) float64 {
	seconds := float64(n) / media.SampleRate
	p.late = p.way.Delay.Seconds() * media.SampleRate
	if p.way.Jump != 0 && seconds >= p.way.JumpAt.Seconds() {
		p.late += p.way.Jump.Seconds() * media.SampleRate
	}
	if p.way.Drift == 0 {
		return p.sample(n - int(math.Round(min(max(p.late, 0), latest))))
	}
	p.late = min(max(p.late+float64(n)*p.way.Drift*1e-6, betweenTaps/2), latest)
	at := float64(n) - p.late
	whole := math.Floor(at)
	phase := (at - whole) * betweenPhases
	row := int(phase)
	share := phase - float64(row)
	a, b := &p.table[row], &p.table[row+1]
	sum := 0.0
	for i := range betweenTaps {
		sum += p.sample(int(whole)-betweenTaps/2+1+i) * (a[i] + share*(b[i]-a[i]))
	}
	return sum
}

func (p *Path) sample(n int) float64 {
	if n < 0 {
		return 0
	}
	return p.heard[n%past]
}

func (p *Path) loudspeaker(v float64) float64 {
	if s := p.way.Saturate; s > 0 {
		v = s * math.Tanh(v/s)
	}
	if c := p.way.Clip; c > 0 {
		v = min(max(v, -c), c)
	}
	return v
}

func betweenTable() *[betweenPhases + 1][betweenTaps]float64 {
	var table [betweenPhases + 1][betweenTaps]float64
	for phase := range table {
		for i := range table[phase] {
			x := float64(i-betweenTaps/2+1) - float64(phase)/betweenPhases
			w := math.Cos(math.Pi / 2 * x / (betweenTaps / 2)) // squared: Hann's window
			table[phase][i] = betweenCut * sinc.At(betweenCut*x) * w * w
		}
	}
	return &table
}
