package room

import (
	"math"
	"math/rand/v2"

	"parley/media"
)

// White is noise of the same power at every frequency.
type White struct{ chance *rand.Rand }

// NewWhite makes white noise with a power of 1/100.
func NewWhite(seed uint64) *White { return &White{rand.New(rand.NewPCG(seed, 0x7768_6974))} }

// Next returns the next sample.
func (w *White) Next() float64 { return 0.1 * w.chance.NormFloat64() }

// Fan is a ventilator: steady noise that falls by 6 dB an octave above 400 Hz, some
// hiss, and the hum of a motor and its blades, at 100, 200, 300 and 400 Hz.
type Fan struct {
	chance *rand.Rand
	low    float64
	phase  float64
}

// NewFan makes a fan.
func NewFan(seed uint64) *Fan { return &Fan{chance: rand.New(rand.NewPCG(seed, 0x6661_6e00))} }

// Next returns the next sample.
func (f *Fan) Next() float64 {
	n := f.chance.NormFloat64()
	f.low += 2 * math.Pi * 400 / media.SampleRate * (n - f.low)
	f.phase = math.Mod(f.phase+2*math.Pi*100/media.SampleRate, 2*math.Pi)
	hum := math.Sin(f.phase) + 0.6*math.Sin(2*f.phase) + 0.3*math.Sin(3*f.phase) + 0.2*math.Sin(4*f.phase)
	return 0.5*f.low + 0.004*n + 0.02*hum
}

// Babble is a number of talkers at once.
type Babble struct{ talkers []*Talker }

// NewBabble makes the babble of eight talkers.
func NewBabble(seed uint64) *Babble {
	b := &Babble{}
	for i := range uint64(8) {
		b.talkers = append(b.talkers, NewTalker(seed*8+i, 0))
	}
	return b
}

// Next returns the next sample.
func (b *Babble) Next() float64 {
	sum := 0.0
	for _, t := range b.talkers {
		sum += t.Next()
	}
	return sum
}

// Keyboard is somebody typing: about seven keys a second in bursts, each a click,
// a thump of the table and, when it is released, a softer click.
type Keyboard struct {
	chance  *rand.Rand
	until   [2]int // samples to the next key down, and up
	burst   int    // keys until a pause
	click   float64
	thump   float64
	plastic resonance
	table   resonance
}

// NewKeyboard makes a keyboard.
func NewKeyboard(seed uint64) *Keyboard {
	k := &Keyboard{chance: rand.New(rand.NewPCG(seed, 0x6b65_7973)), until: [2]int{4800, -1}, burst: 12}
	k.table.tune(180, 60)
	k.plastic.tune(3200, 900)
	return k
}

// Next returns the next sample.
func (k *Keyboard) Next() float64 {
	for i := range k.until {
		k.until[i]--
	}
	if k.until[0] <= 0 {
		k.press()
	}
	if k.until[1] == 0 {
		k.click += 0.35
	}
	n := k.chance.NormFloat64()
	k.click *= 1 - 1/(0.003*media.SampleRate)
	k.thump *= 1 - 1/(0.012*media.SampleRate)
	return 0.25*k.click*(0.3*n+k.plastic.pass(n)) + 0.15*k.table.pass(n*k.thump)
}

func (k *Keyboard) press() {
	strength := 0.5 + k.chance.Float64()
	k.click += strength
	k.thump += strength
	k.plastic.tune(2200+2500*k.chance.Float64(), 900)
	k.until[0] = int((0.08 + 0.12*k.chance.Float64()) * media.SampleRate)
	k.until[1] = int((0.06 + 0.03*k.chance.Float64()) * media.SampleRate)
	if k.burst--; k.burst <= 0 {
		k.burst = 8 + k.chance.IntN(12)
		k.until[0] += media.SampleRate * 2 / 5
	}
}
